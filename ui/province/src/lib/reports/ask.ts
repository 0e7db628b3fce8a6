/** What the server is asked of tables and targets. */
import type { components } from '@rasoat/shared/api/index';
import { session } from '$lib/session.svelte';
import { reportOf, type Asked, type AskedCell, type Moment } from './asked';

type Schemas = components['schemas'];

/** What there is to choose from, and the communes that the person may see. */
export async function choices(signal: AbortSignal) {
  const [reports, { communes }] = await Promise.all([
    session.api.get('/api/reports', { signal }),
    session.api.get('/api/communes', { signal }),
  ]);
  return { reports, communes };
}

/** The villages of a commune, as far as households or lists know them. */
export async function villagesOf(
  commune: string,
  moment: Moment,
  signal: AbortSignal,
): Promise<Schemas['ReportRowView'][]> {
  const query = { table: 'official', place: `commune.${commune}`, rows: 'villages', ...moment };
  return (await session.api.get('/api/reports/table', { query, signal })).rows;
}

/** A table. */
export function tableOf(asked: Asked, signal: AbortSignal): Promise<Schemas['ReportTableView']> {
  return session.api.get('/api/reports/table', { query: reportOf(asked), signal });
}

/** The targets. */
export function targetsOf(asked: Asked, signal: AbortSignal): Promise<Schemas['TargetsView']> {
  return session.api.get('/api/reports/targets', { query: targetsQuery(asked), signal });
}

/** The households behind a figure, as the server is asked for them. */
export function cellOf(
  asked: AskedCell,
): { cell: Schemas['ReportCellForm'] } | { target: Schemas['TargetHouseholdsForm'] } {
  const { target, which = 'concerned', row, column = '' } = asked;
  return target === undefined
    ? { cell: { report: reportOf(asked), row, column } }
    : { target: { of: targetsQuery(asked), target, which } };
}

/** A page of the households behind a figure. */
export function householdsOf(
  asked: AskedCell,
  after: Schemas['HouseholdKeyForm'] | undefined,
  signal: AbortSignal,
): Promise<Schemas['HouseholdListView']> {
  const form = cellOf(asked);
  return 'cell' in form
    ? session.api.post('/api/reports/table/households', { ...form.cell, after }, { signal })
    : session.api.post('/api/reports/targets/households', { ...form.target, after }, { signal });
}

/** The targets as the server is asked for them. */
export function targetsQuery({ round, lock, place, recognised }: Asked) {
  return { round, lock, place, recognised };
}
