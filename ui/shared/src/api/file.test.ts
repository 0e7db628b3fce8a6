import { describe, expect, it } from 'vitest';
import { Client } from './client';
import { fileOf, PROGRESS, type Told } from './file';
import { ApiError } from './problem';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** An answer that comes in these pieces; with `broken` it breaks off behind them. */
function answer(pieces: Uint8Array[], type = PROGRESS, broken = false): Response {
  const left = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else if (broken) controller.error(new TypeError('network'));
      else controller.close();
    },
  });
  const headers = { 'content-type': type, 'content-disposition': 'attachment; filename="bang.csv"' };
  return new Response(body, { headers });
}

/** Bytes cut into pieces of a length. */
function cut(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, at) =>
    bytes.subarray(at * length, (at + 1) * length),
  );
}

const CONTENT = '\ufeffXã\nĐoàn Kết\n{"done":9,"total":9}\n';
const SAID =
  '{"done":0,"total":7}\n{"done":5,"total":7}\n' +
  `{"file":{"name":"bảng.csv","media":"text/csv","bytes":${bytesOf(CONTENT).length}}}\n${CONTENT}`;

async function problemFrom(made: Promise<unknown>): Promise<ApiError> {
  const reason: unknown = await made.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(reason instanceof ApiError)) throw new Error(`expected an ApiError: ${String(reason)}`);
  return reason;
}

describe('a file that says how far it is', () => {
  it('is read wherever its pieces begin and end', async () => {
    const whole = bytesOf(SAID);
    for (let length = 1; length <= whole.length; length += 1) {
      const told: Told[] = [];
      const made = await fileOf(answer(cut(whole, length)), { told: (one) => told.push(one) });
      expect(made.name).toBe('bảng.csv');
      expect(made.file.type).toBe('text/csv');
      expect(new Uint8Array(await made.file.arrayBuffer())).toEqual(bytesOf(CONTENT));
      expect(told.slice(0, 2)).toEqual([
        { phase: 'making', done: 0, total: 7 },
        { phase: 'making', done: 5, total: 7 },
      ]);
      const size = bytesOf(CONTENT).length;
      expect(told.at(-1)).toEqual({ phase: 'coming', done: size, total: size });
    }
  });

  it('may be empty', async () => {
    const head = bytesOf('{"file":{"name":"a","media":"text/csv","bytes":0}}\n');
    expect((await fileOf(answer([head]))).file.size).toBe(0);
  });

  it('says what went wrong under way', async () => {
    const said =
      '{"done":1,"total":2}\n{"problem":{"status":503,"code":"reports_preparing","params":{"done":"3","of":9}}}\n';
    for (const length of [1, 7, said.length]) {
      const problem = await problemFrom(fileOf(answer(cut(bytesOf(said), length))));
      expect(problem).toMatchObject({ code: 'reports_preparing', status: 503, params: { done: '3', of: '9' } });
    }
  });

  it('is none where it breaks off, comes short or too long, or is nothing that the server says', async () => {
    const whole = bytesOf(SAID);
    for (const pieces of [
      cut(whole.subarray(0, whole.length - 1), 16),
      [...cut(whole, 16), bytesOf('x')],
      [bytesOf('{"done":1,"total":2}\n')],
      [bytesOf('<html>\n')],
      [bytesOf('{"file":{"name":"a"}}\n')],
      [],
    ]) {
      expect((await problemFrom(fileOf(answer(pieces)))).code).toBe('unreadable_answer');
    }
    expect((await problemFrom(fileOf(answer(cut(whole, 16), PROGRESS, true)))).code).toBe('unreadable_answer');
  });

  it('may come as it is, and is told by what has come', async () => {
    const told: Told[] = [];
    const made = await fileOf(answer([bytesOf('ab'), bytesOf('c')], 'text/csv'), { told: (one) => told.push(one) });
    expect([made.name, await made.file.text()]).toEqual(['bang.csv', 'abc']);
    expect(told).toEqual([
      { phase: 'coming', done: 2, total: 0 },
      { phase: 'coming', done: 3, total: 0 },
    ]);
    expect((await problemFrom(fileOf(answer([bytesOf('ab')], 'text/csv', true)))).code).toBe('unreadable_answer');
  });

  it('is ended by whoever waits, and the server hears it', async () => {
    const ending = new AbortController();
    let heard: AbortSignal | null | undefined;
    const fetch: typeof globalThis.fetch = (_, init) => {
      heard = init?.signal;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytesOf('{"done":1,"total":2}\n'));
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
        },
      });
      return Promise.resolve(new Response(body, { headers: { 'content-type': PROGRESS } }));
    };
    const client = new Client({ fetch });
    const made = client.file(
      '/api/reports/targets/file',
      { of: {}, language: 'vi', above: [] },
      { told: () => ending.abort(), signal: ending.signal },
    );
    await expect(made).rejects.toMatchObject({ name: 'AbortError' });
    expect(heard?.aborted).toBe(true);
  });
});
