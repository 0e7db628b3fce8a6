import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { actSentence } from './acts';

const source = readFileSync(`${import.meta.dirname}/../../../../../crates/store/src/audit.rs`, 'utf8');
const acts = [...source.matchAll(/Self::\w+ => "([a-z_]+)"/g)].map((found) => found[1] ?? '');

test('every act that is kept account of has a sentence', () => {
  expect(acts.length).toBeGreaterThan(20);
  for (const act of acts) expect(actSentence({ act, details: {}, head_name: null })).not.toBe(act);
});

test('a sentence has its counts and the household, and an unknown act is shown by its code', () => {
  const undone = actSentence({ act: 'undo', details: { places: '3' }, head_name: 'Nông Thị Lan' });
  expect(undone).toContain('3');
  expect(undone).toContain('Nông Thị Lan');
  expect(actSentence({ act: 'moon_landing', details: {}, head_name: null })).toBe('moon_landing');
});
