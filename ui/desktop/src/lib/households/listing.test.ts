import { beforeEach, expect, test, vi } from 'vitest';
import type { HouseholdQuery, HouseholdRowView } from '@rasoat/shared/ipc';

const asked: { query: HouseholdQuery; answer: (total: number) => void }[] = [];

vi.mock('@rasoat/shared/ipc', () => ({
  commands: {
    households: (query: HouseholdQuery) =>
      new Promise((resolve) => {
        asked.push({
          query,
          answer: (total) => {
            const length = Math.max(0, Math.min(query.limit, total - query.offset));
            const rows = Array.from({ length }, (_, i) => ({ id: `${query.text}${query.offset + i}` }));
            resolve({ status: 'ok', data: { total, rows: rows as HouseholdRowView[] } });
          },
        });
      }),
  },
}));
vi.mock('../program.svelte', () => ({ program: { sealed: Promise.resolve() } }));

const { Listing, everything } = await import('./listing.svelte');
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  asked.length = 0;
});

test('an answer overtaken by a later question is dropped', async () => {
  const listing = new Listing();
  void listing.search({ ...everything, text: 'n' });
  void listing.search({ ...everything, text: 'ng' });
  await settled();
  asked[1]?.answer(2);
  await settled();
  asked[0]?.answer(300);
  await settled();
  expect([listing.total, listing.rows.map((row) => row?.id)]).toEqual([2, ['ng0', 'ng1']]);
});

test('a page is fetched once, and rows far down leave a hole above them', async () => {
  const listing = new Listing();
  void listing.search(everything);
  await settled();
  asked[0]?.answer(300_000);
  await settled();
  listing.need(250_010, 20);
  listing.need(250_020, 20);
  await settled();
  expect(asked.slice(1).map(({ query }) => query.offset)).toEqual([250_000]);
  asked[1]?.answer(300_000);
  await settled();
  expect([listing.rows[0]?.id, listing.rows[100], listing.rows[250_015]?.id]).toEqual(['0', undefined, '250015']);
});
