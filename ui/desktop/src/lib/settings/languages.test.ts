import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { expect, test } from 'vitest';
import { languageName, otherLanguagesOf } from './languages';

test('languages of the province have names in both languages of the screens', () => {
  setLanguage('vi');
  expect(languageName('tyz')).toBe('Tiếng Tày');
  setLanguage('en');
  expect(languageName('tyz')).toBe('Tày');
  expect(languageName('fr')).toBe('French');
  setLanguage('vi');
});

test('only what the screens do not have is a language to choose', () => {
  expect(otherLanguagesOf(['vi', 'en', 'tyz'])).toEqual(['tyz']);
  expect(otherLanguagesOf(['default'])).toEqual([]);
});
