import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { form } from '@rasoat/shared/fixtures/form';
import { SampleInterview } from '@rasoat/shared/fixtures/interview';
import { commands } from '@rasoat/shared/ipc';
import { Interview } from './interview.svelte';
import Note from './Note.svelte';
import RosterGrid from './RosterGrid.svelte';

let sample: SampleInterview;
let interview: Interview;

beforeEach(() => {
  vi.restoreAllMocks();
  sample = new SampleInterview();
  interview = new Interview(form, sample.open('h1'));
  vi.spyOn(commands, 'answer').mockImplementation(async (given) => ({ status: 'ok', data: sample.answer(given) }));
});

describe('a note', () => {
  test('is not in the way while there is none', () => {
    render(Note, { interview, path: 'floor_area', open: false });
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  test('is given for its question and stands there when the interview is opened again', async () => {
    const first = render(Note, { interview, path: 'floor_area', open: true });
    await userEvent.type(screen.getByRole('textbox'), ' Đo bằng thước dây {Enter}');
    expect(commands.answer).toHaveBeenCalledExactlyOnceWith({
      household: 'h1',
      path: 'floor_area#note',
      value: 'Đo bằng thước dây',
    });
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('Đo bằng thước dây');
    first.unmount();

    render(Note, { interview: new Interview(form, sample.open('h1')), path: 'floor_area', open: false });
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('Đo bằng thước dây');
  });

  test('goes when its words are taken away', async () => {
    render(Note, { interview, path: 'members.m5.birth', open: false });
    await userEvent.clear(screen.getByRole('textbox'));
    await userEvent.tab();
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(interview.nodes.get('members.m5.birth')).toMatchObject({ value: '1951', note: null });
  });

  test('marks its cell in the grid and is told to screen readers', () => {
    const roster = form.sections.flatMap((section) => section.items).find((item) => item.type === 'roster');
    const { container } = render(RosterGrid, { interview, repeat: 'members', columns: roster?.columns ?? [] });
    const marks = container.querySelectorAll<HTMLElement>('[data-note]');
    expect(marks).toHaveLength(1);
    expect(marks[0]?.title).toContain('Chưa xem được giấy tờ');
    const cell = marks[0]?.closest('td')?.querySelector('button');
    expect(cell?.getAttribute('aria-label')).toMatch(/1951.*Chưa xem được giấy tờ/);
  });
});

describe('what a supervisor asked of a member', () => {
  const asked = (state: 'open' | 'answered') => ({
    question: 'members.m5.birth',
    texts: ['Xem giấy khai sinh.'],
    by: 'Triệu Văn Sinh',
    at: '2026-11-24T09:00:00+07:00',
    state,
  });
  const columns = form.sections.flatMap(({ items }) => items).find((item) => item.type === 'roster')?.columns ?? [];

  test('marks its cell, is read out there, and stands below the grid while the keyboard is at it', async () => {
    interview.remarks = [asked('open')];
    const { container } = render(RosterGrid, { interview, repeat: 'members', columns });
    const cell = container.querySelector<HTMLElement>('[data-cell="members.m5.birth"]');
    expect(cell?.querySelector('[data-remarked="open"]')).toBeTruthy();
    expect(cell?.querySelector('button')?.getAttribute('aria-label')).toContain('nhận xét: Xem giấy khai sinh.');
    expect(screen.queryByText('Xem giấy khai sinh.')).toBeNull();
    interview.target = 'members.m5.birth';
    expect(await screen.findByText('Xem giấy khai sinh.')).toBeTruthy();
    const field = cell?.querySelector('input');
    expect(document.activeElement).toBe(field);
    const described = container.ownerDocument.getElementById(field?.getAttribute('aria-describedby') ?? '');
    expect(described?.textContent).toContain('Xem giấy khai sinh.');
  });

  test('is marked as answered once it is', () => {
    interview.remarks = [asked('answered')];
    const { container } = render(RosterGrid, { interview, repeat: 'members', columns });
    expect(container.querySelectorAll('[data-remarked="answered"]')).toHaveLength(1);
  });
});
