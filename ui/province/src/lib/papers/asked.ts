/** Which paper of which place: both stand in the page's address, so that it can be kept and passed on. */
import { KINDS, type PaperFormat, type PaperForm, type PaperKind, type PaperView } from './views';

/** A paper as it is looked at. Without a commune it is of no place yet; without a village it is of the whole commune. */
export interface Asked {
  kind: PaperKind;
  commune?: string;
  village?: string;
}

/** What the address of the page asks for. What is no place and no paper asks for none. */
export function askedAt(hash: string): Asked {
  const found = new URLSearchParams(hash.split('?')[1] ?? '');
  const kind = KINDS.find((one) => one === found.get('paper')) ?? 'review';
  const place = found.get('place') ?? '';
  const commune = /^commune\.(\d{5})$/.exec(place)?.[1];
  if (commune) return { kind, commune };
  const [, of, village] = /^village\.(\d{5})\.(.+)$/.exec(place) ?? [];
  return of && village ? { kind, commune: of, village } : { kind };
}

/** The address that asks for it. */
export function papersAt({ kind, ...place }: Asked): string {
  const said = new URLSearchParams();
  const key = placeOf(place);
  if (key) said.set('place', key);
  if (kind !== 'review') said.set('paper', kind);
  return said.size === 0 ? '#/papers' : `#/papers?${said.toString()}`;
}

/** A place as the server is asked for it; none where none is chosen. */
export function placeOf({ commune, village }: Omit<Asked, 'kind'>): string | undefined {
  if (!commune) return undefined;
  return village ? `village.${commune}.${village}` : `commune.${commune}`;
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
