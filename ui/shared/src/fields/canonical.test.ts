import { describe, expect, test } from 'vitest';
import { maskCitizenId, read, write } from './canonical';

describe('money', () => {
  test.each([
    ['500k', '500000'],
    ['45tr', '45000000'],
    ['1,5tr', '1500000'],
    ['1.5 triệu', '1500000'],
    ['2tr5', '2500000'],
    ['2tr050', '2050000'],
    ['1 tỷ 2', '1200000000'],
    ['700 nghìn đồng', '700000'],
  ])('%s is %s', (typed, value) => {
    expect(read('money', typed, 'vi')).toEqual({ value });
  });

  test.each(['1280000', '1.280.000', '1,280,000', '1 280 000'])(
    '%s is one million two hundred and eighty thousand',
    (typed) => {
      expect(read('money', typed, 'vi')).toEqual({ value: '1280000' });
    },
  );
  test('is shown with separators', () => {
    expect(write('money', '1280000', 'vi')).toBe('1.280.000');
    expect(write('money', '1280000', 'en')).toBe('1,280,000');
  });
  test('words are no number', () => {
    for (const typed of ['2,5tỷ5', '1,2345k', '2x'])
      expect(read('money', typed, 'vi'), typed).toEqual({ unreadable: 'number' });
    expect(read('money', 'hai triệu', 'vi')).toEqual({ unreadable: 'number' });
  });
});

describe('numbers with decimals', () => {
  test.each([
    ['7,6', 'vi', '7.6'],
    ['7.6', 'vi', '7.6'],
    ['1.280', 'vi', '1280'],
    ['1.280,5', 'vi', '1280.5'],
    ['1.280', 'en', '1.28'],
    ['1,280', 'en', '1280'],
  ] as const)('%s in %s is %s', (typed, language, value) => {
    expect(read('decimal', typed, language)).toEqual({ value });
  });
});

describe('dates', () => {
  test.each(['12/3/1984', '12-03-1984', '12.03.1984', '12 03 1984', '12031984', '1984-03-12'])(
    '%s is a day',
    (typed) => {
      expect(read('date', typed, 'vi')).toEqual({ value: '1984-03-12' });
    },
  );
  test.each(['31/02/2020', '12/13/1984', '12/3/84', '1984'])('%s is no day', (typed) => {
    expect(read('date', typed, 'vi')).toEqual({ unreadable: 'date' });
  });
  test('a year alone is a partial date, half a day is not', () => {
    expect(read('partial_date', '1987', 'vi')).toEqual({ value: '1987' });
    expect(read('partial_date', '05/09/2007', 'vi')).toEqual({ value: '2007-09-05' });
    expect(read('partial_date', '5/9', 'vi')).toEqual({ unreadable: 'partial_date' });
  });
  test('are shown day first', () => {
    expect(write('partial_date', '1984-03-12', 'vi')).toBe('12/03/1984');
    expect(write('partial_date', '1987', 'vi')).toBe('1987');
  });
});

test('typed Vietnamese is stored composed', () => {
  expect(read('text', ' Nông Thị Lan'.normalize('NFD'), 'vi')).toEqual({ value: 'Nông Thị Lan'.normalize('NFC') });
});

test('a citizen ID loses its spaces and is masked for show', () => {
  expect(read('citizen_id', '020 084 004 417', 'vi')).toEqual({ value: '020084004417' });
  expect(maskCitizenId('020084004417')).toBe('020 •••• 4417');
});

test('an empty field clears the answer', () => {
  expect(read('money', '  ', 'vi')).toEqual({ value: '' });
});
