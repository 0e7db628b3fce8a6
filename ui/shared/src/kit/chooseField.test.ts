import { expect, it } from 'vitest';
import { choicesFor, placeAfter } from './chooseField';

const communes = [
  { value: 'a', label: 'Xã Đoàn Kết', code: '06001' },
  { value: 'b', label: 'Phường Kỳ Lừa', code: '05977' },
  { value: 'c', label: 'Xã Kiên Mộc' },
];

it('finds by words without tones in any order, and by code', () => {
  const found = (text: string) => choicesFor(communes, text).map(({ value }) => value);
  expect(found('ket doan')).toEqual(['a']);
  expect(found('KỲ')).toEqual(['b']);
  expect(found('0597')).toEqual(['b']);
  expect(found('  ')).toEqual(['a', 'b', 'c']);
  expect(found('lạ')).toEqual([]);
});

it('goes round a list with arrows, and not beyond its ends with pages', () => {
  expect(placeAfter('ArrowDown', -1, 3)).toBe(0);
  expect(placeAfter('ArrowDown', 2, 3)).toBe(0);
  expect(placeAfter('ArrowUp', -1, 3)).toBe(2);
  expect(placeAfter('ArrowUp', 0, 3)).toBe(2);
  expect(placeAfter('PageDown', -1, 30)).toBe(8);
  expect(placeAfter('PageDown', 28, 30)).toBe(29);
  expect(placeAfter('PageUp', 3, 30)).toBe(0);
  expect(placeAfter('ArrowDown', 0, 0)).toBeUndefined();
  expect(placeAfter('a', 0, 3)).toBeUndefined();
});
