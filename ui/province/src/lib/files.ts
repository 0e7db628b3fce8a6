/** Files that the server makes, and how they reach the person's own disk. */
import type { Client } from '@rasoat/shared/api/index';
import { session } from './session.svelte';

/** Fetches a file; `told` hears how far it is, and `signal` ends it at the server too. Throws an `ApiError`. */
export const fetchFile: Client['file'] = (path, body, options) => session.api.file(path, body, options);

/** Hands a file to the browser, to be saved. */
export function handOver(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
