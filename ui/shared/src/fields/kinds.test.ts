import { fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, test, vi } from 'vitest';
import Guidance from './Guidance.svelte';
import LineField from './LineField.svelte';
import PointField from './PointField.svelte';
import RangeField from './RangeField.svelte';
import RankField from './RankField.svelte';
import { scaleOf, type Scale } from './scale';

const labelledby = 'x';

function scale(start: number, end: number, step: number): Scale {
  return scaleOf({ start, end, step }) as Scale;
}

describe('a time', () => {
  test('is given on Enter, and shown as a clock shows it', async () => {
    const oncommit = vi.fn();
    const { rerender } = render(LineField, { kind: 'time', value: null, labelledby, oncommit });
    await userEvent.type(screen.getByRole('textbox'), '7h30{Enter}');
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('07:30:00.000');
    await rerender({ kind: 'time', value: '07:30:00.000', labelledby, oncommit });
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('07:30');
  });

  test('typed again as it stands keeps the seconds that came with it', async () => {
    const oncommit = vi.fn();
    render(LineField, { kind: 'date_time', value: '2026-11-25T07:30:00.123+07:00', labelledby, oncommit });
    const field = screen.getByRole<HTMLInputElement>('textbox');
    await userEvent.clear(field);
    await userEvent.type(field, '25/11/2026 07:30{Enter}');
    expect(oncommit).not.toHaveBeenCalled();
  });

  test('that is a bare hour is asked for in full', async () => {
    const oncommit = vi.fn();
    render(LineField, { kind: 'time', value: null, labelledby, oncommit });
    await userEvent.type(screen.getByRole('textbox'), '7{Enter}');
    expect(screen.getByRole('alert').textContent).toContain('7h30');
    expect(oncommit).not.toHaveBeenCalled();
  });
});

describe('a short scale', () => {
  function open(value: string | null, more: object = {}) {
    const oncommit = vi.fn();
    const onenter = vi.fn();
    const view = render(RangeField, { scale: scale(0, 10, 1), value, labelledby, oncommit, onenter, ...more });
    return { oncommit, onenter, ...view };
  }
  const marks = () => screen.getAllByRole('radio');

  test('shows every mark and says which end is which', () => {
    open('7');
    expect(marks().map((mark) => mark.textContent)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    expect(marks()[7]?.getAttribute('aria-checked')).toBe('true');
    expect(screen.getByRole('radiogroup').getAttribute('aria-describedby')).toContain('-ends');
    expect(screen.getByText('0 là thấp nhất')).toBeTruthy();
  });

  test('is answered by a digit, and by two for ten', async () => {
    const { oncommit } = open(null);
    marks()[0]?.focus();
    await userEvent.keyboard('1');
    expect(oncommit).toHaveBeenLastCalledWith('1');
    await userEvent.keyboard('0');
    expect(oncommit).toHaveBeenLastCalledWith('10');
    expect(document.activeElement).toBe(marks()[10]);
  });

  test('is stepped by the arrows, to its ends by Home and End, and cleared by Delete', async () => {
    const { oncommit, rerender } = open('7');
    marks()[7]?.focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(oncommit).toHaveBeenLastCalledWith('8');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(oncommit).toHaveBeenLastCalledWith('6');
    await userEvent.keyboard('{End}');
    expect(oncommit).toHaveBeenLastCalledWith('10');
    await userEvent.keyboard('{ArrowRight}');
    expect(oncommit).toHaveBeenLastCalledWith('10');
    await rerender({ scale: scale(0, 10, 1), value: '10', labelledby, oncommit });
    await userEvent.keyboard('{Delete}');
    expect(oncommit).toHaveBeenLastCalledWith('');
  });

  test('goes on with Enter, and leaves keys alone while an input method composes', async () => {
    const { oncommit, onenter } = open('7');
    const mark = marks()[7] as HTMLElement;
    mark.focus();
    await fireEvent.keyDown(mark, { key: '3', isComposing: true });
    await fireEvent.keyDown(mark, { key: 'ArrowRight', keyCode: 229 });
    expect(oncommit).not.toHaveBeenCalled();
    await userEvent.keyboard('{Enter}');
    expect(onenter).toHaveBeenCalledOnce();
    expect(oncommit).not.toHaveBeenCalled();
  });

  test('says when what stands there is none of its marks', () => {
    open('12');
    expect(screen.getByText(/Đang ghi 12/)).toBeTruthy();
    expect(marks().every((mark) => mark.getAttribute('aria-checked') === 'false')).toBe(true);
  });
});

describe('a long scale', () => {
  const road = scale(0, 30, 0.5);

  test('takes a typed number in the way of the language', async () => {
    const oncommit = vi.fn();
    const onenter = vi.fn();
    render(RangeField, { scale: road, value: null, labelledby, oncommit, onenter });
    await userEvent.type(screen.getByRole('spinbutton'), '12,5{Enter}');
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('12.5');
    expect(onenter).toHaveBeenCalledOnce();
  });

  test.each(['31', '12,3', '-1', 'xa'])('does not take %s, and says what it has', async (typed) => {
    const oncommit = vi.fn();
    render(RangeField, { scale: road, value: null, labelledby, oncommit });
    await userEvent.type(screen.getByRole('spinbutton'), `${typed}{Enter}`);
    expect(screen.getByRole('alert').textContent).toContain('từ 0 đến 30');
    expect(screen.getByRole<HTMLInputElement>('spinbutton').value).toBe(typed);
    expect(oncommit).not.toHaveBeenCalled();
  });

  test('is stepped by the arrows and by its buttons, from what is typed', async () => {
    const oncommit = vi.fn();
    render(RangeField, { scale: road, value: '12.5', labelledby, oncommit });
    const field = screen.getByRole('spinbutton');
    field.focus();
    await userEvent.keyboard('{ArrowUp}');
    expect(oncommit).toHaveBeenLastCalledWith('13');
    await userEvent.keyboard('{PageDown}');
    expect(oncommit).toHaveBeenLastCalledWith('7.5');
    await userEvent.clear(field);
    await userEvent.type(field, '20{ArrowDown}');
    expect(oncommit).toHaveBeenLastCalledWith('19.5');
    await userEvent.click(screen.getByRole('button', { name: 'Thêm 0,5' }));
    expect(oncommit).toHaveBeenLastCalledWith('13');
  });
});

describe('an order', () => {
  const choices = [
    { name: 'land', label: 'Đất' },
    { name: 'loan', label: 'Vốn' },
    { name: 'work', label: 'Việc' },
    { name: 'house', label: 'Nhà' },
  ];
  function open(value: string | null) {
    const oncommit = vi.fn();
    const onenter = vi.fn();
    return { oncommit, onenter, ...render(RankField, { choices, value, labelledby, oncommit, onenter }) };
  }
  const rows = () => screen.getAllByRole('button', { name: /^\d\. / });
  const standing = () => rows().map((row) => row.getAttribute('aria-label'));

  test('of the form is no answer until it is confirmed', async () => {
    const { oncommit, onenter } = open(null);
    expect(screen.getByText(/^Chưa trả lời/)).toBeTruthy();
    rows()[0]?.focus();
    await userEvent.keyboard('{Enter}');
    expect(oncommit).not.toHaveBeenCalled();
    expect(document.activeElement?.textContent).toContain('Xác nhận thứ tự');
    await userEvent.keyboard('{Enter}');
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('land loan work house');
    expect(onenter).toHaveBeenCalledOnce();
  });

  test('is given by digits, each taking the next place, and answered with the last', async () => {
    const { oncommit } = open(null);
    rows()[0]?.focus();
    await userEvent.keyboard('4');
    expect(standing()).toEqual(['1. Nhà', '2. Đất', '3. Vốn', '4. Việc']);
    expect(screen.getByText(/Đã xếp 1\/4/)).toBeTruthy();
    expect(document.activeElement).toBe(rows()[1]);
    await userEvent.keyboard('4');
    expect(oncommit).not.toHaveBeenCalled();
    await userEvent.keyboard('4');
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('house work loan land');
  });

  test('is given by presses, from the first on', async () => {
    const { oncommit } = open(null);
    for (const name of ['Việc', 'Đất', 'Nhà'])
      await userEvent.click(screen.getByRole('button', { name: new RegExp(`^\\d\\. ${name}`) }));
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('work land house loan');
  });

  test('is changed with Alt and the arrows; the arrows alone only go along', async () => {
    const { oncommit, rerender } = open('land loan work house');
    rows()[0]?.focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(rows()[1]);
    expect(oncommit).not.toHaveBeenCalled();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('land work loan house');
    await rerender({ choices, value: 'land work loan house', labelledby, oncommit });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('3. Vốn');
    expect(screen.getByText('Vốn: thứ 3 trong 4')).toBeTruthy();
  });

  test('is changed with the buttons, and past its ends nothing moves', async () => {
    const { oncommit } = open(null);
    await userEvent.click(screen.getByRole('button', { name: 'Đưa lên: Đất' }));
    expect(oncommit).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Đưa lên: Việc' }));
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('land work loan house');
  });

  test('can be taken back, and leaves keys alone while an input method composes', async () => {
    const { oncommit } = open('house land loan work');
    const row = rows()[1] as HTMLElement;
    await fireEvent.keyDown(row, { key: 'ArrowDown', altKey: true, isComposing: true });
    expect(oncommit).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Xếp lại từ đầu' }));
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('');
  });

  test('of choices that are not all offered any more wants to be confirmed again', async () => {
    const { oncommit } = open('house gone land');
    expect(standing()).toEqual(['1. Nhà', '2. Đất', '3. Vốn', '4. Việc']);
    await userEvent.click(screen.getByRole('button', { name: 'Xác nhận thứ tự' }));
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('house land loan work');
  });
});

describe('a place', () => {
  function open(value: string | null) {
    const oncommit = vi.fn();
    const onenter = vi.fn();
    const view = render(PointField, { value, labelledby, oncommit, onenter });
    return { oncommit, onenter, ...view };
  }
  const field = (name: RegExp) => screen.getByRole<HTMLInputElement>('textbox', { name });

  test('is typed number by number; Enter leads to the second and then on', async () => {
    const { oncommit, onenter } = open(null);
    await userEvent.type(field(/Vĩ độ/), '21,8537{Enter}');
    expect(document.activeElement).toBe(field(/Kinh độ/));
    expect(oncommit).not.toHaveBeenCalled();
    await userEvent.keyboard('106.7615{Enter}');
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('21.8537 106.7615 0 0');
    expect(onenter).toHaveBeenCalledOnce();
  });

  test('copied from a map goes into both fields', async () => {
    const { oncommit } = open(null);
    await userEvent.click(field(/Vĩ độ/));
    await userEvent.paste('21.8537, 106.7615');
    await userEvent.tab();
    expect(field(/Kinh độ/).value).toBe('106.7615');
    await userEvent.tab();
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('21.8537 106.7615 0 0');
  });

  test('keeps height and accuracy, and is not given again unchanged', async () => {
    const { oncommit } = open('21.8537 106.7615 258 6');
    expect(screen.getByText(/258 m, sai số 6 m/)).toBeTruthy();
    await userEvent.click(field(/Vĩ độ/));
    await userEvent.tab();
    await userEvent.tab();
    expect(oncommit).not.toHaveBeenCalled();
    await userEvent.clear(field(/Vĩ độ/));
    await userEvent.type(field(/Vĩ độ/), '21.85{Enter}');
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('21.85 106.7615 258 6');
  });

  test.each([
    ['106.76', '21.85', 'ghi ngược'],
    ['218', '106.76', 'Vĩ độ phải'],
    ['21.85', '190', 'Kinh độ phải'],
    ['21.85', 'x', 'số thập phân'],
  ])('of %s and %s is not given, with the reason', async (latitude, longitude, reason) => {
    const { oncommit } = open(null);
    await userEvent.type(field(/Vĩ độ/), latitude);
    await userEvent.type(field(/Kinh độ/), `${longitude}{Enter}`);
    expect(screen.getByRole('alert').textContent).toContain(reason);
    expect(oncommit).not.toHaveBeenCalled();
  });

  test('wants both numbers once it is left, and none clears', async () => {
    const { oncommit } = open('21.8537 106.7615 0 0');
    await userEvent.clear(field(/Kinh độ/));
    await userEvent.tab();
    expect(screen.getByRole('alert').textContent).toContain('cả vĩ độ và kinh độ');
    await userEvent.clear(field(/Vĩ độ/));
    await userEvent.keyboard('{Enter}');
    await userEvent.click(document.body);
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('');
  });

  test('outside Viet Nam is taken, and pointed out', () => {
    open('48.85 2.35 0 0');
    expect(screen.getByRole('status').textContent).toContain('ngoài Việt Nam');
  });
});

test('further guidance opens when asked for', async () => {
  render(Guidance, { words: 'Đo lòng nhà.' });
  const button = screen.getByRole('button', { name: 'Hướng dẫn thêm' });
  expect(button.getAttribute('aria-expanded')).toBe('false');
  const words = document.getElementById(button.getAttribute('aria-controls') ?? '');
  expect(words?.hidden).toBe(true);
  button.focus();
  await userEvent.keyboard('{Enter}');
  expect(button.getAttribute('aria-expanded')).toBe('true');
  expect(words?.hidden).toBe(false);
});
