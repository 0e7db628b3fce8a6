// @vitest-environment node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('is what the server’s OpenAPI says (else: npm run gen:api -w shared)', async () => {
  const at = (name: string) => new URL(`./${name}`, import.meta.url);
  const openapi = JSON.parse(readFileSync(fileURLToPath(at('openapi.json')), 'utf8'));
  const fresh = astToString(await openapiTS(openapi));
  const kept = readFileSync(fileURLToPath(at('schema.d.ts')), 'utf8');
  expect(kept.replace(/^\/\*\*[\s\S]*?\*\/\s*/, '').trim()).toBe(fresh.trim());
});
