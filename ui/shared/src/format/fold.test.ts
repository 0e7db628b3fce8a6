import { expect, test } from 'vitest';
import { fold } from './fold';

test('tones, marks and đ are folded away', () => {
  expect(fold(' Nguyễn Thị Đào ')).toBe('nguyen thi dao');
  expect(fold('Ê-đê')).toBe('e-de');
});
