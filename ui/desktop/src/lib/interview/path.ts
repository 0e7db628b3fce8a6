/** Where a question stands in the form, from its path: `floor_area`, or `members.<id>.birth` in a roster. */
import type { FormView, QuestionView, SectionView } from '@rasoat/shared/ipc';

/** The section a path belongs to; a path with `#reason` or `#note` belongs where its question does. */
export function findSection(form: FormView, path: string): SectionView | null {
  const name = path.split(/[.#]/)[0];
  return (
    form.sections.find((section) =>
      section.items.some((item) => (item.type === 'question' || item.type === 'roster') && item.name === name),
    ) ?? null
  );
}

/** The question a path is about. */
export function findQuestion(form: FormView, path: string): QuestionView | null {
  const [name, , field] = (path.split('#')[0] ?? '').split('.');
  for (const { items } of form.sections) {
    for (const item of items) {
      if (item.type === 'question' && item.name === name && field === undefined) return item;
      if (item.type === 'roster' && item.name === name) return item.columns.find((c) => c.name === field) ?? null;
    }
  }
  return null;
}

/** The roster line a path is in: `members.k3v` of `members.k3v.birth`; null outside rosters. */
export function lineOf(path: string): string | null {
  const parts = (path.split('#')[0] ?? '').split('.');
  return parts.length >= 3 ? `${parts[0]}.${parts[1]}` : null;
}
