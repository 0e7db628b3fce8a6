/** Moments and days as people here write them: dd/mm/yyyy and HH:MM, in the laptop's time zone. */

function two(n: number): string {
  return String(n).padStart(2, '0');
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

/** "14:32" of an RFC 3339 moment; empty when it is none. */
export function formatTime(moment: string | null): string {
  const at = moment ? new Date(moment) : null;
  return at && !Number.isNaN(at.getTime()) ? `${two(at.getHours())}:${two(at.getMinutes())}` : '';
}

/** "19/11/2026" of an RFC 3339 moment; empty when it is none. */
export function formatDay(moment: string | null): string {
  const at = moment ? new Date(moment) : null;
  return at && !Number.isNaN(at.getTime()) ? `${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}` : '';
}

/** "14:32" for a moment of today, else "19/11/2026 14:32". */
export function formatMoment(moment: string | null, now: Date = new Date()): string {
  if (!moment) return '';
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return '';
  return sameDay(at, now) ? formatTime(moment) : `${formatDay(moment)} ${formatTime(moment)}`;
}

/** A canonical day or year (`1984-03-12`, `1984-03`, `1987`) as "12/03/1984", "03/1984" or "1987"; anything else as it is. */
export function formatPartialDate(canonical: string | null): string {
  if (!canonical) return '';
  const parts = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(canonical);
  if (!parts) return canonical;
  return [parts[3], parts[2], parts[1]].filter((part) => part !== undefined).join('/');
}

/** A canonical time of day (`07:30:00.000`) as "07:30", with seconds where it has some; anything else as it is. */
export function formatClock(canonical: string | null): string {
  const parts = /^(\d{2}:\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(canonical ?? '');
  if (!parts) return canonical ?? '';
  return parts[2] && parts[2] !== '00' ? `${parts[1]}:${parts[2]}` : (parts[1] ?? '');
}

/**
 * A canonical moment (`2026-11-25T07:30:00.000+07:00`) as the clock of its place showed it: "25/11/2026 07:30"; a clock other than
 * Viet Nam's is named behind it. Anything else as it is.
 */
export function formatMomentOfPlace(canonical: string | null): string {
  const parts = /^(\d{4}-\d{2}-\d{2})T([\d:.]+)([+-]\d{2}:\d{2})$/.exec(canonical ?? '');
  if (!parts) return canonical ?? '';
  const shown = `${formatPartialDate(parts[1] ?? '')} ${formatClock(parts[2] ?? '')}`;
  return parts[3] === '+07:00' ? shown : `${shown} ${parts[3]}`;
}
