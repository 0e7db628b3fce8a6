/**
 * The language of the screens. Every message function asks here, inside a rune, so that changing the language redraws the words
 * in place: nothing is reloaded and nothing typed is lost.
 */
import { overwriteGetLocale, type Locale } from './paraglide/runtime.js';
import type { Text } from './ipc/bindings';

export type { Locale };

/** What the page began in: the program may have said so before it drew anything. */
let current = $state<Locale>(typeof document !== 'undefined' && document.documentElement.lang === 'en' ? 'en' : 'vi');

/** The language in use. Pass it to `overwriteGetLocale` of a package's own messages. */
export function locale(): Locale {
  return current;
}

/** Changes the language; an unknown one is Vietnamese. */
export function setLanguage(language: string): void {
  current = language === 'en' ? 'en' : 'vi';
  if (typeof document !== 'undefined') document.documentElement.lang = current;
}

/** The language of the form's words; `null`: that of the screens. */
let ofForm = $state<string | null>(null);

/** Changes the language of the form's words. */
export function setFormLanguage(language: string | null): void {
  ofForm = language;
}

/** Words of the form or the standard in the language chosen for them, or else in that in use; Vietnamese, or whatever there is, when
 * they were not translated. */
export function say(text: Text | null | undefined): string {
  if (!text) return '';
  return (ofForm && text[ofForm]) || (text[current] ?? text['vi'] ?? Object.values(text)[0] ?? '');
}

overwriteGetLocale(locale);
