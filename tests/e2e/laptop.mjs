// A surveyor's laptop in a browser, and what is done on it again and again.

import { expect } from '@playwright/test';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { LANGUAGE } from './look.mjs';
import { startDesktop, visit } from './stage.mjs';

export const PASSPHRASE = 'nà pàn khuổi slao 2026';
/** A village of the province, as the laptop knows it. */
export const VILLAGE = '06001-na-pan';

/** Opens the screens of a data folder. */
export async function start(page, data) {
	const desktop = await startDesktop(data);
	if (LANGUAGE !== 'vi') await ask(desktop, 'set_language', { language: LANGUAGE });
	await page.goto(desktop.url);
	return { ...desktop, data };
}

/** A fresh laptop that the province knows. */
export async function laptop(page, province) {
	const enrolment = province.enrol();
	return { ...enrolment, ...(await start(page, enrolment.data)) };
}

/** Types a path where one is asked for. */
export async function choosePath(page, file, place = 'form') {
	await page.locator(`${place} input[spellcheck="false"]`).fill(file);
	await page.keyboard.press('Enter');
}

/** Enrols; the name is the one that the province gave. */
export async function enrol(page, machine, code = machine.code) {
	await choosePath(page, machine.file);
	await page.locator('input[autocapitalize="characters"]').fill(code);
	for (const field of await page.locator('input[type="password"]').all()) await field.fill(PASSPHRASE);
	await page.locator('form button[type="submit"]').click();
}

/** A laptop that is enrolled and open, with nothing on it. */
export async function enrolled(page, province) {
	const machine = await laptop(page, province);
	await enrol(page, machine);
	await opened(page);
	return machine;
}

/** A laptop that is open, with a list on it. */
export async function open(page, province, list = province.list) {
	const machine = await enrolled(page, province);
	await takeList(page, machine, list);
	return machine;
}

/** Takes in a list whose columns are clear. */
export async function takeList(page, machine, list) {
	await visit(page, `${machine.url}/#/households/import`);
	await choosePath(page, list);
	await page.locator('[data-import="take"]').click();
	await expect(page.locator('[data-import="done"]')).toBeVisible();
}

/** Waits until the program is open. */
export async function opened(page) {
	await expect(page.locator('a[href="#/households"]').first()).toBeVisible();
}

/** Gives the passphrase and waits until the program is open. */
export async function unlock(page) {
	await page.locator('input[type="password"]').fill(PASSPHRASE);
	await page.keyboard.press('Enter');
	await opened(page);
}

/** Looks for households by a name; the row of the only one. */
export async function find(page, machine, name) {
	await visit(page, `${machine.url}/#/households`);
	await page.locator('input[type="search"]').fill(name);
	const row = page.locator('a[data-household]');
	await expect(row).toHaveCount(1);
	await expect(row).toContainText(name);
	return row;
}

/** Adds a household that has applied, by hand; answers with its id. */
export async function addHousehold(page, machine, { village, name, birth = '', citizenId = '' }) {
	await visit(page, `${machine.url}/#/households/new`);
	await page.locator('form select').selectOption(village);
	const [head, born, citizen] = await page.locator('form input:not([type])').all();
	await head.fill(name);
	await born.fill(birth);
	await citizen.fill(citizenId);
	await page.locator('form button[type="submit"]').click();
	await expect(page.locator('[data-history]')).toBeVisible();
	return new URL(page.url()).hash.split('/').at(-1);
}

/** Answers a line of an interview that is open at its section, and waits until it is on the disk. */
export async function answerLine(page, question, text) {
	const field = page.locator(`[data-question="${question}"] [data-answer] input`);
	await field.fill(text);
	const answered = page.waitForResponse((response) => response.url().endsWith('/ipc/answer'));
	await field.press('Enter');
	await answered;
}

/** Calls a command as the screens do. */
export async function ask(machine, command, form = {}) {
	const answer = await fetch(`${machine.url}/ipc/${command}`, { method: 'POST', body: JSON.stringify(form) });
	const { ok, error } = await answer.json();
	if (error) throw new Error(`${command}: ${JSON.stringify(error)}`);
	return ok;
}

/** Interviews a household that has nothing to answer yet, and signs it: with patience, and without the screens. */
export const interviewed = (machine, household) => patiently(machine, 'visit', household);

/** Asks a household whatever is still to be answered, and signs nothing. */
export const asked = (machine, household) => patiently(machine, 'ask', household);

async function patiently(machine, way, household) {
	const answer = await fetch(`${machine.url}/${way}/${household}`, { method: 'POST' });
	const { error } = await answer.json();
	if (error) throw new Error(error);
}

/** Has a laptop of its own do something, sends that to the province, and puts the laptop away. */
export async function fromLaptop(browser, province, work) {
	const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1366, height: 768 } });
	const machine = await open(await context.newPage(), province);
	await work(machine);
	await ask(machine, 'sync_now');
	machine.stop();
	await context.close();
}

/** Copies what has no receipt to a stick for another laptop or the province (its id), and answers with the files. */
export async function copyTo(page, machine, recipient, stick) {
	mkdirSync(stick, { recursive: true });
	const before = new Set(readdirSync(stick));
	await visit(page, `${machine.url}/#/sync`);
	const choice = page.locator(`input[data-recipient="${recipient}"]`);
	await expect(choice).toBeVisible();
	for (const other of await page.locator('input[data-recipient]').all()) await other.setChecked((await other.getAttribute('data-recipient')) === recipient);
	await page.locator('[data-usb="out"] input').fill(stick);
	await page.keyboard.press('Enter');
	await expect(page.locator('[data-usb="written"]')).toBeVisible();
	return readdirSync(stick).filter((name) => !before.has(name)).map((name) => path.join(stick, name));
}

/** Takes in files of a stick, one after the other. */
export async function takeFrom(page, machine, files) {
	for (const file of files) {
		await visit(page, `${machine.url}/#/sync`);
		await page.locator('[data-usb="in"] input').fill(file);
		await page.keyboard.press('Enter');
		await expect(page.locator('[data-usb="taken"]')).toBeVisible();
	}
}

/** The writers of a household's edits, the earliest first. */
export async function writersOf(machine, household) {
	const history = await ask(machine, 'household_history', { household, offset: 0, limit: 100 });
	const edits = history.sittings.flatMap((sitting) => sitting.edits).reverse();
	return [...new Set(edits.map((edit) => edit.split(/[:/]/)[0]))];
}
