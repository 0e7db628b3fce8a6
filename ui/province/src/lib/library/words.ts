/** Versions of forms, standards, point tables, targets and code lists in words. */
import type { components } from '@rasoat/shared/api/index';
import { formatDay } from '@rasoat/shared/format/dates';
import { say } from '@rasoat/shared/i18n.svelte';
import type { Tone } from '@rasoat/shared/kit/tone';
import { dateTime } from '../format';
import { m } from '../words';

type Schemas = components['schemas'];
export type Item = Schemas['LibraryItemView'];
export type Fault = Schemas['LibraryProblemView'];
export type Kind = 'instruments' | 'standards' | 'points' | 'targets' | 'units';

type Words = Record<string, ((params?: Record<string, string>) => string) | undefined>;
const words = m as unknown as Words;

const LIST_NAMES: Record<Kind, () => string> = {
  instruments: m.library_instruments,
  standards: m.library_standards,
  points: m.library_points,
  targets: m.library_targets,
  units: m.library_units,
};

/** The heading of a kind. */
export function kindName(kind: Kind): string {
  return LIST_NAMES[kind]();
}

/** Words that there are for each kind: `hint`, `upload` or `publish`. */
export function kindWords(what: 'hint' | 'upload' | 'publish', kind: Kind): string {
  const key = what === 'hint' ? `library_${kind}_hint` : `library_${what}_${kind}`;
  return words[key]?.() ?? '';
}

/** What a version is called. */
export function itemName(item: Item): string {
  const name = say(item.title) || (item.id === 'units' ? m.library_units() : item.id);
  return [name, item.version.replace(/\d{4}-\d{2}-\d{2}/g, (day) => formatDay(day))].filter(Boolean).join(' · ');
}

/** How far a version is, with its tone. */
export function stateOf(item: Item): { label: string; tone: Tone } {
  if (item.state === 'draft') return { label: m.library_draft(), tone: 'note' };
  if (item.state === 'retired') return { label: m.library_retired(), tone: 'neutral' };
  return item.in_force
    ? { label: m.library_in_force(), tone: 'good' }
    : { label: m.library_superseded(), tone: 'neutral' };
}

/** How sure something is, with its tone. */
export function confidenceOf(confidence: Schemas['Confidence']): { label: string; tone: Tone } {
  const tones = { verbatim: 'good', second_hand: 'note', unverified: 'warn' } as const;
  const names = {
    verbatim: m.library_verbatim,
    second_hand: m.library_second_hand,
    unverified: m.library_unverified,
  };
  return { label: names[confidence](), tone: tones[confidence] };
}

/** When something was done, and by whom. */
export function doneBy(at: string, by: string): string {
  return m.library_by({ at: dateTime(at), by: by === 'program' ? m.library_program() : by });
}

/** What is wrong, in a sentence; a code without one is shown as it is. */
export function faultSentence(fault: Fault): string {
  const sentence = words[`fault_${fault.code}`];
  return sentence?.({ word: fault.word }) ?? m.fault_other({ code: fault.code, word: fault.word });
}

/** Where it is: sheet, row, column, character. */
export function faultPlace(fault: Fault): string {
  const place = [
    fault.sheet && m.library_sheet({ sheet: fault.sheet }),
    fault.row > 0 && m.library_row({ row: fault.row }),
    fault.column && m.library_column({ column: fault.column }),
    typeof fault.at === 'number' && m.library_character({ at: fault.at }),
  ].filter(Boolean);
  return place.join(', ') || m.library_whole();
}

/** What kind of change it is. */
export function changeName(code: string): string {
  return words[`library_change_${code}`]?.() ?? code;
}

/** The kind of a question. */
export function questionKind(kind: string): string {
  return words[`library_kind_${kind}`]?.() ?? kind;
}

/** A file's bytes in base 64. */
export async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** A number as it is typed: with a comma or a point; none where it is no number. */
export function typedNumber(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  const number = Number(plain);
  return plain !== '' && Number.isFinite(number) ? number : undefined;
}
