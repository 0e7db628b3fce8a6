import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { form } from '@rasoat/shared/fixtures/form';
import { SampleInterview } from '@rasoat/shared/fixtures/interview';
import { printed } from '@rasoat/shared/fixtures/print';
import { Interview } from '$lib/interview/interview.svelte';
import Paper from './Paper.svelte';

function paper(fullIds: boolean) {
  const view = printed(new SampleInterview().open('h1'), fullIds);
  const { container } = render(Paper, { view, interview: new Interview(form, view.interview) });
  return { view, text: container.textContent?.replace(/\s+/g, ' ') ?? '', container };
}

test('under each standard stand its class, why, and what of it is not verified', () => {
  const { view, container } = paper(false);
  const classes = [...container.querySelectorAll('[data-class]')].map((one) => one.textContent?.trim());
  expect(classes).toEqual(['Hộ nghèo', 'Hộ nghèo (tạm tính, chưa được kiểm chứng)']);
  for (const classification of view.interview.summary.classifications) {
    const deprived = classification.indicators.filter(({ state }) => state === 'deprived');
    expect(deprived.length).toBeGreaterThan(0);
    for (const { causes } of deprived)
      for (const { text } of causes) expect(container.textContent).toContain(text['vi']);
  }
  expect(container.textContent).toContain('Có ngưỡng chưa được kiểm chứng với văn bản gốc.');
});

test('what was asked stands there with its answer, citizen IDs as they are given, and a draft is called one', () => {
  const masked = paper(false);
  expect(masked.text).toContain('020 •••• 4417');
  expect(masked.text).not.toMatch(/\d{12}/);
  expect(masked.container.querySelector('[data-draft]')).toBeTruthy();
  expect(paper(true).text).toMatch(/\d{12}/);
});
