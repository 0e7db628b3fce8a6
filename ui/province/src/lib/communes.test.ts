import { describe, expect, it } from 'vitest';
import { communesWords, inOrder } from './communes';
import { shade } from './map/shade';

function commune(name: string, rest: Partial<Parameters<typeof inOrder>[0][number]> = {}) {
  return {
    code: name,
    name,
    kind: 'xã',
    lat: 22,
    lon: 106,
    households: 0,
    started: 0,
    signed: 0,
    poor: 0,
    near_poor: 0,
    open: 0,
    conflicts: 0,
    devices: 0,
    last_received_at: null,
    ...rest,
  };
}

const communes = [
  commune('Đoàn Kết', { households: 60, signed: 30, last_received_at: '2026-11-23T10:00:00Z' }),
  commune('Ba Sơn'),
  commune('Quốc Khánh', { households: 10, signed: 9, last_received_at: '2026-11-22T10:00:00Z' }),
  commune('Điềm He', { devices: 1 }),
];
const names = (list: { name: string }[]) => list.map((one) => one.name);

describe('the order of communes', () => {
  it('is Vietnamese by name', () => {
    expect(names(inOrder(communes, 'name', false))).toEqual(['Ba Sơn', 'Điềm He', 'Đoàn Kết', 'Quốc Khánh']);
  });

  it('puts what is not known last, rising or falling', () => {
    expect(names(inOrder(communes, 'share', true))).toEqual(['Quốc Khánh', 'Đoàn Kết', 'Ba Sơn', 'Điềm He']);
    expect(names(inOrder(communes, 'share', false))).toEqual(['Đoàn Kết', 'Quốc Khánh', 'Ba Sơn', 'Điềm He']);
    expect(names(inOrder(communes, 'received', false)).slice(0, 2)).toEqual(['Quốc Khánh', 'Đoàn Kết']);
  });

  it('leaves the given list as it was', () => {
    inOrder(communes, 'households', true);
    expect(communes[0]?.name).toBe('Đoàn Kết');
  });
});

describe('a shade', () => {
  it('keeps the ends for nothing and for everything', () => {
    expect([shade(0, 0), shade(0, 9), shade(1, 999), shade(998, 999), shade(9, 9)]).toEqual([null, 0, 1, 4, 5]);
  });
});

it('names a few communes each, and of many the first with how many more', () => {
  const some = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `Số ${at + 1}`, kind: 'xã' }));
  expect(communesWords([])).toBe('');
  expect(communesWords(some(4))).toBe('Xã Số 1, Xã Số 2, Xã Số 3, Xã Số 4');
  expect(communesWords(some(65))).toBe('Xã Số 1, Xã Số 2, Xã Số 3 và 62 xã, phường khác');
});
