import { beforeEach, describe, expect, test, vi } from 'vitest';
import { form } from '@rasoat/shared/fixtures/form';
import { SampleInterview } from '@rasoat/shared/fixtures/interview';
import { commands } from '@rasoat/shared/ipc';
import { Interview, signOffStep } from './interview.svelte';
import { findQuestion, findSection, lineOf } from './path';

let sample: SampleInterview;
let interview: Interview;

beforeEach(() => {
  sample = new SampleInterview();
  interview = new Interview(form, sample.open('h1'));
  vi.restoreAllMocks();
});

describe('an interview', () => {
  test('opens at the question that was answered last', () => {
    expect(interview.section).toBe('housing');
    expect(interview.target).toBe('floor_area');
  });

  test('sends each answer at once and shows what the engine returns', async () => {
    const answer = vi
      .spyOn(commands, 'answer')
      .mockImplementation(async (given) => ({ status: 'ok', data: sample.answer(given) }));
    expect(interview.nodes.get('rent')?.relevant).toBe(false);
    await interview.answer('lets_house', 'yes');
    expect(answer).toHaveBeenCalledExactlyOnceWith({ household: 'h1', path: 'lets_house', value: 'yes' });
    expect(interview.nodes.get('rent')?.relevant).toBe(true);
  });

  test('shows the last of two quick answers, also when what came of the first arrives', async () => {
    vi.spyOn(commands, 'answer').mockImplementation(async (given) => ({ status: 'ok', data: sample.answer(given) }));
    const first = interview.answer('devices', 'tv');
    const second = interview.answer('devices', 'tv radio');
    await first;
    expect(interview.nodes.get('devices')?.value).toBe('tv radio');
    await second;
    expect(interview.nodes.get('devices')?.value).toBe('tv radio');
  });

  test('keeps an answer that could not be written, says so, and writes it on another try', async () => {
    const answer = vi
      .spyOn(commands, 'answer')
      .mockResolvedValueOnce({ status: 'error', error: { code: 'disk_full', params: {} } });
    await interview.answer('floor_area', '40');
    expect(interview.unsaved.get('floor_area')).toBe('40');
    expect(interview.nodes.get('floor_area')?.value).toBe('40');
    expect(interview.problem?.code).toBe('disk_full');
    answer.mockImplementation(async (given) => ({ status: 'ok', data: sample.answer(given) }));
    await interview.retry();
    expect(interview.unsaved.size).toBe(0);
    expect(interview.problem).toBeNull();
  });

  test('points out a missing answer only where the person has been, or once signing off was tried', async () => {
    vi.spyOn(commands, 'answer').mockImplementation(async (given) => ({ status: 'ok', data: sample.answer(given) }));
    await interview.answer('roof', '');
    expect(interview.findingsAt('roof')).toEqual([]);
    interview.visited.add('roof');
    expect(interview.findingsAt('roof').map((finding) => finding.kind)).toEqual(['unanswered']);
  });

  test('shows a note beside its question, also when the interview is opened again', async () => {
    vi.spyOn(commands, 'answer').mockImplementation(async (given) => ({ status: 'ok', data: sample.answer(given) }));
    await interview.answer('floor_area#note', 'Đo bằng thước dây');
    expect(interview.nodes.get('floor_area')).toMatchObject({ value: '38', note: 'Đo bằng thước dây' });
    const again = new Interview(form, sample.open('h1'));
    expect(again.nodes.get('floor_area')?.note).toBe('Đo bằng thước dây');
    await again.answer('floor_area#note', '');
    expect(again.nodes.get('floor_area')).toMatchObject({ value: '38', note: null });
  });

  test('waits to be sent from the first answer that is on disk', async () => {
    const answer = vi
      .spyOn(commands, 'answer')
      .mockResolvedValueOnce({ status: 'error', error: { code: 'disk_full', params: {} } });
    await interview.answer('floor_area', '40');
    expect(interview.drafted).toBe(false);
    answer.mockImplementation(async (given) => ({ status: 'ok', data: sample.answer(given) }));
    await interview.answer('floor_area', '40');
    expect(interview.drafted).toBe(true);
  });

  test('knows the line that was added', async () => {
    vi.spyOn(commands, 'addMember').mockImplementation(async () => ({ status: 'ok', data: sample.addMember() }));
    const added = await interview.addMember('members');
    expect(interview.instances['members']?.at(-1)).toBe(added);
  });

  test('goes from section to section and ends at signing off', () => {
    interview.section = 'identity';
    for (let i = 0; i < 9; i += 1) interview.step(1);
    expect(interview.section).toBe(signOffStep);
  });

  test('jumps to a question of a member', () => {
    interview.jump('members.m4.birth');
    expect(interview.section).toBe('people');
    expect(interview.target).toBe('members.m4.birth');
  });
});

test('paths lead to their section, question and line', () => {
  expect(findSection(form, 'floor_area#reason')?.name).toBe('housing');
  expect(findQuestion(form, 'members.m4.birth')?.input).toBe('partial_date');
  expect(lineOf('members.m4.birth')).toBe('members.m4');
  expect(lineOf('floor_area')).toBeNull();
});
