// The surveyor's screens in Chromium, in front of the window's own handlers.

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startDesktop, startProvince, visit } from './stage.mjs';

const PASSPHRASE = 'nà pàn khuổi slao 2026';
let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** A laptop, fresh or (after `open`) with its list taken in. */
async function laptop(page) {
	const enrolment = province.enrol();
	const desktop = await startDesktop(enrolment.data);
	await page.goto(desktop.url);
	return { ...enrolment, ...desktop };
}

async function choosePath(page, file) {
	await page.locator('form input[spellcheck="false"]').fill(file);
	await page.keyboard.press('Enter');
}

async function enrol(page, machine, code = machine.code) {
	await choosePath(page, machine.file);
	await page.locator('input[autocapitalize="characters"]').fill(code);
	for (const field of await page.locator('input[type="password"]').all()) await field.fill(PASSPHRASE);
	await page.locator('form button[type="submit"]').click();
}

async function open(page) {
	const machine = await laptop(page);
	await enrol(page, machine);
	await expect(page.locator('a[href="#/households"]').first()).toBeVisible();
	await visit(page, `${machine.url}/#/households/import`);
	await choosePath(page, province.list);
	await page.locator('[data-import="take"]').click();
	await expect(page.locator('[data-import="done"]')).toBeVisible();
	return machine;
}

async function accessible(page) {
	const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
	expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0].html}`)).toEqual([]);
}

test('a wrong code, a cut file and a file that is something else are each said in words, and nothing is created', async ({ page }) => {
	const machine = await laptop(page);
	await accessible(page);
	const nothing = path.join(province.folder, 'ghi-chu.enrol');
	writeFileSync(nothing, 'không phải tệp ghi danh');
	await choosePath(page, nothing);
	await expect(page.getByRole('alert').first()).toBeVisible();
	await enrol(page, machine, 'AAAA-AAAA-AAAA-AAAA');
	await expect(page.getByRole('alert').first()).toBeVisible();
	await page.locator('input[autocapitalize="characters"]').fill(machine.code);
	await page.locator('form button[type="submit"]').click();
	await expect(page.locator('a[href="#/households"]').first()).toBeVisible();
	machine.stop();
});

test('a wrong passphrase is said, slows down, and the right one opens', async ({ page }) => {
	const machine = await laptop(page);
	await enrol(page, machine);
	await expect(page.locator('a[href="#/households"]').first()).toBeVisible();
	machine.stop();
	const again = await startDesktop(machine.data);
	await page.goto(again.url);
	const field = page.locator('input[type="password"]');
	for (const wrong of ['không phải một', 'không phải hai', 'không phải ba']) {
		await field.fill(wrong);
		await page.keyboard.press('Enter');
		await expect(page.getByRole('alert').first()).toBeVisible();
		await expect(field).toHaveValue('');
	}
	await expect(page.locator('form button[type="submit"]')).toBeDisabled();
	await field.fill(PASSPHRASE);
	await expect(page.locator('form button[type="submit"]')).toBeEnabled();
	await page.locator('form button[type="submit"]').click();
	await expect(page.locator('a[href="#/households"]').first()).toBeVisible();
	again.stop();
});

test('every screen is accessible, and speaks English when asked', async ({ page }) => {
	const machine = await open(page);
	const household = async () => {
		await visit(page, `${machine.url}/#/households`);
		const row = page.locator('a[data-household]').first();
		await expect(row).toBeVisible();
		return row.getAttribute('data-household');
	};
	const id = await household();
	for (const screen of ['', 'households', `households/${id}`, 'households/new', 'households/import', 'sync', 'settings', `interview/${id}`]) {
		await visit(page, `${machine.url}/#/${screen}`);
		await expect(page.locator('h1').first()).toBeVisible();
		await accessible(page);
	}
	await visit(page, `${machine.url}/#/settings`);
	await page.getByText('English').first().click();
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	await visit(page, `${machine.url}/#/interview/${id}`);
	await page.locator('[data-section="housing"]').click();
	await expect(page.locator('h1').first()).toContainText('Housing');
	await accessible(page);
	machine.stop();
});

test('answers given by keyboard are there after the program was killed', async ({ page }) => {
	const machine = await open(page);
	await visit(page, `${machine.url}/#/households`);
	const id = await page.locator('a[data-household]').first().getAttribute('data-household');
	await visit(page, `${machine.url}/#/interview/${id}`);
	await page.locator('[data-section="housing"]').click();
	const area = page.locator('[data-question="floor_area"] input');
	await area.fill('38,5');
	const answered = page.waitForResponse((response) => response.url().endsWith('/ipc/answer'));
	await area.press('Enter');
	await answered;
	machine.kill();
	const again = await startDesktop(machine.data);
	await page.goto(again.url);
	await page.locator('input[type="password"]').fill(PASSPHRASE);
	await page.keyboard.press('Enter');
	await page.locator(`a[href="#/interview/${id}"]`).first().click();
	await expect(page.locator('[data-question="floor_area"] input')).toHaveValue('38,5');
	again.stop();
});

test('a finding jumps to its question', async ({ page }) => {
	const machine = await open(page);
	await visit(page, `${machine.url}/#/households`);
	const id = await page.locator('a[data-household]').first().getAttribute('data-household');
	await visit(page, `${machine.url}/#/interview/${id}`);
	await page.locator('[data-section="#sign-off"]').click();
	await page.locator('[data-finding="floor_area"]').first().click();
	await expect(page.locator('[data-question="floor_area"] input')).toBeFocused();
	machine.stop();
});

test('what is copied to a stick comes in on another laptop, and is confirmed by neither', async ({ page, browser }) => {
	const receiver = await laptop(page);
	await enrol(page, receiver);
	await expect(page.locator('a[href="#/households"]').first()).toBeVisible();
	const context = await browser.newContext();
	const other = await context.newPage();
	const sender = await open(other);
	await visit(other, `${sender.url}/#/sync`);
	// The laptop enrolled just before is the last but the province to choose from.
	const recipients = other.locator('input[data-recipient]');
	await expect(recipients.first()).toBeChecked();
	const stick = path.join(province.folder, 'usb');
	mkdirSync(stick);
	for (const recipient of await recipients.all()) await recipient.check();
	await other.locator('[data-usb="out"] input').fill(stick);
	await other.keyboard.press('Enter');
	await expect(other.locator('[data-usb="written"]')).toBeVisible();
	await accessible(other);
	await expect(other.locator('[data-custody="only_here"]').first()).toContainText('USB');
	await expect(other.locator('[data-custody="confirmed"]')).toHaveCount(0);
	const [file] = readdirSync(stick).filter((name) => !name.startsWith('rasoat-reply-'));

	await visit(page, `${receiver.url}/#/sync`);
	await page.locator('[data-usb="in"] input').fill(path.join(stick, file));
	await page.keyboard.press('Enter');
	await expect(page.locator('[data-usb="taken"]')).toBeVisible();
	await accessible(page);
	await page.locator('[data-usb="in"] input').fill(province.list);
	await page.keyboard.press('Enter');
	await expect(page.locator('[data-usb="problem"]')).toBeVisible();
	await context.close();
	receiver.stop();
	sender.stop();
});
