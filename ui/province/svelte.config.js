import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { externalStart } from '@rasoat/shared/vite/external-start.js';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: externalStart(adapter({ pages: 'build', assets: 'build' }), 'build'),
    router: { type: 'hash' },
    version: { pollInterval: 0 },
  },
};
