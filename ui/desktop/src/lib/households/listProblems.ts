/** What is wrong in an official list, cell by cell, in sentences. */
import type { ListProblemView } from '@rasoat/shared/ipc';
import { m } from '$messages';

type Words = Record<string, ((params: Record<string, string>) => string) | undefined>;
const words = m as unknown as Words;

/** The fields of a list by the names the reader gives them. */
export function fieldName(field: string): string {
  return words[`list_field_${field}`]?.({}) ?? field;
}

/** What is wrong; a code without words shows itself. */
export function listProblemSentence(problem: ListProblemView): string {
  const sentence = words[`list_problem_${problem.code}`];
  if (!sentence) return m.list_problem_unknown({ code: problem.code });
  const params = { ...problem.params };
  for (const name of ['field', 'other'] as const) if (params[name]) params[name] = fieldName(params[name]);
  return sentence(params);
}

/** Where: sheet, row and column as Excel shows them. */
export function listProblemPlace({ sheet, row, column }: ListProblemView): string {
  if (row === 0) return sheet === '' ? m.list_place_file() : m.list_place_sheet({ sheet });
  return column === '' ? m.list_place_row({ row: String(row) }) : m.list_place_cell({ cell: `${column}${row}` });
}
