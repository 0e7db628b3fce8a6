import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { form } from '@rasoat/shared/fixtures/form';
import { SampleInterview } from '@rasoat/shared/fixtures/interview';
import { Interview } from './interview.svelte';
import SignOff from './SignOff.svelte';

function withFindings(completion: 'block' | 'warn' | 'allow'): Interview {
  const opened = new SampleInterview().open('h1');
  const path = 'floor_area';
  const finding = {
    kind: 'error' as const,
    path,
    message: {},
    reason: null,
    blocks: completion === 'block',
    completion,
  };
  const interview = new Interview(form, { ...opened, signed: false });
  interview.summary = { ...opened.summary, findings: [finding] };
  return interview;
}

function signButton(): HTMLButtonElement {
  const button = document.querySelector<HTMLButtonElement>('[data-sign-off]');
  if (!button) throw new Error('no button to sign with');
  return button;
}

test('what blocks keeps from signing', () => {
  render(SignOff, { interview: withFindings('block') });
  expect(signButton().disabled).toBe(true);
});

test('what the author wants looked at asks once more, and then signs', async () => {
  const interview = withFindings('warn');
  const signed = vi.spyOn(interview, 'signOff').mockResolvedValue();
  render(SignOff, { interview });
  await userEvent.click(signButton());
  expect(signed).not.toHaveBeenCalled();
  await userEvent.click(await screen.findByRole('button', { name: 'Đã xem, ký phiếu' }));
  expect(signed).toHaveBeenCalledOnce();
});

test('what is merely allowed signs at once', async () => {
  const interview = withFindings('allow');
  const signed = vi.spyOn(interview, 'signOff').mockResolvedValue();
  render(SignOff, { interview });
  await userEvent.click(signButton());
  expect(signed).toHaveBeenCalledOnce();
});
