/**
 * What people type and what is stored. Canonical text is what crosses to the engine: `38.5`, `1280000`, `1984-03-12`, `1987`,
 * `07:30:00.000`, `2026-11-25T07:30:00.000+07:00`, `21.85 106.76 250 5`, `a b c`.
 * Here is only reading and writing of such text; whether a value is right is the engine's to say.
 */
import { formatNumber } from '../format/numbers';
import { formatClock, formatMomentOfPlace, formatPartialDate } from '../format/dates';
import { formatPoint } from '../format/points';
import type { InputKind } from '../ipc/bindings';
import type { Locale } from '../i18n.svelte';
import { readClock, readDay, readMoment } from './moments';
import { readPlace, splitDegrees } from './points';

/** What came of reading typed text: a canonical value (empty clears), or why it is none. */
export type Reading = { value: string } | { unreadable: Unreadable };

/** What the text should have been. */
export type Unreadable = 'number' | 'date' | 'partial_date' | 'time' | 'date_time' | 'point';

/** Reads what was typed into a question of this kind. */
export function read(kind: InputKind, typed: string, language: Locale): Reading {
  const text = typed.normalize('NFC').trim();
  if (text === '') return { value: '' };
  switch (kind) {
    case 'integer':
      return readWhole(text);
    case 'money':
      return readMoney(text) ?? readWhole(text);
    case 'decimal':
    case 'range':
      return readDecimal(text, language);
    case 'date':
      return found(readDay(text), 'date');
    case 'partial_date':
      return found(/^\d{4}$/.test(text) ? text : readDay(text), 'partial_date');
    case 'time':
      return found(readClock(text), 'time');
    case 'date_time':
      return found(readMoment(text), 'date_time');
    case 'point':
      return readPoint(text);
    case 'citizen_id':
      return { value: text.replace(/[\s.•-]/g, '') };
    case 'text':
    case 'file':
    case 'select_one':
    case 'select_multiple':
    case 'rank':
    case 'acknowledge':
    case 'computed':
    case 'note':
      return { value: text };
  }
}

/** A stored value as it stands in a field of this kind. */
export function write(kind: InputKind, canonical: string | null, language: Locale): string {
  if (canonical === null || canonical === '') return '';
  switch (kind) {
    case 'integer':
    case 'money':
    case 'decimal':
    case 'range': {
      const value = Number(canonical);
      return Number.isFinite(value) ? formatNumber(value, language, 6) : canonical;
    }
    case 'date':
    case 'partial_date':
      return formatPartialDate(canonical);
    case 'time':
      return formatClock(canonical);
    case 'date_time':
      return formatMomentOfPlace(canonical);
    case 'point':
      return formatPoint(canonical);
    case 'text':
    case 'citizen_id':
    case 'file':
    case 'select_one':
    case 'select_multiple':
    case 'rank':
    case 'acknowledge':
    case 'computed':
    case 'note':
      return canonical;
  }
}

/** "020084004417" as "020 •••• 4417": enough to compare, not enough to copy. Shorter text is hidden but for its end. */
export function maskCitizenId(id: string): string {
  return id.length === 12 ? `${id.slice(0, 3)} •••• ${id.slice(-4)}` : `•••• ${id.slice(-2)}`;
}

function found(value: string | null, kind: Unreadable): Reading {
  return value === null ? { unreadable: kind } : { value };
}

function readPoint(text: string): Reading {
  const both = splitDegrees(text);
  const place = both && readPlace({ latitude: both[0], longitude: both[1] });
  return place && 'value' in place ? place : { unreadable: 'point' };
}

function readWhole(text: string): Reading {
  const digits = text.replace(/[\s.,]/g, '');
  return /^-?\d{1,15}$/.test(digits) ? { value: String(Number(digits)) } : { unreadable: 'number' };
}

/** `500k`, `2tr`, `1,5tr`, `2tr5` (two and a half million), `3 triệu`, `1tỷ2`; null when no such word is there. */
function readMoney(text: string): Reading | null {
  const found = /^(-?\d{1,6})(?:[.,](\d{1,6}))?\s*(k|nghìn|ngàn|tr|triệu|tỷ|tỉ)\s*(\d{1,3})?\s*(?:đ|đồng)?$/iu.exec(
    text,
  );
  if (!found) return null;
  const [, whole = '', fraction, word = '', rest] = found;
  if (fraction !== undefined && rest !== undefined) return { unreadable: 'number' };
  const decimals = { k: 3, n: 3 }[word.charAt(0).toLowerCase()] ?? (/^t(r|riệu)$/iu.test(word) ? 6 : 9);
  const behind = fraction ?? rest ?? '';
  if (behind.length > decimals) return { unreadable: 'number' };
  return { value: String(Number(whole + behind.padEnd(decimals, '0'))) };
}

/**
 * Both marks are accepted as the decimal mark, since keyboards and habits differ; a mark followed by groups of exactly three digits
 * is a separator when the language uses it so ("1.280" is 1280 in Vietnamese, 1.28 in English).
 */
function readDecimal(text: string, language: Locale): Reading {
  const compact = text.replace(/\s/g, '');
  const [thousands, decimal] = language === 'vi' ? ['.', ','] : [',', '.'];
  const grouped = new RegExp(`^-?\\d{1,3}(\\${thousands}\\d{3})+(\\${decimal}\\d+)?$`);
  const plain = grouped.test(compact)
    ? compact.replaceAll(thousands, '').replace(decimal, '.')
    : compact.replace(',', '.');
  return /^-?\d{1,15}(\.\d+)?$/.test(plain) ? { value: String(Number(plain)) } : { unreadable: 'number' };
}
