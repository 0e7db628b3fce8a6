import { describe, expect, it } from 'vitest';
import { Session } from './session.svelte';

const view = {
  user: { username: 'officer', role: 'officer', communes: [], may: ['own_account'], must_change_password: false },
  csrf: 'token-1',
  server_name: 'Sở',
  round: 2026,
  expires_at: '2026-11-23T10:00:00Z',
};

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } });
}

function sessionAnswering(...answers: (Response | Error)[]): Session {
  return new Session(() => {
    const next = answers.shift() ?? new Error('asked too often');
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
}

const loggedOut = () => json(401, { code: 'not_logged_in', params: {} });

describe('a session', () => {
  it('is taken up again from the cookie', async () => {
    const session = sessionAnswering(json(200, view));
    await session.restore();
    expect(session.phase).toBe('in');
    expect(session.api.csrf).toBe('token-1');
  });

  it('asks for a password, without a word of expiry, when there is none', async () => {
    const session = sessionAnswering(loggedOut());
    await session.restore();
    expect([session.phase, session.expired]).toEqual(['out', false]);
  });

  it('does not take an unreachable server for being logged out', async () => {
    const session = sessionAnswering(new TypeError('failed'), json(200, view));
    await session.restore();
    expect([session.phase, session.problem?.code]).toEqual(['unreachable', 'unreachable']);
    await session.restore();
    expect([session.phase, session.problem]).toEqual(['in', undefined]);
  });

  it('says that it expired when the server no longer knows it', async () => {
    const session = sessionAnswering(json(200, view), loggedOut(), json(200, view));
    await session.restore();
    await session.api.get('/api/devices').catch(() => undefined);
    expect([session.phase, session.expired]).toEqual(['out', true]);
    await session.logIn('officer', 'x');
    expect([session.phase, session.expired]).toEqual(['in', false]);
  });

  it('stays logged in, and says why, when logging out could not be told to the server', async () => {
    const session = sessionAnswering(json(200, view), new TypeError('failed'), new Response(null, { status: 204 }));
    await session.restore();
    await session.logOut();
    expect([session.phase, session.problem?.code]).toEqual(['in', 'unreachable']);
    await session.logOut();
    expect([session.phase, session.api.csrf, session.view]).toEqual(['out', null, undefined]);
  });

  it('ends quietly when the server had ended it already', async () => {
    const session = sessionAnswering(json(200, view), loggedOut());
    await session.restore();
    await session.logOut();
    expect([session.phase, session.expired]).toEqual(['out', false]);
  });
});
