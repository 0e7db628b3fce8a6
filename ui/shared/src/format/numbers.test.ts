import { expect, test } from 'vitest';
import { formatBytes, formatNumber, formatPercent } from './numbers';

test('numbers have the separators of the language', () => {
  expect(formatNumber(1_280_000, 'vi')).toBe('1.280.000');
  expect(formatNumber(7.6, 'vi')).toBe('7,6');
  expect(formatNumber(1_280_000.5, 'en')).toBe('1,280,000.5');
});

test('shares are percents with a space', () => {
  expect(formatPercent(0.614, 'vi')).toBe('61 %');
  expect(formatPercent(0.0206, 'vi', 2)).toBe('2,06 %');
});

test('bytes grow in steps of a thousand', () => {
  expect(formatBytes(950, 'vi')).toBe('950 B');
  expect(formatBytes(1240, 'vi')).toBe('1,2 KB');
  expect(formatBytes(36_000_000, 'en')).toBe('36 MB');
});
