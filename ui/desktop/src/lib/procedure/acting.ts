/** What is being written down, and over which households. */
import type { ProcedureAct, ProcedureRowView, SeenForm } from '@rasoat/shared/ipc';

/** Acts that are done over many households at once. */
export const forMany: ProcedureAct[] = ['meeting', 'posting', 'decision'];

/** A household as it was looked at. */
export function seen(row: ProcedureRowView): SeenForm {
  return { household: row.household, seen: row.seen };
}

/**
 * Over whom an act goes: those that were chosen, or else everybody who is shown, of whom it can be done; of an act over one household,
 * the one that is looked at.
 */
export function over(
  act: ProcedureAct,
  rows: ProcedureRowView[],
  chosen: Set<string>,
  current: ProcedureRowView | undefined,
): ProcedureRowView[] {
  const may = (row: ProcedureRowView) => row.may.includes(act);
  if (!forMany.includes(act)) return current && may(current) ? [current] : [];
  return (chosen.size > 0 ? rows.filter((row) => chosen.has(row.household)) : rows).filter(may);
}

/** Today as a canonical day. */
export function today(now: Date = new Date()): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
