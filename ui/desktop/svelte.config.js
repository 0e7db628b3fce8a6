import adapter from '@sveltejs/adapter-static';
import { externalStart } from '@rasoat/shared/vite/external-start.js';

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    adapter: externalStart(adapter({ pages: 'build', assets: 'build' }), 'build'),
    router: { type: 'hash' },
    alias: { $lib: 'src/lib', $messages: 'src/lib/messages.ts' },
    version: { pollInterval: 0 },
  },
};
