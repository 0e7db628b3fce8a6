import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const kept = /\b(localStorage|sessionStorage|indexedDB|document\.cookie|caches|cookieStore|serviceWorker)\b/;
const skipped = ['paraglide', 'api'];

/** Files of the desktop's screens and of what they share, without tests. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : sources(path);
    return /\.(ts|svelte)$/.test(entry.name) && !entry.name.includes('.test.') ? [path] : [];
  });
}

test('no screen of the desktop keeps anything in the web view: it would lie on the disk unencrypted', () => {
  const files = [import.meta.dirname, `${import.meta.dirname}/../../shared/src`].flatMap(sources);
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => kept.test(readFileSync(file, 'utf8')))).toEqual([]);
});
