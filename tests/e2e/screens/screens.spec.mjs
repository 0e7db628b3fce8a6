// Every screen of the table in both languages and themes: what axe says of it, whether it fits, what a screen reader finds there,
// and whether it is translated.

import { expect, test } from '@playwright/test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { overflows, texts, untranslated, violations } from './look.mjs';
import { look, serve, show, speak } from './stage.mjs';
import { SCREENS } from './table.mjs';

const snapshots = path.join(import.meta.dirname, 'aria');
const renew = process.env.RASOAT_RENEW === '1';

const USUAL = { width: 1366, height: 768 };
const SIZES = [
	{ window: USUAL, size: 100 },
	{ window: { width: 1024, height: 640 }, size: 100 },
	{ window: { width: 1920, height: 1080 }, size: 100 },
	{ window: { width: 1024, height: 640 }, size: 200 }
];
/** Every pair of colours is computed for all themes (`ui/shared/src/tokens.test.ts`); here they are seen where they meet. */
const DARK = [{ theme: 'dark' }];
const ALL_LOOKS = [...DARK, { theme: 'light', contrast: 'high' }, { theme: 'dark', contrast: 'high' }];

let server;
test.beforeAll(async () => {
	server = await serve();
});
test.afterAll(() => server.stop());

for (const screen of SCREENS) {
	test(screen.name, async ({ page }) => {
		const errors = [];
		page.on('pageerror', (error) => errors.push(error.message));
		await show(page, server.url, screen);

		await test.step('a screen reader finds what it found before', async () => {
			const file = path.join(snapshots, `${screen.name}.yml`);
			const found = `${await page.locator('body').ariaSnapshot()}\n`;
			if (renew) {
				mkdirSync(snapshots, { recursive: true });
				writeFileSync(file, found);
			}
			expect(found, '`cargo xtask screenshots --snapshots` renews what is kept').toBe(readFileSync(file, 'utf8'));
		});

		await test.step('axe has nothing to say, in either theme', async () => {
			expect(await violations(page)).toEqual([]);
			for (const looks of screen.samples ? ALL_LOOKS : DARK) {
				await look(page, looks);
				expect(await violations(page, ['color-contrast']), JSON.stringify(looks)).toEqual([]);
			}
		});

		const said = await texts(page);
		for (const language of ['vi', 'en']) {
			await speak(page, language);
			for (const { window, size } of SIZES) {
				await page.setViewportSize(window);
				await look(page, { size });
				expect(await overflows(page), `${language}, ${window.width}×${window.height}, ${size} %`).toEqual([]);
			}
			await page.setViewportSize(USUAL);
			await look(page, {});
		}
		if (!screen.samples) expect(untranslated(said, await texts(page)), 'said in one language only').toEqual([]);
		expect(errors).toEqual([]);
	});
}
