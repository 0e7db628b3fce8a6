import { expect, test } from 'vitest';
import type { ImportedHouseholdView } from '@rasoat/shared/ipc';
import { batchSentences, householdSentence, midnight, whySentence } from './usb';

const household: ImportedHouseholdView = {
  id: '1',
  head_name: 'Lý Văn Thử',
  village_name: 'Nà Pàn',
  new: 2,
  known: 0,
  waiting: 1,
  conflicting: 1,
  refused: { out_of_scope: 3 },
};

test('a household says what came of its edits, and nothing of what did not happen', () => {
  const sentence = householdSentence(household);
  expect(sentence.split(' · ')).toHaveLength(4);
  expect(sentence).toContain(whySentence('out_of_scope'));
  expect(householdSentence({ ...household, new: 0, waiting: 0, conflicting: 0, refused: {} })).toBe('');
});

test('batches of one laptop with one reason are told of once', () => {
  const batch = { device: 'Máy 03', code: 'bad_signature', passed_on: false };
  const told = batchSentences([batch, batch, { device: '', code: 'unknown_device', passed_on: true }]);
  expect(told.map((one) => one.passedOn)).toEqual([false, true]);
  expect(told[0]?.sentence).toContain('2');
  expect(told[0]?.sentence).toContain('Máy 03');
});

test('a reason without words shows its code', () => {
  expect(whySentence('moon_in_the_way')).toContain('moon_in_the_way');
});

test('only a whole day is a day', () => {
  expect(midnight('2026-11-25')).toBe(new Date(2026, 10, 25).getTime());
  for (const day of ['', '2026-11', '25/11/2026', '2026-13-45']) expect(midnight(day)).toBeNull();
});
