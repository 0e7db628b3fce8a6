/** Reasons why two households may be one, in words. */
import type { DuplicateReason, DuplicateReasonView, DuplicateSideView, DuplicateView } from '@rasoat/shared/ipc';
import { m } from '$messages';

const sentences: Record<DuplicateReason, (inputs: { name: string; count: string }) => string> = {
  same_citizen_id: m.duplicates_reason_same_citizen_id,
  same_name_and_date: m.duplicates_reason_same_name_and_date,
  same_name_and_year: m.duplicates_reason_same_name_and_year,
  same_name_and_near_year: m.duplicates_reason_same_name_and_near_year,
  citizen_ids_differ: m.duplicates_reason_citizen_ids_differ,
  several_members: m.duplicates_reason_several_members,
  both_heads: () => m.duplicates_reason_both_heads(),
  same_village: () => m.duplicates_reason_same_village(),
  other_village: () => m.duplicates_reason_other_village(),
};

/** Whether a reason speaks against the two being one, or says little. */
const doubtful: DuplicateReason[] = ['citizen_ids_differ', 'other_village'];

export function reasonSentence(reason: DuplicateReasonView): { words: string; doubtful: boolean } {
  const words = sentences[reason.code]({ name: reason.name, count: String(reason.count) });
  return { words, doubtful: doubtful.includes(reason.code) };
}

/** Ids of the members of one side who are in the other household too. */
export function sharedMembers(pair: DuplicateView, side: 'first' | 'second'): Set<string> {
  const at = side === 'first' ? 0 : 1;
  return new Set(pair.reasons.flatMap((reason) => (reason.members ? [reason.members[at]] : [])));
}

/** The side to keep unless the person says otherwise: the one whose interview is further, or else the first. */
export function furtherSide(pair: DuplicateView): 'first' | 'second' {
  const far = ({ row }: DuplicateSideView) => ['listed', 'started', 'signed'].indexOf(row.state);
  return far(pair.second) > far(pair.first) ? 'second' : 'first';
}
