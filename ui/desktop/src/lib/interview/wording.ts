/** Values of an interview in words. */
import { formatNumber } from '@rasoat/shared/format/numbers';
import { maskCitizenId, write } from '@rasoat/shared/fields/canonical';
import { locale, say } from '@rasoat/shared/i18n.svelte';
import type { FormView, QuestionView } from '@rasoat/shared/ipc';
import { m } from '$messages';

/** A canonical value as it is read aloud; empty when there is none. Citizen IDs are masked. */
export function valueWords(form: FormView, question: QuestionView, value: string | null): string {
  if (value === null || value === '') return '';
  const labels = (names: string[]) =>
    names
      .map((name) => say(form.lists[question.list ?? '']?.find((choice) => choice.name === name)?.label) || name)
      .join(', ');
  switch (question.input) {
    case 'select_one':
      return labels([value]);
    case 'select_multiple':
      return labels(value.split(' '));
    case 'acknowledge':
      return m.interview_acknowledged();
    case 'citizen_id':
      return maskCitizenId(value);
    case 'money':
      return `${formatNumber(Number(value), locale(), 0)} đ`;
    case 'computed':
      return question.kind === 'integer' || question.kind === 'decimal' ? formatNumber(Number(value), locale()) : value;
    case 'text':
    case 'integer':
    case 'decimal':
    case 'date':
    case 'partial_date':
    case 'note':
      return write(question.input, value, locale());
  }
}
