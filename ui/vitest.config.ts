import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { ipcCarrier } from './shared/vite/ipc-carrier.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function unit(name: string, alias: Record<string, string> = {}) {
  return {
    plugins: [ipcCarrier(), svelte({ configFile: false }), svelteTesting()],
    resolve: { alias },
    test: {
      name,
      environment: 'happy-dom',
      include: [`${name}/src/**/*.test.ts`],
      // Icons come as Svelte files, which Node does not read by itself.
      server: { deps: { inline: [/@lucide\/svelte/] } },
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      unit('shared'),
      unit('desktop', { $lib: here('desktop/src/lib'), $messages: here('desktop/src/lib/messages.ts') }),
      unit('province', { $lib: here('province/src/lib') }),
    ],
  },
});
