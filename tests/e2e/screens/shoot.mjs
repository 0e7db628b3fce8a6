// Pictures of every screen of the table in each language and theme: `target/screens/NAME.LANGUAGE.THEME.png`.
//
// `RASOAT_SCREENS` names part of the screens, `RASOAT_EXACTLY` some of them, with commas between; `RASOAT_SIZE` (in hundredths), `RASOAT_WINDOW` (`1024x640`) and `RASOAT_CONTRAST` show
// them otherwise than usual.

import { chromium } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { browserArguments } from '../stage.mjs';
import { root } from '../window.mjs';
import { context, look, serve, show, speak } from './stage.mjs';
import { SCREENS } from './table.mjs';

const { RASOAT_SCREENS: part = '', RASOAT_EXACTLY: exactly, RASOAT_SIZE: size, RASOAT_WINDOW: window, RASOAT_CONTRAST: contrast } = process.env;
const [width, height] = window?.split('x').map(Number) ?? [1366, 768];
const folder = path.join(root, 'target/screens');
const AT_ONCE = 2;

mkdirSync(folder, { recursive: true });
const server = await serve();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: browserArguments });
const named = exactly?.split(',');
const waiting = SCREENS.filter(({ name }) => (named ? named.includes(name) : name.includes(part)));
const failed = [];
let made = 0;

async function shoot() {
	const page = await browser.newPage({ ...context, viewport: { width, height } });
	for (let screen = waiting.shift(); screen; screen = waiting.shift()) {
		try {
			await show(page, server.url, screen);
			for (const language of ['vi', 'en']) {
				await speak(page, language);
				for (const theme of ['light', 'dark']) {
					await look(page, { theme, contrast, size: Number(size ?? 100) });
					const file = path.join(folder, `${screen.name}.${language}.${theme}.png`);
					await page.screenshot({ path: file, fullPage: screen.samples ?? false });
					made += 1;
				}
			}
		} catch (reason) {
			failed.push(`${screen.name}: ${reason.message.split('\n')[0]}`);
		}
	}
	await page.close();
}

await Promise.all(Array.from({ length: AT_ONCE }, shoot));
await browser.close();
server.stop();
console.log(`${made} pictures in ${path.relative(root, folder)}`);
for (const failure of failed) console.error(failure);
process.exit(failed.length > 0 || made === 0 ? 1 : 0);
