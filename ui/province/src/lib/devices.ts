/** Laptops in order, and what they say of themselves in words. What is wrong with one, the server says. */
import type { components } from '@rasoat/shared/api/index';
import type { Tone } from '@rasoat/shared/kit/tone';
import { count, span } from './format';
import { m } from './words';

type Schemas = components['schemas'];
type Device = Schemas['DeviceView'];
type Trouble = Schemas['DeviceTrouble'];

/** Everything that can be wrong, the worst first. */
export const TROUBLES: readonly Trouble[] = ['silent', 'clock', 'little_room', 'much_waiting', 'old_program'];

/** What is wrong, in words. */
export function troubleWords(trouble: Trouble): { words: string; tone: Tone } {
  switch (trouble) {
    case 'silent':
      return { words: m.device_silent(), tone: 'warn' };
    case 'clock':
      return { words: m.trouble_clock(), tone: 'bad' };
    case 'little_room':
      return { words: m.trouble_little_room(), tone: 'bad' };
    case 'much_waiting':
      return { words: m.trouble_much_waiting(), tone: 'warn' };
    case 'old_program':
      return { words: m.trouble_old_program(), tone: 'warn' };
  }
}

/** How far a clock is off: below a minute nobody sees it. */
export function clockWords(behindSeconds: number): string {
  if (Math.abs(behindSeconds) < 60) return m.laptop_clock_right();
  const time = span(Math.abs(behindSeconds));
  return behindSeconds > 0 ? m.laptop_clock_behind({ time }) : m.laptop_clock_ahead({ time });
}

/** Free space: “12 GB”, “200 MB”. */
export function room(mib: number): string {
  return mib < 1024 ? `${count(mib)}\u00a0MB` : `${count(Math.floor(mib / 1024))}\u00a0GB`;
}

/** What the table may be ordered by. */
export type Order = 'troubles' | 'name' | 'seen' | 'clock' | 'program' | 'waiting' | 'edits';

/** Laptops in an order; equal ones by name in Vietnamese order. What is not known comes last either way. */
export function inOrder(devices: readonly Device[], order: Order, falling: boolean): Device[] {
  const sign = falling ? -1 : 1;
  const byName = new Intl.Collator('vi', { numeric: true }).compare;
  return [...devices].sort((a, b) => {
    if (order === 'name') return sign * byName(a.name, b.name);
    const [x, y] = [figure(a, order), figure(b, order)];
    if (x === null || y === null) return x === y ? byName(a.name, b.name) : x === null ? 1 : -1;
    const difference = typeof x === 'string' || typeof y === 'string' ? byName(String(x), String(y)) : x - y;
    return difference === 0 ? byName(a.name, b.name) : sign * difference;
  });
}

function figure(device: Device, order: Exclude<Order, 'name'>): number | string | null {
  const { health } = device;
  switch (order) {
    case 'troubles':
      return severity(device);
    case 'seen':
      return device.last_seen_at ? new Date(device.last_seen_at).getTime() : null;
    case 'clock':
      return health ? Math.abs(health.clock_behind_s) : null;
    case 'program':
      return health?.program ?? null;
    case 'waiting':
      return health ? health.waiting_edits + health.waiting_files : null;
    case 'edits':
      return device.edits;
  }
}

/** How much is wrong with a laptop; what was refused or is set aside counts most, as only people can settle it. */
function severity(device: Device): number {
  const undecided = device.refused_edits > 0 || (device.aside?.batches ?? 0) > 0;
  return (undecided ? TROUBLES.length + 1 : 0) + device.troubles.length;
}
