/** How this machine's person wants the pages to look; what they did not choose is as the system has it. */
import { onSystemLooks, showLooks } from '@rasoat/shared/looks.js';

/** Read once more in `vite.config.ts`, for before anything is drawn. */
const KEPT_AS = 'rasoat-looks';

type Looks = NonNullable<Parameters<typeof showLooks>[0]>;

function kept(): Looks {
  try {
    return (JSON.parse(localStorage.getItem(KEPT_AS) ?? '{}') as Looks | null) ?? {};
  } catch {
    return {};
  }
}

/** Whether it is dark, and whether the contrast is high, as it is shown. */
export function shownLooks(): { dark: boolean; high: boolean } {
  const { theme, contrast } = document.documentElement.dataset;
  return { dark: theme === 'dark', high: contrast === 'high' };
}

/** Changes the looks and keeps the choice. */
export function chooseLooks(change: Looks): void {
  const looks = { ...kept(), ...change };
  showLooks(looks);
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(looks));
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}

/** Follows the system in what was not chosen, until the function it answers with is called. */
export function followSystem(call: () => void): () => void {
  return onSystemLooks(() => {
    showLooks(kept());
    call();
  });
}
