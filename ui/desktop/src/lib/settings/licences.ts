/** What others made that is part of this program: written by `cargo xtask gen`. */
import written from './licences.json';

/** Everything under one licence. */
export interface LicensedPart {
  /** As its makers name it (SPDX). */
  licence: string;
  /** Names with versions. */
  names: string[];
}

export const licences: { fonts: LicensedPart[]; screens: LicensedPart[]; program: LicensedPart[] } = written;
