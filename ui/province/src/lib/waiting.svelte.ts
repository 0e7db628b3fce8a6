/** What waits for an officer, for the places to go: asked for now and then, and whenever the overview is shown. */
import type { components } from '@rasoat/shared/api/index';
import { session } from './session.svelte';

/** How often it is asked for, in milliseconds. */
const EVERY_MS = 60_000;

class Waiting {
  /** Households with answers that differ. */
  conflicts = $state(0);
  /** Pairs of households that may be one. */
  duplicates = $state(0);

  /** Takes what an overview says. */
  take(overview: components['schemas']['OverviewView']): void {
    this.conflicts = overview.marks['conflict'] ?? 0;
    this.duplicates = overview.duplicates;
  }

  /** Asks, and goes on asking until the function it answers with is called. */
  start(): () => void {
    const asking = new AbortController();
    const ask = async () => {
      if (document.hidden) return;
      try {
        this.take(await session.api.get('/api/overview', { signal: asking.signal }));
      } catch {
        // The page in sight says what is wrong; these numbers stay as they were.
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), EVERY_MS);
    return () => {
      asking.abort();
      clearInterval(timer);
    };
  }
}

export const waiting = new Waiting();
