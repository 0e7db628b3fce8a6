import { describe, expect, test } from 'vitest';
import { read, write } from './canonical';

describe('a time of day', () => {
  test.each([
    ['7:30', '07:30'],
    ['07:30', '07:30'],
    ['730', '07:30'],
    ['0730', '07:30'],
    ['1930', '19:30'],
    ['7h30', '07:30'],
    ['7H30', '07:30'],
    ['7 h 30', '07:30'],
    ['7g30', '07:30'],
    ['7h', '07:00'],
    ['7h5', '07:05'],
    ["7h5'", '07:05'],
    ['7 giờ', '07:00'],
    ['7 giờ 30', '07:30'],
    ['7 giờ 30 phút', '07:30'],
    ['7 giờ rưỡi', '07:30'],
    ['7.30', '07:30'],
    ['7 30', '07:30'],
    ['0:05', '00:05'],
    ['23:59', '23:59'],
    [' 7:30 ', '07:30'],
    ['07:30:00.000', '07:30'],
  ])('%s is %s', (typed, shown) => {
    expect(read('time', typed, 'vi')).toEqual({ value: `${shown}:00.000` });
    expect(write('time', `${shown}:00.000`, 'vi')).toBe(shown);
  });

  test('of the decomposed keyboard is read too', () => {
    expect(read('time', '7 giờ rưỡi'.normalize('NFD'), 'vi')).toEqual({ value: '07:30:00.000' });
  });

  test.each(['24:00', '7:60', '7', '75', '7:5', '2400', '7:30 chiều', 'sáng', '-7:30', '7:30:61', '12345', '25h'])(
    '%s is none',
    (typed) => {
      expect(read('time', typed, 'vi')).toEqual({ unreadable: 'time' });
    },
  );

  test('keeps its seconds, and what is none is shown as it is', () => {
    expect(read('time', '07:30:15', 'vi')).toEqual({ value: '07:30:15.000' });
    expect(write('time', '07:30:15.250', 'vi')).toBe('07:30:15');
    expect(write('time', 'sớm', 'vi')).toBe('sớm');
  });

  test('is cleared by an empty field', () => {
    expect(read('time', '  ', 'vi')).toEqual({ value: '' });
  });
});

describe('a day and time', () => {
  test.each([
    '25/11/2026 7:30',
    '25/11/2026 07:30',
    '25-11-2026 7h30',
    '25.11.2026 7.30',
    '25 11 2026 7 30',
    '25 11 2026 730',
    '25112026 0730',
    '251120260730',
    '25/11/2026, 7:30',
    '25/11/2026 - 07:30',
    '25/11/2026 lúc 7 giờ 30',
    'ngày 25/11/2026 lúc 7 giờ rưỡi',
    '7:30 25/11/2026',
    '7h30 ngày 25/11/2026',
    '2026-11-25 07:30',
    '2026-11-25T07:30:00.000+07:00',
    '25/11/2026 07:30 +07:00',
  ])('%s is on the clock of Viet Nam', (typed) => {
    expect(read('date_time', typed, 'vi')).toEqual({ value: '2026-11-25T07:30:00.000+07:00' });
  });

  test.each([
    '25/11/2026',
    '7:30',
    '31/11/2026 7:30',
    '25/11/26 7:30',
    '25/11/2026 24:00',
    '25/11/2026 7',
    '25/11 7:30',
    'mai 7:30',
    '25/11/2026 7:30 chiều',
    '25/11/2026-07:30',
  ])('%s is none', (typed) => {
    expect(read('date_time', typed, 'vi')).toEqual({ unreadable: 'date_time' });
  });

  test('is shown day first; a clock other than Viet Nam’s is named, and read back as it was', () => {
    expect(write('date_time', '2026-11-25T07:30:00.000+07:00', 'vi')).toBe('25/11/2026 07:30');
    const elsewhere = '2026-11-25T00:30:00.000+00:00';
    const shown = write('date_time', elsewhere, 'en');
    expect(shown).toBe('25/11/2026 00:30 +00:00');
    expect(read('date_time', shown, 'en')).toEqual({ value: elsewhere });
  });
});
