/** Keys of a single letter act only where the focus is in what they act on (WCAG 2.1.4); other keys act on the whole screen. */
export function actsIn(event: KeyboardEvent, pane: HTMLElement | undefined): boolean {
  if (event.key.length > 1) return true;
  return event.target instanceof Node && (pane?.contains(event.target) ?? false);
}
