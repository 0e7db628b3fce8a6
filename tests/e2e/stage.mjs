// A province and laptops of its own for each test: real programs, temporary folders, free ports.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LANGUAGE } from './look.mjs';
import { firstLine, freePort, root } from './window.mjs';

/** Chromium without the services that look for a network. */
export const browserArguments = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync'
];

const program = (name) => path.join(root, 'target/debug', name);
const labelled = (output, label) => {
	const line = output.split('\n').find((text) => text.trim().startsWith(label));
	if (!line) throw new Error(`no “${label}” in what the server printed`);
	return line.trim().slice(label.length).trim();
};

/**
 * Opens an address as if it were typed into a new page. Of an address that differs only behind `#` the router loads the page anew by
 * itself, a moment after the browser says it is there.
 */
export async function visit(page, url) {
	await page.goto('about:blank');
	await page.goto(url);
}

/** Starts a province with the demo's list and villages, in a round. `stop()` ends it and removes everything. */
export async function startProvince({ round = 2026 } = {}) {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'rasoat-'));
	const port = await freePort();
	const data = path.join(folder, 'province');
	const list = path.join(folder, 'danh-sach.xlsx');
	const villages = path.join(folder, 'villages.csv');
	execFileSync(program('rasoat-harness'), ['demo', '--list', list, '--villages', villages]);
	const password = labelled(
		execFileSync(program('rasoat-server'), ['init', '--data', data, '--public-url', `http://127.0.0.1:${port}`, '--round', String(round)], { encoding: 'utf8' }),
		'password:'
	);
	const serve = () =>
		spawn(program('rasoat-server'), ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'ignore'] });
	let server = serve();
	const url = (await firstLine(server)).match(/http:\/\/\S+/)[0];
	let laptops = 0;
	return {
		url,
		password,
		list,
		folder,
		/** Enrols one more laptop. */
		enrol() {
			laptops += 1;
			const file = path.join(folder, `may-${laptops}.enrol`);
			const output = execFileSync(
				program('rasoat-server'),
				['device', 'enrol', '--data', data, '--commune', '06001', '--commune', '06187', '--surveyor', 'Người dùng thử']
					.concat(['--device', `Máy ${laptops}`, '--villages', villages, '--out', file]),
				{ encoding: 'utf8' }
			);
			return { file, code: labelled(output, 'code:'), id: labelled(output, 'device:'), data: path.join(folder, `laptop-${laptops}`) };
		},
		/** A year later: laptops enrolled from now on are of this round. */
		async nextRound(year) {
			const ended = new Promise((resolve) => server.once('exit', resolve));
			server.kill();
			await ended;
			const config = path.join(data, 'rasoat-server.toml');
			writeFileSync(config, readFileSync(config, 'utf8').replace(/^round = \d+$/m, `round = ${year}`));
			server = serve();
			await firstLine(server);
		},
		/** Takes in what a stick brought, and writes what goes back to a laptop on it. */
		exchange(file, { id }, answer) {
			execFileSync(program('rasoat-server'), ['bundle', 'import', '--data', data, file]);
			execFileSync(program('rasoat-server'), ['bundle', 'reply', '--data', data, '--device', id, '--out', answer]);
		},
		/** Answers a laptop's request, if it has this number. */
		recover(request, answer, number) {
			execFileSync(program('rasoat-server'), ['recover', '--data', data, request, '--out', answer, '--number', number]);
		},
		stop() {
			server.kill();
			// A laptop that was killed may still be writing its last.
			rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
		}
	};
}

/** Logs in at the province's pages as the officer, if the password is right; waits for the answer, so that the page may be left. */
export async function logIn(page, province, password = province.password) {
	await page.goto(province.url);
	await page.locator('input[autocomplete="username"]').fill('admin');
	await page.locator('input[type="password"]').fill(password);
	const answered = page.waitForResponse((response) => response.url().endsWith('/api/session') && response.request().method() === 'POST');
	await page.locator('button[type="submit"]').click();
	await answered;
}

/** A page of its own at the province, logged in as the officer, as wide as an office's screen. */
export async function openOffice(browser, province) {
	const locale = LANGUAGE === 'vi' ? 'vi-VN' : 'en-GB';
	const context = await browser.newContext({ locale, viewport: { width: 1366, height: 768 }, acceptDownloads: true });
	const office = await context.newPage();
	await logIn(office, province);
	await office.locator('a[href="#/communes"]').first().waitFor();
	return office;
}

/** Serves the desktop's screens and commands to a browser. */
export async function startDesktop(data) {
	const harness = spawn(program('rasoat-harness'), ['serve', '--data', data, '--screens', path.join(root, 'ui/desktop/build')], {
		stdio: ['pipe', 'pipe', 'inherit']
	});
	const url = await firstLine(harness);
	return { url, stop: () => harness.kill(), kill: () => harness.kill("SIGKILL") };
}
