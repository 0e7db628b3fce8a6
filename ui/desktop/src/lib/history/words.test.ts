import { describe, expect, test } from 'vitest';
import { asked, beforeWords, kindWords, placeWords, valueWords } from './words';

const text = (vi: string) => ({ vi });
const place = { label: text('Diện tích nhà'), path: 'floor_area', what: 'answer' as const, member: null };

describe('places in words', () => {
  test('name the question, the member and what of it', () => {
    expect(asked(place)).toBe('Diện tích nhà');
    expect(asked({ ...place, member: 'Nông Thị Lan' })).toBe('Nông Thị Lan · Diện tích nhà');
    expect(asked({ ...place, what: 'note', path: 'floor_area#note' })).toContain('Diện tích nhà');
  });

  test('name fields of the list that no form asks, and the rest by its name', () => {
    expect(asked({ ...place, label: {}, path: 'previous_class' })).not.toContain('previous_class');
    expect(asked({ ...place, label: {}, path: 'members.m1.shoe_size' })).toBe('shoe_size');
  });
});

test('values tell what was removed and what stood before', () => {
  expect(valueWords(null, place)).not.toBe('');
  expect(valueWords(text('30'), place)).toBe('30');
  expect(valueWords(text(`${'ab'.repeat(32)}.jpg`), place)).toBe('Ảnh');
  expect(valueWords(text('signed_on_paper'), place)).toBe('Đã ký trên giấy');
  expect(beforeWords([text('30'), text('40')], place)).toContain('30 / 40');
  expect(beforeWords([], place)).not.toBe('');
  expect(valueWords(text('poor'), { path: 'previous_class', what: 'answer' })).not.toBe('poor');
});

test('what happened and where has words', () => {
  expect(kindWords('undone')).not.toBe('undone');
  expect(kindWords('moon_landing')).toBe('moon_landing');
  expect(placeWords({ kind: 'laptop', name: 'Máy 03' })).toContain('Máy 03');
  expect(new Set([placeWords({ kind: 'here' }), placeWords({ kind: 'elsewhere' })]).size).toBe(2);
});
