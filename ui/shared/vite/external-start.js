/**
 * SvelteKit starts a page by an inline script, which `script-src 'self'` forbids. This adapter writes that script to a file beside
 * the page instead, so that the window and the province's server can keep the strict policy without a hash of every build.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {import('@sveltejs/kit').Adapter} adapter the adapter that writes `index.html`
 * @param {string} folder where it writes, from the package's folder
 * @returns {import('@sveltejs/kit').Adapter}
 */
export function externalStart(adapter, folder) {
  return {
    ...adapter,
    name: `${adapter.name}-external-start`,
    async adapt(builder) {
      await adapter.adapt(builder);
      const page = join(folder, 'index.html');
      writeFileSync(page, moveScripts(readFileSync(page, 'utf8'), folder));
    },
  };
}

/**
 * @param {string} html
 * @param {string} folder
 */
function moveScripts(html, folder) {
  return html.replace(/<script>([\s\S]*?)<\/script>/g, (_, script) => {
    const file = `start.${createHash('sha256').update(script).digest('hex').slice(0, 12)}.js`;
    writeFileSync(join(folder, file), script);
    return `<script src="./${file}"></script>`;
  });
}
