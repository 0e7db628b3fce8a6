import { fileURLToPath } from 'node:url';

/**
 * The generated bindings import Tauri's `invoke`; this plugin gives them ours, which chooses between the window and the browser
 * harness when the program runs. Every other import of Tauri is left as it is.
 *
 * @returns {import('vite').Plugin}
 */
export function ipcCarrier() {
  const carrier = fileURLToPath(new URL('../src/ipc/carrier.ts', import.meta.url));
  return {
    name: 'rasoat-ipc-carrier',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source === '@tauri-apps/api/core' && importer?.endsWith('/ipc/bindings.ts')) return carrier;
      return null;
    },
  };
}
