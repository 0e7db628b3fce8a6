import { ApiError } from '@rasoat/shared/api/index';

/** How often a page asks again, in milliseconds. */
export const REFRESH_MS = 15_000;

/** How long it waits after a failure at most, in milliseconds. */
const RETRY_MS = 5_000;

/**
 * Something of the server's that a page keeps up to date: asked for at once, then at intervals while the page is in
 * sight. What was received stays on screen when a later question fails; the problem is shown beside it.
 */
export class Live<T> {
  /** The last answer. */
  data = $state.raw<T>();
  /** What went wrong with the last question; cleared by the next answer. */
  problem = $state.raw<ApiError>();
  /** When the last answer came, in milliseconds of this machine's clock. */
  receivedAt = $state<number>();
  /** A question is under way. */
  busy = $state(false);

  readonly #load: (signal: AbortSignal) => Promise<T>;
  readonly #every: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;
  #running = false;

  constructor(load: (signal: AbortSignal) => Promise<T>, every = REFRESH_MS) {
    this.#load = load;
    this.#every = every;
  }

  /** Asks at once and goes on asking; the answer stops it. */
  start(): () => void {
    this.#running = true;
    shown.live = this as Live<unknown>;
    document.addEventListener('visibilitychange', this.#backInSight);
    addEventListener('online', this.#backInSight);
    void this.refresh();
    return () => this.#stop();
  }

  /** Asks now; a question still under way is given up. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.busy = true;
    try {
      const data = await this.#load(asking.signal);
      if (asking.signal.aborted) return;
      this.data = data;
      this.problem = undefined;
      this.receivedAt = Date.now();
    } catch (reason) {
      if (asking.signal.aborted) return;
      this.problem = ApiError.of(reason);
    }
    this.busy = false;
    this.#next();
  }

  #next(): void {
    if (!this.#running || document.hidden) return;
    // What could not come is asked for again soon, however seldom it changes.
    const wait = this.problem ? Math.min(this.#every, RETRY_MS) : this.#every;
    this.#timer = setTimeout(() => void this.refresh(), wait);
  }

  #stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    document.removeEventListener('visibilitychange', this.#backInSight);
    removeEventListener('online', this.#backInSight);
    if (shown.live === this) shown.live = undefined;
  }

  #backInSight = (): void => {
    if (!document.hidden) void this.refresh();
  };
}

/** What the page in sight shows, for the mark of freshness in the bar. */
export const shown = $state<{ live: Live<unknown> | undefined }>({ live: undefined });
