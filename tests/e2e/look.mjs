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

/** A picture of the screen as it is, where pictures are wanted. */
export async function look(page, name) {
	if (!SHOTS) return;
	mkdirSync(SHOTS, { recursive: true });
	await page.screenshot({ path: path.join(SHOTS, `${name}.${LANGUAGE}.png`) });
}
