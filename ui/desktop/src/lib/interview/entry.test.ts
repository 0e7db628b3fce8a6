import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { form } from '@rasoat/shared/fixtures/form';
import { SampleInterview } from '@rasoat/shared/fixtures/interview';
import { commands } from '@rasoat/shared/ipc';
import { Interview } from './interview.svelte';
import InterviewScreen from './InterviewScreen.svelte';

let sample: SampleInterview;
let interview: Interview;

beforeEach(() => {
  vi.restoreAllMocks();
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.scrollTo = () => undefined;
  sample = new SampleInterview();
  interview = new Interview(form, sample.open('h1'));
  interview.target = null;
  const done = (data: ReturnType<SampleInterview['answer']>) => ({
    status: 'ok' as const,
    data: structuredClone(data),
  });
  vi.spyOn(commands, 'answer').mockImplementation(async (given) => done(sample.answer(given)));
  vi.spyOn(commands, 'addMember').mockImplementation(async () => done(sample.addMember()));
  vi.spyOn(commands, 'removeMember').mockImplementation(async (_, line) => done(sample.removeMember(line)));
  vi.spyOn(commands, 'confirmAnswers').mockImplementation(async (_, paths) => done(sample.confirm(paths)));
});

const cell = () => document.activeElement?.closest<HTMLElement>('[data-cell]')?.dataset['cell'];
const reached = (path: string) => vi.waitFor(() => expect(cell()).toBe(path));

test('a section that is entered begins at the first cell that wants an answer, and Enter confirms cell by cell', async () => {
  interview.section = 'people';
  interview.entering = true;
  render(InterviewScreen, { interview });
  await reached('members.m1.leaves_home');
  interview.jump('members.m2.full_name');
  await reached('members.m2.full_name');
  await userEvent.keyboard('{Enter}');
  await reached('members.m2.relation');
  expect(commands.confirmAnswers).toHaveBeenCalledExactlyOnceWith('h1', ['members.m2.full_name']);
  expect(interview.carried.has('members.m2.full_name')).toBe(false);
});

test('F9 confirms the whole line, typing corrects', async () => {
  render(InterviewScreen, { interview });
  interview.jump('members.m2.birth');
  await reached('members.m2.birth');
  await userEvent.keyboard('1988{Enter}');
  await reached('members.m2.sex');
  expect(interview.carried.has('members.m2.birth')).toBe(false);
  await userEvent.keyboard('{F9}');
  await vi.waitFor(() => expect([...interview.carried].some((path) => path.startsWith('members.m2.'))).toBe(false));
  expect([...interview.carried].some((path) => path.startsWith('members.m3.'))).toBe(true);
});

test('Ctrl+Z takes back the last answer, a removed line and an added one, and leads there', async () => {
  render(InterviewScreen, { interview });
  await interview.answer('floor_area', '40');
  await userEvent.keyboard('{Control>}z{/Control}');
  await vi.waitFor(() => expect(interview.nodes.get('floor_area')?.value).toBe('38'));
  const before = interview.instances['members'];
  await interview.removeMember('members.m4');
  await userEvent.keyboard('{Control>}z{/Control}');
  await vi.waitFor(() => expect(interview.instances['members']).toHaveLength(before?.length ?? 0));
  const back = interview.instances['members']?.at(-1);
  await vi.waitFor(() => expect(interview.nodes.get(`${back}.birth`)?.value).toBe('1980-11-17'));
  await interview.addMember('members');
  await userEvent.keyboard('{Control>}z{/Control}');
  await vi.waitFor(() => expect(interview.instances['members']).toHaveLength(before?.length ?? 0));
});

test('a digit answers a question and goes on to the next that wants an answer', async () => {
  render(InterviewScreen, { interview });
  screen.getByRole('radio', { name: 'Ngói' }).focus();
  await userEvent.keyboard('1');
  expect(commands.answer).toHaveBeenCalledExactlyOnceWith({ household: 'h1', path: 'roof', value: 'concrete' });
  // The area is answered, but its warning wants a reason.
  await vi.waitFor(() => expect(document.activeElement?.hasAttribute('data-reason')).toBe(true));
});
