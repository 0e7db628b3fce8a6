/** What households are counted by, in words; and the way from a number to its households. */
import type { components } from '@rasoat/shared/api/index';
import type { Tone } from '@rasoat/shared/kit/tone';
import { className, stateWords } from '@rasoat/shared/result/words';
import { m } from './words';

type Schemas = components['schemas'];
export type Stage = Schemas['ProcedureStage'];
export type Check = Schemas['Check'];
type Marks = Record<string, number>;

/** How many of the households bear a mark. */
export function bearing(marks: Marks, mark: string): number {
  return marks[mark] ?? 0;
}

/** Households that somebody was at: begun or signed. */
export function interviewed(marks: Marks): number {
  return bearing(marks, 'state.started') + bearing(marks, 'state.signed');
}

/** Every stage in the order of the way. */
export const STAGES: Stage[] = [
  'listed',
  'assigned',
  'interviewed',
  'accepted',
  'meeting_rejected',
  'meeting_agreed',
  'posted',
  'complaint',
  'reverified',
  'refused',
  'recognised',
  'certified',
];

const stages: Record<Stage, { words: () => string; tone: Tone }> = {
  listed: { words: m.stage_listed, tone: 'neutral' },
  assigned: { words: m.stage_assigned, tone: 'neutral' },
  interviewed: { words: m.stage_interviewed, tone: 'note' },
  accepted: { words: m.stage_accepted, tone: 'note' },
  meeting_rejected: { words: m.stage_meeting_rejected, tone: 'bad' },
  meeting_agreed: { words: m.stage_meeting_agreed, tone: 'note' },
  posted: { words: m.stage_posted, tone: 'note' },
  complaint: { words: m.stage_complaint, tone: 'warn' },
  reverified: { words: m.stage_reverified, tone: 'note' },
  refused: { words: m.stage_refused, tone: 'neutral' },
  recognised: { words: m.stage_recognised, tone: 'good' },
  certified: { words: m.stage_certified, tone: 'good' },
};

/** Where a household is on its way. */
export function stageWords(stage: Stage): { words: string; tone: Tone } {
  const { words, tone } = stages[stage];
  return { words: words(), tone };
}

/** What a household was counted as: how far it was, and its class. */
export function standingWords(standing: Schemas['StandingView']): string {
  const stage = STAGES.find((known) => known === standing.stage);
  const named = stage ? stageWords(stage).words : standing.stage;
  return standing.class_2022 ? `${named} · ${className(standing.class_2022)}` : named;
}

/** Every check in the order in which they are shown. */
export const CHECKS: Check[] = [
  'class_differs',
  'signed_without_class',
  'dated_ahead',
  'no_citizen_id',
  'impossible_citizen_id',
  'citizen_id_twice',
  'birth_against_citizen_id',
];

const checks: Record<Check, { words: () => string; hint: () => string }> = {
  class_differs: { words: m.check_class_differs, hint: m.check_class_differs_hint },
  signed_without_class: { words: m.check_signed_without_class, hint: m.check_signed_without_class_hint },
  dated_ahead: { words: m.check_dated_ahead, hint: m.check_dated_ahead_hint },
  no_citizen_id: { words: m.check_no_citizen_id, hint: m.check_no_citizen_id_hint },
  impossible_citizen_id: { words: m.check_impossible_citizen_id, hint: m.check_impossible_citizen_id_hint },
  citizen_id_twice: { words: m.check_citizen_id_twice, hint: m.check_citizen_id_twice_hint },
  birth_against_citizen_id: { words: m.check_birth_against_citizen_id, hint: m.check_birth_against_citizen_id_hint },
};

/** What is doubtful, in a few words and in a sentence. */
export function checkWords(check: Check): { words: string; hint: string } {
  const { words, hint } = checks[check];
  return { words: words(), hint: hint() };
}

/** Classes that can be picked out. */
export const CLASSES = ['poor', 'near_poor', 'average', 'not_poor'];

const flags: Record<string, () => string> = {
  open: m.open,
  conflict: m.flag_conflict,
  returned: m.flag_returned,
  unscored: m.flag_unscored,
  doubtful: m.flag_doubtful,
};

/** A mark in words; one that has none is shown as it is. */
export function markWords(mark: string): string {
  const dot = mark.indexOf('.');
  const [kind, key] = dot < 0 ? [mark, ''] : [mark.slice(0, dot), mark.slice(dot + 1)];
  switch (kind) {
    case 'state':
      return stateWords(key as Schemas['HouseholdState']).words;
    case 'stage':
      return key in stages ? stageWords(key as Stage).words : mark;
    case 'check':
      return key in checks ? checkWords(key as Check).words : mark;
    case 'class_2022':
    case 'class_2027':
      return className(key);
    case 'late':
      return m.flag_late({ year: key });
    default:
      return flags[kind]?.() ?? mark;
  }
}

/** Which households; what people type never stands in an address. */
export interface Wanted {
  commune?: string;
  village?: string;
  marks?: string[];
}

/** The address of a list of households; of a commune's own page where that is given. */
export function householdsAt({ commune, village, marks = [] }: Wanted, place = '#/households'): string {
  const asked = new URLSearchParams();
  if (commune) asked.set('commune', commune);
  if (village !== undefined) asked.set('village', village);
  if (marks.length > 0) asked.set('marks', marks.join(' '));
  return asked.size === 0 ? place : `${place}?${asked.toString()}`;
}

/** What such an address asks for. */
export function wantedAt(hash: string): Wanted {
  const asked = new URLSearchParams(hash.split('?')[1] ?? '');
  return {
    commune: asked.get('commune') ?? undefined,
    village: asked.get('village') ?? undefined,
    marks: (asked.get('marks') ?? '').split(' ').filter((mark) => mark !== ''),
  };
}
