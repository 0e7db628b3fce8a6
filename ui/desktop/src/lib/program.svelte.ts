/** The program as every screen sees it: which stage it is at, who works here, and how much waits to be sent. */
import { commands, type AppStateView } from '@rasoat/shared/ipc';
import { setLanguage } from '@rasoat/shared/i18n.svelte';
import type { Problem } from '@rasoat/shared/problems';

class Program {
  state = $state<AppStateView | null>(null);
  problem = $state<Problem | null>(null);
  /** Households with something that is only on this machine. */
  waiting = $state(0);

  /** Done when the household that was left is sealed: whoever shows what is where waits for it. */
  sealed: Promise<unknown> = Promise.resolve();

  /** Asks for the stage anew. */
  async load(): Promise<void> {
    const answer = await commands.appState();
    if (answer.status === 'ok') this.take(answer.data);
    else this.problem = answer.error;
  }

  /** Goes on with a state a command answered with. */
  take(state: AppStateView): void {
    this.problem = null;
    this.state = state;
    setLanguage(state.language);
    if (state.stage === 'open') void this.count();
  }

  /** Counts anew what waits to be sent. */
  async count(): Promise<void> {
    await this.sealed;
    const answer = await commands.overview();
    if (answer.status === 'ok') this.waiting = answer.data.custody.only_here;
  }

  /** Changes the language at once, and for the next start. */
  async speak(language: string): Promise<void> {
    setLanguage(language);
    const answer = await commands.setLanguage(language);
    if (answer.status === 'ok') this.take(answer.data);
  }

  /** The network is there again: whatever waits need not wait longer. The sync screen tells what came of it. */
  networkBack(): void {
    if (this.state?.stage === 'open') void commands.syncNow().then(() => this.count());
  }

  /** Closes the database. */
  async lock(): Promise<void> {
    const answer = await commands.lock();
    if (answer.status === 'ok') this.take(answer.data);
    else this.problem = answer.error;
  }
}

export const program = new Program();
