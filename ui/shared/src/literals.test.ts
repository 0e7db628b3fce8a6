/** Words for people live in `messages`: no component holds any of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';

const ui = `${import.meta.dirname}/../../`;

/** Names that are the same in every language; of keys, inside `Key`. */
const names = ['Rà Soát'];
/** Attributes that are read or read out. */
const spoken = [
  'aria-label',
  'aria-description',
  'aria-valuetext',
  'title',
  'placeholder',
  'alt',
  'label',
  'hint',
  'lead',
];
const isWord = (text: string) => /\p{L}{2}/u.test(names.reduce((rest, name) => rest.replaceAll(name, ''), text));

interface Node {
  type: string;
  name?: string;
  data?: string;
  value?: unknown;
}

/** Every node of a component's markup with the elements around it. */
function* walk(node: unknown, around: string[] = []): Generator<[Node, string[]]> {
  if (Array.isArray(node)) {
    for (const one of node) yield* walk(one, around);
  } else if (node && typeof node === 'object') {
    const one = node as Node & Record<string, unknown>;
    if (typeof one.type === 'string') yield [one, around];
    const inner = one.type === 'Component' || one.type === 'RegularElement' ? [...around, String(one.name)] : around;
    for (const [key, value] of Object.entries(one))
      if (key !== 'parent' && key !== 'expression') yield* walk(value, inner);
  }
}

function literals(file: string): string[] {
  const { fragment } = parse(readFileSync(file, 'utf8'), { modern: true });
  const found: string[] = [];
  for (const [node, around] of walk(fragment)) {
    if (node.type === 'Attribute' && spoken.includes(node.name ?? '')) {
      const parts = Array.isArray(node.value) ? (node.value as Node[]) : [];
      for (const part of parts)
        if (part.type === 'Text' && isWord(part.data ?? '')) found.push(`${node.name}="${part.data}"`);
    }
    if (
      node.type === 'Text' &&
      !around.includes('Key') &&
      isWord(node.data ?? '') &&
      !isAttributeText(node, fragment)
    ) {
      found.push((node.data ?? '').trim());
    }
  }
  return found;
}

/** Whether a text is (part of) an attribute's value: those that are spoken are judged with their attribute. */
function isAttributeText(text: Node, fragment: unknown): boolean {
  for (const [node] of walk(fragment)) {
    if (['Attribute', 'StyleDirective'].includes(node.type) && Array.isArray(node.value) && node.value.includes(text))
      return true;
  }
  return false;
}

const components = ['shared/src', 'desktop/src', 'province/src'].flatMap((folder) =>
  readdirSync(`${ui}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    // The gallery shows samples, not words for people.
    .filter((file) => file.endsWith('.svelte') && !file.includes('/gallery/')),
);

test('no component holds words of its own', () => {
  const found = components.flatMap((file) => literals(`${ui}${file}`).map((words) => `${file}: ${words}`));
  expect(components.length).toBeGreaterThan(80);
  expect(found).toEqual([]);
});
