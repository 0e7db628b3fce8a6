import { expect, it } from 'vitest';
import { askedAt, communeOf, reportsAt, rowsAt } from './asked';

it('keeps what is asked for in the address, and finds it there again', () => {
  const asked = {
    table: 'causes',
    round: 2026,
    lock: 3,
    standard: 1,
    place: 'commune.06001',
    rows: 'villages',
    recognised: true,
    row: 'village.06001.thon-1',
    column: 'poor_households',
    target: undefined,
    which: undefined,
  };
  expect(askedAt(reportsAt(asked))).toEqual(asked);
});

it('asks for the official table of the whole province where nothing is said', () => {
  const asked = askedAt('#/reports');
  expect(asked).toMatchObject({ table: 'official', standard: 0, place: 'province', recognised: false });
  expect(reportsAt(asked)).toBe('#/reports?table=official');
});

it('takes no number from an address that is none', () => {
  expect(askedAt('#/reports?round=x&lock=-1&standard=')).toMatchObject({
    round: undefined,
    lock: undefined,
    standard: 0,
  });
});

it('goes down from the province to the villages', () => {
  expect(rowsAt('province')).toContain('districts');
  expect(rowsAt('commune.06001')).toEqual(['villages']);
  expect(communeOf('commune.06001')).toBe('06001');
  expect(rowsAt('village.06001.thon-1')).toEqual(['villages']);
  expect(communeOf('village.06001.thon-1')).toBe('06001');
  expect([communeOf('district.181'), communeOf('commune.0600'), communeOf('village.06001')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
