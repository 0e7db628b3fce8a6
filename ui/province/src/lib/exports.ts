/** Tables as files for a spreadsheet, in the language of the page. */
import type { components, Made, Waiting } from '@rasoat/shared/api/index';
import { className, stateWords } from '@rasoat/shared/result/words';
import { TROUBLES, troubleWords } from './devices';
import { CHECKS, checkWords, CLASSES, STAGES, stageWords } from './marks';
import { actName, REQUEST_ACTS } from './acts';
import { RIGHTS, rightName, standing } from './requests/words';
import { fetchFile, handOver } from './files';
import { m } from './words';

type Schemas = components['schemas'];

/** A column: its code at the server, and its heading. */
export type Column = Schemas['ExportColumnForm'];

/** What can be written. */
export type Table =
  | 'households'
  | 'communes'
  | 'villages'
  | 'devices'
  | 'duplicates'
  | 'conflicts'
  | 'requests'
  | 'report_households'
  | 'target_households'
  | 'round_snapshot'
  | 'round_changes';

const column = (code: string, heading: string): Column => ({ code, heading });

/** The columns of households, their codes with something before them. */
export function householdColumns(before = '', after = ''): Column[] {
  const columns: [string, string][] = [
    ['commune', m.commune_column()],
    ['commune_code', m.column_commune_code()],
    ['village', m.village()],
    ['head_name', m.head()],
    ['code', m.column_code()],
    ['citizen_id', m.column_citizen_id()],
    ['members', m.column_members()],
    ['state', m.state()],
    ['stage', m.column_stage()],
    ['class_2022', m.standard_2022()],
    ['class_2027', m.standard_2027()],
    ['conflicts', m.flag_conflict()],
    ['checks', m.flag_doubtful()],
    ['last_received_at', m.last_received()],
  ];
  return columns.map(([code, heading]) => column(before + code, heading + after));
}

/** The columns of counts. */
export function countColumns(villages: boolean): Column[] {
  const columns: [string, string][] = [
    ['commune', m.commune_column()],
    ['commune_code', m.column_commune_code()],
    ...(villages ? ([['village', m.village()]] as [string, string][]) : []),
    ['all', m.households()],
    ['state.started', m.started()],
    ['state.signed', m.signed()],
    ['class_2022.poor', m.poor()],
    ['class_2022.near_poor', m.near_poor()],
    ['open', m.open()],
    ['conflict', m.flag_conflict()],
    ...STAGES.map((stage): [string, string] => [`stage.${stage}`, stageWords(stage).words]),
    ...CHECKS.map((check): [string, string] => [`check.${check}`, checkWords(check).words]),
    ...(villages
      ? []
      : ([
          ['devices', m.devices_short()],
          ['silent_devices', m.silent_devices()],
          ['days_behind', m.column_days_behind()],
          ['last_received_at', m.last_received()],
        ] as [string, string][])),
  ];
  return columns.map(([code, heading]) => column(code, heading));
}

/** The columns of the laptops. */
export function deviceColumns(): Column[] {
  return [
    column('name', m.device()),
    column('surveyor', m.surveyor()),
    column('communes', m.nav_communes()),
    column('enrolled_at', m.enrolled()),
    column('last_seen_at', m.last_seen()),
    column('revoked_at', m.device_revoked()),
    column('edits', m.edits()),
    column('refused', m.column_refused()),
    column('troubles', m.device_health()),
    column('said_at', m.device_said_at()),
    column('clock_behind_s', m.column_clock_behind()),
    column('program', m.device_program()),
    column('waiting_edits', m.column_waiting_edits()),
    column('waiting_files', m.column_waiting_files()),
    column('free_mib', m.column_free_mib()),
  ];
}

/** The columns of what stood at a lock; with what stands now. */
export function snapshotColumns(withNow: boolean): Column[] {
  const standing = (when: string, heading: string) => [
    column(`${when}_stage`, `${m.column_stage()} (${heading})`),
    column(`${when}_class_2022`, `${m.standard_2022()} (${heading})`),
    column(`${when}_class_2027`, `${m.standard_2027()} (${heading})`),
  ];
  return [
    column('commune', m.commune_column()),
    column('commune_code', m.column_commune_code()),
    column('village', m.village()),
    column('code', m.column_code()),
    column('household', m.column_household_id()),
    ...standing('then', m.snapshot_then()),
    ...(withNow ? standing('now', m.snapshot_now()) : []),
  ];
}

/** The columns of pairs. */
export function duplicateColumns(): Column[] {
  return [
    ...householdColumns('first_', ' (1)'),
    ...householdColumns('second_', ' (2)'),
    column('reasons', m.held_why()),
  ];
}

/** The columns of the register of requests. */
export function requestColumns(): Column[] {
  return [
    column('number', m.request_number()),
    column('right', m.request_right()),
    column('came_on', m.request_came_on()),
    column('due_on', m.request_due_on()),
    column('state', m.state()),
    column('asker', m.request_asker()),
    column('member', m.request_about()),
    column('commune', m.commune_column()),
    column('commune_code', m.column_commune_code()),
    column('village', m.village()),
    column('code', m.column_code()),
    column('acknowledged_at', m.act_request_acknowledged()),
    column('acts', m.request_acts()),
    column('answered_at', m.request_answered_at()),
    column('answered_by', m.request_answered_by()),
    column('reason', m.request_reason()),
    column('restricted', m.restricted_name()),
  ];
}

/** Why two households may be one. */
export function agreementWords(agreement: string): string {
  switch (agreement) {
    case 'citizen_id':
      return m.agreement_citizen_id();
    case 'name_and_date':
      return m.agreement_name_and_date();
    case 'name_and_year':
      return m.agreement_name_and_year();
    case 'name_and_near_year':
      return m.agreement_name_and_near_year();
    default:
      return agreement;
  }
}

/** Words for the codes that stand in cells. */
export function words(): Record<string, string> {
  const of = <K extends string>(kind: string, keys: readonly K[], say: (key: K) => string) =>
    keys.map((key): [string, string] => [`${kind}.${key}`, say(key)]);
  return Object.fromEntries([
    ...of('state', ['listed', 'started', 'signed'] as const, (state) => stateWords(state).words),
    ...of('stage', STAGES, (stage) => stageWords(stage).words),
    ...of('class', CLASSES, className),
    ...of('trouble', TROUBLES, (trouble) => troubleWords(trouble).words),
    ...of('check', CHECKS, (check) => checkWords(check).words),
    ...of('right', Object.keys(RIGHTS), rightName),
    ...of('act', REQUEST_ACTS, actName),
    ...of('request', ['open', 'overdue', 'done', 'refused'] as const, (state) =>
      state === 'overdue'
        ? standing({ state: 'open', overdue: true }).words
        : standing({ state, overdue: false }).words,
    ),
    ['restricted.yes', m.list_yes()],
    ['restricted.left_out', m.restricted_left_out()],
    ...of('agreement', ['citizen_id', 'name_and_date', 'name_and_year', 'name_and_near_year'], agreementWords),
  ]);
}

/** Fetches a table as it is written. Throws an `ApiError`. */
export function tableFile(
  table: Table,
  columns: Column[],
  filter: Schemas['HouseholdFilter'] = {},
  rest: Pick<Schemas['ExportForm'], 'snapshot' | 'cell' | 'target'> = {},
  waiting: Waiting = {},
): Promise<Made> {
  const body = { columns, words: words(), filter, ...rest };
  return fetchFile('/api/exports/{table}', body, { path: { table }, ...waiting });
}

/** Fetches a table and hands it to the browser as a file. Throws an `ApiError`. */
export async function save(
  table: Table,
  columns: Column[],
  filter: Schemas['HouseholdFilter'] = {},
  rest: Pick<Schemas['ExportForm'], 'snapshot' | 'cell' | 'target'> = {},
): Promise<void> {
  handOver((await tableFile(table, columns, filter, rest)).file, fileName(table));
}

/** What the file of a table is called. */
export function fileName(table: Table): string {
  return `rasoat-${table}.csv`;
}
