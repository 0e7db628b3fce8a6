import { expect, test } from 'vitest';
import { actsIn } from './letters';

test('letters act where the focus is in the pane, and other keys everywhere', () => {
  document.body.innerHTML = '<nav><a href="#/">Today</a></nav><ol><li><a href="#/review/1">Household</a></li></ol>';
  const list = document.querySelector('ol') ?? undefined;
  const heard: [string, boolean][] = [];
  addEventListener('keydown', (event) => heard.push([event.key, actsIn(event, list)]));
  const press = (from: string, key: string) =>
    document.querySelector(from)?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  press('ol a', 'a');
  press('nav a', 'a');
  press('body', 'r');
  press('nav a', 'ArrowDown');
  expect(heard).toEqual([
    ['a', true],
    ['a', false],
    ['r', false],
    ['ArrowDown', true],
  ]);
  expect(actsIn(new KeyboardEvent('keydown', { key: 'a' }), undefined)).toBe(false);
});
