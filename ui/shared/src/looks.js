/**
 * @typedef {{ theme?: 'system' | 'light' | 'dark', contrast?: 'normal' | 'high', text_size?: number, language?: string }} Looks
 *   How everything is to look: light or dark, how strongly words stand out, and the size of all text in hundredths.
 */

/**
 * Shows everything so. The same function runs in the page's head before anything is drawn (`vite/first-looks.js` writes it there
 * as text), so it names nothing from outside itself.
 *
 * @param {Looks | null | undefined} looks what is left out is as the system has it
 */
export function showLooks(looks) {
  const { theme = 'system', contrast = 'normal', text_size = 100, language } = looks ?? {};
  /** @param {string} query */
  const asks = (query) => typeof matchMedia === 'function' && matchMedia(query).matches;
  const root = document.documentElement;
  root.dataset.theme = theme !== 'system' ? theme : asks('(prefers-color-scheme: dark)') ? 'dark' : 'light';
  root.dataset.contrast = contrast === 'high' || asks('(prefers-contrast: more)') ? 'high' : 'normal';
  root.style.setProperty('--text-scale', String(text_size / 100));
  if (language) root.lang = language;
}

/**
 * Calls back when the system turns light or dark, or asks for more contrast. Stops when the function it answers with is called.
 *
 * @param {() => void} call
 */
export function onSystemLooks(call) {
  if (typeof matchMedia !== 'function') return () => undefined;
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener('change', call);
  return () => queries.forEach((query) => query.removeEventListener('change', call));
}
