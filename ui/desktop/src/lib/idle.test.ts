import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const told = vi.hoisted(() => ({ activity: 0, asked: 0, stage: 'open' }));
vi.mock('@rasoat/shared/ipc', () => ({
  commands: {
    activity: async () => ((told.activity += 1), { status: 'ok', data: { stage: told.stage } }),
    appState: async () => ((told.asked += 1), { status: 'ok', data: { stage: told.stage } }),
  },
}));

import { watchIdle } from './idle';

const open = { stage: 'open', lock_after_minutes: 5 };
let taken: unknown[] = [];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(told, { activity: 0, asked: 0, stage: 'open' });
  taken = [];
  stop = watchIdle({ state: open as never, take: (state) => taken.push(state) });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

test('many keys are told once, and none when nobody is there', async () => {
  for (let turn = 0; turn < 50; turn += 1) window.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
  await vi.advanceTimersByTimeAsync(20_000);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(told).toMatchObject({ activity: 1, asked: 2 });
});

test('a program that locked itself is shown locked', async () => {
  told.stage = 'locked';
  await vi.advanceTimersByTimeAsync(20_000);
  expect(taken).toEqual([{ stage: 'locked' }]);
});

test('what is being typed is taken as the answer before the time is over', async () => {
  const field = document.createElement('input');
  document.body.append(field);
  field.focus();
  await vi.advanceTimersByTimeAsync(4 * 60_000);
  expect(document.activeElement).toBe(field);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(document.activeElement).not.toBe(field);
  field.remove();
});
