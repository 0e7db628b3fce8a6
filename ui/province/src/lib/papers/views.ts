/** What the server says of papers. */

/** Papers in the order of the work. */
export const KINDS = [
  'review',
  'interviews',
  'explanations',
  'meeting',
  'minutes',
  'posting',
  'decisions',
  'certificates',
  'results',
  'interchange',
] as const;
export type PaperKind = (typeof KINDS)[number];
export type PaperFormat = 'pdf' | 'xlsx';

/** Households that do not stand in a paper, and why. */
export interface PaperMissingView {
  code: string;
  households: number;
}

/** One paper of a place. */
export interface PaperView {
  kind: PaperKind;
  formats: PaperFormat[];
  households: number;
  missing: PaperMissingView[];
  /** Whether it hangs where everybody reads it. */
  public: boolean;
  full_ids: 'always' | 'on_request' | 'never';
}

/** The papers of a place. */
export interface PapersView {
  place: { key: string; name: string };
  kinds: PaperView[];
}

/** A paper as it is asked for. */
export interface PaperForm {
  kind: PaperKind;
  format: PaperFormat;
  place: string;
  full_ids: boolean;
}
