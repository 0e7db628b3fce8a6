import { ApiError, type Made, type Waiting } from '@rasoat/shared/api/index';
import { beforeEach, expect, it, vi } from 'vitest';
import { Making } from './making.svelte';

const made: Made = { name: 'bang.csv', file: new Blob(['a']) };
let saved: string[];

beforeEach(() => {
  saved = [];
  vi.useFakeTimers();
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  return () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  };
});

/** A file that comes when it is told to. */
function later() {
  let waiting: Waiting = {};
  let come: (file: Made) => void = () => {};
  let fail: (reason: unknown) => void = () => {};
  const coming = new Promise<Made>((resolve, reject) => ([come, fail] = [resolve, reject]));
  const fetch = (given: Waiting) => {
    waiting = given;
    given.signal?.addEventListener('abort', () => fail(given.signal?.reason));
    return coming;
  };
  return {
    fetch,
    come: (file: Made) => come(file),
    tell: (done: number) => waiting.told?.({ phase: 'making', done, total: 9 }),
  };
}

it('says how far a file is, hands it over, and makes one at a time', async () => {
  const making = new Making();
  const one = later();
  const done = making.make('csv', one.fetch);
  expect(making.slow).toBe(false);
  vi.advanceTimersByTime(1_000);
  one.tell(4);
  expect([making.kind, making.slow, making.told?.done]).toEqual(['csv', true, 4]);
  expect(await making.make('xlsx', () => Promise.resolve(made))).toBe(false);
  one.come(made);
  expect(await done).toBe(true);
  expect([making.kind, making.slow, making.told]).toEqual([undefined, false, undefined]);
  await making.make('csv', () => Promise.resolve(made), 'rasoat.csv');
  expect(saved).toEqual(['bang.csv', 'rasoat.csv']);
});

it('is ended without a word, and says what else went wrong', async () => {
  const making = new Making();
  const one = later();
  const done = making.make('csv', one.fetch);
  await making.stop();
  expect(await done).toBe(false);
  expect([making.problem, making.kind, saved]).toEqual([undefined, undefined, []]);
  await making.make('csv', () => Promise.reject(new ApiError('disk_full', 507)));
  expect(making.problem?.code).toBe('disk_full');
});
