/** What screens of the list import say of codes: fields, fates, doubts, values. */
import { className } from '@rasoat/shared/result/words';
import { locale } from '@rasoat/shared/i18n.svelte';
import type { ListDifferenceView, ListFate, ListMappingForm, ListColumnsView } from '@rasoat/shared/ipc';
import type { Tone } from '@rasoat/shared/kit/tone';
import { formatPartialDate } from '@rasoat/shared/format/dates';
import { m } from '$messages';

type Words = Record<string, ((params: Record<string, string>) => string) | undefined>;
const words = m as unknown as Words;

/** Every fate, in the order of what asks for a person's attention. */
export const fates: ListFate[] = ['doubt', 'refused', 'updated', 'new', 'unchanged'];

const tones: Record<ListFate, Tone> = {
  doubt: 'warn',
  refused: 'bad',
  updated: 'note',
  new: 'good',
  unchanged: 'neutral',
};

export function fateTone(fate: ListFate): Tone {
  return tones[fate];
}

export function fateName(fate: ListFate): string {
  return words[`list_fate_${fate}`]?.({}) ?? fate;
}

/** Why a row is in doubt or left out; a code without words shows itself. */
export function reasonSentence(reason: string): string {
  return words[`list_reason_${reason}`]?.({}) ?? m.list_problem_unknown({ code: reason });
}

/** Why what the laptop has stays. */
export function keptSentence(why: string): string {
  return words[`list_kept_${why}`]?.({}) ?? why;
}

/** How far reading or taking in is, in words. */
export function phaseName(phase: string): string {
  return words[`list_phase_${phase}`]?.({}) ?? phase;
}

/** A value of a difference in the reader's language; a dash for none. */
export function valueWords(difference: ListDifferenceView, side: 'here' | 'listed'): string {
  const value = difference[side];
  if (!value) return '—';
  const text = value[locale()] ?? value['vi'] ?? Object.values(value)[0] ?? '';
  if (difference.field === 'class') return className(text);
  if (['minority', 'no_labour', 'merit'].includes(difference.field)) return text === 'yes' ? m.list_yes() : text;
  return formatPartialDate(text);
}

/** The columns as they stand, as a form to be changed and sent. */
export function mappingOf(view: ListColumnsView): ListMappingForm {
  return {
    commune: null,
    village: null,
    sheets: view.sheets.map((sheet) => ({
      name: sheet.name,
      skip: !sheet.is_list,
      header_row: sheet.header_row,
      columns: sheet.columns.flatMap(({ index, field }) => (field === null ? [] : [{ index, field }])),
    })),
  };
}
