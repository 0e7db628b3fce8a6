/** What the server says of papers. */
import type { components } from '@rasoat/shared/api/index';

type Schemas = components['schemas'];

export type PaperKind = Schemas['PaperKind'];
export type PaperFormat = Schemas['PaperFormat'];
export type PaperView = Schemas['PaperStateView'];
export type PaperMissingView = Schemas['PaperMissingView'];
export type PaperForm = Required<Schemas['PaperForm']>;
export type PapersView = Schemas['PapersView'];

/** Papers in the order of the work. */
export const KINDS: readonly PaperKind[] = [
  'review',
  'interviews',
  'explanations',
  'meeting',
  'minutes',
  'posting',
  'decisions',
  'certificates',
  'results',
  'detail_poor',
  'detail_near_poor',
  'interchange',
];
