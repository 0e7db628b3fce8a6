/** Languages of a form. */
import { locale } from '@rasoat/shared/i18n.svelte';
import { m } from '$messages';

/** Languages of the province that systems mostly have no name for. */
const names: Record<string, () => string> = {
  tyz: m.language_name_tyz,
  nut: m.language_name_nut,
  hmn: m.language_name_hmn,
  ium: m.language_name_ium,
};

/** What a language is called in the language in use; its tag where nobody knows. */
export function languageName(tag: string): string {
  return names[tag]?.() ?? new Intl.DisplayNames([locale()], { type: 'language' }).of(tag) ?? tag;
}

/** The languages of a form that the screens do not have. A form without a named language is in Vietnamese. */
export function otherLanguagesOf(languages: string[]): string[] {
  return languages.filter((language) => !['vi', 'en', 'default'].includes(language));
}
