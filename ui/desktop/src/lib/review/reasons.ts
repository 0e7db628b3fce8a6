/** Why an interview should be looked at closer, in words. */
import type { CheckItemView, CheckReason, CheckReasonView } from '@rasoat/shared/ipc';
import { className } from '@rasoat/shared/result/words';
import { m } from '$messages';

type Numbers = { count: string; of: string };

const sentences: Record<Exclude<CheckReason, 'class_changed'>, (numbers: Numbers) => string> = {
  conflicts: m.review_reason_conflicts,
  changed_since: () => m.review_reason_changed_since(),
  signed_again: () => m.review_reason_signed_again(),
  remarks_open: m.review_reason_remarks_open,
  remarks_answered: m.review_reason_remarks_answered,
  findings: m.review_reason_findings,
  explained: m.review_reason_explained,
  list_changes: m.review_reason_list_changes,
  quick: m.review_reason_quick,
  alike: m.review_reason_alike,
  things: m.review_reason_things,
};

/** Reasons that say what has happened, and not that something may be wrong. */
const plain: CheckReason[] = ['signed_again', 'remarks_answered', 'explained', 'list_changes'];

/** One reason of an interview. */
export function reasonSentence(item: CheckItemView, reason: CheckReasonView): { words: string; doubtful: boolean } {
  const numbers = { count: String(reason.count), of: String(reason.of) };
  const before = item.previous_class ? className(item.previous_class) : '—';
  const after = item.class ? className(item.class) : '—';
  return {
    words:
      reason.code === 'class_changed'
        ? m.review_reason_class_changed({ before, after })
        : sentences[reason.code](numbers),
    doubtful: !plain.includes(reason.code),
  };
}
