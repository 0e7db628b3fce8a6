import adapter from '@sveltejs/adapter-static';
import { externalStart } from '@rasoat/shared/vite/external-start.js';

/** The screens with sample data are for looking at only: they never stand where the program takes its screens from. */
const folder = process.env['VITE_FIXTURES'] ? 'build-fixtures' : 'build';

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    adapter: externalStart(adapter({ pages: folder, assets: folder }), folder),
    router: { type: 'hash' },
    alias: { $lib: 'src/lib', $messages: 'src/lib/messages.ts' },
    version: { pollInterval: 0 },
  },
};
