/** Values of an interview in words. */
import { formatNumber } from '@rasoat/shared/format/numbers';
import { maskCitizenId, write } from '@rasoat/shared/fields/canonical';
import { fileWords, orderWords, placeWords } from '@rasoat/shared/fields/words';
import { locale, say } from '@rasoat/shared/i18n.svelte';
import type { FormView, QuestionView } from '@rasoat/shared/ipc';
import { m } from '$messages';
import type { Interview } from './interview.svelte';

/** A canonical value as it is read aloud; empty when there is none. Citizen IDs are masked. */
export function valueWords(form: FormView, question: QuestionView, value: string | null): string {
  if (value === null || value === '') return '';
  const label = (name: string) =>
    say(form.lists[question.list ?? '']?.find((choice) => choice.name === name)?.label) || name;
  switch (question.input) {
    case 'select_one':
      return label(value);
    case 'select_multiple':
      return value.split(' ').map(label).join(', ');
    case 'rank':
      return orderWords(value.split(' ').map(label));
    case 'point':
      return placeWords(value);
    case 'acknowledge':
      return m.interview_acknowledged();
    case 'citizen_id':
      return maskCitizenId(value);
    case 'money':
      return `${formatNumber(Number(value), locale(), 0)} đ`;
    case 'file':
      return fileWords(value);
    case 'computed':
      return computedWords(value);
    case 'text':
    case 'integer':
    case 'decimal':
    case 'date':
    case 'partial_date':
    case 'time':
    case 'date_time':
    case 'range':
    case 'note':
      return write(question.input, value, locale());
  }
}

/** A computed value has no kind of its own: it is read as what it can only be. A whole number may as well be a code, and stays. */
function computedWords(value: string): string {
  if (/^-?\d+\.\d+$/.test(value)) return formatNumber(Number(value), locale());
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return write('date', value, locale());
  if (/^\d{2}:\d{2}:\d{2}\.\d{3}$/.test(value)) return write('time', value, locale());
  return /^\d{4}-\d{2}-\d{2}T/.test(value) ? write('date_time', value, locale()) : value;
}

/** Words with their `${name}` filled in by `valueOf`; an ellipsis where there is no value. */
export function fillReferences(words: string, valueOf: (name: string) => string): string {
  return words.replace(/\$\{\s*([^\s}]+)\s*\}/g, (_, name: string) => valueOf(name) || '…');
}

/** A line of a roster: "Dòng 4, Nông Thị Lan". The name is what stands in its first column. */
export function lineWords(interview: Pick<Interview, 'form' | 'instances' | 'nodes'>, line: string): string {
  const repeat = line.split('.')[0] ?? '';
  const number = String((interview.instances[repeat] ?? []).indexOf(line) + 1);
  const columns = interview.form.sections
    .flatMap((section) => section.items)
    .flatMap((item) => (item.type === 'roster' && item.name === repeat ? item.columns : []));
  const name = interview.nodes.get(`${line}.${columns[0]?.name}`)?.value;
  return name ? m.roster_line_of({ number, name }) : m.roster_line({ number });
}
