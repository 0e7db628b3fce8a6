import { expect, test } from 'vitest';
import { duplicates } from '@rasoat/shared/fixtures/duplicates';
import { furtherSide, reasonSentence, sharedMembers } from './reasons';

const [pair] = duplicates;
if (!pair) throw new Error('no pair');

test('every reason is said in words, with whose it is', () => {
  const said = pair.reasons.map(reasonSentence);
  expect(said.every(({ words }) => words !== '')).toBe(true);
  expect(said.some(({ words }) => words.includes(pair.first.row.head_name))).toBe(true);
  expect(said.at(-1)?.doubtful).toBe(pair.reasons.at(-1)?.code === 'other_village');
});

test('members in common are known on both sides', () => {
  expect(sharedMembers(pair, 'first')).toEqual(new Set(['m1', 'm2']));
  expect(sharedMembers(pair, 'second')).toEqual(new Set(['n1', 'n2']));
});

test('the household whose interview is further is kept unless the person says otherwise', () => {
  const at = (first: 'listed' | 'signed', second: 'listed' | 'started') => ({
    ...pair,
    first: { ...pair.first, row: { ...pair.first.row, state: first } },
    second: { ...pair.second, row: { ...pair.second.row, state: second } },
  });
  expect(furtherSide(at('listed', 'started'))).toBe('second');
  expect(furtherSide(at('signed', 'started'))).toBe('first');
  expect(furtherSide(at('listed', 'listed'))).toBe('first');
});
