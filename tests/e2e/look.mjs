// Looking at a screen: whether everybody can use it, and what it looks like.

import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** The folder for pictures of what the tests look at; without it none are taken. */
const SHOTS = process.env.RASOAT_SHOTS;
/** How much longer than its window a picture gets at most, in pixels. */
const LONGEST = 1200;
/** The language that the laptops of the tests speak. */
export const LANGUAGE = process.env.RASOAT_LANGUAGE ?? 'vi';

/** Holds a screen to WCAG 2.2 AA once it is there; takes its picture by the name where pictures are wanted. */
export async function accessible(page, name) {
	await settled(page);
	if (name) await look(page, name);
	const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
	expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0].html}`)).toEqual([]);
}

/** Waits until a screen is there, nothing on it loads or changes its colour any more, and its letters are in. */
export async function settled(page) {
	await page.locator('h1, h2, h3').first().waitFor();
	await page.waitForFunction(() => [...document.querySelectorAll('.wait')].every((one) => one.offsetParent === null));
	await page.evaluate(async () => {
		await document.fonts.ready;
		await Promise.all(document.getAnimations().map((one) => one instanceof CSSTransition && one.finished.catch(() => {})));
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
	});
}

/** Makes the next file of the province's pages take for ever, told as so far; the answer says whether it was ended. */
export async function slowFile(page, done, total) {
	await page.evaluate(
		([done, total]) => {
			const fetch = window.fetch;
			window.fetch = (address, init) => {
				window.fetch = fetch;
				window.ended = false;
				init.signal.addEventListener('abort', () => (window.ended = true));
				const body = new ReadableStream({
					start(controller) {
						controller.enqueue(new TextEncoder().encode(`{"done":${done},"total":${total}}\n`));
						init.signal.addEventListener('abort', () => controller.error(init.signal.reason));
					}
				});
				return Promise.resolve(new Response(body, { headers: { 'content-type': 'application/vnd.rasoat.progress' } }));
			};
		},
		[done, total]
	);
	return () => page.evaluate(() => window.ended);
}

/** Pictures of the screen as it is, where they are wanted: of the province's in both languages, light and dark, as long as it is. */
export async function look(page, name) {
	if (!SHOTS) return;
	await settled(page);
	const languages = page.locator('button[lang]');
	if ((await languages.count()) === 0) return photograph(page, `${name}.${LANGUAGE}`);
	const theme = await page.evaluate(() => document.documentElement.dataset.theme);
	for (const language of ['en', 'vi']) {
		// By the button itself, which a dialog may stand before.
		await page.locator(`button[lang="${language}"]`).first().evaluate((button) => button.click());
		for (const shown of ['light', 'dark']) {
			await page.evaluate((shown) => (document.documentElement.dataset.theme = shown), shown);
			await photograph(page, shown === 'light' ? `${name}.${language}` : `${name}.${language}.dark`);
		}
	}
	await page.evaluate((theme) => (theme ? (document.documentElement.dataset.theme = theme) : delete document.documentElement.dataset.theme), theme);
	await settled(page);
}

/** A picture of the whole of a screen, also of what is scrolled to; of a dialog as it stands before the screen. */
export async function photograph(page, name) {
	if (!SHOTS) return;
	mkdirSync(SHOTS, { recursive: true });
	const window = page.viewportSize();
	const below = await page.evaluate(() =>
		document.querySelector('dialog[open]') ? 0 : Math.max(...[document.scrollingElement, ...document.querySelectorAll('main')].map((one) => one.scrollHeight - one.clientHeight))
	);
	if (below > 0) await page.setViewportSize({ ...window, height: window.height + Math.min(below, LONGEST) });
	await page.screenshot({ path: path.join(SHOTS, `${name}.png`), animations: 'disabled' });
	if (below > 0) await page.setViewportSize(window);
}
