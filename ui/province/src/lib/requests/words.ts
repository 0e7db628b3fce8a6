/** Requests of people about their data, in words. */
import type { components } from '@rasoat/shared/api/index';
import type { Tone } from '@rasoat/shared/kit/tone';
import { m } from '$lib/words';

type Schemas = components['schemas'];
export type Request = Schemas['RequestView'];

/** What may be asked for, in the order in which it is offered. */
export const RIGHTS: Record<string, () => string> = {
  see: m.right_see,
  correct: m.right_correct,
  restrict: m.right_restrict,
  erase: m.right_erase,
};

const CAPACITIES: Record<Schemas['Asker'], () => string> = {
  oneself: m.asker_oneself,
  guardian: m.asker_guardian,
  representative: m.asker_representative,
};

/** A right in words; one without words of its own as it is. */
export function rightName(right: string): string {
  return RIGHTS[right]?.() ?? right;
}

/** As whom somebody asks. */
export function capacityName(capacity: Schemas['Asker']): string {
  return CAPACITIES[capacity]();
}

/** As whom somebody may ask, as choices of a list. */
export function capacityOptions(): { value: string; label: string }[] {
  return Object.entries(CAPACITIES).map(([value, label]) => ({ value, label: label() }));
}

/** What was chosen as a capacity, if it is one. */
export function isCapacity(value: string): value is Schemas['Asker'] {
  return value in CAPACITIES;
}

/** How a request stands. */
export function standing(request: Pick<Request, 'state' | 'overdue'>): { words: string; tone: Tone } {
  if (request.overdue) return { words: m.request_overdue(), tone: 'bad' };
  switch (request.state) {
    case 'open':
      return { words: m.request_open(), tone: 'warn' };
    case 'done':
      return { words: m.request_done(), tone: 'good' };
    case 'refused':
      return { words: m.request_refused(), tone: 'note' };
  }
}

/** A term in words: “10 ngày”, “2 ngày làm việc”. */
export function termWords({ days, working }: Schemas['TermRuleView']): string {
  return working ? m.term_working_days({ days }) : m.term_days({ days });
}

/** Whom a request is about: a member by name, or the household as such. */
export function aboutWhom({ member, member_name }: Pick<Request, 'member' | 'member_name'>): string {
  return member ? member_name || m.no_name() : m.request_about_household();
}
