/** The size of all text, in hundredths of the usual one. Kept by the program: the window keeps nothing. */

/** Sizes to choose from. */
export const textSizes = [100, 112, 125] as const;

/** Shows everything at this size. */
export function showTextSize(size: number): void {
  if (typeof document !== 'undefined') document.documentElement.style.setProperty('--text-scale', String(size / 100));
}
