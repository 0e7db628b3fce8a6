import { describe, expect, it, vi } from 'vitest';
import { Client, CSRF_HEADER, urlOf } from './client';
import { ApiError } from './problem';

const session = {
  user: { username: 'officer', role: 'officer' },
  csrf: 'token-1',
  server_name: 'Sở',
  round: 2026,
  expires_at: '2026-11-23T10:00:00Z',
};

function json(status: number, body: unknown, type = 'application/json'): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });
}

function answering(...answers: (Response | Error)[]) {
  const fetch = vi.fn<typeof globalThis.fetch>(() => {
    const next = answers.shift();
    if (!next) throw new Error('asked too often');
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
  return { fetch, sent: (index: number) => new Headers(fetch.mock.calls[index]?.[1]?.headers) };
}

async function problemFrom(call: Promise<unknown>): Promise<ApiError> {
  const reason: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(reason instanceof ApiError)) throw new Error('expected an ApiError');
  return reason;
}

describe('the client', () => {
  it('sends the CSRF token with what is not a GET, and only with that', async () => {
    const { fetch, sent } = answering(json(200, session), json(200, []), new Response(null, { status: 204 }));
    const client = new Client({ fetch });
    client.csrf = (await client.post('/api/session', { username: 'officer', password: 'x' })).csrf;
    await client.get('/api/devices');
    await client.delete('/api/session');
    expect([0, 1, 2].map((index) => sent(index).get(CSRF_HEADER))).toEqual([null, null, 'token-1']);
  });

  it('searches with the words in the body, the token beside and nothing of them in the address', async () => {
    const { fetch, sent } = answering(json(200, { commune: {}, total: 0, rows: [] }));
    const client = new Client({ fetch });
    client.csrf = 'token-1';
    const query = { text: 'Lộc Thị', offset: 0, limit: 50 };
    await client.post('/api/communes/{code}/households', query, { path: { code: '06001' } });
    const [address, init] = fetch.mock.calls[0] ?? [];
    expect(address).toBe('/api/communes/06001/households');
    expect(JSON.parse(init?.body as string)).toEqual(query);
    expect([init?.method, sent(0).get(CSRF_HEADER)]).toEqual(['POST', 'token-1']);
  });

  it('takes a file whole, or says that it broke off', async () => {
    const broken = new Response(new ReadableStream({ pull: (piece) => piece.error(new Error('broke off')) }));
    const { fetch, sent } = answering(
      new Response('\ufeffChủ hộ\n'),
      broken,
      json(404, { code: 'not_found', params: {} }),
    );
    const client = new Client({ fetch });
    client.csrf = 'token-1';
    const ask = () => client.file('/api/exports/{table}', { columns: [] }, { path: { table: 'households' } });
    expect((await ask()).file.size).toBe(new TextEncoder().encode('\ufeffChủ hộ\n').length);
    expect(sent(0).get(CSRF_HEADER)).toBe('token-1');
    expect((await problemFrom(ask())).code).toBe('unreadable_answer');
    expect((await problemFrom(ask())).code).toBe('not_found');
  });

  it('turns problem+json into its code and parameters', async () => {
    const { fetch } = answering(
      json(429, { code: 'locked_out', params: { retry_after_s: 90 } }, 'application/problem+json'),
    );
    const problem = await problemFrom(new Client({ fetch }).post('/api/session', { username: 'a', password: 'b' }));
    expect(problem).toMatchObject({ code: 'locked_out', status: 429, params: { retry_after_s: '90' } });
  });

  it('knows a captive portal’s page from the server, whatever its status', async () => {
    for (const status of [200, 403]) {
      const { fetch } = answering(new Response('<html>', { status, headers: { 'content-type': 'text/html' } }));
      expect(await problemFrom(new Client({ fetch }).get('/api/devices'))).toMatchObject({ code: 'not_the_server' });
    }
  });

  it('reads a proxy’s gateway error as the server being away', async () => {
    const { fetch } = answering(new Response('Bad gateway', { status: 502 }));
    expect(await problemFrom(new Client({ fetch }).get('/api/devices'))).toMatchObject({ code: 'unreachable' });
  });

  it('says so when an answer cannot be read', async () => {
    const cut = new Response('{"communes": [', { headers: { 'content-type': 'application/json' } });
    const strange = json(500, { message: 'no code here' });
    const { fetch } = answering(cut, strange);
    const client = new Client({ fetch });
    expect(await problemFrom(client.get('/api/communes'))).toMatchObject({ code: 'unreadable_answer', status: 200 });
    expect(await problemFrom(client.get('/api/communes'))).toMatchObject({ code: 'unreadable_answer', status: 500 });
  });

  it('tells no network from no server', async () => {
    const online = vi.spyOn(navigator, 'onLine', 'get');
    const { fetch } = answering(new TypeError('failed'), new TypeError('failed'));
    const client = new Client({ fetch });
    online.mockReturnValue(false);
    expect(await problemFrom(client.get('/api/devices'))).toMatchObject({ code: 'offline', passing: true });
    online.mockReturnValue(true);
    expect(await problemFrom(client.get('/api/devices'))).toMatchObject({ code: 'unreachable', passing: true });
    online.mockRestore();
  });

  it('gives up on a server that never answers', async () => {
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      });
    expect(await problemFrom(new Client({ fetch, timeoutMs: 1 }).get('/api/devices'))).toMatchObject({
      code: 'timeout',
    });
  });

  it('tells once that the session was lost, and forgets its token', async () => {
    const lost = vi.fn();
    const out = () => json(401, { code: 'not_logged_in', params: {} }, 'application/problem+json');
    const { fetch } = answering(out(), out());
    const client = new Client({ fetch, onSessionLost: lost });
    client.csrf = 'token-1';
    await problemFrom(client.get('/api/devices'));
    await problemFrom(client.get('/api/devices'));
    expect(lost).toHaveBeenCalledTimes(1);
    expect(client.csrf).toBeNull();
  });

  it('does not take a wrong password for a lost session', async () => {
    const lost = vi.fn();
    const { fetch } = answering(json(401, { code: 'wrong_password', params: {} }, 'application/problem+json'));
    const problem = await problemFrom(
      new Client({ fetch, onSessionLost: lost }).post('/api/session', { username: 'a', password: 'b' }),
    );
    expect(problem.code).toBe('wrong_password');
    expect(lost).not.toHaveBeenCalled();
  });
});

describe('addresses', () => {
  it('fill names in, escaped', () => {
    expect(urlOf('/api/communes/{code}/households', { code: 'a/b' })).toBe('/api/communes/a%2Fb/households');
  });

  it('are refused while a name has no value', () => {
    expect(() => urlOf('/api/communes/{code}/households', {})).toThrow('{code}');
  });
});
