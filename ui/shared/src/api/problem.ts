/**
 * What may go wrong between a page and the province's server, as a stable code with parameters. Sentences live in the
 * messages of each program; nothing here holds personal data.
 */
export class ApiError extends Error {
  /** Stable code: the server's own (`wrong_password`), or one of {@link ClientCode}. */
  readonly code: string;
  /** Parameters of the sentence. */
  readonly params: Readonly<Record<string, string>>;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;

  constructor(code: string, status = 0, params: Record<string, string> = {}) {
    super(code);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.params = params;
  }

  /** What went wrong, as a problem: whatever is none is an answer that nobody can read. */
  static of(reason: unknown): ApiError {
    return reason instanceof ApiError ? reason : new ApiError('unreadable_answer');
  }

  /** Whether the person has to log in (again). */
  get needsLogin(): boolean {
    return this.status === 401;
  }

  /** Whether asking again later may help without anybody doing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Codes that are born on this side of the wire. */
export type ClientCode =
  /** The machine has no network. */
  | 'offline'
  /** The network is there, the server did not answer. */
  | 'unreachable'
  /** No answer within the time allowed. */
  | 'timeout'
  /** Something else answered: a captive portal, a proxy's page. */
  | 'not_the_server'
  /** The server answered with something this version cannot read. */
  | 'unreadable_answer';

/** Turns a failed answer into its code; an answer that is not the server's own gets a code of ours. */
export async function problemOf(response: Response): Promise<ApiError> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) {
    const gateway = response.status === 502 || response.status === 503 || response.status === 504;
    return new ApiError(gateway ? 'unreachable' : 'not_the_server', response.status);
  }
  try {
    const body: unknown = await response.json();
    if (isProblem(body)) return new ApiError(body.code, response.status, wordsOf(body.params));
  } catch {
    // Cut short or not JSON after all: the code below says so.
  }
  return new ApiError('unreadable_answer', response.status);
}

function isProblem(body: unknown): body is { code: string; params?: unknown } {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}

/** Parameters as text, whatever JSON type the server gave them. */
function wordsOf(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]));
}
