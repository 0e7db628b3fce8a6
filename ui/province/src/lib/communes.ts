import type { components } from '@rasoat/shared/api/index';
import { m } from './words';

type Schemas = components['schemas'];

/** “Xã Đoàn Kết”, “Đoàn Kết commune”. */
export function communeName(commune: Pick<Schemas['CommuneRefView'], 'name' | 'kind'>): string {
  return commune.kind === 'phường' ? m.ward({ name: commune.name }) : m.commune({ name: commune.name });
}

/** How many communes are named where there are more of them. */
const NAMED = 3;

/** Some communes in words: each by its name, or the first and how many more; empty for none. */
export function communesWords(communes: readonly Pick<Schemas['CommuneRefView'], 'name' | 'kind'>[]): string {
  const named = communes.length > NAMED + 1 ? communes.slice(0, NAMED) : communes;
  const names = named.map(communeName).join(', ');
  return named.length === communes.length
    ? names
    : m.communes_and_more({ names, more: String(communes.length - named.length) });
}

/** What the table may be ordered by. */
export type Order = 'name' | 'share' | 'received' | 'households' | 'poor' | 'near_poor' | 'open' | 'devices';

/** Communes in an order; equal ones by name in Vietnamese order. What is not known comes last either way. */
export function inOrder(
  communes: readonly Schemas['CommuneView'][],
  order: Order,
  falling: boolean,
): Schemas['CommuneView'][] {
  const sign = falling ? -1 : 1;
  const byName = new Intl.Collator('vi').compare;
  return [...communes].sort((a, b) => {
    if (order === 'name') return sign * byName(a.name, b.name);
    const [x, y] = [figure(a, order), figure(b, order)];
    if (x === null || y === null) return x === y ? byName(a.name, b.name) : x === null ? 1 : -1;
    return x === y ? byName(a.name, b.name) : sign * (x - y);
  });
}

function figure(commune: Schemas['CommuneView'], order: Exclude<Order, 'name'>): number | null {
  switch (order) {
    case 'share':
      return commune.households > 0 ? commune.signed / commune.households : null;
    case 'received':
      return commune.last_received_at ? new Date(commune.last_received_at).getTime() : null;
    default:
      return commune[order];
  }
}
