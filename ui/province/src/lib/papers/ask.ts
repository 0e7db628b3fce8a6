/** What the server is asked of papers. */
import { session } from '$lib/session.svelte';
import { villageOf } from './asked';
import type { PaperForm, PapersView } from './views';

/** A village of a commune. */
export interface Village {
  id: string;
  name: string;
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

/** The papers of a place. */
export function papersOf(place: string, signal: AbortSignal): Promise<PapersView> {
  return session.api.get('/api/papers', { query: { place }, signal });
}

/** A paper's file, under its name. Throws an `ApiError`. */
export async function fileOf(
  form: PaperForm,
  work: { signal: AbortSignal; told: (done: number, total: number) => void },
): Promise<{ name: string; file: Blob }> {
  const file = await session.api.download('/api/papers/file', form, { signal: work.signal });
  return { name: `rasoat-${form.kind}-${form.place}.${form.format}`, file };
}
