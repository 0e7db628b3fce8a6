import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { describe, expect, it } from 'vitest';
import { datasetWords, share, typed } from './words';

describe('figures of measures', () => {
  it('reads numbers as people here and elsewhere type them', () => {
    expect(['33,3', '33.3', '1.500.000', '1,500,000', ' 2 000 ', '0'].map(typed)).toEqual([
      33.3, 33.3, 1_500_000, 1_500_000, 2000, 0,
    ]);
    expect(['', '-1', 'ba', '1.2.3', '1,5 triệu'].map(typed)).toEqual(Array(5).fill(undefined));
  });

  it('says where nobody is concerned, in place of a share', () => {
    setLanguage('vi');
    expect(share({ numerator: 1, denominator: 3, share: 1 / 3 })).toBe('33,3 %');
    expect(share({ numerator: 0, denominator: 0, share: null })).toBe('không có đối tượng');
  });

  it('labels the data set in both languages, whichever the page is in', () => {
    const words = datasetWords();
    expect(words['flag.yes']).toEqual({ vi: 'có', en: 'yes' });
    expect(words['stage.certified']?.vi).not.toBe(words['stage.certified']?.en);
  });
});
