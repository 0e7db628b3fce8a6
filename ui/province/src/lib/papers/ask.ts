/** What the server is asked of papers. */
import type { Made, Waiting } from '@rasoat/shared/api/index';
import { fetchFile } from '$lib/files';
import * as reports from '$lib/reports/ask';
import { session } from '$lib/session.svelte';
import { villageOf } from './asked';
import type { PaperForm, PapersView } from './views';

/** A village of a commune. */
export interface Village {
  id: string;
  name: string;
}

/** The villages of a commune, in Vietnamese order: those of its tables. */
export async function villagesOf(commune: string, signal: AbortSignal): Promise<Village[]> {
  const rows = await reports.villagesOf(commune, {}, signal);
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

/** A paper's file. Throws an `ApiError`. */
export function paperOf(form: PaperForm, waiting: Waiting): Promise<Made> {
  return fetchFile('/api/papers/file', form, waiting);
}
