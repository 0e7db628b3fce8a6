/** Targets as they were counted, in words; and the way from a figure to its households. */
import { measureOf } from '$lib/library/targets';
import type { Shade } from '$lib/map/shade';
import { count } from '$lib/format';
import { m } from '$lib/words';
import { reportsAt, type AskedCell } from './asked';
import { figureText } from './figures';
import type { Figure, TargetView } from './views';

/** Which households of a target. */
export type Which = 'reached' | 'concerned' | 'missing';

/** The list of a target's households. */
export function householdsOf(asked: Partial<AskedCell>, target: string, which: Which): string {
  const { round, lock, place, recognised } = asked;
  return reportsAt({ round, lock, place, recognised, target, which }, '#/reports/households');
}

/** Whether all it is of are households that are known: a rate of all households of a place is not. */
export function isOfKnown({ unit }: Pick<TargetView, 'unit'>): boolean {
  return unit === 'percent';
}

/** A figure as it is read; why there is none, where there is none. */
export function reached(
  target: Pick<TargetView, 'unit' | 'counted'>,
  figure: Figure,
): { text: string; known: boolean } {
  if (!target.counted) return { text: m.targets_not_counted(), known: false };
  const text = figureText(figure, target.unit);
  if (text !== null) return { text: withUnit(text, target), known: true };
  return { text: figure.denominator === 0 ? m.report_nobody() : m.targets_no_value(), known: false };
}

/** What is to be reached: “≥ 85,00 %”. */
export function wanted(target: Pick<TargetView, 'unit' | 'comparison' | 'target'>): string | null {
  if (typeof target.target !== 'number') return null;
  const { comparison, unit } = measureOf(target);
  if (target.unit === 'percentage_points_per_year') return `${comparison} ${withUnit(count(target.target), target)}`;
  return `${comparison} ${count(target.target)}\u00a0${unit}`;
}

/** How far a share is, among six shades; the last is kept for what reaches its target. */
export function shadeOfShare(figure: Figure, met: boolean | null | undefined): Shade | null {
  if (figure.denominator === 0 || typeof figure.value !== 'number') return null;
  if (met) return 5;
  return Math.max(0, Math.min(4, Math.floor((5 * figure.numerator) / figure.denominator))) as Shade;
}

function withUnit(text: string, target: Pick<TargetView, 'unit'>): string {
  return target.unit === 'percent' ? text : `${text}\u00a0${m.targets_points()}`;
}
