/** What came of a stick, in sentences. */
import type { ImportedBatchView, ImportedHouseholdView } from '@rasoat/shared/ipc';
import { m } from '$messages';

type Words = Record<string, ((params: Record<string, string>) => string) | undefined>;
const words = m as unknown as Words;

/** Why something was not taken in; a code without words shows itself. */
export function whySentence(code: string): string {
  return words[`usb_why_${code}`]?.({}) ?? m.usb_why_other({ code });
}

/** What came of one household's edits: “2 mới · 1 xung đột”. */
export function householdSentence(household: ImportedHouseholdView): string {
  const counted = (count: number, sentence: (params: { count: string }) => string) =>
    count > 0 ? [sentence({ count: String(count) })] : [];
  const refused = Object.entries(household.refused).map(([code, count]) =>
    m.usb_row_refused({ count: String(count), why: whySentence(code) }),
  );
  return [
    ...counted(household.new, m.usb_row_new),
    ...counted(household.known, m.usb_row_known),
    ...counted(household.waiting, m.usb_row_waiting),
    ...counted(household.conflicting, m.usb_row_conflicting),
    ...refused,
  ].join(' · ');
}

/** Batches that were not opened, those of one laptop with one reason together. */
export function batchSentences(batches: ImportedBatchView[]): { sentence: string; passedOn: boolean }[] {
  const groups = new Map<string, { batch: ImportedBatchView; count: number }>();
  for (const batch of batches) {
    const key = `${batch.device}|${batch.code}|${batch.passed_on}`;
    const group = groups.get(key) ?? { batch, count: 0 };
    groups.set(key, { batch, count: group.count + 1 });
  }
  return [...groups.values()].map(({ batch, count }) => ({
    sentence: m.usb_batches({
      count: String(count),
      device: batch.device === '' ? m.usb_batches_unknown_device() : batch.device,
      why: whySentence(batch.code),
    }),
    passedOn: batch.passed_on,
  }));
}

/** Midnight of a day as an `<input type="date">` gives it, in milliseconds since 1970; null for none. */
export function midnight(day: string): number | null {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00`).getTime() : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
