import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { everywhere, screens, stages } from './topics';

const src = `${import.meta.dirname}/../../`;
const read = (file: string) => readFileSync(`${src}${file}`, 'utf8');

/** Made for developers, over samples. */
const notAScreen = '/gallery';

/** The files of `src` that are no tests. */
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.(svelte|ts)$/.test(file) && !file.includes('.test.') && !file.startsWith('paraglide/'));

test('every screen has its help, and there is no help for a screen that is not', () => {
  const routes = sources
    .filter((file) => /^routes\/(.*\/)?\+page\.svelte$/.test(file))
    .map((file) => file.slice('routes'.length, -'/+page.svelte'.length) || '/');
  expect(Object.keys(screens).sort()).toEqual(routes.filter((route) => route !== notAScreen).sort());
});

const named = [...Object.values(screens), ...Object.values(stages)].flatMap((topic) => topic.keys).concat(everywhere);

test.each(named)('the key $keys that help names is in use', ({ used: [file, text] }) => {
  expect(read(file)).toContain(text);
});

test('every function key in use is named by help', () => {
  const inUse = sources
    .filter((file) => !file.startsWith('lib/help/'))
    .flatMap((file) =>
      [...read(file).matchAll(/(?:event\.key [!=]== '|\n\s+)(F\d+)(?:'|: )/g)].map((match) => match[1]),
    );
  const told = new Set(named.flatMap(({ keys }) => keys));
  expect(inUse.length).toBeGreaterThan(4);
  expect(inUse.filter((key) => !told.has(key ?? ''))).toEqual([]);
});

test.each(['vi', 'en'])('what help says to press is what stands on the screens, in %s', (language) => {
  const words = JSON.parse(read(`../messages/${language}.json`)) as Record<string, unknown>;
  const shown = new Set(Object.values(words));
  const pressed = Object.entries(words)
    .filter(([key]) => /^(help|practice)_/.test(key))
    .flatMap(([, text]) => [...String(text).matchAll(/“([^”]+)”/g)].map((match) => match[1]));
  expect(pressed.length).toBeGreaterThan(3);
  expect(pressed.filter((text) => !shown.has(text))).toEqual([]);
});
