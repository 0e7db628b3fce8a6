import { expect, test } from 'vitest';
import { filterOf, nothingChosen, sortOptions } from './filters';
import { everything } from './listing.svelte';

test('what is not chosen is not asked for', () => {
  expect(filterOf('  ', nothingChosen, 'place', false)).toEqual(everything);
});

test('households without a class are asked for by an empty one', () => {
  const asked = filterOf('', { ...nothingChosen, class: 'none', previous: 'poor' }, 'place', false);
  expect([asked.class, asked.previous_class]).toEqual(['', 'poor']);
});

test('answers that differ are no finding', () => {
  const asked = filterOf('', { ...nothingChosen, findings: 'in_conflict' }, 'place', false);
  expect([asked.findings, asked.in_conflict]).toEqual([null, true]);
});

test('words are sent composed, however they were typed', () => {
  expect(filterOf('Hoa\u0300 ', nothingChosen, 'name', true)).toEqual({
    ...everything,
    text: 'Hoà',
    sort: 'name',
    descending: true,
  });
});

test('every order has words', () => {
  expect(new Set(sortOptions().map((option) => option.label)).size).toBe(6);
});
