/** Papers in words, as they are called on the laptop. */
import { count } from '$lib/format';
import { m } from '$lib/words';
import type { PaperFormat, PaperKind, PaperMissingView } from './views';

const names: Record<PaperKind, () => string> = {
  review: m.papers_review,
  interviews: m.papers_interviews,
  explanations: m.papers_explanations,
  meeting: m.papers_meeting,
  minutes: m.papers_minutes,
  posting: m.papers_posting,
  decisions: m.papers_decisions,
  certificates: m.papers_certificates,
  results: m.papers_results,
  detail_poor: m.papers_detail_poor,
  detail_near_poor: m.papers_detail_near_poor,
  interchange: m.papers_interchange,
};

const explained: Record<PaperKind, () => string> = {
  review: m.papers_review_what,
  interviews: m.papers_interviews_what,
  explanations: m.papers_explanations_what,
  meeting: m.papers_meeting_what,
  minutes: m.papers_minutes_what,
  posting: m.papers_posting_what,
  decisions: m.papers_decisions_what,
  certificates: m.papers_certificates_what,
  results: m.papers_results_what,
  detail_poor: m.papers_detail_poor_what,
  detail_near_poor: m.papers_detail_near_poor_what,
  interchange: m.papers_interchange_what,
};

const formats: Record<PaperFormat, () => string> = { pdf: m.papers_pdf, xlsx: m.papers_xlsx };

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
export function paperName(kind: PaperKind): string {
  return names[kind]();
}

/** What it is for, and what stands in it. */
export function paperWhat(kind: PaperKind): string {
  return explained[kind]();
}

/** What a format is for. */
export function formatWords(format: PaperFormat): string {
  return formats[format]();
}

/** Why households do not stand in it; a reason that these pages do not know is shown by its code. */
export function missingWords({ code, households }: PaperMissingView): string {
  return missing[code]?.({ count: count(households) }) ?? `${code}: ${count(households)}`;
}
