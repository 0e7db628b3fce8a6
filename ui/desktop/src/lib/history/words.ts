/** Histories in words: what happened, where, and at which place of a household. */
import { signedOnPaper } from '@rasoat/shared/fields/files';
import { fileWords } from '@rasoat/shared/fields/words';
import { formatPartialDate } from '@rasoat/shared/format/dates';
import { formatNumber } from '@rasoat/shared/format/numbers';
import { locale, say } from '@rasoat/shared/i18n.svelte';
import type { HistoryPlace, HistoryWhat, Text } from '@rasoat/shared/ipc';
import { className, classKeys } from '@rasoat/shared/result/words';
import { m } from '$messages';

const kinds: Record<string, () => string> = {
  imported: m.history_imported,
  withdrawn: m.history_withdrawn,
  answers: m.history_answers,
  signed: m.history_signed,
  verified: m.history_verified,
  reopened: m.history_reopened,
  accepted: m.history_accepted,
  returned: m.history_returned,
  added: m.history_added,
  undone: m.history_undone,
  settled: m.history_settled,
  merged: m.history_merged,
  merge_undone: m.history_merge_undone,
  members_taken: m.history_members_taken,
  members_given_back: m.history_members_given_back,
  not_same: m.history_not_same,
  not_same_undone: m.history_not_same_undone,
};

/** What an edit did; a kind that this program does not know is shown as it is. */
export function kindWords(kind: string): string {
  return kinds[kind]?.() ?? kind;
}

/** Fields of the list that no form asks. */
export const listFields: Record<string, () => string> = {
  origin: m.field_origin,
  village: m.field_village,
  village_name: m.field_village_name,
  previous_class: m.field_previous_class,
  previous_b1: m.field_previous_b1,
  previous_b2: m.field_previous_b2,
  list_year: m.field_list_year,
  decision_number: m.field_decision_number,
  decision_date: m.field_decision_date,
  listed_minority: m.field_listed_minority,
  listed_no_labour: m.field_listed_no_labour,
  listed_merit: m.field_listed_merit,
  listed_causes: m.field_listed_causes,
};

export function placeWords(place: HistoryPlace): string {
  if (place.kind === 'laptop') return m.history_laptop({ name: place.name });
  return place.kind === 'here' ? m.history_here() : m.history_elsewhere();
}

/** The name of the field at the end of a path, without its facet. */
function fieldOf(path: string): string {
  return path.split('#')[0]?.split('.').at(-1) ?? path;
}

/** Which question, of whom. */
export function asked(place: { label: Text; path: string; what: HistoryWhat; member: string | null }): string {
  const field = fieldOf(place.path);
  const label = say(place.label) || (listFields[field]?.() ?? field);
  const words = {
    answer: () => label,
    reason: () => m.history_what_reason({ label }),
    note: () => m.history_what_note({ label }),
    member: () => m.history_what_member(),
  }[place.what]();
  return place.member ? `${place.member} · ${words}` : words;
}

const ticked = { yes: m.access_page_yes, no: m.access_page_no };

/** Codes in fields of the list that no form asks. */
export const listCodes: Record<string, Record<string, () => string>> = {
  origin: { list: m.history_imported, added: m.history_added },
  previous_class: Object.fromEntries(classKeys.map((key) => [key, () => className(key)])),
  listed_minority: ticked,
  listed_no_labour: ticked,
  listed_merit: ticked,
};

/** Where a value stands. */
interface Place {
  path: string;
  what: HistoryWhat;
}

/** A name that binds a file's content, which says nothing to people. */
const fileName = /^[0-9a-f]{64}\.[a-z0-9]{2,4}$/;

/** Days, decimals and files, told by how they are stored, as people here write them; anything else as it is. */
function written(words: string): string {
  if (words === signedOnPaper || fileName.test(words)) return fileWords(words);
  return /^-?(0|[1-9]\d*)\.\d+$/.test(words) ? formatNumber(Number(words), locale(), 6) : formatPartialDate(words);
}

/** A value, or that it was taken out. */
export function valueWords(value: Text | null, { path, what }: Place): string {
  if (value === null) return m.history_removed();
  if (what === 'member') return m.history_present();
  const words = say(value);
  return listCodes[fieldOf(path)]?.[words]?.() ?? written(words);
}

/** What stood there before. */
export function beforeWords(before: Text[], place: Place): string {
  if (before.length === 0) return m.history_before_nothing();
  return m.history_before({ values: before.map((value) => valueWords(value, place)).join(' / ') });
}
