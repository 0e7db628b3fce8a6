import { expect, test } from 'vitest';
import { strength } from './passphrase';

test.each([
  ['matkhau', 'short'],
  ['12345678901234', 'weak'],
  ['aaaaaaaaaaaa', 'weak'],
  ['suối Nặm2', 'weak'],
  ['mạ xanh đồi', 'fair'],
  ['mạ xanh đồi cọ trắng', 'good'],
] as const)('“%s” is %s', (passphrase, expected) => {
  expect(strength(passphrase)).toBe(expected);
});
