import { ApiError } from './problem';

/** The media type of an answer that says how far a file is before it brings it. */
export const PROGRESS = 'application/vnd.rasoat.progress';

/** How far a file is. */
export type Told =
  /** It is being made: so much of so much. */
  | { phase: 'making'; done: number; total: number }
  /** It comes: so many bytes of so many; `total` is 0 where nobody knows. */
  | { phase: 'coming'; done: number; total: number };

/** A file that came whole. */
export interface Made {
  /** As the server calls it; empty where it does not say. */
  name: string;
  file: Blob;
}

/** How a file is waited for. */
export interface Waiting {
  /** Hears how far it is. */
  told?: (told: Told) => void;
  /** Ends it when this fires. */
  signal?: AbortSignal;
}

const LINE_END = 0x0a;

/** Reads a file out of an answer, whether it says how far it is or not. Throws an {@link ApiError}. */
export async function fileOf(response: Response, { told, signal }: Waiting = {}): Promise<Made> {
  const type = response.headers.get('content-type') ?? '';
  // Whoever stands between answers with a page.
  if (type.includes('html')) throw new ApiError('not_the_server', response.status);
  const name = /filename="([^"]*)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? '';
  const incoming = new Incoming(told, type.startsWith(PROGRESS) ? undefined : { name, media: type });
  const reader = response.body?.getReader();
  try {
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read())
      incoming.take(piece.value);
  } catch (reason) {
    void reader?.cancel().catch(() => {});
    if (signal?.aborted || reason instanceof ApiError) throw reason;
    // The server broke off: what has come is not the whole.
    throw new ApiError('unreadable_answer', response.status);
  }
  return incoming.whole();
}

interface Head {
  name: string;
  media: string;
  /** How many there are to come, where that was said. */
  bytes?: number;
}

/** An answer piece by piece: lines of JSON that may break anywhere, then the bytes. */
export class Incoming {
  readonly #told: (told: Told) => void;
  #head: Head | undefined;
  /** What has come of a line, then of the file. */
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #came = 0;

  /** Without a head the answer begins with lines. */
  constructor(told: ((told: Told) => void) | undefined, head?: Head) {
    this.#told = told ?? (() => {});
    this.#head = head;
  }

  /** Takes what came next. Throws the problem that the server says. */
  take(piece: Uint8Array): void {
    let rest = new Uint8Array(piece);
    while (!this.#head) {
      const end = rest.indexOf(LINE_END);
      if (end < 0) {
        if (rest.length > 0) this.#pieces.push(rest);
        return;
      }
      const line = [...this.#pieces, rest.subarray(0, end)];
      this.#pieces = [];
      rest = rest.subarray(end + 1);
      this.#read(new TextDecoder().decode(joined(line)));
    }
    if (rest.length === 0) return;
    this.#pieces.push(rest);
    this.#came += rest.length;
    this.#told({ phase: 'coming', done: this.#came, total: this.#head.bytes ?? 0 });
  }

  /** The file, once all has come. */
  whole(): Made {
    const head = this.#head;
    // Without its head, or with less or more than was said, it is not the file.
    if (!head || (head.bytes !== undefined && head.bytes !== this.#came)) throw new ApiError('unreadable_answer', 200);
    return { name: head.name, file: new Blob(this.#pieces, { type: head.media }) };
  }

  #read(line: string): void {
    const said = parsed(line);
    const { file, problem } = said;
    if (typeof problem === 'object' && problem !== null) {
      const { code, status, params } = problem as { code?: unknown; status?: unknown; params?: unknown };
      throw new ApiError(String(code), Number(status) || 0, wordsOf(params));
    }
    if (typeof file === 'object' && file !== null) {
      const { name, media, bytes } = file as { name?: unknown; media?: unknown; bytes?: unknown };
      if (typeof bytes !== 'number') throw new ApiError('unreadable_answer', 200);
      this.#head = { name: String(name), media: String(media), bytes };
      return;
    }
    const { done, total } = said;
    if (typeof done === 'number' && typeof total === 'number') this.#told({ phase: 'making', done, total });
  }
}

function parsed(line: string): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(line);
    if (typeof said === 'object' && said !== null) return said as Record<string, unknown>;
  } catch {
    // Not a line of the server's: the code below says so.
  }
  throw new ApiError('unreadable_answer', 200);
}

function wordsOf(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

function joined(pieces: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
