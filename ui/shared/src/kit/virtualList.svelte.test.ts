import { render } from '@testing-library/svelte';
import { createRawSnippet, flushSync } from 'svelte';
import { expect, test } from 'vitest';
import VirtualList from './VirtualList.svelte';

const row = createRawSnippet<[string, number]>((name) => ({
  render: () => `<a href="#/${name()}">${name()}</a>`,
  setup: (link) => {
    $effect(() => {
      link.textContent = name();
    });
  },
}));
const waiting = createRawSnippet(() => ({ render: () => '<i>…</i>' }));

/** A list without layout: as high as nothing, with the rows to spare. */
function list(rows: (string | undefined)[]) {
  const asked: number[] = [];
  const props = {
    rows,
    total: 100,
    rowHeight: () => 4,
    label: 'Hộ',
    row,
    waiting,
    onneed: (first: number) => asked.push(first),
  };
  const { container, rerender } = render(VirtualList<string>, props);
  const viewport = container.firstElementChild as HTMLElement;
  const scrollTo = (top: number) => {
    viewport.scrollTop = top;
    viewport.dispatchEvent(new Event('scroll'));
    flushSync();
  };
  return { viewport, scrollTo, rerender, asked, lines: () => [...viewport.querySelectorAll('li')] };
}

const place = (line: Element | undefined) => Number(line?.getAttribute('aria-posinset'));
const names = Array.from({ length: 100 }, (_, index) => `hộ ${index + 1}`);

test('a row that is scrolled out gives its place to the one that comes in, in the order of the list', () => {
  const { scrollTo, lines } = list(names);
  const before = new Set(lines());
  scrollTo(3000);
  const after = lines();
  expect(after.map(place)).toEqual(after.map((_, index) => place(after[0]) + index));
  expect(place(after[0])).toBeGreaterThan(20);
  expect(after.filter((line) => before.has(line)).length).toBe(before.size);
  for (const line of after) expect(line.textContent?.trim()).toBe(`hộ ${place(line)}`);
});

test('focus does not go over to the row that comes into its place', () => {
  const { scrollTo, lines } = list(names);
  lines()[2]?.querySelector('a')?.focus();
  scrollTo(10);
  expect(document.activeElement?.textContent).toBe('hộ 3');
  scrollTo(3000);
  expect(document.activeElement).toBe(document.body);
});

test('a row that has not come shows nothing of the one before it', async () => {
  const some = names.map((name, index) => (index < 20 ? name : undefined));
  const { scrollTo, lines, asked, rerender } = list(some);
  expect(asked).toEqual([]);
  scrollTo(3000);
  expect(asked).toEqual([place(lines()[0]) - 1]);
  for (const line of lines())
    expect([line.querySelector('i')?.textContent, line.querySelector('div:not(.hidden)')]).toEqual(['…', null]);
  await rerender({ rows: names });
  for (const line of lines())
    expect([line.textContent?.trim(), line.querySelector('.hidden')]).toEqual([`hộ ${place(line)}`, null]);
});
