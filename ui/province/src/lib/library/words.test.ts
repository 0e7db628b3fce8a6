import { expect, it } from 'vitest';
import { itemName, type Item } from './words';

const item = (rest: Partial<Item>) => ({ id: 'x', title: {}, version: '', ...rest }) as Item;

it('writes days in a version as people do, and calls a code list by its kind', () => {
  expect(itemName(item({ title: { vi: 'Chuẩn' }, version: '2027-01-01 – 2030-12-31' }))).toBe(
    'Chuẩn · 01/01/2027 – 31/12/2030',
  );
  expect(itemName(item({ id: 'units', version: '2025-07-01' }))).toBe('Danh mục xã · 01/07/2025');
  expect(itemName(item({ title: { vi: 'Phiếu' }, version: '2026.1' }))).toBe('Phiếu · 2026.1');
});
