/** What is decided of two entries, difference by difference. */
import type { ComparisonView, DifferenceForm, DifferenceView } from '@rasoat/shared/ipc';

/** Decisions by the path of the difference. */
export type Decisions = Record<string, DifferenceForm>;

/** The first difference from a place on that is not decided, around to the beginning; null when all are. */
export function nextOpen(view: ComparisonView, decided: Decisions, from: number): number | null {
  const count = view.differences.length;
  for (let step = 0; step < count; step += 1) {
    const at = (from + step) % count;
    const difference = view.differences[at];
    if (difference && !decided[difference.path]) return at;
  }
  return null;
}

/** The decision a key stands for; null where it stands for none. Of a member as a whole there is no third possibility. */
export function decisionOf(key: string, difference: DifferenceView): 'first' | 'second' | 'other' | null {
  if (key === '1') return 'first';
  if (key === '2') return 'second';
  return key === '3' && difference.kind === 'answer' ? 'other' : null;
}

/** How many of a hundred answers differed, with one decimal. */
export function shareOf(differing: number, compared: number): number {
  return compared === 0 ? 0 : Math.round((1000 * differing) / compared) / 10;
}
