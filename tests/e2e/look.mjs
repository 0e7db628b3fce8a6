// Looking at a screen: whether everybody can use it, and what it looks like.

import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** The folder for pictures of what the tests look at; without it none are taken. */
const SHOTS = process.env.RASOAT_SHOTS;
/** The language that the laptops of the tests speak. */
export const LANGUAGE = process.env.RASOAT_LANGUAGE ?? 'vi';

/** Holds a screen to WCAG 2.2 AA; takes its picture by the name where pictures are wanted. */
export async function accessible(page, name) {
	if (name) await look(page, name);
	const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
	expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0].html}`)).toEqual([]);
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

/** A picture of the screen as it is, where pictures are wanted. */
export async function look(page, name) {
	if (!SHOTS) return;
	mkdirSync(SHOTS, { recursive: true });
	await page.screenshot({ path: path.join(SHOTS, `${name}.${LANGUAGE}.png`) });
}
