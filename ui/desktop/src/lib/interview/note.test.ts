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
