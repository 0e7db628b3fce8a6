import { expect, test } from 'vitest';
import { choiceOfDigits, choiceOfKey, composing, keyOfChoice, undoes } from './keys';

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

test('letters name the choices from the tenth on', () => {
  expect([8, 9, 10, 40].map(keyOfChoice)).toEqual(['9', 'a', 'b', '']);
  expect(choiceOfKey(key('b'), 11)).toBe(10);
  expect(choiceOfKey(key('c'), 11)).toBeNull();
});

test.each([
  ['7', 9, 6],
  ['7', 26, 6],
  ['2', 26, null],
  ['02', 26, 1],
  ['26', 26, 25],
  ['27', 26, null],
  ['2', 20, null],
  ['3', 20, 2],
  ['0', 9, null],
  ['', 9, null],
  ['k', 9, null],
])('“%s” of %d choices names %s', (typed, choices, index) => {
  expect(choiceOfDigits(typed, choices)).toBe(index);
});

test('Ctrl+Z undoes, and no other key', () => {
  expect(undoes(key('z', { ctrlKey: true }))).toBe(true);
  expect(undoes(key('z'))).toBe(false);
  expect(undoes(key('z', { ctrlKey: true, shiftKey: true }))).toBe(false);
});

test('keys are left alone while an input method composes', () => {
  expect(composing(key('1', { isComposing: true }))).toBe(true);
  expect(composing(key('Process', { keyCode: 229 } as KeyboardEventInit))).toBe(true);
  expect(choiceOfKey(key('1', { isComposing: true }), 5)).toBeNull();
  expect(composing(key('Enter'))).toBe(false);
});
