/** Papers in words. */
import type { Paper, PaperMissingView } from '@rasoat/shared/ipc';
import { m } from '$messages';

const names: Record<Paper, () => string> = {
  review: m.papers_review,
  meeting: m.papers_meeting,
  minutes: m.papers_minutes,
  posting: m.papers_posting,
  results: m.papers_results,
  decisions: m.papers_decisions,
  certificates: m.papers_certificates,
  interviews: m.papers_interviews,
  explanations: m.papers_explanations,
  detail_poor: m.papers_detail_poor,
  detail_near_poor: m.papers_detail_near_poor,
  interchange: m.papers_interchange,
  tables: m.papers_tables,
};

const explained: Record<Paper, () => string> = {
  review: m.papers_review_what,
  meeting: m.papers_meeting_what,
  minutes: m.papers_minutes_what,
  posting: m.papers_posting_what,
  results: m.papers_results_what,
  decisions: m.papers_decisions_what,
  certificates: m.papers_certificates_what,
  interviews: m.papers_interviews_what,
  explanations: m.papers_explanations_what,
  detail_poor: m.papers_detail_poor_what,
  detail_near_poor: m.papers_detail_near_poor_what,
  interchange: m.papers_interchange_what,
  tables: m.papers_tables_what,
};

const missing: Record<string, (counted: { count: string }) => string> = {
  not_begun: m.papers_missing_not_begun,
  not_accepted: m.papers_missing_not_accepted,
  no_class: m.papers_missing_no_class,
  not_met: m.papers_missing_not_met,
  not_posted: m.papers_missing_not_posted,
  posting_runs: m.papers_missing_posting_runs,
  complaint: m.papers_missing_complaint,
  provisional: m.papers_missing_provisional,
  not_recognised: m.papers_missing_not_recognised,
};

/** What a paper is called. */
export function paperWords(kind: Paper): string {
  return names[kind]();
}

/** What it is for, and what stands in it. */
export function paperWhat(kind: Paper): string {
  return explained[kind]();
}

/** Why households do not stand in it; a reason that this program does not know is shown by its code. */
export function missingWords({ code, households }: PaperMissingView): string {
  const count = String(households);
  return missing[code]?.({ count }) ?? `${code}: ${count}`;
}
