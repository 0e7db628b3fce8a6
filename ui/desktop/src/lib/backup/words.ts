/** Backups in words. */
import { formatMoment } from '@rasoat/shared/format/dates';
import { formatBytes, formatNumber } from '@rasoat/shared/format/numbers';
import { locale } from '@rasoat/shared/i18n.svelte';
import type { AsideView, BackupView, RestoredView } from '@rasoat/shared/ipc';
import { m } from '$messages';

const reasons: Record<string, (() => string) | undefined> = {
  scheduled: m.backup_reason_scheduled,
  closing: m.backup_reason_closing,
  asked: m.backup_reason_asked,
  before_restore: m.backup_reason_before_restore,
};

const phases: Record<string, (() => string) | undefined> = {
  copying: m.backup_phase_copying,
  checking: m.backup_phase_checking,
  restoring: m.backup_phase_restoring,
};

/** Why it was made; empty where a newer program had another reason. */
export function reasonWords(backup: BackupView): string {
  return reasons[backup.reason]?.() ?? '';
}

/** What is being done; checking, where that is not known yet. */
export function phaseWords(phase: string | undefined): string {
  return (phases[phase ?? ''] ?? m.backup_phase_checking)();
}

/** "312 hộ · 148 phiếu đã làm · 14,7 MB" */
export function rowWords(backup: BackupView): string {
  return m.backup_row({
    households: String(backup.households),
    interviews: String(backup.interviews),
    size: sizeWords(backup.kilobytes),
  });
}

/** "14,7 MB" */
export function sizeWords(kilobytes: number): string {
  return formatBytes(kilobytes * 1024, locale());
}

/** When files were put aside; their name where that does not say. */
export function asideWords(aside: AsideView): string {
  return formatMoment(aside.at) || aside.name;
}

/** What a restore came to: what is missing, or that nothing is. */
export function restoredWords(restored: RestoredView): string {
  const counts = {
    time: formatMoment(restored.made_at),
    edits: String(restored.edits),
    answers: String(restored.answers),
  };
  switch (restored.before) {
    case 'all':
      return m.back_all(counts);
    case 'part':
      return m.back_part(counts);
    case 'nothing':
      return m.back_none(counts);
    case 'gone':
      return m.back_gone(counts);
  }
}

/** Room on the disk: "412 MB", "18,8 GB". */
export function roomWords(megabytes: number): string {
  return megabytes < 1024
    ? `${formatNumber(megabytes, locale())} MB`
    : `${formatNumber(megabytes / 1024, locale(), 1)} GB`;
}
