import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ListColumnsView, ListDifferenceView } from '@rasoat/shared/ipc';
import { fieldName } from '../listProblems';
import { fateName, fates, keptSentence, mappingOf, reasonSentence, valueWords } from './words';

const crates = `${import.meta.dirname}/../../../../../../crates`;
const source = (path: string) => readFileSync(`${crates}/${path}`, 'utf8');
const codes = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found[1] ?? '');

test('every field, fate, doubt and reason to keep has words', () => {
  const fields = codes(source('lists/src/columns.rs'), /^ {4}\w+ => "([a-z0-9_]+)",$/gm);
  expect(fields.length).toBeGreaterThan(25);
  expect(fields.filter((field) => fieldName(field) === field)).toEqual([]);
  expect(fates.filter((fate) => fateName(fate) === fate)).toEqual([]);
  const doubts = codes(source('app/src/list_import/matching.rs'), /Self::\w+ => "([a-z_]+)"/g);
  expect(doubts.length).toBeGreaterThan(6);
  expect([...doubts, 'out_of_scope'].filter((code) => reasonSentence(code).includes(`(mã ${code})`))).toEqual([]);
  const kept = codes(source('app/src/list_import/compare.rs'), /Self::\w+ => "([a-z_]+)"/g);
  expect(kept.length).toBe(3);
  expect(kept.filter((why) => keptSentence(why) === why)).toEqual([]);
});

test('values are written as people here write them', () => {
  const difference = (field: string, here: string | null): ListDifferenceView => ({
    field,
    member: null,
    here: here === null ? null : { vi: here },
    listed: null,
    kept: false,
    why: null,
  });
  expect(valueWords(difference('class', 'near_poor'), 'here')).toBe('Hộ cận nghèo');
  expect(valueWords(difference('birth', '1984-03-12'), 'here')).toBe('12/03/1984');
  expect(valueWords(difference('minority', 'yes'), 'here')).toBe('có');
  expect(valueWords(difference('address', null), 'here')).toBe('—');
});

test('a sheet that is no list is left out until a person says otherwise', () => {
  const sheet = (name: string, is_list: boolean, field: string | null) => ({
    name,
    is_list,
    header_row: 2,
    rows: 3,
    columns: [{ index: 4, letter: 'E', header: 'x', field, samples: [] }],
  });
  const view: ListColumnsView = {
    file: 'a.xlsx',
    remembered: false,
    is_clear: true,
    fields: [],
    communes: [],
    villages: [],
    sheets: [sheet('Hộ', true, 'birth'), sheet('Ghi chú', false, null)],
  };
  expect(mappingOf(view).sheets).toEqual([
    { name: 'Hộ', skip: false, header_row: 2, columns: [{ index: 4, field: 'birth' }] },
    { name: 'Ghi chú', skip: true, header_row: 2, columns: [] },
  ]);
});
