import { fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, test, vi } from 'vitest';
import ChoiceChips from './ChoiceChips.svelte';
import ChoiceList from './ChoiceList.svelte';
import LineField from './LineField.svelte';

describe('a typed answer', () => {
  test('is given in canonical form on Enter, and Enter goes on', async () => {
    const oncommit = vi.fn();
    const onenter = vi.fn();
    render(LineField, { kind: 'money', value: null, labelledby: 'x', oncommit, onenter });
    await userEvent.type(screen.getByRole('textbox'), '1.280.000{Enter}');
    expect(oncommit).toHaveBeenCalledWith('1280000');
    expect(onenter).toHaveBeenCalledOnce();
  });

  test('is given once when the field is left, and not at all when it did not change', async () => {
    const oncommit = vi.fn();
    render(LineField, { kind: 'decimal', value: '38.5', labelledby: 'x', oncommit });
    const field = screen.getByRole<HTMLInputElement>('textbox');
    expect(field.value).toBe('38,5');
    await userEvent.click(field);
    await userEvent.tab();
    expect(oncommit).not.toHaveBeenCalled();
    await userEvent.clear(field);
    await userEvent.type(field, '40');
    await userEvent.tab();
    expect(oncommit).toHaveBeenCalledExactlyOnceWith('40');
  });

  test('that cannot be read stays as typed, says so, and is not given', async () => {
    const oncommit = vi.fn();
    const onenter = vi.fn();
    render(LineField, { kind: 'partial_date', value: null, labelledby: 'x', oncommit, onenter });
    await userEvent.type(screen.getByRole('textbox'), '5/9{Enter}');
    expect(screen.getByRole('alert').textContent).toContain('1987');
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('5/9');
    expect(oncommit).not.toHaveBeenCalled();
    expect(onenter).not.toHaveBeenCalled();
  });

  test('is not given by the Enter that ends a composition', async () => {
    const oncommit = vi.fn();
    const onenter = vi.fn();
    render(LineField, { kind: 'text', value: null, labelledby: 'x', oncommit, onenter });
    const field = screen.getByRole('textbox');
    await fireEvent.input(field, { target: { value: 'Nông Thị Én' } });
    await fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
    await fireEvent.keyDown(field, { key: 'Process', keyCode: 229 });
    expect(onenter).not.toHaveBeenCalled();
    expect(oncommit).not.toHaveBeenCalled();
    await fireEvent.keyDown(field, { key: 'Enter' });
    expect(oncommit).toHaveBeenCalledWith('Nông Thị Én');
  });
});

const roofs = [
  { name: 'tile', label: 'Ngói' },
  { name: 'sheet', label: 'Tấm lợp' },
  { name: 'other', label: 'Khác' },
];

describe('chips', () => {
  test('are chosen by their digit, and the digit pressed again does not take it back', async () => {
    const onchoose = vi.fn();
    const { rerender } = render(ChoiceChips, { choices: roofs, chosen: [], labelledby: 'x', onchoose });
    screen.getAllByRole('radio')[0]?.focus();
    await userEvent.keyboard('2');
    expect(onchoose).toHaveBeenCalledExactlyOnceWith(['sheet']);
    await rerender({ choices: roofs, chosen: ['sheet'], labelledby: 'x', onchoose });
    await userEvent.keyboard('2');
    expect(onchoose).toHaveBeenCalledOnce();
  });

  test('go on by themselves where one key says all, and wait for Enter where several may be chosen', async () => {
    const onenter = vi.fn();
    const onchoose = vi.fn();
    const { unmount } = render(ChoiceChips, { choices: roofs, chosen: [], labelledby: 'x', onchoose, onenter });
    screen.getAllByRole('radio')[0]?.focus();
    await userEvent.keyboard('3');
    expect(onenter).toHaveBeenCalledOnce();
    unmount();
    render(ChoiceChips, { choices: roofs, chosen: [], multiple: true, labelledby: 'x', onchoose, onenter });
    screen.getAllByRole('checkbox')[0]?.focus();
    await userEvent.keyboard('3');
    expect(onenter).toHaveBeenCalledOnce();
  });

  test('are passed by with Enter where no answer is needed', async () => {
    const onchoose = vi.fn();
    render(ChoiceChips, { choices: roofs, chosen: [], optional: true, labelledby: 'x', onchoose });
    screen.getAllByRole('radio')[0]?.focus();
    await userEvent.keyboard('{Enter}');
    expect(onchoose).not.toHaveBeenCalled();
  });

  test('leave digits alone while an input method composes', async () => {
    const onchoose = vi.fn();
    render(ChoiceChips, { choices: roofs, chosen: [], labelledby: 'x', onchoose });
    const first = screen.getAllByRole('radio')[0] as HTMLElement;
    await fireEvent.keyDown(first, { key: '1', isComposing: true });
    expect(onchoose).not.toHaveBeenCalled();
  });

  test('of several answers keep the order of the form', async () => {
    const onchoose = vi.fn();
    render(ChoiceChips, { choices: roofs, chosen: ['other'], multiple: true, labelledby: 'x', onchoose });
    await userEvent.click(screen.getByRole('checkbox', { name: /Ngói/ }));
    expect(onchoose).toHaveBeenCalledWith(['tile', 'other']);
  });
});

describe('a long list', () => {
  test('finds without tones and takes the first match on Enter', async () => {
    const onchoose = vi.fn();
    render(ChoiceList, { choices: roofs, value: null, label: 'Mái', onchoose });
    await userEvent.type(screen.getByRole('combobox'), 'tam{Enter}');
    expect(onchoose).toHaveBeenCalledWith('sheet');
  });

  test('takes the choice whose number it can only be, and goes on', async () => {
    const onchoose = vi.fn();
    const onenter = vi.fn();
    render(ChoiceList, { choices: roofs, value: null, label: 'Mái', onchoose, onenter });
    await userEvent.type(screen.getByRole('combobox'), '3');
    expect(onchoose).toHaveBeenCalledExactlyOnceWith('other');
    expect(onenter).toHaveBeenCalledOnce();
  });

  test('finds by number', async () => {
    const onchoose = vi.fn();
    render(ChoiceList, { choices: roofs, value: null, label: 'Mái', onchoose });
    await userEvent.type(screen.getByRole('combobox'), '3{Enter}');
    expect(onchoose).toHaveBeenCalledWith('other');
  });

  test('keeps the answer when what was typed matches nothing', async () => {
    const onchoose = vi.fn();
    render(ChoiceList, { choices: roofs, value: 'tile', label: 'Mái', onchoose });
    const field = screen.getByRole<HTMLInputElement>('combobox');
    await userEvent.clear(field);
    await userEvent.type(field, 'xyz{Enter}');
    expect(onchoose).not.toHaveBeenCalled();
    expect(field.value).toBe('Ngói');
  });
});
