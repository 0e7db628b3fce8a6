import type { components } from '@rasoat/shared/api/index';
import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { clockWords, inOrder, type Order } from './devices';

type Device = components['schemas']['DeviceView'];

function device(name: string, over: Partial<Device> = {}): Device {
  return {
    id: name,
    name,
    surveyor: '',
    fingerprint: '',
    communes: [],
    enrolled_at: '2026-11-01T00:00:00Z',
    expires_at: '2026-11-15T00:00:00Z',
    edits: 0,
    refused_edits: 0,
    revoked: false,
    troubles: [],
    ...over,
  };
}

const health = (clock_behind_s: number, program: string, waiting_edits: number): Partial<Device> => ({
  health: { said_at: '2026-11-20T00:00:00Z', clock_behind_s, program, waiting_edits, waiting_files: 0 },
});

const names = (order: Order, falling: boolean) => inOrder(ALL, order, falling).map(({ name }) => name);

const ALL = [
  device('Máy 10', { ...health(-400, '0.10.0', 0), troubles: ['clock'], edits: 5 }),
  device('Máy 2', { ...health(3, '0.9.0', 70), troubles: ['much_waiting', 'old_program'], edits: 5 }),
  device('Máy 3', { refused_edits: 1, last_seen_at: '2026-11-20T00:00:00Z' }),
  device('Máy 1'),
];

describe('the order of laptops', () => {
  it('puts those first with what people must settle, then those with most wrong', () => {
    expect(names('troubles', true)).toEqual(['Máy 3', 'Máy 2', 'Máy 10', 'Máy 1']);
  });

  it('goes by how far a clock is off either way, and by the numbers of a version; what is not known is last', () => {
    expect(names('clock', true)).toEqual(['Máy 10', 'Máy 2', 'Máy 1', 'Máy 3']);
    expect(names('program', false)).toEqual(['Máy 2', 'Máy 10', 'Máy 1', 'Máy 3']);
    expect(names('waiting', true)).toEqual(['Máy 2', 'Máy 10', 'Máy 1', 'Máy 3']);
    expect(names('seen', false)).toEqual(['Máy 3', 'Máy 1', 'Máy 2', 'Máy 10']);
  });

  it('puts equal ones by name, numbers as numbers', () => {
    expect(names('edits', true)).toEqual(['Máy 2', 'Máy 10', 'Máy 1', 'Máy 3']);
    expect(names('name', true)).toEqual(['Máy 10', 'Máy 3', 'Máy 2', 'Máy 1']);
  });
});

describe('a clock', () => {
  beforeEach(() => setLanguage('en'));

  it('is right within a minute, and else said to be ahead or behind', () => {
    expect(clockWords(-59)).toBe('right');
    expect(clockWords(301)).toBe('6 minutes behind');
    expect(clockWords(-7200)).toBe('2 hours ahead');
  });
});
