import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTS } from './acts';

const server = `${import.meta.dirname}/../../../../crates/server/src`;
/** What is acted on stands in such a call too. */
const OBJECTS = ['all', 'unknown'];

it('has words for every act that the server notes', () => {
  const files = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.rs'));
  const noted = files.flatMap((file) =>
    [...readFileSync(`${server}/${file}`, 'utf8').matchAll(/\bnote(?:_act)?\([^;]*?"([a-z_]+)"/g)].map(
      ([, act]) => act ?? '',
    ),
  );
  const acts = new Set(noted.filter((act) => !OBJECTS.includes(act)));
  expect(acts.size).toBeGreaterThan(30);
  expect([...acts].filter((act) => !(act in ACTS))).toEqual([]);
});
