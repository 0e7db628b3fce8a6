import { afterEach, describe, expect, test } from 'vitest';
import { form } from '@rasoat/shared/fixtures/form';
import { SampleInterview } from '@rasoat/shared/fixtures/interview';
import { setLanguage } from '@rasoat/shared/i18n.svelte';
import type { InputKind, QuestionView } from '@rasoat/shared/ipc';
import { Interview } from './interview.svelte';
import { findQuestion } from './path';
import { fillReferences, lineWords, valueWords } from './wording';

function asked(path: string, more: Partial<QuestionView> = {}): QuestionView {
  const question = findQuestion(form, path);
  if (!question) throw new Error(path);
  return { ...question, ...more };
}

afterEach(() => setLanguage('vi'));

describe('a value', () => {
  test.each([
    ['began_at', '07:30:00.000', '07:30', '07:30'],
    ['next_visit', '2026-11-25T07:30:00.000+07:00', '25/11/2026 07:30', '25/11/2026 07:30'],
    ['trust', '7', '7', '7'],
    ['road', '12.5', '12,5', '12.5'],
    ['help_first', 'house loan', '1. Sửa nhà, 2. Vay vốn', '1. Repair of the house, 2. A loan'],
    ['house_at', '21.85 106.76 258 6', 'vĩ độ 21.85, kinh độ 106.76', 'latitude 21.85, longitude 106.76'],
    ['photo_of_house', 'nha-0107.jpg', 'Ảnh', 'Picture'],
    ['devices', 'tv radio', 'Ti vi, Đài', 'Television, Radio'],
    ['roof', 'tile', 'Ngói', 'Tiles'],
  ])('of %s (%s) reads %s, in English %s', (name, value, vi, en) => {
    expect(valueWords(form, asked(name), value)).toBe(vi);
    setLanguage('en');
    expect(valueWords(form, asked(name), value)).toBe(en);
  });

  test.each([
    ['7.6', '7,6'],
    ['1987', '1987'],
    ['2026-11-25', '25/11/2026'],
    ['07:30:00.000', '07:30'],
    ['2026-11-25T07:30:00.000+07:00', '25/11/2026 07:30'],
    ['trung bình', 'trung bình'],
  ])('that was computed (%s) reads %s', (value, words) => {
    expect(valueWords(form, asked('roof', { input: 'computed' }), value)).toBe(words);
  });

  test('that is missing reads as nothing, whatever the kind', () => {
    const kinds: InputKind[] = ['time', 'date_time', 'range', 'rank', 'point', 'file', 'computed'];
    for (const input of kinds) expect(valueWords(form, asked('roof', { input }), null), input).toBe('');
  });
});

test('references are filled in, and an ellipsis stands for what is not known', () => {
  const values: Record<string, string> = { age: '17' };
  expect(fillReferences('Người ${age} tuổi, ${ name }', (name) => values[name] ?? '')).toBe('Người 17 tuổi, …');
});

test('a line is named by its number and its first column', () => {
  const interview = new Interview(form, new SampleInterview().open('h1'));
  expect(lineWords(interview, 'members.m4')).toBe('Dòng 4, Nông Thị Lan');
  interview.nodes.delete('members.m4.full_name');
  expect(lineWords(interview, 'members.m4')).toBe('Dòng 4');
});
