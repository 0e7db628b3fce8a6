import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { firstLooks } from '@rasoat/shared/vite/first-looks.js';
import { ipcCarrier } from '@rasoat/shared/vite/ipc-carrier.js';

export default defineConfig({
  plugins: [firstLooks('window.rasoatLooks'), ipcCarrier(), tailwindcss(), sveltekit()],
  // WebView2 and WebKitGTK as old as the laptops' systems may carry.
  build: { target: ['chrome111', 'safari16.4'] },
  server: { fs: { allow: ['..'] } },
});
