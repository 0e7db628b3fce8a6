// The surveyor's screens in Chromium, in front of the window's own handlers.

import { expect, test } from '@playwright/test';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { choosePath, enrol, enrolled, laptop, open, opened, PASSPHRASE, start, unlock } from './laptop.mjs';
import { accessible } from './look.mjs';
import { startProvince, visit } from './stage.mjs';

let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

test('a wrong code, a cut file and a file that is something else are each said in words, and nothing is created', async ({ page }) => {
	const machine = await laptop(page, province);
	await accessible(page);
	const nothing = path.join(province.folder, 'ghi-chu.enrol');
	writeFileSync(nothing, 'không phải tệp ghi danh');
	await choosePath(page, nothing);
	await expect(page.getByRole('alert').first()).toBeVisible();
	await enrol(page, machine, 'AAAA-AAAA-AAAA-AAAA');
	await expect(page.getByRole('alert').first()).toBeVisible();
	await page.locator('input[autocapitalize="characters"]').fill(machine.code);
	await page.locator('form button[type="submit"]').click();
	await opened(page);
	machine.stop();
});

test('a wrong passphrase is said, slows down, and the right one opens', async ({ page }) => {
	const machine = await enrolled(page, province);
	machine.stop();
	const again = await start(page, machine.data);
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
	await opened(page);
	again.stop();
});

test('every screen is accessible, and speaks English when asked', async ({ page }) => {
	const machine = await open(page, province);
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
	const machine = await open(page, province);
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
	const again = await start(page, machine.data);
	await unlock(page);
	await page.locator(`a[href="#/interview/${id}"]`).first().click();
	await expect(page.locator('[data-question="floor_area"] input')).toHaveValue('38,5');
	again.stop();
});

test('the web view keeps nothing of what was typed or seen', async ({ page, context }) => {
	const machine = await open(page, province);
	await visit(page, `${machine.url}/#/households`);
	const id = await page.locator('a[data-household]').first().getAttribute('data-household');
	await visit(page, `${machine.url}/#/interview/${id}`);
	await page.locator('[data-section="housing"]').click();
	const area = page.locator('[data-question="floor_area"] input');
	await area.fill('38,5');
	await area.press('Enter');
	await visit(page, `${machine.url}/#/settings`);
	const kept = await page.evaluate(async () => ({
		local: localStorage.length,
		databases: (await indexedDB.databases()).length,
		caches: (await caches.keys()).length,
		// The router keeps how far pages were scrolled, as long as the window is open.
		session: Object.entries(sessionStorage).filter(([key]) => !key.startsWith('sveltekit:')).length,
		text: JSON.stringify(Object.entries(sessionStorage))
	}));
	expect(kept).toMatchObject({ local: 0, databases: 0, caches: 0, session: 0 });
	for (const secret of [PASSPHRASE, machine.code, '38,5', id]) expect(kept.text).not.toContain(secret);
	expect(await context.cookies()).toEqual([]);
	machine.stop();
});

test('two people share a laptop, lock it by a key and choose themselves', async ({ page }) => {
	const machine = await enrolled(page, province);
	await visit(page, `${machine.url}/#/settings`);
	await page.locator('[data-add-user]').click();
	const form = page.locator('#user-form');
	await form.locator('input[autocapitalize="words"]').fill('Lý Thị Mai');
	for (const field of await form.locator('input[autocomplete="new-password"]').all()) await field.fill('ba con trâu già');
	await form.locator('input[autocomplete="current-password"]').fill(PASSPHRASE);
	await page.keyboard.press('Enter');
	await expect(page.locator('[data-user-row]')).toHaveCount(2);
	await accessible(page);
	await page.keyboard.press('Control+l');
	await expect(page.locator('input[data-user]')).toHaveCount(2);
	await accessible(page);
	await page.locator('input[data-user]').last().check();
	await page.locator('input[type="password"]').fill('ba con trâu già');
	await page.keyboard.press('Enter');
	// Back where it was locked, under the other name.
	await expect(page.locator('[data-user-row]')).toHaveCount(2);
	await expect(page.getByText('Lý Thị Mai').first()).toBeVisible();
	machine.stop();
});

test('a forgotten passphrase is replaced by way of the province', async ({ page }) => {
	const machine = await enrolled(page, province);
	await page.keyboard.press('Control+l');
	await page.locator('[data-forgotten]').click();
	const stick = path.join(province.folder, 'usb-recovery');
	mkdirSync(stick);
	await page.locator('[data-recovery="request"] input').fill(stick);
	await page.keyboard.press('Enter');
	const number = (await page.locator('[data-recovery="number"]').textContent()).replaceAll(/\s/g, '');
	await accessible(page);
	const [request] = readdirSync(stick);
	const answer = path.join(stick, 'may.answer');
	province.recover(path.join(stick, request), answer, number);
	await page.locator('[data-recovery="answer"] input').fill(answer);
	await page.keyboard.press('Enter');
	for (const field of await page.locator('input[type="password"]').all()) await field.fill('năm bó lúa nếp');
	await page.locator('[data-recovery="open"]').click();
	await opened(page);
	machine.stop();
});

test('a finding jumps to its question', async ({ page }) => {
	const machine = await open(page, province);
	await visit(page, `${machine.url}/#/households`);
	const id = await page.locator('a[data-household]').first().getAttribute('data-household');
	await visit(page, `${machine.url}/#/interview/${id}`);
	await page.locator('[data-section="#sign-off"]').click();
	await page.locator('[data-finding="floor_area"]').first().click();
	await expect(page.locator('[data-question="floor_area"] input')).toBeFocused();
	machine.stop();
});

test('what is copied to a stick comes in on another laptop, and is confirmed by neither', async ({ page, browser }) => {
	const receiver = await enrolled(page, province);
	const context = await browser.newContext();
	const other = await context.newPage();
	const sender = await open(other, province);
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
