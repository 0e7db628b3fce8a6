/** The key that prints. */
import { composing } from '@rasoat/shared/fields/keys';

/** Ctrl P, and nothing else with it. */
export function isPrintKey(event: KeyboardEvent): boolean {
  const wanted = event.ctrlKey && !event.altKey && !event.shiftKey && !event.metaKey && event.code === 'KeyP';
  return wanted && !composing(event);
}

const households = /^\/(households|interview|review)\/\[id\]/;

/** Where a household's print stands, of a screen that shows one; null elsewhere, and there itself. */
export function printOf(route: string | null, id: string | undefined): string | null {
  const shows = id && route && households.test(route) && !route.endsWith('/print');
  return shows ? `#/households/${id}/print` : null;
}
