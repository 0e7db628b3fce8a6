/** Figures and lengths of time as people read them. */
import { formatDay, formatTime } from '@rasoat/shared/format/dates';
import { formatNumber } from '@rasoat/shared/format/numbers';
import { locale } from '@rasoat/shared/i18n.svelte';

const tag = () => (locale() === 'vi' ? 'vi-VN' : 'en-GB');

/** 14204 → 14.204. */
export function count(value: number): string {
  return formatNumber(value, locale());
}

/** A share of one as whole percent; never 100 before everything is done, never 0 once something is. */
export function percent(part: number, whole: number): string {
  return `${wholePercent(part, whole)}\u00a0%`;
}

/** The figure of {@link percent}. */
export function wholePercent(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) return 0;
  if (part >= whole) return 100;
  return Math.min(99, Math.max(1, Math.round((part / whole) * 100)));
}

/** A point in time: 18/11/2026 14:32. */
export function dateTime(at: string | null | undefined): string {
  return at ? `${formatDay(at)} ${formatTime(at)}`.trim() : '';
}

const SECOND = ['second', 1] as const;
const STEPS = [['day', 86_400], ['hour', 3_600], ['minute', 60], SECOND] as const;

/** How long ago: “12 giây trước”. A time ahead of ours (clocks differ) reads as just now. */
export function ago(at: string | number, now: number): string {
  const then = new Date(at).getTime();
  if (Number.isNaN(then)) return '';
  const seconds = Math.max(0, Math.floor((now - then) / 1000));
  const [unit, size] = STEPS.find(([, size]) => seconds >= size) ?? SECOND;
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'always' }).format(-Math.floor(seconds / size), unit);
}

/** A length of time in its largest unit: “2 ngày”. */
export function span(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  const [unit, size] = STEPS.find(([, size]) => whole >= size) ?? SECOND;
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(whole / size));
}

/** Folds case, tones and đ, so that “doan ket” finds “Đoàn Kết”. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().trim();
}

/** Bytes as megabytes, with one decimal: 3,4 MB. */
export function megabytes(bytes: number): string {
  return `${formatNumber(Math.round(bytes / 100_000) / 10, locale())}\u00a0MB`;
}
