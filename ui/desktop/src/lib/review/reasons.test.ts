import { expect, test } from 'vitest';
import type { CheckItemView } from '@rasoat/shared/ipc';
import { reasonSentence } from './reasons';

const item = { previous_class: 'near_poor', class: 'poor' } as CheckItemView;

test('a reason says its numbers', () => {
  const { words, doubtful } = reasonSentence(item, { code: 'quick', count: 4, of: 31 });
  expect(words).toMatch(/4.*31/);
  expect(doubtful).toBe(true);
});

test('another class is told as from what to what', () => {
  expect(reasonSentence(item, { code: 'class_changed', count: 1, of: 0 }).words).toMatch(/.+ → .+/);
});

test('what is only news raises no doubt', () => {
  expect(reasonSentence(item, { code: 'remarks_answered', count: 2, of: 0 }).doubtful).toBe(false);
});
