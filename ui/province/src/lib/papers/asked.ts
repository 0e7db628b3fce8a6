/** Which paper of which place: both stand in the page's address, so that it can be kept and passed on. */
import { communeOf, PROVINCE, type Place } from '$lib/reports/asked';
import { KINDS, type PaperFormat, type PaperForm, type PaperKind, type PaperView } from './views';

/** A paper as it is looked at: of a region, or of a village of a commune. */
export interface Asked {
  kind: PaperKind;
  /** `province`, `district.181` or `commune.06001`. */
  region: Place;
  village?: string;
}

/** What the address of the page asks for. What is no place is the province, what is no paper the first. */
export function askedAt(hash: string): Asked {
  const found = new URLSearchParams(hash.split('?')[1] ?? '');
  const kind = KINDS.find((one) => one === found.get('paper')) ?? 'review';
  const place = found.get('place') ?? '';
  if (/^(commune\.\d{5}|district\.\d+)$/.test(place)) return { kind, region: place };
  const [, commune, village] = /^village\.(\d{5})\.(.+)$/.exec(place) ?? [];
  return commune && village ? { kind, region: `commune.${commune}`, village } : { kind, region: PROVINCE };
}

/** The address that asks for it. */
export function papersAt(asked: Asked): string {
  const said = new URLSearchParams();
  const place = placeOf(asked);
  if (place !== PROVINCE) said.set('place', place);
  if (asked.kind !== 'review') said.set('paper', asked.kind);
  return said.size === 0 ? '#/papers' : `#/papers?${said.toString()}`;
}

/** The place as the server is asked for it. */
export function placeOf({ region, village }: Omit<Asked, 'kind'>): string {
  const commune = communeOf(region);
  return commune && village ? `village.${commune}.${village}` : region;
}

/** The village that a row's key names, if it is one of a commune's. */
export function villageOf(key: string, commune: string): string | undefined {
  const before = `village.${commune}.`;
  return key.startsWith(before) ? key.slice(before.length) || undefined : undefined;
}

/** What is asked for a paper's file: in the format that was wanted if there is one, and IDs in full only where that may be chosen. */
export function formOf(
  { kind, formats, full_ids }: Pick<PaperView, 'kind' | 'formats' | 'full_ids'>,
  place: string,
  wanted: { format: PaperFormat; full: boolean },
): PaperForm {
  return {
    kind,
    format: formatOf(formats, wanted.format),
    place,
    full_ids: full_ids === 'always' || (full_ids === 'on_request' && wanted.full),
  };
}

/** The format that is wanted, or else the first that there is. */
export function formatOf(formats: readonly PaperFormat[], wanted: PaperFormat): PaperFormat {
  return formats.includes(wanted) ? wanted : (formats[0] ?? 'pdf');
}

/** Why no file can be made: nobody stands in it, the place is too large for it, or the person may not see citizen IDs in full. */
export function hindrance(
  { formats, households, full_ids }: Pick<PaperView, 'formats' | 'households' | 'full_ids'>,
  counted: boolean,
  mayInFull: boolean,
): 'nobody' | 'too_large' | 'not_allowed' | undefined {
  if (full_ids === 'always' && !mayInFull) return 'not_allowed';
  if (formats.length === 0) return 'too_large';
  return counted && households === 0 ? 'nobody' : undefined;
}
