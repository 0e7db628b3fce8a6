import { expect, test } from 'vitest';
import { isWholeOrder, moved, orderOf } from './order';

const names = ['a', 'b', 'c'];

test.each([
  [null, 'a b c'],
  ['', 'a b c'],
  ['c a b', 'c a b'],
  ['c', 'c a b'],
  ['x b', 'b a c'],
  ['b b a', 'b a c'],
])('an answer of “%s” stands as %s', (canonical, order) => {
  expect(orderOf(canonical, names).join(' ')).toBe(order);
});

test.each([
  ['c a b', true],
  [' c  a b ', true],
  ['c a', false],
  ['c a x', false],
  ['c a b b', false],
  ['', false],
  [null, false],
])('“%s” puts all in order: %s', (canonical, whole) => {
  expect(isWholeOrder(canonical, names)).toBe(whole);
});

test.each([
  ['a', 2, 'b c a'],
  ['c', 0, 'c a b'],
  ['b', 1, 'a b c'],
  ['b', 9, 'a c b'],
  ['b', -1, 'b a c'],
])('%s moved to %d gives %s', (name, to, order) => {
  expect(moved(names, name, to).join(' ')).toBe(order);
});
