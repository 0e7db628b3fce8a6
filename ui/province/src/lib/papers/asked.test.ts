import { expect, it } from 'vitest';
import { PROVINCE } from '$lib/reports/asked';
import { askedAt, formOf, hindrance, papersAt, villageOf } from './asked';

it('keeps paper and place in the address, and finds them there again', () => {
  for (const asked of [
    { kind: 'posting', region: 'commune.06001', village: 'na-pan' },
    { kind: 'results', region: 'commune.06001' },
    { kind: 'interchange', region: 'district.181' },
    { kind: 'review', region: PROVINCE },
  ] as const)
    expect(askedAt(papersAt(asked))).toEqual(asked);
  expect(papersAt({ kind: 'review', region: PROVINCE })).toBe('#/papers');
});

it('takes a village with dots and signs in its name as it is', () => {
  const asked = { kind: 'review', region: 'commune.06001', village: 'khối 3.b&c' } as const;
  expect(askedAt(papersAt(asked))).toEqual(asked);
});

it('asks for the first paper of the province where the address says nothing that is one', () => {
  const first = { kind: 'review', region: PROVINCE };
  expect(askedAt('#/papers')).toEqual(first);
  expect(askedAt('#/papers?place=commune.1&paper=ticket')).toEqual(first);
  expect(askedAt('#/papers?place=village.06001.')).toEqual(first);
});

it('reads a village out of a row of its commune, and of no other', () => {
  expect(villageOf('village.06001.na-pan', '06001')).toBe('na-pan');
  expect(villageOf('village.06187.khoi-3', '06001')).toBeUndefined();
  expect(villageOf('village.06001.', '06001')).toBeUndefined();
  expect(villageOf('total', '06001')).toBeUndefined();
});

it('asks for citizen IDs in full only where somebody may choose that and did, or the paper has them anyway', () => {
  const ids = (full_ids: 'always' | 'on_request' | 'never', full: boolean) =>
    formOf({ kind: 'interviews', formats: ['pdf'], full_ids }, 'commune.06001', { format: 'pdf', full }).full_ids;
  expect(ids('on_request', true)).toBe(true);
  expect(ids('on_request', false)).toBe(false);
  expect(ids('never', true)).toBe(false);
  expect(ids('always', false)).toBe(true);
});

it('falls back to the format that there is', () => {
  const form = formOf({ kind: 'minutes', formats: ['pdf'], full_ids: 'never' }, 'commune.06001', {
    format: 'xlsx',
    full: false,
  });
  expect(form.format).toBe('pdf');
});

it('says what stands in the way of a file', () => {
  const paper = { formats: ['pdf' as const], households: 3, full_ids: 'never' as const };
  expect(hindrance(paper, true, false)).toBeUndefined();
  expect(hindrance({ ...paper, households: 0 }, true, true)).toBe('nobody');
  // Of a larger place nobody was counted: that is no hindrance.
  expect(hindrance({ ...paper, households: 0 }, false, true)).toBeUndefined();
  expect(hindrance({ ...paper, formats: [] }, false, true)).toBe('too_large');
  expect(hindrance({ ...paper, full_ids: 'always' }, true, false)).toBe('not_allowed');
  expect(hindrance({ ...paper, full_ids: 'on_request' }, true, false)).toBeUndefined();
});
