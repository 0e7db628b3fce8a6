/** What is being asked of an interview before it is returned. */
import { SvelteMap } from 'svelte/reactivity';
import type { RemarkForm } from '@rasoat/shared/ipc';

/** The most letters of a remark (`crates/casework/src/remark.rs`). */
export const longestRemark = 1000;

export class Asking {
  whole = $state('');
  /** By question; an empty text is a field that was opened. */
  readonly at = new SvelteMap<string, string>();

  /** Remarks at questions that say something. */
  get remarks(): RemarkForm[] {
    const said = [...this.at].map(([question, text]) => ({ question, text: text.normalize('NFC').trim() }));
    return said.filter(({ text }) => text !== '');
  }

  /** Whether anything is asked. */
  get any(): boolean {
    return this.whole.trim() !== '' || this.remarks.length > 0;
  }

  clear(): void {
    this.whole = '';
    this.at.clear();
  }
}
