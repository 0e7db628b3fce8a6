/**
 * Tells the program that somebody is there, and finds out that it locked itself. The program counts the time: it locks whether or
 * not this page lives.
 */
import { commands, type AppStateView } from '@rasoat/shared/ipc';

const lookEveryMs = 20_000;
const signs = ['pointerdown', 'pointermove', 'wheel', 'keydown'] as const;

interface Watched {
  readonly state: AppStateView | null;
  take(state: AppStateView): void;
}

/** Whether the program locked itself, or has something else to warn of. */
function differs(before: AppStateView, now: AppStateView): boolean {
  const said = ({ warnings, free_megabytes, stick_backup_days }: AppStateView) =>
    JSON.stringify([warnings, free_megabytes, stick_backup_days]);
  return now.stage !== 'open' || said(before) !== said(now);
}

/** Leaves the field that is being typed in, so that what it holds is taken as the answer. */
export function leaveField(): void {
  if (typeof document !== 'undefined' && document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** Watches until the function it answers with is called. */
export function watchIdle(program: Watched): () => void {
  let active = false;
  let activeAt = Date.now();
  const note = () => {
    active = true;
    activeAt = Date.now();
  };
  async function look() {
    if (program.state?.stage !== 'open') return;
    const left = program.state.lock_after_minutes * 60_000 - (Date.now() - activeAt);
    // What stands in a field and was not confirmed would be lost with the page.
    if (program.state.lock_after_minutes > 0 && left < 2 * lookEveryMs) leaveField();
    const told = active;
    active = false;
    const answer = told ? await commands.activity() : await commands.appState();
    if (answer.status === 'ok' && differs(program.state, answer.data)) program.take(answer.data);
  }
  for (const sign of signs) window.addEventListener(sign, note, { passive: true, capture: true });
  const timer = setInterval(() => void look(), lookEveryMs);
  return () => {
    clearInterval(timer);
    for (const sign of signs) window.removeEventListener(sign, note, { capture: true });
  };
}
