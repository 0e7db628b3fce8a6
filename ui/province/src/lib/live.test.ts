import { ApiError } from '@rasoat/shared/api/index';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Live, shown } from './live.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('asks at once, then again after each pause, and no more once stopped', async () => {
  let asked = 0;
  const live = new Live(() => Promise.resolve((asked += 1)), 1000);
  const stop = live.start();
  await vi.advanceTimersByTimeAsync(2500);
  expect([asked, live.data]).toEqual([3, 3]);
  stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toBe(3);
  expect(shown.live).toBeUndefined();
});

it('keeps what it had when a later question fails, and recovers', async () => {
  const answers = [
    () => Promise.resolve('first'),
    () => Promise.reject(new ApiError('offline')),
    () => Promise.resolve('third'),
  ];
  const live = new Live(() => answers.shift()?.() ?? Promise.reject(new Error('asked too often')), 1000);
  const stop = live.start();
  await vi.advanceTimersByTimeAsync(1500);
  expect([live.data, live.problem?.code]).toEqual(['first', 'offline']);
  await vi.advanceTimersByTimeAsync(1000);
  expect([live.data, live.problem]).toEqual(['third', undefined]);
  stop();
});

it('forgets an answer that a newer question has overtaken', async () => {
  const waiting: ((answer: string) => void)[] = [];
  const live = new Live(() => new Promise<string>((resolve) => waiting.push(resolve)), 1000);
  const stop = live.start();
  const second = live.refresh();
  waiting[1]?.('new');
  await second;
  waiting[0]?.('old');
  await vi.advanceTimersByTimeAsync(10);
  expect(live.data).toBe('new');
  stop();
});

it('asks at once when the network is back', async () => {
  let asked = 0;
  const live = new Live(() => Promise.resolve((asked += 1)), 60_000);
  const stop = live.start();
  await vi.advanceTimersByTimeAsync(10);
  dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toBe(2);
  stop();
});
