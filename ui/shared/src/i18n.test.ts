import { afterEach, expect, test } from 'vitest';
import { say, setFormLanguage, setLanguage } from './i18n.svelte';

afterEach(() => {
  setFormLanguage(null);
  setLanguage('vi');
});

const roof = { vi: 'Mái nhà', en: 'The roof', tyz: 'Lăng lườn' };

test('words of the form follow the screens until a language is chosen for them', () => {
  setLanguage('en');
  expect(say(roof)).toBe('The roof');
  setFormLanguage('tyz');
  expect(say(roof)).toBe('Lăng lườn');
});

test('what was not translated is said in the language of the screens, and else in Vietnamese', () => {
  setFormLanguage('tyz');
  expect(say({ vi: 'Nền nhà', en: 'The floor', tyz: '' })).toBe('Nền nhà');
  setLanguage('en');
  expect(say({ vi: 'Nền nhà', en: 'The floor' })).toBe('The floor');
  expect(say({ vi: 'Nền nhà' })).toBe('Nền nhà');
  expect(say(null)).toBe('');
});
