import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';
import { firstLooks } from '@rasoat/shared/vite/first-looks.js';

/** What `lib/looks.ts` keeps. */
const KEPT_LOOKS =
  "(() => { try { return JSON.parse(localStorage.getItem('rasoat-looks')); } catch { return null; } })()";

/**
 * SvelteKit hides the line that reads page titles aloud by a style attribute, which the server's content security policy
 * refuses; `app.css` hides it instead.
 */
function announcerWithoutStyleAttribute(): Plugin {
  return {
    name: 'announcer-without-style-attribute',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/generated/root.svelte')) return null;
      return code.replace(/(<div id="svelte-announcer"[^>]*?)\sstyle="[^"]*"/, '$1');
    },
  };
}

export default defineConfig({
  plugins: [firstLooks(KEPT_LOOKS), announcerWithoutStyleAttribute(), tailwindcss(), sveltekit()],
  // Fonts and images stay files: the content security policy allows no data: address for fonts.
  build: { assetsInlineLimit: 0 },
  server: { fs: { allow: ['..'] }, proxy: { '/api': process.env['RASOAT_SERVER'] ?? 'http://127.0.0.1:8787' } },
});
