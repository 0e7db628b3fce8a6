import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { firstLooks } from '../vite/first-looks.js';
import { onSystemLooks, showLooks } from './looks.js';

const root = document.documentElement;
let asked: string[] = [];
let told: (() => void)[] = [];

beforeEach(() => {
  asked = [];
  told = [];
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: asked.includes(query),
    addEventListener: (_: string, call: () => void) => told.push(call),
    removeEventListener: (_: string, call: () => void) => (told = told.filter((other) => other !== call)),
  }));
});
afterEach(() => vi.unstubAllGlobals());

test('nothing chosen is as the system has it', () => {
  showLooks(null);
  expect(root.dataset).toMatchObject({ theme: 'light', contrast: 'normal' });
  asked = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'];
  showLooks({ theme: 'system' });
  expect(root.dataset).toMatchObject({ theme: 'dark', contrast: 'high' });
});

test('what was chosen goes before the system', () => {
  asked = ['(prefers-color-scheme: dark)'];
  showLooks({ theme: 'light', contrast: 'high', text_size: 150, language: 'en' });
  expect(root.dataset).toMatchObject({ theme: 'light', contrast: 'high' });
  expect(root.style.getPropertyValue('--text-scale')).toBe('1.5');
  expect(root.lang).toBe('en');
});

test('the system is followed until that is stopped', () => {
  const call = vi.fn();
  const stop = onSystemLooks(call);
  told.forEach((tell) => tell());
  expect(call).toHaveBeenCalledTimes(2);
  stop();
  expect(told).toEqual([]);
});

test('the script of the page’s head does the same by itself', () => {
  const emitted: { source: string }[] = [];
  const { generateBundle } = firstLooks("{ theme: 'dark', text_size: 200 }") as unknown as {
    generateBundle: (this: object) => void;
  };
  generateBundle.call({ environment: { name: 'client' }, emitFile: (file: { source: string }) => emitted.push(file) });
  new Function(emitted[0]?.source ?? '')();
  expect(root.dataset['theme']).toBe('dark');
  expect(root.style.getPropertyValue('--text-scale')).toBe('2');
});
