import { fileOf, PROGRESS, type Made, type Waiting } from './file';
import { ApiError, problemOf } from './problem';
import type { paths } from './schema';

type Method = 'get' | 'post' | 'delete';
type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;

type Answer<O> = O extends { responses: { 200: { content: { 'application/json': infer B } } } } ? B : undefined;
type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined;
type QueryParams<O> = O extends { parameters: { query?: infer T } } ? T : undefined;
type PathParams<O> = O extends { parameters: { path: infer T } } ? T : undefined;

/** What one call may carry besides its path. */
export interface CallOptions<O> {
  /** Values for the `{names}` in the path. */
  path?: PathParams<O>;
  /** Values behind the path: numbers of pages and the like, never what a person typed. */
  query?: QueryParams<O>;
  /** Given up when this fires. */
  signal?: AbortSignal;
}

/** How a client reaches the server. */
export interface ClientOptions {
  /** Stands in for the window's own in tests. */
  fetch?: typeof fetch;
  /** Milliseconds without an answer before giving up. */
  timeoutMs?: number;
  /** Called when the server says that nobody is logged in any more. */
  onSessionLost?: () => void;
}

/** The header that carries the token of {@link Client.csrf}. */
export const CSRF_HEADER = 'x-rasoat-csrf';

/**
 * A thin client over the server's OpenAPI: paths, parameters and answers are typed from it, a failed answer throws an
 * {@link ApiError}. The session is a cookie that no script can read; whatever sends something carries the CSRF token too.
 */
export class Client {
  /** The token of this session, from the answer to logging in. */
  csrf: string | null = null;

  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;
  readonly #onSessionLost: () => void;

  constructor(options: ClientOptions = {}) {
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#onSessionLost = options.onSessionLost ?? (() => {});
  }

  /** Asks; changes nothing. */
  get<P extends PathWith<'get'>>(
    path: P,
    options: CallOptions<Operation<P, 'get'>> = {},
  ): Promise<Answer<Operation<P, 'get'>>> {
    return this.#call('GET', path, options, undefined) as Promise<Answer<Operation<P, 'get'>>>;
  }

  /** Sends something. */
  post<P extends PathWith<'post'>>(
    path: P,
    body: Body<Operation<P, 'post'>>,
    options: CallOptions<Operation<P, 'post'>> = {},
  ): Promise<Answer<Operation<P, 'post'>>> {
    return this.#call('POST', path, options, body) as Promise<Answer<Operation<P, 'post'>>>;
  }

  /** Asks for a file, however long it takes to be made and to come. Sends what it is to hold. */
  async file<P extends PathWith<'post'>>(
    path: P,
    body: Body<Operation<P, 'post'>>,
    options: CallOptions<Operation<P, 'post'>> & Waiting = {},
  ): Promise<Made> {
    const accept = `${PROGRESS}, application/json`;
    return fileOf(await this.#ask('POST', path, { ...options, patient: true, accept }, body), options);
  }

  /** Takes something away. */
  delete<P extends PathWith<'delete'>>(
    path: P,
    options: CallOptions<Operation<P, 'delete'>> = {},
  ): Promise<Answer<Operation<P, 'delete'>>> {
    return this.#call('DELETE', path, options, undefined) as Promise<Answer<Operation<P, 'delete'>>>;
  }

  async #call(method: string, path: string, options: CallOptions<unknown>, body: unknown): Promise<unknown> {
    const response = await this.#ask(method, path, options, body);
    if (response.status === 204) return undefined;
    if (!(response.headers.get('content-type') ?? '').includes('json')) {
      throw new ApiError('not_the_server', response.status);
    }
    try {
      return await response.json();
    } catch (reason) {
      if (options.signal?.aborted) throw reason;
      throw new ApiError('unreadable_answer', response.status);
    }
  }

  /** The answer, if it is not a refusal. `patient`: it may take its time. */
  async #ask(
    method: string,
    path: string,
    options: { path?: unknown; query?: unknown; signal?: AbortSignal; patient?: boolean; accept?: string },
    body: unknown,
  ): Promise<Response> {
    const headers = new Headers({ accept: options.accept ?? 'application/json' });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (method !== 'GET' && this.csrf !== null) headers.set(CSRF_HEADER, this.csrf);

    const init = {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: options.signal,
    } satisfies RequestInit;
    const response = await this.#answer(urlOf(path, options.path, options.query), init, options.patient);
    if (!response.ok) {
      const problem = await problemOf(response);
      if (problem.needsLogin && this.csrf !== null) {
        this.csrf = null;
        this.#onSessionLost();
      }
      throw problem;
    }
    return response;
  }

  async #answer(url: string, init: RequestInit & { signal?: AbortSignal }, patient = false): Promise<Response> {
    const patience = patient ? new AbortController().signal : AbortSignal.timeout(this.#timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience;
    try {
      return await this.#fetch(url, { ...init, signal });
    } catch (reason) {
      if (init.signal?.aborted) throw reason;
      if (patience.aborted) throw new ApiError('timeout');
      throw new ApiError(globalThis.navigator?.onLine === false ? 'offline' : 'unreachable');
    }
  }
}

/** The address of a call: names filled in. What people typed never stands there; it goes into a body. */
export function urlOf(path: string, names: unknown, query?: unknown): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) asked.set(name, String(value));
  const behind = asked.size === 0 ? '' : `?${asked.toString()}`;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = (names as Record<string, unknown> | undefined)?.[name];
    if (value === undefined || value === '') throw new TypeError(`no value for {${name}}`);
    return encodeURIComponent(String(value));
  });
  return filled + behind;
}
