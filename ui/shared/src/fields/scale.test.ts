import { describe, expect, test } from 'vitest';
import { indexOf, markAt, scaleOf, stepped, type Scale } from './scale';

function scale(start: number, end: number, step: number): Scale {
  const found = scaleOf({ start, end, step });
  if (!found) throw new Error('no scale');
  return found;
}

test.each([
  [0, 10, 1, 11],
  [1, 5, 1, 5],
  [0, 30, 0.5, 61],
  [0, 1, 0.1, 11],
  [0, 10, 3, 4],
  [-2, 2, 1, 5],
  [3, 3, 1, 1],
])('from %d to %d by %d has %d marks', (start, end, step, marks) => {
  expect(scale(start, end, step).marks).toBe(marks);
});

test.each([
  { start: null, end: 10, step: 1 },
  { start: 0, end: null, step: 1 },
  { start: 0, end: 10, step: null },
  { start: 0, end: 10, step: 0 },
  { start: 10, end: 0, step: 1 },
  null,
])('%o is no scale', (range) => {
  expect(scaleOf(range)).toBeNull();
});

describe('marks', () => {
  test('are written without the dust of adding', () => {
    const tenths = scale(0, 1, 0.1);
    expect(Array.from({ length: tenths.marks }, (_, index) => markAt(tenths, index)).join(' ')).toBe(
      '0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1',
    );
    expect(markAt(scale(0.25, 2, 0.5), 1)).toBe('0.75');
    expect(markAt(scale(0, 10, 3), 9)).toBe('9');
  });

  test.each([
    ['0', 0],
    ['0.3', 3],
    ['1', 10],
    ['0.35', null],
    ['1.1', null],
    ['-0.1', null],
    ['', null],
    [null, null],
    ['vài', null],
  ])('%s is mark %s of tenths', (canonical, index) => {
    expect(indexOf(scale(0, 1, 0.1), canonical)).toBe(index);
  });

  test.each([
    [null, 1, '0'],
    ['', -1, '0'],
    ['12.5', 1, '13'],
    ['12.5', -1, '12'],
    ['12.6', 1, '13'],
    ['12.6', -1, '12.5'],
    ['30', 1, '30'],
    ['0', -1, '0'],
    ['28', 10, '30'],
    ['99', -1, '30'],
  ])('from %s, %d on is %s', (from, by, to) => {
    expect(stepped(scale(0, 30, 0.5), from, by)).toBe(to);
  });
});
