/** Numbers as people here write them: 1.280.000 and 7,6 in Vietnamese, 1,280,000 and 7.6 in English. */
import type { Locale } from '../i18n.svelte';

const tags: Record<Locale, string> = { vi: 'vi-VN', en: 'en-GB' };

/** A number with separators; at most `digits` decimals. */
export function formatNumber(value: number, language: Locale, digits = 2): string {
  return new Intl.NumberFormat(tags[language], { maximumFractionDigits: digits }).format(value);
}

/** A share from 0 to 1 as "61 %". */
export function formatPercent(share: number, language: Locale, digits = 0): string {
  return `${formatNumber(share * 100, language, digits)} %`;
}

/** Bytes as "1,2 KB": decimal units, as network meters count. */
export function formatBytes(bytes: number, language: Locale): string {
  if (bytes < 1000) return `${formatNumber(bytes, language)} B`;
  if (bytes < 1_000_000) return `${formatNumber(bytes / 1000, language, 1)} KB`;
  return `${formatNumber(bytes / 1_000_000, language, 1)} MB`;
}
