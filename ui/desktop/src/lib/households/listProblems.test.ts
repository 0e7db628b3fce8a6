import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ListProblemView } from '@rasoat/shared/ipc';
import { listProblemPlace, listProblemSentence } from './listProblems';

const source = readFileSync(`${import.meta.dirname}/../../../../../crates/lists/src/problem.rs`, 'utf8');
const problem = (more: Partial<ListProblemView>): ListProblemView => ({
  sheet: 'Sheet1',
  row: 18,
  column: 'F',
  refuses: false,
  code: 'missing_name',
  params: {},
  ...more,
});

test('every problem of a list has a sentence', () => {
  const codes = [...source.matchAll(/^ {4}\w+ => "([a-z_]+)",$/gm)].map((found) => found[1] ?? '');
  expect(codes.length).toBeGreaterThan(20);
  const silent = codes.filter((code) => listProblemSentence(problem({ code })).includes(`(mã ${code})`));
  expect(silent).toEqual([]);
});

test('fields are named as on the screen', () => {
  expect(listProblemSentence(problem({ code: 'missing_column', params: { field: 'head_name' } }))).toContain('Chủ hộ');
});

test('places are those of Excel', () => {
  expect(listProblemPlace(problem({}))).toBe('Ô F18');
  expect(listProblemPlace(problem({ column: '' }))).toBe('Hàng 18');
  expect(listProblemPlace(problem({ row: 0 }))).toContain('Sheet1');
});
