import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chooseLooks, followSystem, shownLooks } from './looks';

let dark = false;
let told: (() => void)[] = [];

beforeEach(() => {
  localStorage.clear();
  dark = false;
  told = [];
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: dark && query.includes('dark'),
    addEventListener: (_: string, call: () => void) => told.push(call),
    removeEventListener: () => undefined,
  }));
});
afterEach(() => vi.unstubAllGlobals());

test('what was chosen is shown and kept, and leaves the rest to the system', () => {
  chooseLooks({ contrast: 'high' });
  chooseLooks({ theme: 'dark' });
  expect(shownLooks()).toEqual({ dark: true, high: true });
  expect(JSON.parse(localStorage.getItem('rasoat-looks') ?? '')).toEqual({ contrast: 'high', theme: 'dark' });
});

test('a system that turns dark is followed where nothing was chosen', () => {
  chooseLooks({ contrast: 'normal' });
  const call = vi.fn();
  followSystem(call);
  dark = true;
  told[0]?.();
  expect(shownLooks().dark).toBe(true);
  expect(call).toHaveBeenCalledOnce();
});

test('what was kept and cannot be read is as if nothing was', () => {
  localStorage.setItem('rasoat-looks', '{');
  chooseLooks({ theme: 'light' });
  expect(shownLooks()).toEqual({ dark: false, high: false });
});
