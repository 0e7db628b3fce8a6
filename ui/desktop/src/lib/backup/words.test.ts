import { expect, test } from 'vitest';
import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { backups, backupStatus } from '@rasoat/shared/fixtures/backups';
import type { BackupView } from '@rasoat/shared/ipc';
import { phaseWords, reasonWords, restoredWords, roomWords, rowWords } from './words';

const restored = { made_at: '2026-11-25T16:30:00+07:00', edits: 12, answers: 3 } as const;

test('what a restore brought back is counted, and what is missing is named by its time', () => {
  setLanguage('en');
  const words = (['all', 'part', 'nothing', 'gone'] as const).map((before) => restoredWords({ ...restored, before }));
  expect(words[0]).toContain('12 changes');
  expect(words[0]).toContain('Nothing is missing');
  expect(words.slice(1).every((sentence) => sentence.includes('25/11/2026'))).toBe(true);
  expect(new Set(words).size).toBe(4);
});

test('every reason has words, and one of a newer program none', () => {
  expect(backups.map(reasonWords).every((words) => words !== '')).toBe(true);
  expect(reasonWords({ ...backupStatus.backups[0], reason: 'full_moon' } as BackupView)).toBe('');
  expect(phaseWords(undefined)).toBe(phaseWords('checking'));
  expect(backups.map(rowWords)[0]).toContain('312');
});

test('room is said in megabytes while it is little, and in gigabytes beyond', () => {
  setLanguage('en');
  expect([412, 18_432].map(roomWords)).toEqual(['412 MB', '18 GB']);
});
