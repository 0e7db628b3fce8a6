/** Targets of a resolution, in words and by year. */
import type { components } from '@rasoat/shared/api/index';
import { m } from '../words';

type Target = components['schemas']['Target'];
type Targets = components['schemas']['Targets'];

/** Every year that a target is set for, in order. */
export function yearsOf(targets: Targets): string[] {
  const years = new Set(targets.targets.flatMap((target) => Object.keys(target.by_year)));
  return [...years].sort();
}

/** How a figure is compared, and in what unit. */
export function measureOf(target: Pick<Target, 'comparison' | 'unit'>): { comparison: string; unit: string } {
  const comparison = target.comparison === 'above' ? m.target_above() : m.target_at_least();
  const units: Record<string, () => string> = {
    percent: m.target_percent,
    percentage_points_per_year: m.target_points,
    count_of_districts: m.target_districts,
  };
  return { comparison, unit: units[target.unit]?.() ?? target.unit };
}
