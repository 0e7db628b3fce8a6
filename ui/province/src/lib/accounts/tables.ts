import { formatDay } from '@rasoat/shared/format/dates';
import { m } from '$lib/words';

/** The tables that other systems read, in the order in which they are offered. */
export const TABLES: Record<string, () => string> = {
  households: m.table_households,
  conflicts: m.table_conflicts,
  quality: m.table_quality,
  villages: m.table_villages,
  communes: m.table_communes,
  duplicates: m.nav_duplicates,
  devices: m.nav_devices,
};

/** A table in words. */
export function tableName(code: string): string {
  return TABLES[code]?.() ?? code;
}

/** The last day of what ends with a day in Việt Nam. */
export function lastDay(expiresAt: string): string {
  return formatDay(new Date(new Date(expiresAt).getTime() - 1).toISOString());
}
