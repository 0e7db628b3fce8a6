import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { ago, count, fold, percent, span } from './format';

afterEach(() => setLanguage('vi'));

describe('a share', () => {
  it('is whole only when everything is done, and never nothing once something is', () => {
    expect([percent(999, 1000), percent(1, 1000), percent(0, 0), percent(5, 5)]).toEqual([
      '99\u00a0%',
      '1\u00a0%',
      '0\u00a0%',
      '100\u00a0%',
    ]);
  });
});

describe('a figure', () => {
  it('is written as people here write it', () => {
    expect(count(14204)).toBe('14.204');
    setLanguage('en');
    expect(count(14204)).toBe('14,204');
  });
});

describe('how long ago', () => {
  const now = Date.parse('2026-11-23T10:00:00Z');

  it('is said in the largest unit that has passed', () => {
    expect(ago('2026-11-23T09:59:48Z', now)).toBe('12 giây trước');
    expect(ago('2026-11-23T09:57:01Z', now)).toBe('2 phút trước');
    expect(ago('2026-11-22T09:00:00Z', now)).toBe('1 ngày trước');
    setLanguage('en');
    expect(ago('2026-11-23T09:59:59Z', now)).toBe('1 second ago');
  });

  it('is no time at all when the other clock is ahead', () => {
    expect(ago('2030-01-01T00:00:00Z', now)).toBe('0 giây trước');
  });

  it('is left out when there is no such moment', () => {
    expect(ago('soon', now)).toBe('');
  });
});

describe('a wait', () => {
  it('is rounded up, so that nobody tries too early', () => {
    expect(span(61)).toBe('2 phút');
    expect(span(59.2)).toBe('1 phút');
    expect(span(0)).toBe('1 giây');
  });
});

describe('searching', () => {
  it('finds names without tones, without đ and in either Unicode form', () => {
    expect(fold('  Đoàn Kết')).toBe('doan ket');
    expect(fold('Đoàn Kết'.normalize('NFD'))).toBe('doan ket');
  });
});
