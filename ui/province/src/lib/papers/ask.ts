/** What the server is asked of papers. */
import type { components } from '@rasoat/shared/api/index';
import { session } from '$lib/session.svelte';
import { villageOf } from './asked';
import type { PaperForm, PapersView } from './views';

type Schemas = components['schemas'];

/** A village of a commune. */
export interface Village {
  id: string;
  name: string;
}

/** The communes that the person may see, in Vietnamese order. */
export async function communesOf(signal: AbortSignal): Promise<Schemas['CommuneRefView'][]> {
  const { communes } = await session.api.get('/api/communes', { signal });
  const byName = new Intl.Collator('vi').compare;
  return [...communes].sort((a, b) => byName(a.name, b.name));
}

/** The villages of a commune, in Vietnamese order: those of its official table. */
export async function villagesOf(commune: string, signal: AbortSignal): Promise<Village[]> {
  const query = { table: 'official', place: `commune.${commune}`, rows: 'villages' };
  const { rows } = await session.api.get('/api/reports/table', { query, signal });
  const byName = new Intl.Collator('vi', { numeric: true }).compare;
  return rows
    .flatMap(({ key, name }) => {
      const id = villageOf(key, commune);
      return id ? [{ id, name: name || id }] : [];
    })
    .sort((a, b) => byName(a.name, b.name));
}

/** The papers of a place; of none, what papers there are. */
export function papersOf(place: string | undefined, signal: AbortSignal): Promise<PapersView> {
  return session.api.get('/api/papers' as never, {
    query: { place } as never,
    signal,
  }) as Promise<unknown> as Promise<PapersView>;
}

/** A paper's file, under its name. Throws an `ApiError`. */
export async function fileOf(
  form: PaperForm,
  work: { signal: AbortSignal; told: (done: number, total: number) => void },
): Promise<{ name: string; file: Blob }> {
  const file = await session.api.download('/api/papers/file' as never, form as never, { signal: work.signal });
  return { name: `rasoat-${form.kind}-${form.place}.${form.format}`, file };
}
