import { render } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { form } from '@rasoat/shared/fixtures/form';
import { SampleInterview } from '@rasoat/shared/fixtures/interview';
import { commands } from '@rasoat/shared/ipc';
import { Interview } from '$lib/interview/interview.svelte';
import PaperForm from './PaperForm.svelte';

let sample: SampleInterview;
let interview: Interview;
const onaside = vi.fn();

function show() {
  const last = createRawSnippet(() => ({ render: () => '<p data-last>…</p>' }));
  return render(PaperForm, { interview, second: false, keys: 0, onaside, last });
}

beforeEach(() => {
  vi.restoreAllMocks();
  Element.prototype.scrollIntoView = () => undefined;
  sample = new SampleInterview();
  interview = new Interview(form, { ...sample.open('h1'), resume_at: null }, true);
  const done = (data: ReturnType<SampleInterview['answer']>) => ({
    status: 'ok' as const,
    data: structuredClone(data),
  });
  vi.spyOn(commands, 'answer').mockImplementation(async (given) => done(sample.answer(given)));
  vi.spyOn(commands, 'confirmAnswers').mockImplementation(async (_, paths) => done(sample.confirm(paths)));
});

const at = () => {
  const here = document.activeElement;
  return (
    here?.closest<HTMLElement>('[data-cell]')?.dataset['cell'] ??
    here?.closest<HTMLElement>('[data-question]')?.dataset['question']
  );
};
const reached = (path: string) => vi.waitFor(() => expect(at()).toBe(path));

test('whatever stands there before anything was typed is to be confirmed, and behind the last place where it was begun', () => {
  const valued = interview.opened.nodes.filter((node) => node.value !== null && !node.read_only);
  expect(valued.length).toBeGreaterThan(5);
  expect(valued.every((node) => interview.carried.has(node.path))).toBe(true);
  const begun = new Interview(form, { ...sample.open('h1'), resume_at: 'roof' }, true);
  expect(begun.carried.has('interview_date')).toBe(false);
  expect(begun.carried.has('floor_area')).toBe(true);
});

test('the keyboard stays at a wrong answer until it is put right', async () => {
  interview.entering = false;
  show();
  interview.jump('members.m4.birth');
  await reached('members.m4.birth');
  await userEvent.keyboard('{Enter}');
  await vi.waitFor(() => expect(interview.saving).toBe(0));
  await reached('members.m4.birth');
  await userEvent.keyboard('17112014{Enter}');
  await vi.waitFor(() => expect(at()).not.toBe('members.m4.birth'));
}, 20_000);

test('a warning is passed by: its reason is asked for at the end', async () => {
  interview.entering = false;
  show();
  interview.jump('floor_area');
  await reached('floor_area');
  expect(interview.findingsAt('floor_area').some((finding) => finding.kind === 'warning')).toBe(true);
  await userEvent.keyboard('{Enter}');
  await reached('lets_house');
});

test('Ctrl with the arrows goes to answered questions, too, and F10 lays the paper aside', async () => {
  interview.entering = false;
  show();
  interview.jump('floor_area');
  await reached('floor_area');
  await userEvent.keyboard('{Control>}{ArrowUp}{/Control}');
  await reached('roof');
  await userEvent.keyboard('{Control>}{ArrowDown}{/Control}');
  await reached('floor_area');
  await userEvent.keyboard('{F10}');
  expect(onaside).toHaveBeenCalledOnce();
});
