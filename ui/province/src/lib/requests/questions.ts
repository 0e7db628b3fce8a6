import type { components } from '@rasoat/shared/api/index';
import { say } from '@rasoat/shared/i18n.svelte';
import { answerWords, rowNames } from '$lib/household/reading';
import { m } from '$lib/words';

type Household = components['schemas']['HouseholdView'];
type Question = components['schemas']['QuestionView'];

interface Option {
  value: string;
  label: string;
}

/** The repeat whose rows are people. */
const MEMBERS = 'members';

/** The members of a household, by their paths. */
export function membersOf({ sections }: Pick<Household, 'sections'>): Option[] {
  const names = rowNames(sections);
  const rows = sections
    .flatMap(({ rosters }) => rosters.filter(({ name }) => name === MEMBERS))
    .flatMap((of) => of.rows);
  return rows.map(({ path }) => ({ value: path, label: names.get(path) ?? path }));
}

/** What is asked of a member, or of the household as such, each with its answer. */
export function questionsOf({ sections }: Pick<Household, 'sections'>, member?: string): Option[] {
  const worded = (question: Question, label: string) => ({
    value: question.path,
    label: [
      [question.number, label || question.path].filter(Boolean).join(' '),
      question.value ? answerWords(question.value, question.path) : m.correction_no_answer(),
    ].join(': '),
  });
  if (member === undefined) {
    const questions = sections.flatMap((section) => section.questions);
    return questions.filter(({ computed }) => !computed).map((question) => worded(question, say(question.label)));
  }
  return sections.flatMap(({ rosters }) =>
    rosters.flatMap((roster) => {
      const row = roster.rows.find(({ path }) => path === member);
      const cells = row?.cells ?? [];
      return cells.flatMap((cell, index) => {
        const column = roster.columns[index];
        return cell.computed || !column ? [] : [worded(cell, say(column.label))];
      });
    }),
  );
}
