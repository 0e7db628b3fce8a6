/** Whether help is open: the key, the place in the navigation and the panel share it. */
export const help = $state({ open: false });
