import { expect, it } from 'vitest';
import { matching } from './choice';

const communes = [
  { name: 'Đoàn Kết', code: '06001' },
  { name: 'Kỳ Lừa', code: '05977' },
];

it('finds communes by words without tones, in any order, and by code', () => {
  const found = (text: string) => matching(communes, text).map((commune) => commune.code);
  expect(found('ket doan')).toEqual(['06001']);
  expect(found('KY LU')).toEqual(['05977']);
  expect(found('0597')).toEqual(['05977']);
  expect(found('k')).toEqual(['06001', '05977']);
  expect(found('xa')).toEqual([]);
  expect(found(' ')).toHaveLength(2);
});
