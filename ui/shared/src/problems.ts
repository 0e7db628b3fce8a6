/** Codes of problems in sentences: what happened, and what to do about it. A code without words gets a general sentence that shows it. */
import { formatPartialDate } from './format/dates';
import { m } from './messages';

/** A problem as it crosses from the program or the server: a code with parameters, nothing personal. */
export interface Problem {
  code: string;
  params: Record<string, string>;
}

type Words = Record<string, ((params: Record<string, string>) => string) | undefined>;

const words = m as unknown as Words;

/** What happened and what to do. */
export function problemSentences({ code, params }: Problem): { what: string; todo: string } {
  const what = words[`problem_${code}`];
  const todo = words[`problem_${code}_do`];
  if (!what) return { what: m.problem_unknown({ code }), todo: m.problem_unknown_do() };
  const said = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, asDay(value)]));
  return { what: what(said), todo: todo?.(said) ?? '' };
}

/** A canonical day as people write it; anything else as it is. */
function asDay(value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? formatPartialDate(value) : value;
}

/** Whether a code has a sentence of its own. */
export function hasSentence(code: string): boolean {
  return words[`problem_${code}`] !== undefined;
}
