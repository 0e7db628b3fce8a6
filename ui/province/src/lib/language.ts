/** Which language this machine's person chose. Vietnamese until they choose. */
import { setLanguage, type Locale } from '@rasoat/shared/i18n.svelte';

const KEPT_AS = 'rasoat-language';

/** The languages there are, each named in itself. */
export const LANGUAGES = [
  { code: 'vi', short: 'VI', name: 'Tiếng Việt' },
  { code: 'en', short: 'EN', name: 'English' },
] as const;

/** Takes up the language chosen before. */
export function restoreLanguage(): void {
  try {
    setLanguage(localStorage.getItem(KEPT_AS) ?? 'vi');
  } catch {
    setLanguage('vi');
  }
}

/** Changes the language and keeps the choice. */
export function chooseLanguage(code: Locale): void {
  setLanguage(code);
  try {
    localStorage.setItem(KEPT_AS, code);
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}
