import { expect, test } from 'vitest';
import type { ComparisonView, DifferenceView } from '@rasoat/shared/ipc';
import { decisionOf, nextOpen, shareOf } from './decisions';

const difference = (path: string, kind: DifferenceView['kind'] = 'answer'): DifferenceView => ({
  path,
  kind,
  line: null,
  name: null,
  first: '1',
  second: '2',
});
const view: ComparisonView = {
  household: 'h1',
  head_name: 'Nông Văn Thành',
  village_name: 'Thôn Nà Pàn',
  first_by: 'Lý Thị Mai',
  compared: 40,
  differences: [difference('a'), difference('b'), difference('members.m1', 'only_first')],
};

test('after a decision the next open difference is shown, and after the last the first that was passed by', () => {
  expect(nextOpen(view, {}, 0)).toBe(0);
  expect(nextOpen(view, { a: { take: 'first' } }, 1)).toBe(1);
  expect(nextOpen(view, { b: { take: 'first' }, 'members.m1': { take: 'second' } }, 2)).toBe(0);
  const all = { a: { take: 'first' }, b: { take: 'second' }, 'members.m1': { take: 'first' } } as const;
  expect(nextOpen(view, all, 1)).toBeNull();
});

test('one key decides; of a member as a whole there is nothing third', () => {
  expect(decisionOf('1', difference('a'))).toBe('first');
  expect(decisionOf('2', difference('a'))).toBe('second');
  expect(decisionOf('3', difference('a'))).toBe('other');
  expect(decisionOf('3', difference('members.m1', 'only_second'))).toBeNull();
  expect(decisionOf('x', difference('a'))).toBeNull();
});

test('the share of differing answers is of a hundred, and nothing of nothing', () => {
  expect(shareOf(2, 141)).toBe(1.4);
  expect(shareOf(0, 0)).toBe(0);
});
