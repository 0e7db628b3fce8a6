/** The contrast of every pair of colours in use, in every theme. A colour that is used and not judged here is a fault, too. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const here = import.meta.dirname;
const ui = `${here}/../../`;

type Tokens = Record<string, string>;

/** The colours a block of CSS gives. */
function colours(css: string): Tokens {
  return Object.fromEntries(
    [...css.matchAll(/--color-([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]),
  );
}

const base = colours(readFileSync(`${here}/tokens.css`, 'utf8'));
const blocks = readFileSync(`${here}/themes.css`, 'utf8').split(/^(?=:root)/m);
const block = (selector: string) => colours(blocks.find((one) => one.startsWith(`${selector} {`)) ?? '');
const dark = block(":root[data-theme='dark']");
const high = block(":root[data-contrast='high']");
const darkHigh = block(":root[data-theme='dark'][data-contrast='high']");

const themes: { name: string; tokens: Tokens; words: number; parts: number }[] = [
  { name: 'light', tokens: base, words: 4.5, parts: 3 },
  { name: 'dark', tokens: { ...base, ...dark }, words: 4.5, parts: 3 },
  { name: 'light, high contrast', tokens: { ...base, ...high }, words: 7, parts: 4.5 },
  { name: 'dark, high contrast', tokens: { ...base, ...dark, ...high, ...darkHigh }, words: 7, parts: 4.5 },
];

const grounds = ['ground', 'ground-2', 'paper'];
const washes = ['sky-wash', 'amber-wash', 'brick-wash', 'moss-wash', 'pine-wash', 'pine-glow', 'neutral-wash'];

/** Words, and the grounds they stand on. */
const words: Record<string, string[]> = {
  ink: [...grounds, ...washes],
  'ink-2': [...grounds, ...washes],
  'ink-3': [...grounds, 'pine-glow', 'neutral-wash'],
  pine: [...grounds, 'pine-wash'],
  'pine-2': [...grounds, 'pine-wash', 'pine-glow', 'pine-chip'],
  'on-pine': ['pine', 'pine-2'],
  'on-bar': ['bar', 'bar-2', 'bar-3'],
  bar: ['on-bar'],
  sky: [...grounds, 'sky-wash'],
  amber: [...grounds, 'amber-wash'],
  'amber-ink': [...grounds, 'amber-wash'],
  brick: [...grounds, 'brick-wash', 'amber-wash'],
  'on-brick': ['brick'],
  moss: [...grounds, 'moss-wash'],
};

/** Edges, marks and fills by which a part is told from what is around it. */
const parts: Record<string, string[]> = {
  field: grounds,
  pine: [...grounds, 'track'],
  focus: [...grounds, 'pine-wash'],
  brick: [...grounds, 'brick-wash'],
  'amber-edge': ['paper', 'ground'],
  'on-bar': ['bar', 'bar-2'],
};

/** What tells nothing by itself: lines between things, edges around what has words of its own, shades behind words. */
const ornaments = ['line', 'line-strong', 'pine-line', 'pine-mid', 'sky-line', 'amber-line', 'brick-line', 'moss-line'];
const fixed = ['white', 'black', 'transparent', 'current', 'scrim', 'shade', 'inherit'];

/** WCAG 2.2: from 1 (the same) to 21 (black on white). */
function contrast(one: string, other: string): number {
  const light = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const share = parseInt(hex.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [bright = 0, dim = 0] = [light(one), light(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

function tooWeak(pairs: Record<string, string[]>, tokens: Tokens, least: number): string[] {
  return Object.entries(pairs).flatMap(([front, backs]) =>
    backs.flatMap((back) => {
      const found = contrast(tokens[front] ?? '', tokens[back] ?? '');
      return found >= least ? [] : [`${front} on ${back}: ${found.toFixed(2)} of ${least}`];
    }),
  );
}

describe.each(themes)('in the theme $name', ({ tokens, words: leastOfWords, parts: leastOfParts }) => {
  test('words stand out from their ground', () => {
    expect(tooWeak(words, tokens, leastOfWords)).toEqual([]);
  });

  test('parts stand out from what is around them', () => {
    expect(tooWeak(parts, tokens, leastOfParts)).toEqual([]);
  });
});

/** The text of every component. */
function components(): { file: string; text: string }[] {
  const folders = ['shared/src', 'desktop/src', 'province/src'];
  return folders.flatMap((folder) =>
    readdirSync(`${ui}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.svelte') && !file.includes('paraglide'))
      .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(`${ui}${folder}/${file}`, 'utf8') })),
  );
}

const used =
  /(?<![\w-])(text|bg|border(?:-[lrtb])?|outline|divide|accent|from|to)-([a-z]+(?:-[a-z0-9]+)*)!?(?![\w[-])/g;

test('every colour in use is a token, and words stand on grounds that are judged', () => {
  const known = new Set([...Object.keys(base), ...fixed]);
  const families = new Set([...known].map((name) => name.split('-')[0]));
  const strays: string[] = [];
  for (const { file, text } of components()) {
    for (const [line, role, name = ''] of text.matchAll(used)) {
      if (!families.has(name.split('-')[0]) || fixed.includes(name)) continue;
      const judged =
        role === 'text' ? name in words : name in parts || grounds.concat(washes, ornaments).includes(name);
      const isBack = Object.values(words).concat(Object.values(parts)).flat().includes(name);
      if (!known.has(name) || !(judged || isBack || (role === 'text' && ornaments.includes(name))))
        strays.push(`${file}: ${line}`);
    }
  }
  expect(strays).toEqual([]);
});

test('where one element gives both, its words are judged on its ground', () => {
  const unjudged: string[] = [];
  for (const { file, text } of components()) {
    for (const [, classes = ''] of text.matchAll(/['"`]([^'"`\n]*\bbg-[^'"`\n]*)['"`]/g)) {
      const plain = classes.split(/\s+/).filter((name) => !name.includes(':'));
      const ground = plain.find((name) => name.startsWith('bg-'))?.replace(/^bg-|!$/g, '') ?? '';
      for (const name of plain.filter((one) => one.startsWith('text-')).map((one) => one.replace(/^text-|!$/g, ''))) {
        if (name in words && ground in base && !words[name]?.includes(ground))
          unjudged.push(`${file}: ${name} on ${ground}`);
      }
    }
  }
  expect(unjudged).toEqual([]);
});

test('the dark theme gives every colour', () => {
  const same = ['white', 'black'];
  expect(Object.keys(base).filter((name) => !same.includes(name) && !(name in dark))).toEqual([]);
});
