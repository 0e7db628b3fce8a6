/**
 * What people type and what is stored. Canonical text is what crosses to the engine: `38.5`, `1280000`, `1984-03-12`, `1987`.
 * Here is only reading and writing of such text; whether a value is right is the engine's to say.
 */
import { formatNumber } from '../format/numbers';
import { formatPartialDate } from '../format/dates';
import type { InputKind } from '../ipc/bindings';
import type { Locale } from '../i18n.svelte';

/** What came of reading typed text: a canonical value (empty clears), or why it is none. */
export type Reading = { value: string } | { unreadable: 'number' | 'date' | 'partial_date' };

/** Reads what was typed into a question of this kind. */
export function read(kind: InputKind, typed: string, language: Locale): Reading {
  const text = typed.normalize('NFC').trim();
  if (text === '') return { value: '' };
  switch (kind) {
    case 'integer':
    case 'money':
      return readWhole(text);
    case 'decimal':
      return readDecimal(text, language);
    case 'date':
      return readDay(text) ?? { unreadable: 'date' };
    case 'partial_date':
      return /^\d{4}$/.test(text) ? { value: text } : (readDay(text) ?? { unreadable: 'partial_date' });
    case 'citizen_id':
      return { value: text.replace(/[\s.•-]/g, '') };
    case 'text':
    case 'select_one':
    case 'select_multiple':
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
    case 'decimal': {
      const value = Number(canonical);
      return Number.isFinite(value) ? formatNumber(value, language, 6) : canonical;
    }
    case 'date':
    case 'partial_date':
      return formatPartialDate(canonical);
    case 'text':
    case 'citizen_id':
    case 'select_one':
    case 'select_multiple':
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

function readWhole(text: string): Reading {
  const digits = text.replace(/[\s.,]/g, '');
  return /^-?\d{1,15}$/.test(digits) ? { value: String(Number(digits)) } : { unreadable: 'number' };
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

/** dd/mm/yyyy with any usual separator, ddmmyyyy, or yyyy-mm-dd; years in full. */
function readDay(text: string): Reading | null {
  const local = /^(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  const [year, month, day] = local ? [local[3], local[2], local[1]] : iso ? [iso[1], iso[2], iso[3]] : [];
  if (!year || !month || !day) return null;
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = moment.getUTCMonth() === Number(month) - 1 && moment.getUTCDate() === Number(day);
  return exists ? { value: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` } : null;
}
