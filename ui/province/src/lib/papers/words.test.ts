import { expect, it } from 'vitest';
import { KINDS } from './views';
import { missingWords, paperName, paperWhat } from './words';

const CODES = [
  'not_begun',
  'not_accepted',
  'no_class',
  'not_met',
  'not_posted',
  'posting_runs',
  'complaint',
  'provisional',
  'not_recognised',
];

it('has words for every reason, each its own, with the count', () => {
  const said = CODES.map((code) => missingWords({ code, households: 1700 }));
  expect(new Set(said).size).toBe(CODES.length);
  for (const words of said) expect(words).toContain('1.700');
});

it('shows the code of a reason that a newer server gives', () => {
  expect(missingWords({ code: 'lost', households: 2 })).toBe('lost: 2');
});

it('calls every paper by another name and says what it is for', () => {
  expect(new Set(KINDS.map(paperName)).size).toBe(KINDS.length);
  for (const kind of KINDS) expect(paperWhat(kind).length).toBeGreaterThan(20);
});
