import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const ui = `${import.meta.dirname}/../../`;

function messages(part: string, language: string): Record<string, string> {
  const words: Record<string, string> = JSON.parse(readFileSync(`${ui}${part}/messages/${language}.json`, 'utf8'));
  delete words['$schema'];
  return words;
}

const parts = readdirSync(ui).filter((part) => {
  try {
    return readdirSync(`${ui}${part}/messages`).length > 0;
  } catch {
    return false;
  }
});

test('the parts with words are found', () => {
  expect(parts).toContain('shared');
  expect(parts).toContain('desktop');
});

describe.each(parts)('the words of %s', (part) => {
  const vi = messages(part, 'vi');
  const en = messages(part, 'en');

  test('are the same in Vietnamese and English', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  });

  test('are never empty and take the same parameters', () => {
    const parameters = (words: unknown) => [...JSON.stringify(words).matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    for (const [key, words] of Object.entries(vi)) {
      expect(words, key).not.toBe('');
      expect(en[key], key).not.toBe('');
      expect(new Set(parameters(en[key])), key).toEqual(new Set(parameters(words)));
    }
  });
});
