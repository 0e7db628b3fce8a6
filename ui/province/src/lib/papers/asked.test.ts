import { expect, it } from 'vitest';
import { askedAt, formOf, papersAt, villageOf } from './asked';

it('keeps paper and place in the address, and finds them there again', () => {
  for (const asked of [
    { kind: 'posting', commune: '06001', village: 'na-pan' },
    { kind: 'results', commune: '06001' },
    { kind: 'review' },
  ] as const)
    expect(askedAt(papersAt(asked))).toEqual(asked);
  expect(papersAt({ kind: 'review' })).toBe('#/papers');
});

it('takes a village with dots and signs in its name as it is', () => {
  const asked = { kind: 'review', commune: '06001', village: 'khối 3.b&c' } as const;
  expect(askedAt(papersAt(asked))).toEqual(asked);
});

it('asks for no place and the first paper where the address says nothing that is one', () => {
  expect(askedAt('#/papers')).toEqual({ kind: 'review' });
  expect(askedAt('#/papers?place=commune.1&paper=ticket')).toEqual({ kind: 'review' });
  expect(askedAt('#/papers?place=village.06001.')).toEqual({ kind: 'review' });
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
  const paper = { kind: 'minutes', formats: ['pdf'], full_ids: 'never' } as const;
  const of = { ...paper, formats: [...paper.formats] };
  expect(formOf(of, 'commune.06001', { format: 'xlsx', full: false }).format).toBe('pdf');
});
