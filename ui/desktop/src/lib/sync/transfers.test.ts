import { expect, test } from 'vitest';
import { transfers } from '@rasoat/shared/fixtures/transfers';
import { movedWords, transferWords } from './transfers';

test('every way something went has its words, its tone and what there is to know of it', () => {
  const said = transfers.map(transferWords);
  expect(said.map(({ tone }) => tone)).toEqual(['bad', 'neutral', 'warn', 'good', 'neutral']);
  expect(said[0]?.detail).toBe('Hộ này ngoài xã được giao cho máy.');
  expect(said[1]?.detail).toContain('.rasoat');
  expect(said[3]?.detail).toContain('3F9A61C2');
  expect(new Set(said.map(({ what }) => what)).size).toBe(5);
});

test('of a household in an exchange it is said what the province has, refuses, and has not answered', () => {
  const one = { id: '1', head_name: 'Lý Văn Thử', village_name: '', edits: 5, confirmed: 2, refused: 1, refusal: null };
  expect(movedWords(one)).toBe('5 thay đổi · tỉnh đã nhận 2 · tỉnh không nhận 1 · 2 chưa có biên nhận');
  expect(movedWords({ ...one, confirmed: 5, refused: 0 })).toBe('5 thay đổi · tỉnh đã nhận 5');
});
