import { expect, test } from 'vitest';
import { isPrintKey, printOf } from './key';

const key = (more: KeyboardEventInit = {}) =>
  isPrintKey(new KeyboardEvent('keydown', { code: 'KeyP', key: 'p', ctrlKey: true, ...more }));

test('Ctrl P prints, with nothing else and not while an input method composes', () => {
  expect(key()).toBe(true);
  for (const other of [
    { ctrlKey: false },
    { shiftKey: true },
    { altKey: true },
    { code: 'KeyO' },
    { isComposing: true },
  ])
    expect(key(other)).toBe(false);
});

test('it leads from every screen of a household to its print, and from no other', () => {
  for (const route of ['/households/[id]', '/households/[id]/history', '/interview/[id]', '/review/[id]'])
    expect(printOf(route, 'h1')).toBe('#/households/h1/print');
  for (const route of ['/', '/households', '/review', '/households/[id]/print', null])
    expect(printOf(route, 'h1')).toBeNull();
  expect(printOf('/households/[id]', undefined)).toBeNull();
});
