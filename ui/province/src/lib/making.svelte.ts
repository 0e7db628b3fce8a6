/** A file that is being made for the person: how far it is, and ending it. */
import { ApiError, type Made, type Told, type Waiting } from '@rasoat/shared/api/index';
import { handOver } from './files';

/** Milliseconds after which somebody wonders how far it is. */
const SOON_MS = 400;

export class Making {
  /** Which file is being made. */
  kind = $state<string>();
  /** How far it is. */
  told = $state.raw<Told>();
  /** It takes a while. */
  slow = $state(false);
  /** Why there is none. */
  problem = $state.raw<ApiError>();
  #asking: AbortController | undefined;
  #made: Promise<boolean> = Promise.resolve(false);

  /** Fetches a file and hands it over under its name. Says whether there is one: there is none where it was ended or went wrong. */
  make(kind: string, fetch: (waiting: Waiting) => Promise<Made>, name?: string): Promise<boolean> {
    if (this.kind !== undefined) return Promise.resolve(false);
    this.#made = this.#make(kind, fetch, name);
    return this.#made;
  }

  /** Ends it, at the server too. */
  async stop(): Promise<void> {
    this.#asking?.abort();
    await this.#made;
  }

  async #make(kind: string, fetch: (waiting: Waiting) => Promise<Made>, name?: string): Promise<boolean> {
    const asking = new AbortController();
    this.#asking = asking;
    this.kind = kind;
    this.problem = undefined;
    const soon = setTimeout(() => (this.slow = true), SOON_MS);
    try {
      const made = await fetch({ told: (told) => (this.told = told), signal: asking.signal });
      handOver(made.file, name ?? made.name);
      return true;
    } catch (reason) {
      if (!asking.signal.aborted) this.problem = ApiError.of(reason);
      return false;
    } finally {
      clearTimeout(soon);
      this.kind = undefined;
      this.told = undefined;
      this.slow = false;
    }
  }
}
