/** The keys that go through an interview's sections and take acts back, wherever the keyboard is. */
import { composing } from '@rasoat/shared/fields/keys';
import type { Interview } from './interview.svelte';

/** Does what a key asks for; `heading` is that of the section. */
export function steer(interview: Interview, event: KeyboardEvent, heading: HTMLElement | undefined): void {
  if (composing(event)) return;
  if (event.key === 'Enter' && heading && event.target === heading) {
    event.preventDefault();
    return interview.advance();
  }
  if (!event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === 'PageDown') interview.advance();
  else if (event.key === 'z' && !event.shiftKey) void undo(interview);
  else if (event.key === 'PageUp') interview.step(-1);
  else return;
  event.preventDefault();
}

async function undo(interview: Interview): Promise<void> {
  const path = await interview.undo();
  if (path !== null) interview.jump(path);
}
