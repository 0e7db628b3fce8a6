/** The program as every screen sees it: which stage it is at, who works here, and how much waits to be sent. */
import { commands, type AppStateView, type Contrast, type OverviewView, type Theme } from '@rasoat/shared/ipc';
import { leaveField } from './idle';
import { setFormLanguage, setLanguage } from '@rasoat/shared/i18n.svelte';
import { showLooks } from '@rasoat/shared/looks.js';
import type { Problem } from '@rasoat/shared/problems';

class Program {
  state = $state<AppStateView | null>(null);
  problem = $state<Problem | null>(null);
  /** Who was in last, while the program runs: who locked it mostly opens it again. */
  last: string | null = null;
  /** Households with something that is only on this machine. */
  waiting = $state(0);
  /** Households with answers that differ. */
  conflicts = $state(0);

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
    setFormLanguage(state.form_language);
    showLooks(state);
    if (state.stage === 'open') this.last = state.users.find((user) => user.own)?.id ?? null;
    if (state.stage === 'open') void this.count();
  }

  /** Counts anew what waits to be sent, and to be settled. */
  async count(): Promise<void> {
    await this.sealed;
    const answer = await commands.overview();
    if (answer.status === 'ok') this.heed(answer.data);
  }

  /** Takes over what an overview says is to be done. What is made up waits for nobody. */
  heed({ custody, conflicts }: OverviewView): void {
    this.waiting = this.state?.practice ? 0 : custody.only_here;
    this.conflicts = conflicts;
  }

  /** The size of all text, for this start and the next. */
  async resize(size: number): Promise<void> {
    const answer = await commands.setTextSize(size);
    if (answer.status === 'ok') this.take(answer.data);
    else this.problem = answer.error;
  }

  /** Light or dark, and how strongly words stand out, for this start and the next. */
  async look(theme: Theme, contrast: Contrast): Promise<void> {
    const answer = await commands.setLooks(theme, contrast);
    if (answer.status === 'ok') this.take(answer.data);
    else this.problem = answer.error;
  }

  /** The system turned light or dark. */
  systemLooks(): void {
    if (this.state) showLooks(this.state);
  }

  /** Changes the language at once, and for the next start. */
  async speak(language: string): Promise<void> {
    setLanguage(language);
    const answer = await commands.setLanguage(language);
    if (answer.status === 'ok') this.take(answer.data);
  }

  /** The language of the form's words, for this start and the next; `null`: that of the screens. */
  async speakForm(language: string | null): Promise<void> {
    const answer = await commands.setFormLanguage(language);
    if (answer.status === 'ok') this.take(answer.data);
    else this.problem = answer.error;
  }

  /** Goes to the made-up village. */
  async beginPractice(): Promise<Problem | null> {
    const answer = await commands.beginPractice();
    if (answer.status === 'error') return answer.error;
    this.take(answer.data);
    return null;
  }

  /** Back to what is in earnest; nothing of the practice is left. */
  async endPractice(): Promise<void> {
    await this.sealed;
    const answer = await commands.endPractice();
    if (answer.status === 'ok') this.take(answer.data);
    else this.problem = answer.error;
  }

  /** The network is there again: whatever waits need not wait longer. The sync screen tells what came of it. */
  networkBack(): void {
    if (this.state?.stage === 'open') void commands.syncNow().then(() => this.count());
  }

  /** What a screen has to bring to the disk before the database closes. */
  beforeLock: (() => Promise<unknown>) | null = null;

  /** Closes the database, once what is being typed is on the disk. */
  async lock(): Promise<void> {
    leaveField();
    await this.beforeLock?.();
    const answer = await commands.lock();
    if (answer.status === 'ok') this.take(answer.data);
    else this.problem = answer.error;
  }
}

export const program = new Program();
