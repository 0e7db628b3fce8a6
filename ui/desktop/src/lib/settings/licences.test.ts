import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { licences, type LicensedPart } from './licences';

const read = (file: string) => readFileSync(`${import.meta.dirname}/../../../../../${file}`, 'utf8');
const names = (parts: LicensedPart[]) => parts.flatMap((part) => part.names);

test('every part of the program is listed in the version that is in use, else `cargo xtask gen --licences` is due', () => {
  const locked = new Set(
    [...read('Cargo.lock').matchAll(/name = "(.+)"\nversion = "(.+)"/g)].map(
      ([, name, version]) => `${name} ${version}`,
    ),
  );
  expect(names(licences.program).length).toBeGreaterThan(100);
  expect(names(licences.program).filter((name) => !locked.has(name))).toEqual([]);
  // What the program itself asks for is among them.
  const listed = new Set(names(licences.program).map((name) => name.split(' ')[0]));
  for (const name of ['rusqlite', 'tauri', 'ed25519-dalek', 'zstd', 'tokio']) expect(listed).toContain(name);
});

test('fonts and libraries of the screens are listed in the version that is in use', () => {
  const packages = JSON.parse(read('ui/package-lock.json')).packages as Record<string, { version?: string }>;
  const versions = new Set(
    Object.entries(packages).map(([place, { version }]) => `${place.replace('node_modules/', '')} ${version}`),
  );
  const all = [...names(licences.fonts), ...names(licences.screens)];
  expect(all.filter((name) => !versions.has(name))).toEqual([]);
  expect(licences.fonts.map(({ licence }) => licence)).toEqual(['OFL-1.1']);
  expect(names(licences.screens).some((name) => name.startsWith('svelte '))).toBe(true);
});
