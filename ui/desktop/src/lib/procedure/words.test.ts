import { expect, test } from 'vitest';
import type { ProcedureAct, ProcedureActView, ProcedureRowView } from '@rasoat/shared/ipc';
import { over, today } from './acting';
import { actLines, actTitle, blockSentence, nextOf, nexts, nextWords } from './words';

const row = (household: string, may: ProcedureAct[]): ProcedureRowView => ({
  household,
  head_name: household,
  previous_class: null,
  class: 'poor',
  provisional: false,
  stage: 'scored',
  next: may[0] ?? null,
  may,
  blocks: [],
  assigned: [],
  mine: false,
  seen: '',
});
const rows = [row('a', ['meeting']), row('b', ['decision', 'complaint']), row('c', ['meeting']), row('d', [])];
const names = (found: ProcedureRowView[]) => found.map(({ household }) => household);

test('an act for many goes over those that were chosen and are at this step, and over all that are when none was', () => {
  expect(names(over('meeting', rows, new Set(), rows[1]))).toEqual(['a', 'c']);
  expect(names(over('meeting', rows, new Set(['b', 'c']), rows[0]))).toEqual(['c']);
  expect(names(over('posting', rows, new Set(), rows[0]))).toEqual([]);
});

test('an act for one goes over the household that is looked at alone', () => {
  expect(names(over('complaint', rows, new Set(['a']), rows[1]))).toEqual(['b']);
  expect(names(over('complaint', rows, new Set(), rows[0]))).toEqual([]);
  expect(names(over('complaint', rows, new Set(), undefined))).toEqual([]);
});

test('today is a canonical day', () => {
  expect(today(new Date(2026, 8, 3, 23, 59))).toBe('2026-09-03');
});

const act: ProcedureActView = {
  id: 'x',
  kind: 'meeting',
  state: 'holds',
  may_withdraw: true,
  on: '2026-11-20',
  until: null,
  attended: 43,
  agreed: 38,
  outcome: true,
  number: '02/BB',
  people: ['A', 'B', 'C'],
  who_or_where: '',
  text: '',
  class: null,
  by: 'T',
  at: '2026-11-20T08:00:00Z',
  withdrawn: null,
};

test('an act is told with its day as people write it, its numbers, and whose words it holds', () => {
  expect(actTitle(act)).toBe('Họp dân 20/11/2026: 38/43 đồng ý');
  expect(actTitle({ ...act, outcome: false })).toMatch(/không đủ$/);
  expect(actLines(act)).toEqual(['Biên bản số 02/BB', 'Chủ trì: A · Thư ký: B · Đại diện hộ: C']);
  expect(actTitle({ ...act, kind: 'posting', until: '2026-11-25' })).toBe('Niêm yết 20/11/2026 – 25/11/2026');
  expect(actTitle({ ...act, kind: 'recognition', number: '12/QĐ', class: 'near_poor' })).toContain('12/QĐ');
  expect(actTitle({ ...act, kind: 'of a newer program' })).toBe('of a newer program');
});

test('what is next has words for every step, and a posting says until when', () => {
  expect(new Set(nexts.map(nextWords)).size).toBe(nexts.length);
  expect(nextOf({ next: null })).toBe('done');
  const { words, mild } = blockSentence({ code: 'posting_runs', until: '2026-11-25' });
  expect([words.includes('25/11/2026'), mild]).toEqual([true, true]);
});
