/** Scales: numbers from one end to the other in equal steps; both ends belong to them. */
import type { RangeView } from '../ipc/bindings';

/** A scale whose numbers are known to be numbers. */
export interface Scale {
  start: number;
  end: number;
  step: number;
  /** How many marks it has. */
  marks: number;
}

/** Scales of at most so many marks show each of them. */
export const FEW_MARKS = 11;

/** A scale to draw; null when the form's is none. */
export function scaleOf(range: RangeView | null): Scale | null {
  const { start, end, step } = range ?? { start: null, end: null, step: null };
  if (start === null || end === null || step === null || !(step > 0) || end < start) return null;
  return { start, end, step, marks: Math.floor((end - start) / step + 1e-6) + 1 };
}

/** The canonical text of a mark, counted from 0; past an end it is that end's. */
export function markAt(scale: Scale, index: number): string {
  const at = Math.min(scale.marks - 1, Math.max(0, index));
  // Steps such as 0.1 add up to 0.30000000000000004: a mark has no more decimals than the scale was written with.
  const decimals = Math.max(decimalsOf(scale.start), decimalsOf(scale.step));
  return String(Number((scale.start + at * scale.step).toFixed(decimals)));
}

/** Which mark a number is, from 0; null when it lies between marks or off the scale. */
export function indexOf(scale: Scale, canonical: string | null): number | null {
  if (canonical === null || canonical.trim() === '') return null;
  const steps = (Number(canonical) - scale.start) / scale.step;
  const index = Math.round(steps);
  return Math.abs(steps - index) < 1e-6 && index >= 0 && index < scale.marks ? index : null;
}

/** The mark so many steps further; from a number between marks, the next one that way; from nothing, the beginning. */
export function stepped(scale: Scale, canonical: string | null, by: number): string {
  const value = canonical === null || canonical.trim() === '' ? NaN : Number(canonical);
  if (!Number.isFinite(value)) return markAt(scale, 0);
  const steps = (value - scale.start) / scale.step;
  const whole =
    Math.abs(steps - Math.round(steps)) < 1e-6 ? Math.round(steps) : by > 0 ? Math.floor(steps) : Math.ceil(steps);
  return markAt(scale, whole + by);
}

function decimalsOf(value: number): number {
  const [, fraction = '', power = '0'] = /^-?\d+(?:\.(\d+))?(?:e(-?\d+))?$/.exec(String(value)) ?? [];
  return Math.min(12, Math.max(0, fraction.length - Number(power)));
}
