// The desktop's screens with sample data (`ui/desktop/build-fixtures`), served to a browser, and the way to each of the table.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { root } from '../window.mjs';

const built = path.join(root, 'ui/desktop/build-fixtures');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

/** The moment on every clock, so that screens look the same on every day. */
const NOW = new Date('2026-11-26T14:32:00+07:00');

/** What a browser needs to be told for the screens to be the same everywhere. */
export const context = {
	viewport: { width: 1366, height: 768 },
	locale: 'vi-VN',
	timezoneId: 'Asia/Ho_Chi_Minh',
	reducedMotion: 'reduce',
	colorScheme: 'light'
};

/** Serves the built screens; `stop()` ends it. */
export async function serve() {
	const server = createServer((request, response) => {
		const name = path.normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
		const wanted = path.join(built, name === '/' ? 'index.html' : name);
		const file = wanted.startsWith(built) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : null;
		if (!file) return response.writeHead(404).end();
		response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream' });
		createReadStream(file).pipe(response);
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Opens a screen of the table and walks to its state. */
export async function show(page, url, screen) {
	await page.clock.setFixedTime(NOW);
	await page.goto(`${url}/?${screen.in ?? ''}${screen.at}`);
	await settle(page, screen.waits);
	await screen.walk?.(page);
	await settle(page, screen.waits);
}

/** Waits until nothing loads any more and the fonts are there. */
async function settle(page, waits) {
	await page.locator('h1, h2, [role="status"], [role="alert"]').first().waitFor();
	if (!waits) await page.waitForFunction(() => [...document.querySelectorAll('.wait')].every((one) => one.offsetParent === null));
	await page.evaluate(async () => {
		await document.fonts.ready;
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
	});
}

/** The other language, without a new page. */
export async function speak(page, language) {
	await page.evaluate((chosen) => globalThis.rasoatScreens.setLanguage(chosen), language);
}

/** Another theme and text size, without a new page. */
export async function look(page, { theme = 'light', contrast = 'normal', size = 100 }) {
	await page.evaluate(
		([theme, contrast, size]) => {
			document.documentElement.dataset.theme = theme;
			document.documentElement.dataset.contrast = contrast;
			document.documentElement.style.setProperty('--text-scale', String(size / 100));
		},
		[theme, contrast, size]
	);
}
