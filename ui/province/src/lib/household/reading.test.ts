import { afterEach, expect, test } from 'vitest';
import type { components } from '@rasoat/shared/api/index';
import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { valueWords } from './reading';

/** An answer as the server gives it, of a kind by its plain name. */
function answer(kind: string, canonical: string, words = canonical): components['schemas']['AnswerView'] {
  return { kind: kind as components['schemas']['ValueKind'], canonical, text: { vi: words } };
}

afterEach(() => setLanguage('vi'));

test.each([
  ['date', '2026-11-25', '25/11/2026'],
  ['time', '07:30:00.000', '07:30'],
  ['date_time', '2026-11-25T07:30:00.000+07:00', '25/11/2026 07:30'],
  ['point', '21.8537 106.7615 258 6', 'vĩ độ 21.8537, kinh độ 106.7615'],
  ['file', 'nha-0107.jpg', 'Ảnh'],
  ['decimal', '12.5', '12,5'],
  ['integer', '1280000', '1.280.000'],
  ['text', '1984-03-12', '12/03/1984'],
])('an answer of kind %s (%s) reads %s', (kind, canonical, words) => {
  expect(valueWords(answer(kind, canonical))).toBe(words);
});

test('choices, and kinds that are not known here, read as the server says them', () => {
  expect(valueWords(answer('choices', 'house loan', 'Sửa nhà, Vay vốn'))).toBe('Sửa nhà, Vay vốn');
  expect(valueWords(answer('barcode', '893'))).toBe('893');
});

test('a place reads in the language in use', () => {
  setLanguage('en');
  expect(valueWords(answer('point', '21.85 106.76 0 0'))).toBe('latitude 21.85, longitude 106.76');
});

test('what somebody confirmed reads as done, unless a choice is called so', () => {
  expect(valueWords(answer('text', 'OK'))).toBe('Đã làm');
  expect(valueWords(answer('choice', 'OK', 'Đồng ý'))).toBe('Đồng ý');
});
