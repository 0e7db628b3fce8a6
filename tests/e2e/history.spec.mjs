// Who said what of a household, taking it back, writing out what is held, and the log of what was done on the laptop.

import { expect, test } from '@playwright/test';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { addHousehold, answerLine, ask, choosePath, enrolled, PASSPHRASE, VILLAGE } from './laptop.mjs';
import { accessible, look } from './look.mjs';
import { startProvince, visit } from './stage.mjs';

const NAME = 'Bế Thị Ngần';
let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** One sitting: an answer, and leaving the household, which seals it. */
async function sit(page, machine, household, question, answer) {
	await visit(page, `${machine.url}/#/interview/${household}`);
	await page.locator('[data-section="housing"]').click();
	await answerLine(page, question, answer);
	const left = page.waitForResponse((response) => response.url().endsWith('/ipc/leave_interview'));
	await page.locator('a[href="#/households"]').first().click();
	await left;
}

/** Another person takes the laptop over. */
async function handOver(page, machine, name) {
	const passphrase = 'ba con trâu già';
	const { users } = await ask(machine, 'add_user', { form: { name, short_name: '', passphrase, own_passphrase: PASSPHRASE } });
	await ask(machine, 'lock');
	await ask(machine, 'unlock', { form: { user: users.find((user) => !user.own).id, passphrase } });
}

async function floorArea(page, machine, household) {
	await visit(page, `${machine.url}/#/interview/${household}`);
	await page.locator('[data-section="housing"]').click();
	return page.locator('[data-question="floor_area"] input');
}

test('who changed what is shown, a sealed change is taken back with a reason, and all that is held is written out', async ({ page }) => {
	const machine = await enrolled(page, province);
	const household = await addHousehold(page, machine, {
		village: VILLAGE,
		name: NAME,
		birth: '1971',
		citizenId: '020171001234'
	});
	await sit(page, machine, household, 'floor_area', '38,5');
	await handOver(page, machine, 'Lý Thị Mai');
	await sit(page, machine, household, 'floor_area', '45');

	await visit(page, `${machine.url}/#/households/${household}`);
	await page.locator('[data-history]').click();
	const sittings = page.locator('[data-sitting]');
	const latest = sittings.first();
	await expect(latest).toHaveAttribute('data-sitting', 'answers');
	await expect(latest).toContainText('45');
	await expect(latest).toContainText('38,5');
	await expect(latest).toContainText('Lý Thị Mai');
	await expect(sittings.nth(1)).toContainText('Người dùng thử');
	await accessible(page, 'history');
	await latest.locator('[data-field]').first().click();
	await expect(page.locator('[data-field-history] li')).toHaveCount(2);
	await accessible(page, 'history-field');
	await page.keyboard.press('Escape');
	await expect(page.locator('[data-field-history]')).toBeHidden();

	// Of the earlier sitting something later stands on: that is said before anything happens.
	await sittings.nth(1).locator('[data-undo]').click();
	await expect(page.locator('[data-undo-preview] input[type="checkbox"]')).toBeVisible();
	await expect(page.locator('[data-undo-do]')).toBeDisabled();
	await accessible(page, 'history-undo-later');
	await page.locator('[data-undo-preview] input[type="checkbox"]').check();
	await expect(page.locator('[data-undo-preview]')).toContainText('45 →');
	await expect(page.locator('[data-undo-preview] input[type="checkbox"]')).toBeChecked();
	await look(page, 'history-undo-later-too');
	await page.keyboard.press('Escape');
	await expect(page.locator('[data-undo-preview]')).toBeHidden();

	await latest.locator('[data-undo]').click();
	await expect(page.locator('[data-undo-preview]')).toContainText('38,5');
	await expect(page.locator('[data-undo-do]')).toBeDisabled();
	await page.locator('dialog[open] input').fill('Ghi nhầm của hộ bên cạnh');
	await look(page, 'history-undo-asked');
	await page.locator('[data-undo-do]').click();
	await expect(latest).toHaveAttribute('data-sitting', 'undone');
	await expect(latest).toContainText('Ghi nhầm của hộ bên cạnh');
	await accessible(page, 'history-undone');
	await expect(await floorArea(page, machine, household)).toHaveValue('38,5');

	await writeOut(page, machine, household);
	await checkTrail(page, machine);
	machine.stop();
});

/** The page for whoever asks by right: in clear, and by default with a password. */
async function writeOut(page, machine, household) {
	const folder = path.join(province.folder, 'access');
	mkdirSync(folder);
	await visit(page, `${machine.url}/#/households/${household}/history`);
	const encrypted = page.locator('[data-access] input[type="checkbox"]').last();
	await expect(encrypted).toBeChecked();
	const passphrase = page.locator('[data-access] input[type="password"]');
	await passphrase.fill('ngắn');
	await choosePath(page, folder, '[data-access] form');
	await expect(page.locator('[data-access="problem"]')).toBeVisible();
	await page.locator('[data-access="problem"]').scrollIntoViewIfNeeded();
	await look(page, 'access-short');
	await passphrase.fill('bốn con trâu già');
	const [sealed] = await written(page, folder);
	expect(readFileSync(sealed, 'utf8')).not.toContain(NAME);
	expect(readFileSync(sealed, 'latin1')).toMatch(/^age-encryption\.org/);

	await encrypted.uncheck();
	const files = await written(page, folder);
	await page.locator('[data-access="written"]').scrollIntoViewIfNeeded();
	await accessible(page, 'access-written');
	const html = files.find((file) => file.endsWith('.html'));
	await page.goto(pathToFileURL(html).href);
	await expect(page.locator('body')).toContainText(NAME);
	await expect(page.locator('body')).toContainText(/38[.,]5/);
	await expect(page.locator('body')).not.toContainText('020171001234');
	await look(page, 'access-page');
}

/** Writes out into a folder; the paths of what was written. */
async function written(page, folder) {
	const answered = page.waitForResponse((response) => response.url().endsWith('/ipc/access_export'));
	await page.locator('[data-access] form button[type="submit"]').click();
	const { ok } = await (await answered).json();
	for (const name of ok.files) await expect(page.locator('[data-access="written"]')).toContainText(name);
	return ok.files.map((name) => path.join(folder, name));
}

/** The log holds each act, is whole, and can be written out. */
async function checkTrail(page, machine) {
	await visit(page, `${machine.url}/#/settings`);
	await page.locator('a[href="#/settings/audit"]').click();
	const rows = page.locator('[data-audit="rows"] tr');
	await expect(rows.first()).toContainText(NAME);
	await page.locator('button[data-audit="check"]').click();
	await expect(page.locator('[data-audit="whole"]')).toBeVisible();
	await accessible(page, 'audit-whole');
	const before = await rows.count();
	const folder = path.join(province.folder, 'log');
	mkdirSync(folder);
	await choosePath(page, folder);
	await expect(page.locator('[data-audit="exported"]')).toBeVisible();
	await expect(rows).toHaveCount(before + 1);
	await look(page, 'audit-exported');
}
