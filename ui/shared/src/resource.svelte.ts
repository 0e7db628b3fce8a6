/** What a screen asked for: on its way, there, or failed with a problem. Asking anew keeps what is shown until the answer is there. */
import type { Problem } from './problems';

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: Problem };

export class Resource<T> {
  data = $state<T | null>(null);
  problem = $state<Problem | null>(null);
  loading = $state(true);
  #ask: () => Promise<Answer<T>>;
  #asked = 0;

  /** Asks at once. */
  constructor(ask: () => Promise<Answer<T>>) {
    this.#ask = ask;
    void this.load();
  }

  /** Asks again; an answer overtaken by a later question is dropped. */
  async load(): Promise<void> {
    const turn = ++this.#asked;
    this.loading = true;
    const answer = await this.#ask();
    if (turn !== this.#asked) return;
    this.loading = false;
    this.problem = answer.status === 'error' ? answer.error : null;
    if (answer.status === 'ok') this.data = answer.data;
  }
}
