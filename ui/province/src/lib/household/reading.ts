/** How one household's answers and edits are read out. */
import type { components } from '@rasoat/shared/api/index';
import { fileWords, placeWords } from '@rasoat/shared/fields/words';
import { formatClock, formatMomentOfPlace, formatPartialDate } from '@rasoat/shared/format/dates';
import { say } from '@rasoat/shared/i18n.svelte';
import { count } from '$lib/format';
import { className, classKeys } from '@rasoat/shared/result/words';
import { m } from '$lib/words';

type Schemas = components['schemas'];

/** What ODK's forms keep where somebody was asked to confirm something. */
const ACKNOWLEDGED = 'OK';

/** A value in words: dates, times and numbers as people write them, choices by their labels. */
export function valueWords(value: Schemas['AnswerView']): string {
  // As a plain word: a newer server may know kinds that this page does not, and then says the value itself.
  const kind: string = value.kind;
  if (value.canonical === ACKNOWLEDGED && say(value.text) === ACKNOWLEDGED) return m.answer_acknowledged();
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

/** Fields of the list of households, which no form asks. */
const listFields: Record<string, () => string> = {
  origin: m.list_field_origin,
  village: m.list_field_village,
  village_name: m.list_field_village_name,
  previous_class: m.list_field_previous_class,
  previous_b1: m.list_field_previous_b1,
  previous_b2: m.list_field_previous_b2,
  list_year: m.list_field_list_year,
  decision_number: m.list_field_decision_number,
  decision_date: m.list_field_decision_date,
  listed_minority: m.list_field_listed_minority,
  listed_no_labour: m.list_field_listed_no_labour,
  listed_merit: m.list_field_listed_merit,
  listed_causes: m.list_field_listed_causes,
};
const ticked: Record<string, () => string> = { yes: m.list_yes, no: m.list_no };
const listCodes: Record<string, Record<string, () => string>> = {
  origin: { list: m.list_origin_list, added: m.list_origin_added },
  previous_class: Object.fromEntries(classKeys.map((key) => [key, () => className(key)])),
  listed_minority: ticked,
  listed_no_labour: ticked,
  listed_merit: ticked,
};

/** What is asked at a place: the form's words, or the list's name for it. */
export function askedWords({ label, path }: Pick<Schemas['QuestionView'], 'label' | 'path'>): string {
  return say(label) || (listFields[path]?.() ?? '');
}

/** A value at a place; codes of the list in words. */
export function answerWords(value: Schemas['AnswerView'], path: string): string {
  return listCodes[path]?.[value.canonical]?.() ?? valueWords(value);
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
