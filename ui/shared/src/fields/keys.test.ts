import { expect, test } from 'vitest';
import { choiceOfKey, composing } from './keys';

const key = (name: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key: name, ...more });

test('a digit names a choice, counted from one on screen', () => {
  expect(choiceOfKey(key('1'), 5)).toBe(0);
  expect(choiceOfKey(key('5'), 5)).toBe(4);
});

test('a digit past the last choice, zero, letters and shortcuts name none', () => {
  expect(choiceOfKey(key('6'), 5)).toBeNull();
  expect(choiceOfKey(key('0'), 5)).toBeNull();
  expect(choiceOfKey(key('a'), 5)).toBeNull();
  expect(choiceOfKey(key('1', { ctrlKey: true }), 5)).toBeNull();
});

test('keys are left alone while an input method composes', () => {
  expect(composing(key('1', { isComposing: true }))).toBe(true);
  expect(composing(key('Process', { keyCode: 229 } as KeyboardEventInit))).toBe(true);
  expect(choiceOfKey(key('1', { isComposing: true }), 5)).toBeNull();
  expect(composing(key('Enter'))).toBe(false);
});
