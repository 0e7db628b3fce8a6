/**
 * How a command travels: Tauri's IPC inside the window, `POST /ipc/<command>` in a browser in front of the harness, and sample data
 * in a development server started with `VITE_FIXTURES=1`. Failures are always a code with parameters, whatever the carrier.
 */
import { invoke as tauriInvoke } from '@tauri-apps/api/core';
import type { AppError } from './bindings';

/** Whether the page runs in the program's window. */
export function inWindow(): boolean {
  return typeof window !== 'undefined' && '__TAURI_INTERNALS__' in window;
}

/** Sends one command; throws an {@link AppError}, never an `Error`. */
export async function invoke<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  if (import.meta.env.VITE_FIXTURES) {
    const { answer } = await import('../fixtures/carrier');
    return (await answer(command, args)) as T;
  }
  if (inWindow()) {
    try {
      return await tauriInvoke<T>(command, args);
    } catch (failure) {
      throw asAppError(failure);
    }
  }
  return overHttp<T>(command, args);
}

async function overHttp<T>(command: string, args: Record<string, unknown>): Promise<T> {
  let reply: { ok: T } | { error: unknown };
  try {
    const response = await fetch(`/ipc/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    reply = await response.json();
  } catch {
    throw appError('program_unreachable');
  }
  if (reply && typeof reply === 'object' && 'ok' in reply) return reply.ok;
  throw asAppError(reply && typeof reply === 'object' && 'error' in reply ? reply.error : null);
}

/** Tauri answers with a bare string when it could not read a command's arguments: a fault of the program, not of the person. */
function asAppError(failure: unknown): AppError {
  if (failure && typeof failure === 'object' && 'code' in failure && typeof failure.code === 'string') {
    const params = 'params' in failure && failure.params && typeof failure.params === 'object' ? failure.params : {};
    return { code: failure.code, params: params as Record<string, string> };
  }
  return appError('internal');
}

function appError(code: string): AppError {
  return { code, params: {} };
}
