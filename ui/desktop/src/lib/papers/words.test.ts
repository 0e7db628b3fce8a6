import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingWords, paperWhat, paperWords } from './words';

const source = readFileSync(`${import.meta.dirname}/../../../../../crates/casework/src/papers/place.rs`, 'utf8');
const codes = [...source.matchAll(/Self::\w+ => "([a-z_]+)"/g)].map((found) => found[1] ?? '');

test('every reason that the program gives has its words, with the count', () => {
  expect(codes.length).toBeGreaterThan(7);
  for (const code of codes) {
    const words = missingWords({ code, households: 17 });
    expect(words).toContain('17');
    expect(words).not.toContain(code);
  }
});

test('papers have different names and say what they are for', () => {
  const kinds = ['review', 'meeting', 'minutes', 'posting', 'results', 'decisions', 'certificates'] as const;
  expect(new Set(kinds.map(paperWords)).size).toBe(kinds.length);
  for (const kind of kinds) expect(paperWhat(kind).length).toBeGreaterThan(20);
});
