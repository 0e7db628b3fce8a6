import { expect, test } from 'vitest';
import { conflicts } from '@rasoat/shared/fixtures/conflicts';
import { Choosing } from './choosing.svelte';
import { byHousehold, isRemoval, writersOf } from './places';

const households = byHousehold(conflicts());
const [first] = households;
if (!first) throw new Error('no household');

test('places stand with their household, in the order in which they came', () => {
  expect(households.map(({ name, places }) => [name, places.length])).toEqual([
    ['Nông Văn Thành', 3],
    ['Hoàng Văn Slao', 1],
    ['Lộc Thị Mỷ', 1],
  ]);
  expect(households.map(({ places }) => places.some(isRemoval))).toEqual([false, false, true]);
});

test('only what is chosen is settled, one answer for each place', () => {
  const choosing = new Choosing();
  expect(choosing.forms(first.places)).toEqual([]);
  const [place] = first.places;
  const [early, late] = place?.candidates ?? [];
  if (!place || !early || !late) throw new Error('no answers');
  choosing.choose(place, early);
  choosing.choose(place, late);
  const { household, document, path } = place;
  expect(choosing.forms(first.places)).toEqual([{ household, document, path, choice: { candidate: late.edit } }]);
  choosing.clear();
  expect(choosing.count).toBe(0);
});

test('all of one writer are chosen at once, and what they did not answer is left as it was', () => {
  const choosing = new Choosing();
  const [most, other] = writersOf(first.places);
  if (!most || !other) throw new Error('no two writers');
  choosing.chooseOf(first.places, other.writer);
  const theirs = first.places.filter((place) => place.candidates.some(({ writer }) => writer === other.writer));
  expect(choosing.count).toBe(theirs.length);
  choosing.chooseLatest(first.places);
  for (const place of first.places) expect(choosing.of(place)).toBe(place.candidates.at(-1)?.edit);
});
