/** The procedure in words: where a household is, what is next, what stands in its way, and what was done. */
import { formatPartialDate } from '@rasoat/shared/format/dates';
import type {
  ProcedureAct,
  ProcedureActView,
  ProcedureBlockView,
  ProcedureRowView,
  ProcedureStage,
} from '@rasoat/shared/ipc';
import type { Tone } from '@rasoat/shared/kit/tone';
import { className } from '@rasoat/shared/result/words';
import { m } from '$messages';

/** What is next, as lists are filtered by it; `done`: nothing. */
export type Next = ProcedureAct | 'done';

/** In the order in which households go through. */
export const nexts: Next[] = ['interview', 'check', 'meeting', 'posting', 'finding', 'decision', 'certificate', 'done'];

/** What is next of a household. */
export function nextOf(row: Pick<ProcedureRowView, 'next'>): Next {
  return row.next ?? 'done';
}

/** Where a household is. */
export function stageWords(stage: ProcedureStage): { words: string; tone: Tone } {
  const known: Record<ProcedureStage, { words: string; tone: Tone }> = {
    listed: { words: m.procedure_stage_listed(), tone: 'neutral' },
    assigned: { words: m.procedure_stage_assigned(), tone: 'neutral' },
    interviewed: { words: m.procedure_stage_interviewed(), tone: 'neutral' },
    scored: { words: m.procedure_stage_scored(), tone: 'note' },
    meeting_agreed: { words: m.procedure_stage_meeting_agreed(), tone: 'note' },
    meeting_rejected: { words: m.procedure_stage_meeting_rejected(), tone: 'bad' },
    posted: { words: m.procedure_stage_posted(), tone: 'note' },
    complaint: { words: m.procedure_stage_complaint(), tone: 'warn' },
    reverified: { words: m.procedure_stage_reverified(), tone: 'note' },
    recognised: { words: m.procedure_stage_recognised(), tone: 'good' },
    refused: { words: m.procedure_stage_refused(), tone: 'bad' },
    certified: { words: m.procedure_stage_certified(), tone: 'good' },
  };
  return known[stage];
}

/** What is next. */
export function nextWords(next: Next): string {
  const known: Record<Next, string> = {
    interview: m.procedure_next_interview(),
    check: m.procedure_next_check(),
    meeting: m.procedure_next_meeting(),
    posting: m.procedure_next_posting(),
    complaint: m.procedure_next_finding(),
    finding: m.procedure_next_finding(),
    decision: m.procedure_next_decision(),
    certificate: m.procedure_next_certificate(),
    correction: m.procedure_next_interview(),
    done: m.procedure_next_done(),
  };
  return known[next];
}

/** What stands in a household's way; whether it is only to be known. */
export function blockSentence(block: ProcedureBlockView): { words: string; mild: boolean } {
  const until = formatPartialDate(block.until);
  const known: Record<ProcedureBlockView['code'], { words: string; mild: boolean }> = {
    conflicts: { words: m.procedure_block_conflicts(), mild: false },
    lapsed: { words: m.procedure_block_lapsed(), mild: false },
    in_two: { words: m.procedure_block_in_two(), mild: false },
    assigned_twice: { words: m.procedure_block_assigned_twice(), mild: false },
    no_class: { words: m.procedure_block_no_class(), mild: false },
    provisional: { words: m.procedure_block_provisional(), mild: false },
    posting_runs: { words: m.procedure_block_posting_runs({ until }), mild: true },
    locked: { words: m.procedure_block_locked(), mild: false },
    correcting: { words: m.procedure_block_correcting(), mild: true },
  };
  return known[block.code];
}

/** An act in one line. */
export function actTitle(act: ProcedureActView): string {
  const on = formatPartialDate(act.on);
  switch (act.kind) {
    case 'meeting': {
      const counts = { on, agreed: String(act.agreed ?? 0), attended: String(act.attended ?? 0) };
      return act.outcome ? m.procedure_act_agreed(counts) : m.procedure_act_rejected(counts);
    }
    case 'posting':
      return m.procedure_act_posting({ on, until: formatPartialDate(act.until) });
    case 'complaint':
      return m.procedure_act_complaint({ on });
    case 'finding':
      return act.outcome ? m.procedure_act_upheld({ on }) : m.procedure_act_unfounded({ on });
    case 'recognition':
      return m.procedure_act_recognition({ on, number: act.number, class: className(act.class ?? '') });
    case 'refusal':
      return m.procedure_act_refusal({ on, number: act.number });
    case 'certificate':
      return m.procedure_act_certificate({ on, number: act.number });
    case 'correction':
      return m.procedure_act_correction();
    default:
      return act.kind;
  }
}

/** What else an act says, a line each. */
export function actLines(act: ProcedureActView): string[] {
  const lines: string[] = [];
  if (act.kind === 'meeting') {
    const [chair = '', secretary = '', representative = ''] = act.people;
    lines.push(m.procedure_act_minutes({ number: act.number }));
    lines.push(m.procedure_act_people({ chair, secretary, representative }));
  }
  if (act.kind === 'posting') lines.push(m.procedure_act_place({ place: act.who_or_where }));
  if (act.kind === 'complaint') lines.push(m.procedure_act_person({ person: act.who_or_where }));
  if (act.text) lines.push(act.text);
  return lines;
}
