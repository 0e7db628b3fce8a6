import { afterEach, expect, it } from 'vitest';
import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { cellText, exactPercent, figureText, fraction } from './figures';

afterEach(() => setLanguage('vi'));

it('writes numbers as the language does', () => {
  expect(cellText({ count: 199765 })).toBe('199.765');
  expect(exactPercent(2.3242)).toBe('2,32\u00a0%');
  expect(fraction(4643, 199765)).toBe('4.643/199.765');
  setLanguage('en');
  expect(exactPercent(2.3)).toBe('2.30\u00a0%');
});

it('has no rate of nobody, neither 0 nor 100', () => {
  expect(cellText({ count: 0, of: 0 })).toBeNull();
  expect(cellText({ count: 0, of: 3 })).toBe('0,00\u00a0%');
  expect(figureText({ numerator: 0, denominator: 0, value: null }, 'percent')).toBeNull();
});
