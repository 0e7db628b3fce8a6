// The real window: Xvfb, tauri-driver in front of WebKitWebDriver, and the few verbs that a journey needs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Builder, By, Capabilities, Key, until } from 'selenium-webdriver';
import { askWindowsToClose } from './display.mjs';
import { screenCamera } from './screen.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The program whose window is driven. */
const program = path.join(root, process.env.RASOAT_PROGRAM ?? 'target/debug/rasoat');

/** A port that is free now. */
export async function freePort() {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address();
	server.close();
	await once(server, 'close');
	return port;
}

/** The first line that a process prints. */
export async function firstLine(child) {
	const lines = createInterface({ input: child.stdout });
	const ended = once(child, 'exit').then(([code]) => {
		throw new Error(`${child.spawnfile} ended with ${code} before it said anything`);
	});
	ended.catch(() => {});
	const [line] = await Promise.race([once(lines, 'line'), ended]);
	return line;
}

async function reachable(url, tries = 200) {
	for (let left = tries; left > 0; left -= 1) {
		try {
			return await fetch(url);
		} catch {
			await new Promise((resolve) => setImmediate(resolve));
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
	throw new Error(`${url} does not answer`);
}

/** The process of the window on a data folder; nothing where it has ended. */
export function programOn(data) {
	return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).find((id) => {
		try {
			if (readlinkSync(`/proc/${id}/exe`) !== realpathSync(program)) return false;
			return readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(`RASOAT_DATA_DIR=${data}`);
		} catch {
			// It ended meanwhile, or is somebody else's.
			return false;
		}
	});
}

/** Opens the window on a data folder. `close()` ends everything that was started. */
export async function openWindow(data) {
	const pixels = mkdtempSync(path.join(os.tmpdir(), 'rasoat-screen-'));
	const screen = spawn(
		'Xvfb',
		['-displayfd', '1', '-screen', '0', '1366x768x24', '-nolisten', 'tcp', '-fbdir', pixels],
		{ stdio: ['ignore', 'pipe', 'ignore'] }
	);
	const display = `:${await firstLine(screen)}`;
	const [port, native] = [await freePort(), await freePort()];
	const bridge = spawn(
		path.join(root, 'target/tools/bin/tauri-driver'),
		['--port', String(port), '--native-port', String(native)],
		{
			stdio: 'ignore',
			env: { ...process.env, DISPLAY: display, RASOAT_DATA_DIR: data }
		}
	);
	await reachable(`http://127.0.0.1:${port}/status`);
	const capabilities = new Capabilities();
	capabilities.set('tauri:options', { application: program });
	capabilities.setBrowserName('wry');
	const driver = await new Builder()
		.withCapabilities(capabilities)
		.usingServer(`http://127.0.0.1:${port}/`)
		.build();
	await driver.manage().setTimeouts({ pageLoad: 20_000, script: 20_000 });
	return {
		driver,
		/** What the screen shows, as PNG. */
		look: screenCamera(pixels),
		/** Asks the window to close, as its button does. */
		askToClose: () => askWindowsToClose(display),
		/** Ends the program as a power cut does. */
		kill() {
			process.kill(programOn(data), 'SIGKILL');
		},
		async close() {
			await driver.quit().catch(() => {});
			bridge.kill();
			screen.kill();
			rmSync(pixels, { recursive: true, force: true });
		}
	};
}

/** Waits for an element that is shown. A page that is just being replaced is no reason to give up. */
export async function shown(driver, selector, ms = 20_000) {
	return driver.wait(
		async () => {
			try {
				for (const element of await driver.findElements(By.css(selector))) {
					if (await element.isDisplayed()) return element;
				}
			} catch (reason) {
				if (!passing.has(reason.name)) throw reason;
			}
			return null;
		},
		ms,
		`${selector} is not shown`
	);
}

const passing = new Set(['NoSuchFrameError', 'StaleElementReferenceError', 'NoSuchWindowError', 'JavascriptError']);

/** Clicks what a test id names. */
export async function click(driver, selector) {
	const element = await shown(driver, selector);
	await driver.executeScript('arguments[0].scrollIntoView({block:"center"})', element);
	await driver.wait(until.elementIsEnabled(element), 20_000, `${selector} is disabled`);
	await element.click();
}

/** Replaces what stands in a field. */
export async function type(driver, selector, text, { enter = false } = {}) {
	const element = await shown(driver, selector);
	await element.clear();
	await element.sendKeys(text);
	if (enter) await element.sendKeys(Key.ENTER);
}

/** A numbered picture of the window. */
export function camera(folder) {
	mkdirSync(folder, { recursive: true });
	let number = 0;
	return async (name, png) => {
		number += 1;
		const file = path.join(folder, `${String(number).padStart(2, '0')}-${name}.png`);
		writeFileSync(file, png);
		return file;
	};
}
