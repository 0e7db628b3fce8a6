/** Cells of tables and figures of targets as they are read here: 1.234; 2,32 %. */
import { locale } from '@rasoat/shared/i18n.svelte';
import type { Cell, Figure } from './views';
import { count } from '$lib/format';

/** A share in percent with two decimals, so that a column of them stands in line. */
export function exactPercent(value: number): string {
  return `${decimals(value)}\u00a0%`;
}

/** A number with two decimals. */
export function decimals(value: number): string {
  const tag = locale() === 'vi' ? 'vi-VN' : 'en-GB';
  return new Intl.NumberFormat(tag, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
}

/** 3/12 as people here write it. */
export function fraction(numerator: number, denominator: number): string {
  return `${count(numerator)}/${count(denominator)}`;
}

/** What a cell says; `null` where its rate is of nobody. */
export function cellText(cell: Cell): string | null {
  if (typeof cell.of !== 'number') return count(cell.count);
  return cell.of === 0 ? null : exactPercent((100 * cell.count) / cell.of);
}

/** A figure of a target in its unit; `null` where it is of nobody. */
export function figureText(figure: Figure, unit: string): string | null {
  if (typeof figure.value !== 'number') return null;
  if (unit === 'percent') return exactPercent(figure.value);
  return decimals(figure.value);
}
