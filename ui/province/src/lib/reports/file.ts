/** A table in sight as a file, in the words of the page. */
import type { components, Made, Waiting } from '@rasoat/shared/api/index';
import { fetchFile } from '$lib/files';
import { m } from '$lib/words';
import { reportOf, type Asked } from './asked';
import { doubtsOf } from './doubts';
import type { TableView } from './views';
import { columnName, groupName, ofWords, rowName, rowsHead, tableName } from './words';

type Schemas = components['schemas'];

/** What the file is to say around its figures. */
export function formOf(
  table: TableView,
  asked: Asked,
  communes: Schemas['CommuneRefView'][],
  locks: Schemas['ReportLockView'][],
): Omit<Schemas['ReportFileForm'], 'xlsx'> {
  const { of } = table;
  const differences = table.total.differences ? [m.report_group_households(), m.report_group_persons()] : [];
  return {
    // As of what is in sight: a lock that is made meanwhile changes nothing.
    report: { ...reportOf(asked), round: of.round, lock: of.lock ?? undefined },
    above: [tableName(table.id), ofWords(of, communes, locks)],
    below: doubtsOf(table.doubts, of.standard),
    first: rowsHead(table),
    columns: [
      ...table.columns.map((column) => ({
        group: column.group ? groupName(column.group) : '',
        name: columnName(table, column),
      })),
      ...differences.map((name) => ({ group: m.report_differences(), name })),
    ],
    nobody: m.report_nobody(),
    names: Object.fromEntries([...table.rows, table.total].map((row) => [row.key, rowName(row, communes)])),
  };
}

/** Fetches the file. Throws an `ApiError`. */
export function tableFile(form: ReturnType<typeof formOf>, kind: 'csv' | 'xlsx', waiting: Waiting): Promise<Made> {
  return fetchFile('/api/reports/table/file', { ...form, xlsx: kind === 'xlsx' }, waiting);
}
