import { expect, it } from 'vitest';
import { shadeOf, type Commune } from './modes';

const NOW = Date.parse('2026-11-20T08:00:00Z');

function commune(marks: Record<string, number>, lastReceivedAt: string | null = '2026-11-20T07:00:00Z'): Commune {
  return {
    commune: { code: '06001', name: 'Đoàn Kết', kind: 'xã' },
    lat: 21,
    lon: 106,
    marks,
    days_behind: 0,
    devices: 1,
    silent_devices: 0,
    last_received_at: lastReceivedAt,
  };
}

it('shows nothing of a commune without households', () => {
  expect(shadeOf('progress', commune({}), NOW)).toBeNull();
  expect(shadeOf('freshness', commune({}), NOW)).toBeNull();
});

it('keeps the last shade of progress for communes that are done', () => {
  expect(shadeOf('progress', commune({ all: 100, 'state.signed': 99 }), NOW)).toBe(4);
  expect(shadeOf('progress', commune({ all: 100, 'state.signed': 100 }), NOW)).toBe(5);
});

it('counts the poor among those who were asked', () => {
  expect(shadeOf('poor', commune({ all: 100 }), NOW)).toBeNull();
  const marks = { all: 100, 'state.signed': 10, 'class_2022.poor': 2 };
  expect(shadeOf('poor', commune(marks), NOW)).toBe(3);
});

it('is darker the longer nothing came, and the more answers differ', () => {
  const marks = { all: 9, conflict: 4 };
  expect(shadeOf('freshness', commune(marks, '2026-11-20T07:00:00Z'), NOW)).toBe(0);
  expect(shadeOf('freshness', commune(marks, '2026-11-10T07:00:00Z'), NOW)).toBe(3);
  expect(shadeOf('conflicts', commune(marks), NOW)).toBe(2);
});
