/** How one household's answers and edits are read out. */
import type { components } from '@rasoat/shared/api/index';
import { fileWords, placeWords } from '@rasoat/shared/fields/words';
import { formatClock, formatMomentOfPlace, formatPartialDate } from '@rasoat/shared/format/dates';
import { say } from '@rasoat/shared/i18n.svelte';
import { count } from '$lib/format';
import { m } from '$lib/words';

type Schemas = components['schemas'];

/** A value in words: dates, times and numbers as people write them, choices by their labels. */
export function valueWords(value: Schemas['AnswerView']): string {
  // As a plain word: a newer server may know kinds that this page does not, and then says the value itself.
  const kind: string = value.kind;
  switch (kind) {
    case 'date':
      return formatPartialDate(value.canonical);
    case 'integer':
    case 'decimal': {
      const number = Number(value.canonical);
      return Number.isFinite(number) && value.canonical !== '' ? count(number) : value.canonical;
    }
    case 'text':
      return /^\d{4}-\d{2}-\d{2}$/.test(value.canonical) ? formatPartialDate(value.canonical) : say(value.text);
    case 'time':
      return formatClock(value.canonical);
    case 'date_time':
      return formatMomentOfPlace(value.canonical);
    case 'point':
      return placeWords(value.canonical);
    case 'file':
      return fileWords(value.canonical);
    default:
      return say(value.text) || value.canonical;
  }
}

/** Names of roster rows by the path of the row: what stands in the first column, or “thứ 2”. */
export function rowNames(sections: readonly Schemas['SectionView'][]): Map<string, string> {
  const names = new Map<string, string>();
  for (const section of sections) {
    for (const roster of section.rosters) {
      roster.rows.forEach((row, index) => {
        const first = row.cells.find((cell) => cell.value)?.value;
        names.set(row.path, first ? valueWords(first) : m.nth_row({ number: index + 1 }));
      });
    }
  }
  return names;
}

/** The roster row that a path lies in, by name. */
export function rowOf(path: string, names: ReadonlyMap<string, string>): string | undefined {
  const [repeat, instance] = path.split('.');
  return names.get(`${repeat}.${instance}`);
}

/** What an edit did, in words. */
export function editWords(kind: Schemas['EditKind']): string {
  switch (kind) {
    case 'listed':
      return m.edit_listed();
    case 'answers':
      return m.edit_answers();
    case 'signed':
      return m.edit_signed();
    case 'reopened':
      return m.edit_reopened();
    case 'other':
      return m.edit_other();
  }
}

/** Milliseconds between making an edit and its arrival; `null` when a clock was wrong. */
export function onTheWay(edit: Schemas['EditView']): number | null {
  const spent = new Date(edit.received_at).getTime() - new Date(edit.made_at).getTime();
  return Number.isFinite(spent) && spent >= 0 ? spent : null;
}
