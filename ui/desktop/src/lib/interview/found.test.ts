import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { file } from '@rasoat/shared/fixtures/files';
import { form } from '@rasoat/shared/fixtures/form';
import { SampleInterview } from '@rasoat/shared/fixtures/interview';
import { commands, type QuestionView } from '@rasoat/shared/ipc';
import FindingList from './FindingList.svelte';
import { Interview } from './interview.svelte';
import InterviewScreen from './InterviewScreen.svelte';
import { findQuestion } from './path';
import Question from './Question.svelte';
import RosterSection from './RosterSection.svelte';
import SectionForm from './SectionForm.svelte';

let sample: SampleInterview;
let interview: Interview;

function question(path: string): QuestionView {
  const found = findQuestion(form, path);
  if (!found) throw new Error(path);
  return found;
}

function columns(): QuestionView[] {
  return form.sections.flatMap(({ items }) => items.flatMap((item) => (item.type === 'roster' ? item.columns : [])));
}

const roster = (shape: 'grid' | 'person') =>
  render(RosterSection, { interview, repeat: 'members', columns: columns(), shape, onnext: () => undefined });

beforeEach(() => {
  vi.restoreAllMocks();
  Element.prototype.scrollIntoView = () => undefined;
  sample = new SampleInterview();
  interview = new Interview(form, sample.open('h1'));
  interview.target = null;
  vi.spyOn(commands, 'answer').mockImplementation(async (given) => ({
    status: 'ok',
    data: structuredClone(sample.answer(given)),
  }));
  vi.spyOn(commands, 'attachment').mockImplementation(async (name) => ({ status: 'ok', data: file(name) }));
});

describe('a note that something was found at', () => {
  test('states the fact, says what is wanted, and takes the reason; Enter goes on', async () => {
    const onnext = vi.fn();
    const path = 'check_area_per_person';
    render(Question, { interview, question: question(path), path, onnext });
    const block = screen.getByRole('group', { name: 'Diện tích một người ít gặp' });
    expect(within(block).getByText(/Bình quân 7,6 m²/)).toBeTruthy();
    expect(within(block).getByText('Cần lý do:')).toBeTruthy();
    await userEvent.type(within(block).getByRole('textbox', { name: 'Lý do' }), 'Đo lại rồi{Enter}');
    expect(commands.answer).toHaveBeenCalledExactlyOnceWith({
      household: 'h1',
      path: `${path}#reason`,
      value: 'Đo lại rồi',
    });
    expect(onnext).toHaveBeenCalledExactlyOnceWith(path);
    await vi.waitFor(() => expect(within(block).getByText('Đã có lý do:')).toBeTruthy());
    expect(interview.blocking.some((finding) => finding.path === path)).toBe(false);
  });

  test('that must be put right asks for no reason, and takes the focus when jumped to', async () => {
    const path = 'check_no_head';
    render(Question, { interview, question: question(path), path, onnext: () => undefined });
    expect(screen.getByText('Phải sửa:')).toBeTruthy();
    expect(screen.queryByRole('textbox')).toBeNull();
    interview.jump(path);
    await tick();
    expect(document.activeElement?.textContent).toContain('Chưa ghi ai là chủ hộ');
    expect(interview.target).toBeNull();
  });

  test('is on the way of Enter through its section', async () => {
    const section = form.sections.find(({ name }) => name === 'housing');
    if (!section) throw new Error('housing');
    render(SectionForm, { interview, section, shape: 'grid', onend: () => undefined, onsettled: () => undefined });
    screen.getAllByRole('radio', { name: /Không/ })[0]?.focus();
    await userEvent.keyboard('{Enter}');
    expect(document.activeElement?.closest('[data-question]')?.getAttribute('data-question')).toBe(
      'check_area_per_person',
    );
  });

  test('is listed by its fact, and with its person in a roster', () => {
    render(FindingList, { interview, findings: interview.summary.findings });
    const listed = screen.getAllByRole('button').map((button) => button.querySelector('b')?.textContent?.trim());
    expect(listed).toContain('Diện tích một người ít gặp');
    expect(listed).toContain('Dòng 3, Nông Văn Hải · Đang học cấp đã học xong');
    expect(listed).toContain('Dòng 4, Nông Thị Lan · 2.3 Ngày sinh');
  });
});

test('a jump to another section ends at its question, not at the head of the section', async () => {
  const scrolled: string[] = [];
  Element.prototype.scrollTo = () => scrolled.push('head');
  Element.prototype.scrollIntoView = () => scrolled.push('question');
  render(InterviewScreen, { interview });
  scrolled.length = 0;
  interview.jump('check_no_head');
  await tick();
  expect(scrolled).toEqual(['head', 'question']);
  interview.step(-1);
  await tick();
  expect(scrolled.at(-1)).toBe('head');
});

describe('in the grid of members', () => {
  const note = 'members.m3.check_study_done';

  test('a note has no column; its line is marked and its finding stands below', () => {
    roster('grid');
    expect(screen.queryByRole('columnheader', { name: 'Đang học cấp đã học xong' })).toBeNull();
    expect(screen.getByRole('button', { name: '3. Có chỗ cần xem về người này' })).toBeTruthy();
    expect(screen.getByRole('button', { name: /Nông Văn Hải · Đang học cấp đã học xong/ })).toBeTruthy();
  });

  test.each([
    ['the mark of its line', () => screen.getByRole('button', { name: '3. Có chỗ cần xem về người này' })],
    ['its finding', () => screen.getByRole('button', { name: /Nông Văn Hải · Đang học cấp đã học xong/ })],
  ])('%s leads to the note on the person’s page', async (_, press) => {
    roster('grid');
    await userEvent.click(press());
    await tick();
    expect(screen.queryByRole('table')).toBeNull();
    expect(screen.getByRole('tab', { selected: true }).textContent).toContain('Nông Văn Hải');
    expect(document.activeElement?.closest('[data-question]')?.getAttribute('data-question')).toBe(note);
    expect(document.activeElement?.hasAttribute('data-reason')).toBe(true);
  });

  test('a jump that comes before the grid is drawn leads there as well', async () => {
    interview.jump(note);
    roster('grid');
    await tick();
    expect(document.activeElement?.closest('[data-question]')?.getAttribute('data-question')).toBe(note);
  });

  test('a jump to a question with a column stays in the grid', async () => {
    roster('grid');
    interview.jump('members.m4.birth');
    await vi.waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Nông Thị Lan: Ngày sinh'));
    expect(screen.getByRole('table')).toBeTruthy();
    expect(interview.target).toBeNull();
  });
});

describe('a cell of the grid', () => {
  const cell = (who: string, label: string) => screen.getByRole('button', { name: new RegExp(`^${who}: ${label}: `) });
  const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: /^Nông Văn Thành: / });

  test.each([
    ['Giờ đi làm, đi học', '7h30', 'leaves_home', '07:30:00.000'],
    ['Lần khám bệnh gần nhất', '25/11/2026 730', 'last_visit', '2026-11-25T07:30:00.000+07:00'],
    ['Tự chấm sức khỏe', '7', 'well', '7'],
  ])('takes %s typed as %s', async (label, typed, name, value) => {
    roster('grid');
    await userEvent.click(cell('Nông Văn Thành', label));
    await userEvent.type(field(), `${typed}{Enter}`);
    expect(commands.answer).toHaveBeenCalledExactlyOnceWith({ household: 'h1', path: `members.m1.${name}`, value });
  });

  test.each([
    ['Tự chấm sức khỏe', '11', 'từ 0 đến 10'],
    ['Giờ đi làm, đi học', '25h', '7h30'],
  ])('says why %s cannot be %s, and shows what was typed after it is left', async (label, typed, why) => {
    roster('grid');
    await userEvent.click(cell('Nông Văn Thành', label));
    await userEvent.type(field(), `${typed}{Enter}`);
    expect(commands.answer).not.toHaveBeenCalled();
    expect(screen.getByRole('alert').textContent).toContain(`Nông Văn Thành: ${label}. `);
    expect(screen.getByRole('alert').textContent).toContain(why);
    await userEvent.click(cell('Hoàng Thị Nhung', 'Ngày sinh'));
    expect(cell('Nông Văn Thành', label).textContent).toContain(`! ${typed}`);
  });

  test('with no room for the answer opens the person’s page at the question', async () => {
    roster('grid');
    await userEvent.click(cell('Nông Văn Thành', 'Cần giúp gì trước'));
    await tick();
    expect(screen.queryByRole('table')).toBeNull();
    expect(document.activeElement?.closest('[data-question]')?.getAttribute('data-question')).toBe('members.m1.help');
  });

  test('of a file opens the person’s page at the question too', async () => {
    roster('grid');
    await userEvent.click(cell('Nông Văn Thành', 'Ảnh giấy tờ'));
    await tick();
    expect(document.activeElement?.closest('[data-question]')?.getAttribute('data-question')).toBe('members.m1.photo');
    expect(document.activeElement?.textContent).toContain('Chọn tệp');
  });
});

describe('a question of each kind', () => {
  function ask(path: string) {
    return render(Question, { interview, question: question(path), path, onnext: () => undefined });
  }

  test('of a file is answered with its content, and the answer before stays where that is not taken', async () => {
    const attach = vi.spyOn(commands, 'attach');
    attach.mockResolvedValueOnce({ status: 'error', error: { code: 'attachment_type', params: {} } });
    const { container } = ask('photo_of_house');
    const before = interview.nodes.get('photo_of_house')?.value;
    const input = container.querySelector<HTMLInputElement>('input[type="file"]') as HTMLInputElement;
    const picture = () => new File(['a photo'], 'x.png', { type: 'image/png' });
    await userEvent.upload(input, picture());
    expect(await screen.findByText('Loại tệp này không nhận được.')).toBeTruthy();
    expect(attach).toHaveBeenCalledExactlyOnceWith({
      household: 'h1',
      path: 'photo_of_house',
      content: btoa('a photo'),
    });
    expect(interview.nodes.get('photo_of_house')?.value).toBe(before);
    attach.mockImplementationOnce(async ({ household, path }) => ({
      status: 'ok',
      data: structuredClone(sample.answer({ household, path, value: 'another.png' })),
    }));
    await userEvent.upload(input, picture());
    await vi.waitFor(() => expect(interview.nodes.get('photo_of_house')?.value).toBe('another.png'));
    await userEvent.click(screen.getByRole('button', { name: 'Gỡ bỏ' }));
    expect(commands.answer).toHaveBeenLastCalledWith({ household: 'h1', path: 'photo_of_house', value: '' });
  });

  test('of a signature gives a place to sign', () => {
    const { container } = ask('head_signature');
    expect(container.querySelector('[data-drawing]')).toBeTruthy();
  });

  test('on a scale, in order and at a place is answered in canonical text', async () => {
    ask('trust');
    await userEvent.click(screen.getByRole('radio', { name: '7' }));
    expect(commands.answer).toHaveBeenLastCalledWith({ household: 'h1', path: 'trust', value: '7' });
    ask('help_first');
    await userEvent.click(screen.getByRole('button', { name: 'Xác nhận thứ tự' }));
    expect(commands.answer).toHaveBeenLastCalledWith({
      household: 'h1',
      path: 'help_first',
      value: 'land loan work house school',
    });
    ask('house_at');
    const latitude = screen.getByRole('textbox', { name: /Vĩ độ/ });
    await userEvent.clear(latitude);
    await userEvent.type(latitude, '21,85{Enter}');
    expect(commands.answer).toHaveBeenLastCalledWith({
      household: 'h1',
      path: 'house_at',
      value: '21.85 106.7615 258 6',
    });
  });

  test('offers more help where there is some', async () => {
    ask('floor_area');
    await userEvent.click(screen.getByRole('button', { name: 'Hướng dẫn thêm' }));
    expect(screen.getByText(/Nhà sàn/)).toBeTruthy();
  });
});
