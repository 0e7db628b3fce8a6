/** Which table of which round and place: all of it stands in the page's address, so that it can be kept and passed on. */

/** The whole province, `district.181`, `commune.06001` or `village.06001.thon-1`. */
export type Place = string;

/** When: a round as it stands, or as it stood at a lock. What is left out the server chooses. */
export interface Moment {
  round?: number;
  /** As it stood at this lock; as of now where it is left out. */
  lock?: number;
}

/** A table as it is asked for. What is left out the server chooses. */
export interface Asked extends Moment {
  table: string;
  /** 0 in force, 1 the coming one. */
  standard: number;
  place: Place;
  rows?: string;
  /** Only households whose class was recognised. */
  recognised: boolean;
}

/** A cell of a table, or a figure of a target, whose households are listed. */
export interface AskedCell extends Asked {
  row?: string;
  column?: string;
  target?: string;
  which?: string;
}

/** The place that is chosen where nothing is said. */
export const PROVINCE: Place = 'province';

/** What the address of a table asks for. */
export function askedAt(hash: string): AskedCell {
  const found = new URLSearchParams(hash.split('?')[1] ?? '');
  const word = (name: string) => found.get(name) || undefined;
  const number = (name: string) => (/^\d{1,9}$/.test(found.get(name) ?? '') ? Number(found.get(name)) : undefined);
  return {
    table: word('table') ?? 'official',
    round: number('round'),
    lock: number('lock'),
    standard: number('standard') ?? 0,
    place: word('place') ?? PROVINCE,
    rows: word('rows'),
    recognised: found.get('recognised') === 'true',
    row: word('row'),
    column: word('column'),
    target: word('target'),
    which: word('which'),
  };
}

/** The address that asks for it. */
export function reportsAt(asked: Partial<AskedCell>, page = '#/reports'): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(queryOf(asked))) if (value !== undefined) said.set(name, String(value));
  return said.size === 0 ? page : `${page}?${said.toString()}`;
}

/** The same without what is chosen anyway. */
function queryOf(asked: Partial<AskedCell>): Partial<AskedCell> {
  return {
    ...asked,
    standard: asked.standard === 0 ? undefined : asked.standard,
    place: asked.place === PROVINCE ? undefined : asked.place,
    recognised: asked.recognised || undefined,
  };
}

/** The table as the server is asked for it. */
export function reportOf({ table, round, lock, standard, place, rows, recognised }: Asked) {
  return { table, round, lock, standard, place, rows: rows ?? rowsAt(place)[0], recognised };
}

/** What a table's rows may be at a place, the usual first. */
export function rowsAt(place: Place): string[] {
  if (communeOf(place)) return ['villages'];
  return place.startsWith('district.') ? ['communes', 'villages'] : ['communes', 'districts'];
}

/** The commune that a place is, or lies in. */
export function communeOf(place: Place): string | undefined {
  return /^(?:commune\.(?=\d{5}$)|village\.(?=\d{5}\.))(\d{5})/.exec(place)?.[1];
}
