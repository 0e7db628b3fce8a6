/** The size of all text, kept by the browser profile: it is about this screen and these eyes, not about the data. */
const key = 'rasoat-text-size';

/** Sizes to choose from, as factors of the usual size. */
export const textSizes = [1, 1.12, 1.25] as const;

/** The size chosen last; the usual one when none was. */
export function textSize(): number {
  const kept = Number(localStorage.getItem(key));
  return textSizes.find((size) => size === kept) ?? 1;
}

/** Shows everything at this size, and keeps it. */
export function setTextSize(size: number): void {
  localStorage.setItem(key, String(size));
  document.documentElement.style.setProperty('--text-scale', String(size));
}
