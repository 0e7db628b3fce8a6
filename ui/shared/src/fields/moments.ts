/** Days and times of day as people type them, read into canonical text: `2026-11-25`, `07:30:00.000`, `2026-11-25T07:30:00.000+07:00`. */

/** How far the clocks of Viet Nam are ahead of UTC, all year. */
const VIETNAM = '+07:00';

/** dd/mm/yyyy with any usual separator, ddmmyyyy, or yyyy-mm-dd; years in full. */
export function readDay(text: string): string | null {
  const local = /^(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  const [year, month, day] = local ? [local[3], local[2], local[1]] : iso ? [iso[1], iso[2], iso[3]] : [];
  if (!year || !month || !day) return null;
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = moment.getUTCMonth() === Number(month) - 1 && moment.getUTCDate() === Number(day);
  return exists ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : null;
}

/**
 * `7:30`, `07.30`, `7 30`, `730`, `7h30`, `7 giờ 30 phút`, `7h`, `7 giờ rưỡi`, on the clock of twenty-four hours. A bare hour is not
 * read: it is more often a time that was not typed to its end.
 */
export function readClock(text: string): string | null {
  const spoken = /^(\d{1,2})\s*(?:giờ|h|g)\s*(?:(\d{1,2})\s*(?:phút|p|['’])?|(rưỡi))?$/iu.exec(text);
  if (spoken) return clock(spoken[1], spoken[3] ? '30' : (spoken[2] ?? '0'));
  const marked = /^(\d{1,2})(?:\s*[:.]\s*|\s+)(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/.exec(text);
  if (marked) return clock(marked[1], marked[2], marked[3], marked[4]);
  const together = /^(\d{1,2})(\d{2})$/.exec(text);
  return together ? clock(together[1], together[2]) : null;
}

/** A day and a time in either order, with or without “lúc” and “ngày”; on the clock of Viet Nam unless the text names another. */
export function readMoment(text: string): string | null {
  const canonical = /^(\d{4}-\d{2}-\d{2})T([\d:.]+)([+-]\d{2}:\d{2})$/.exec(text);
  const zoned = canonical ? null : /^(.*\d[:h]\d.*?)\s*([+-]\d{2}:\d{2})$/i.exec(text);
  const zone = canonical?.[3] ?? zoned?.[2] ?? VIETNAM;
  const words = canonical ? `${canonical[1]} ${canonical[2]}` : (zoned?.[1] ?? text).replace(/lúc|ngày/giu, ' ').trim();
  const together = /^(\d{8})(\d{4})$/.exec(words);
  const parts = together ? [together[1] ?? '', together[2] ?? ''] : words.split(/(?:\s*,\s*|\s+-\s+|\s+)/);
  for (let at = 1; at < parts.length; at += 1) {
    const [before, after] = [parts.slice(0, at).join(' '), parts.slice(at).join(' ')];
    const day = readDay(before) ?? readDay(after);
    const time = readDay(before) ? readClock(after) : readClock(before);
    if (day && time) return `${day}T${time}${zone}`;
  }
  return null;
}

function clock(hour = '', minute = '', second = '0', milli = ''): string | null {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const two = (digits: string) => digits.padStart(2, '0');
  return `${two(hour)}:${two(minute)}:${two(second)}.${milli.padEnd(3, '0')}`;
}
