/** What the map shows of a commune: its shade among six, and the figure in words. */
import type { components } from '@rasoat/shared/api/index';
import { count, percent, span } from '../format';
import { bearing, interviewed } from '../marks';
import { m } from '../words';
import { shade, type Shade } from './shade';

export type Commune = components['schemas']['CommuneProgressView'];
export type Mode = 'progress' | 'poor' | 'conflicts' | 'freshness';

export const MODES: Mode[] = ['progress', 'poor', 'conflicts', 'freshness'];

const DAY_MS = 86_400_000;
/** Where the next shade begins: poor households in percent of those interviewed, conflicts, days without anything received. */
const POOR_PERCENT = [5, 10, 20, 30, 40];
const CONFLICTS = [1, 3, 6, 11, 21];
const SILENT_DAYS = [2, 4, 8, 15, 31];

/** The name of a mode, and what its first and last shade stand for. */
export function modeWords(mode: Mode): { name: string; low: string; high: string } {
  switch (mode) {
    case 'progress':
      return { name: m.map_progress(), low: '0\u00a0%', high: '100\u00a0%' };
    case 'poor':
      return { name: m.map_poor(), low: '0\u00a0%', high: '≥\u00a040\u00a0%' };
    case 'conflicts':
      return { name: m.map_conflicts(), low: '0', high: `≥\u00a0${count(21)}` };
    case 'freshness':
      return { name: m.map_freshness(), low: m.map_fresh(), high: m.map_stale() };
  }
}

/** The shade of a commune; `null` where there is nothing to show. */
export function shadeOf(mode: Mode, { marks, last_received_at }: Commune, now: number): Shade | null {
  const all = bearing(marks, 'all');
  if (all === 0) return null;
  switch (mode) {
    case 'progress':
      return shade(bearing(marks, 'state.signed'), all);
    case 'poor': {
      const asked = interviewed(marks);
      return asked === 0 ? null : step(POOR_PERCENT, (bearing(marks, 'class_2022.poor') / asked) * 100);
    }
    case 'conflicts':
      return step(CONFLICTS, bearing(marks, 'conflict'));
    case 'freshness':
      return last_received_at ? step(SILENT_DAYS, days(last_received_at, now)) : null;
  }
}

/** The figure that the shade stands for. */
export function figureOf(mode: Mode, { marks, last_received_at }: Commune, now: number): string {
  switch (mode) {
    case 'progress':
      return percent(bearing(marks, 'state.signed'), bearing(marks, 'all'));
    case 'poor':
      return percent(bearing(marks, 'class_2022.poor'), interviewed(marks));
    case 'conflicts':
      return count(bearing(marks, 'conflict'));
    case 'freshness':
      return last_received_at ? span(Math.max(1, (now - new Date(last_received_at).getTime()) / 1000)) : m.never();
  }
}

function days(at: string, now: number): number {
  return Math.floor((now - new Date(at).getTime()) / DAY_MS);
}

function step(begins: readonly number[], figure: number): Shade {
  return begins.filter((begin) => figure >= begin).length as Shade;
}
