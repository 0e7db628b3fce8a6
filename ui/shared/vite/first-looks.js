/**
 * A page drawn light and turned dark a moment later dazzles. This plugin makes `looks.js`, which the page loads in its head and
 * which sets the looks before anything is drawn; as a file of its own, for `script-src 'self'`.
 */
import { showLooks } from '../src/looks.js';

/**
 * @param {string} chosen an expression for what was chosen before, as a browser can read it at once
 * @returns {import('vite').Plugin}
 */
export function firstLooks(chosen) {
  const script = `(${showLooks})(${chosen});\n`;
  return {
    name: 'rasoat-first-looks',
    configureServer(server) {
      server.middlewares.use('/looks.js', (_, response) => {
        response.setHeader('content-type', 'text/javascript').end(script);
      });
    },
    generateBundle() {
      if (this.environment.name === 'client') this.emitFile({ type: 'asset', fileName: 'looks.js', source: script });
    },
  };
}
