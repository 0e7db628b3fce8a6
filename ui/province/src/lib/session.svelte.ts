import { ApiError, Client, type components } from '@rasoat/shared/api/index';

type Act = components['schemas']['Act'];
type SessionView = components['schemas']['SessionView'];

/** Who is logged in, and the client that acts for them. */
export class Session {
  /** Where we stand: not known yet, could not be found out, logged out, logged in. */
  phase = $state<'unknown' | 'unreachable' | 'out' | 'in'>('unknown');
  /** The open session. */
  view = $state.raw<SessionView>();
  /** Whether a session ended without the person asking for it. */
  expired = $state(false);
  /** Why it could not be found out whether somebody is logged in, or why logging out failed. */
  problem = $state.raw<ApiError>();
  /** Speaks for this session. */
  readonly api: Client;

  constructor(fetcher?: typeof fetch) {
    this.api = new Client({ fetch: fetcher, onSessionLost: () => this.#lost() });
  }

  /** Takes up the session that the browser's cookie stands for. */
  async restore(): Promise<void> {
    try {
      this.#open(await this.api.get('/api/session'));
    } catch (reason) {
      const problem = asProblem(reason);
      if (problem.needsLogin) {
        this.problem = undefined;
        this.phase = 'out';
      } else {
        this.problem = problem;
        this.phase = 'unreachable';
      }
    }
  }

  /** Logs in. Throws an {@link ApiError}: `wrong_password`, `second_factor_needed`, `wrong_code`, `locked_out`, … */
  async logIn(username: string, password: string, code?: string): Promise<void> {
    this.#open(await this.api.post('/api/session', { username, password, code }));
  }

  /** Whether the person may do this, so that the pages do not offer what would be refused. */
  may(act: Act): boolean {
    return this.view?.user.may.includes(act) ?? false;
  }

  /** Changes one's own password; other sessions end. Throws an {@link ApiError}: `wrong_old_password`, `password_short`, … */
  async changePassword(old: string, next: string): Promise<void> {
    this.#open(await this.api.post('/api/account/password', { old, new: next }));
  }

  /** Logs out. Stays logged in, and says why, when the server could not be told: its cookie would still open the page. */
  async logOut(): Promise<void> {
    try {
      await this.api.delete('/api/session');
    } catch (reason) {
      const problem = asProblem(reason);
      if (!problem.needsLogin) {
        this.problem = problem;
        return;
      }
    }
    this.api.csrf = null;
    this.view = undefined;
    this.expired = false;
    this.problem = undefined;
    this.phase = 'out';
  }

  #open(view: SessionView): void {
    this.api.csrf = view.csrf;
    this.view = view;
    this.expired = false;
    this.problem = undefined;
    this.phase = 'in';
  }

  #lost(): void {
    this.expired = true;
    this.phase = 'out';
  }
}

function asProblem(reason: unknown): ApiError {
  return ApiError.of(reason);
}

/** This page's session. */
export const session = new Session();
