/** Tables, columns, places and rounds in words. */
import type { components } from '@rasoat/shared/api/index';
import { say } from '@rasoat/shared/i18n.svelte';
import { communeName } from '$lib/communes';
import { dateTime } from '$lib/format';
import { m } from '$lib/words';
import { communeOf } from './asked';
import type { Column, Of, ReportsView, Row, TableView } from './views';

type CommuneRef = components['schemas']['CommuneRefView'];
type Words = Record<string, ((params?: Record<string, string>) => string) | undefined>;
const words = m as unknown as Words;

/** What a table is called. */
export function tableName(id: string): string {
  return words[`report_table_${id}`]?.() ?? id;
}

/** What stands over columns beside each other. */
export function groupName(group: string): string {
  return words[`report_group_${group}`]?.() ?? group;
}

/** What a column is called below its group, in a table: indicators and facts bring their words along. */
export function columnName(table: Pick<TableView, 'id' | 'columns'>, column: Column): string {
  if (column.label) return say(column.label);
  const key = ownKey(column);
  if (column.group === 'deprived') return m.report_deprived({ count: key });
  if (isRate(column)) {
    const counted = table.columns.find((one) => one.key === column.key.replace(/_percent$/, ''));
    return m.report_rate({ of: counted ? columnName(table, counted) : key });
  }
  const name = words[`report_column_${table.id}_${key}`] ?? words[`report_column_${key}`];
  return name?.() ?? column.key;
}

/** Whether a column is the rate of the one before it, so that a word is enough where both are seen. */
export function isRate(column: Column): boolean {
  return ownKey(column).endsWith('_percent');
}

/** A column in full, where its group is not in sight. */
export function wholeName(table: Pick<TableView, 'id' | 'columns'>, column: Column): string {
  const name = columnName(table, column);
  return column.group ? `${groupName(column.group)}: ${name}` : name;
}

/** What a movement does with a column, before its name: what was is made less or more by it. */
export function signOf(table: string, column: Column): string {
  if (!table.startsWith('movement_')) return '';
  const key = ownKey(column);
  if (['to_other', 'above', 'gone', 'undecided'].includes(key)) return '−\u00a0';
  return ['from_other', 'again', 'new', 'moved_in', 'unknown'].includes(key) ? '+\u00a0' : '';
}

function ownKey(column: Column): string {
  return column.group && column.key.startsWith(`${column.group}.`)
    ? column.key.slice(column.group.length + 1)
    : column.key;
}

function rowsName(rows: string): string {
  return words[`report_rows_${rows}`]?.() ?? m.report_rows();
}

/** What stands over the names of a table's rows. */
export function rowsHead({ id, of }: Pick<TableView, 'id' | 'of'>): string {
  return rowsName(id === 'ethnicity' ? 'ethnicities' : of.rows_by);
}

/** What a report is of, in a line. */
export function ofWords(of: Of, communes: CommuneRef[], locks: components['schemas']['ReportLockView'][]): string {
  const lock = locks.find(({ number }) => number === of.lock);
  return [
    placeName(of.place, communes),
    roundName(of.round, lock),
    say(of.standard.title),
    ...(of.recognised ? [m.report_recognised_only()] : []),
    m.report_counted_at({ at: dateTime(of.counted_at) }),
  ].join(' · ');
}

/** The place that a table is of. */
export function placeName({ key, name }: Of['place'], communes: CommuneRef[]): string {
  if (key === 'province') return m.report_whole_province();
  if (key.startsWith('district.')) return m.report_district({ name });
  const commune = communes.find(({ code }) => code === communeOf(key));
  if (!commune) return name;
  return key.startsWith('village.')
    ? m.report_village({ village: name || m.no_village(), commune: communeName(commune) })
    : communeName(commune);
}

/** What a row is called. */
export function rowName({ key, name }: Row, communes: CommuneRef[]): string {
  if (key === 'total') return m.report_total();
  if (key === 'district.') return m.report_no_district();
  if (key.startsWith('village.')) return name || m.no_village();
  if (key.startsWith('ethnic.')) return name || m.report_no_ethnicity();
  return placeName({ key, name }, communes);
}

/** A round, as of now or as it was locked. */
export function roundName(round: number, lock?: { number: number; at: string }): string {
  const name = m.round({ year: round });
  return lock ? m.report_round_locked({ round: name, number: lock.number, at: dateTime(lock.at) }) : name;
}

/** Every round that may be chosen: the open one as of now, and each lock. */
export function roundChoices({ rounds }: Pick<ReportsView, 'rounds'>): { value: string; label: string }[] {
  return rounds.flatMap(({ round, open, locks }) => [
    ...(open ? [{ value: String(round), label: m.report_round_now({ round: m.round({ year: round }) }) }] : []),
    ...locks.map((lock) => ({ value: `${round}/${lock.number}`, label: roundName(round, lock) })),
  ]);
}

/** Which of a target's households. */
export function whichName(which: string | undefined): string {
  return which === 'reached'
    ? m.report_which_reached()
    : which === 'missing'
      ? m.targets_not_met()
      : m.report_which_concerned();
}
