import { expect, it } from 'vitest';
import enFile from '../../messages/en.json';
import viFile from '../../messages/vi.json';

type Messages = Record<string, unknown>;

const vi: Messages = viFile;
const en: Messages = enFile;

/** Names in braces, wherever they stand in a message. */
function parameters(message: unknown): string[] {
  const names = [...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  return [...new Set(names)].sort();
}

it('says everything in both languages', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
});

it('gives both languages the same parameters', () => {
  const differing = Object.keys(vi).filter((key) => String(parameters(vi[key])) !== String(parameters(en[key])));
  expect(differing).toEqual([]);
});

it('leaves nothing unsaid', () => {
  const empty = [...Object.entries(vi), ...Object.entries(en)].filter(([, message]) => message === '');
  expect(empty).toEqual([]);
});

it('writes Vietnamese composed (NFC)', () => {
  const text = JSON.stringify(vi);
  expect(text).toBe(text.normalize('NFC'));
});
