import { beforeEach, expect, it } from 'vitest';
import { linkFrom } from './grid';

beforeEach(() => {
  const cell = (name: string) => (name === '-' ? '<td>0</td>' : `<td><a id="${name}" href="#x">1</a></td>`);
  const rows = [
    ['a', '-', 'c'],
    ['-', 'e', 'f'],
    ['g', 'h', '-'],
  ];
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  document.body.innerHTML = `<table><tbody>${body}</tbody></table>`;
});

function press(from: string, key: string, rest: KeyboardEventInit = {}): string | undefined {
  const link = document.getElementById(from);
  return link ? linkFrom(link, new KeyboardEvent('keydown', { key, ...rest }))?.id : undefined;
}

it('goes from link to link and over what leads nowhere', () => {
  expect(press('a', 'ArrowRight')).toBe('c');
  expect(press('c', 'ArrowLeft')).toBe('a');
  expect(press('a', 'ArrowDown')).toBe('g');
  expect(press('h', 'ArrowUp')).toBe('e');
  expect(press('f', 'ArrowDown')).toBeUndefined();
});

it('goes to the ends of a row and of the table', () => {
  expect(press('f', 'Home')).toBe('e');
  expect(press('a', 'End')).toBe('c');
  expect(press('f', 'Home', { ctrlKey: true })).toBe('a');
  expect(press('a', 'End', { ctrlKey: true })).toBe('h');
});

it('leaves other keys to the browser', () => {
  expect(press('a', 'Enter')).toBeUndefined();
  expect(press('a', 'ArrowRight', { altKey: true })).toBeUndefined();
});
