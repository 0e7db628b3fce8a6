import { describe, expect, test } from 'vitest';
import { read, write } from './canonical';
import { nearVietnam, placeOf, readDegrees, readPlace, splitDegrees } from './points';

describe('degrees', () => {
  test.each([
    ['21.85', '21.85'],
    ['21,85', '21.85'],
    ['21.853700', '21.8537'],
    ['21', '21'],
    ['0', '0'],
    ['-0', '0'],
    ['-21.5', '-21.5'],
    ['−21.5', '-21.5'],
    ['+21.5', '21.5'],
    ['21.85°', '21.85'],
    ['21.85 N', '21.85'],
    ['21,85° Bắc', '21.85'],
    ['106.76E', '106.76'],
    ['106,76° Đông', '106.76'],
    ['21.5 S', '-21.5'],
    ['21.5 Nam', '-21.5'],
    ['70 W', '-70'],
    [' ', ''],
  ])('%s are %s', (typed, value) => {
    expect(readDegrees(typed)).toBe(value);
  });

  test.each(['hai mươi', '21.8.5', '1e2', '2185', '21°51\'13"', '21.85 X', '--21'])('%s are none', (typed) => {
    expect(readDegrees(typed)).toBeNull();
  });
});

test.each([
  ['21.8537, 106.7615', '21.8537', '106.7615'],
  ['21.8537,106.7615', '21.8537', '106.7615'],
  ['21.8537 106.7615', '21.8537', '106.7615'],
  ['21,8537 106,7615', '21,8537', '106,7615'],
  ['21,8537; 106,7615', '21,8537', '106,7615'],
  ['(21.8537, 106.7615)', '21.8537', '106.7615'],
  ['21.85° N, 106.76° E', '21.85° N', '106.76° E'],
  ['-21.5, -70.25', '-21.5', '-70.25'],
])('%s are two numbers', (typed, latitude, longitude) => {
  expect(splitDegrees(typed)).toEqual([latitude, longitude]);
});

test.each(['21,8537', '21.8537', '21.8537,', '', 'ở nhà', '1 2 3'])('“%s” is not two numbers', (typed) => {
  expect(splitDegrees(typed)).toBeNull();
});

describe('a place', () => {
  test('is put together with height and accuracy unknown', () => {
    expect(readPlace({ latitude: '21,85', longitude: '106.76' })).toEqual({ value: '21.85 106.76 0 0' });
  });
  test('keeps height and accuracy that came with it', () => {
    const before = placeOf('21.8537 106.7615 258 6');
    expect(readPlace({ latitude: '21.85', longitude: '106.76' }, before)).toEqual({ value: '21.85 106.76 258 6' });
  });
  test.each([
    ['', '', ''],
    ['90', '180', '90 180 0 0'],
    ['-90', '-180', '-90 -180 0 0'],
  ])('%s and %s are within the earth', (latitude, longitude, value) => {
    expect(readPlace({ latitude, longitude })).toEqual({ value });
  });
  test.each([
    ['21.85', '', 'half'],
    ['', '106.76', 'half'],
    ['x', '106.76', 'number'],
    ['21.85', 'x', 'number'],
    ['106.76', '21.85', 'swapped'],
    ['218', '106.76', 'latitude'],
    ['106.76', '106.76', 'latitude'],
    ['21.85', '181', 'longitude'],
  ])('%s and %s: %s', (latitude, longitude, problem) => {
    expect(readPlace({ latitude, longitude })).toEqual({ problem });
  });
  test('in one line is read and shown as maps write it', () => {
    expect(read('point', '21.8537, 106.7615', 'vi')).toEqual({ value: '21.8537 106.7615 0 0' });
    expect(write('point', '21.8537 106.7615 258 6', 'vi')).toBe('21.8537, 106.7615');
    expect(read('point', '21.8537', 'vi')).toEqual({ unreadable: 'point' });
    expect(read('point', '106.7, 21.8', 'vi')).toEqual({ unreadable: 'point' });
  });
  test('far from Viet Nam is noticed', () => {
    const near = (canonical: string) => {
      const place = placeOf(canonical);
      return place && nearVietnam(place);
    };
    expect(near('21.8537 106.7615 0 0')).toBe(true);
    expect(near('8.65 111.92 0 0')).toBe(true);
    expect(near('48.85 2.35 0 0')).toBe(false);
    expect(placeOf('a b')).toBeNull();
    expect(placeOf('21.85')).toBeNull();
    expect(placeOf(null)).toBeNull();
  });
});
