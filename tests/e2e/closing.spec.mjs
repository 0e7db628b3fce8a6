// The real window at its end: closed by a person, and killed as by a power cut.

import { expect, test } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Key } from 'selenium-webdriver';
import { ask, choosePath, opened, PASSPHRASE, start, VILLAGE } from './laptop.mjs';
import { accessible } from './look.mjs';
import { startDesktop, startProvince, visit } from './stage.mjs';
import { click, openWindow, programOn, shown, type } from './window.mjs';

let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** A data folder with one household in it, and the program closed. */
async function prepared() {
	const { file, code, data } = province.enrol();
	const desktop = await startDesktop(data);
	await ask(desktop, 'enrol', { form: { path: file, code, name: 'Người dùng thử', user: null, passphrase: PASSPHRASE } });
	const form = { village: VILLAGE, head_name: 'Bế Thị Ngần', birth: '1971', sex: 'female', citizen_id: '', address: '' };
	const household = await ask(desktop, 'add_household', { form });
	desktop.stop();
	return { data, household };
}

async function unlock(driver) {
	await type(driver, 'input[type="password"]', PASSPHRASE, { enter: true });
	await shown(driver, 'a[href="#/households"]');
}

const floorArea = '[data-question="floor_area"] input';

/** Answers two questions of the housing section, one after the other, until both are on the disk. */
async function answer(driver, household) {
	await driver.executeScript('location.hash = arguments[0]', `#/interview/${household}`);
	await click(driver, '[data-section="identity"]');
	await give(driver, '[data-question="address"] input', 'Xóm Đầu Cầu');
	await click(driver, '[data-section="housing"]');
	await give(driver, floorArea, '38,5');
}

async function give(driver, selector, text) {
	const field = await shown(driver, selector);
	await field.clear();
	await field.sendKeys(text, Key.ENTER);
	const saved = () => driver.executeScript('return document.querySelector("[data-saving]") === null');
	await driver.wait(saved, 20_000, `${selector} was not saved`);
}

/** Why each backup of a data folder was made: said behind the check of what is said. */
function reasons(data) {
	const folder = path.join(data, 'backups');
	const made = readdirSync(folder).filter((name) => !name.endsWith('.part'));
	const about = (name) => readFileSync(path.join(folder, name, 'backup.json'), 'utf8').split('\n')[1];
	return made.map((name) => JSON.parse(about(name)).backup.reason);
}

test('closing the window backs up first, and that backup opens on another machine with the last answer in it', async ({ page }) => {
	const { data, household } = await prepared();
	const window = await openWindow(data);
	try {
		await unlock(window.driver);
		await answer(window.driver, household);
		await window.askToClose();
		await expect.poll(() => programOn(data), { timeout: 60_000 }).toBeUndefined();
	} finally {
		await window.close();
	}
	expect(reasons(data)).toContain('closing');

	const fresh = await start(page, path.join(province.folder, 'restored'));
	await page.locator('[data-restore-enrol]').click();
	await choosePath(page, path.join(data, 'backups'), '[data-restore="stick"]');
	await page.locator('[data-restore="choose"]').first().click();
	await page.locator('input[type="password"]').fill(PASSPHRASE);
	await page.locator('[data-restore="do"]').click();
	await opened(page);
	await visit(page, `${fresh.url}/#/interview/${household}`);
	await page.locator('[data-section="housing"]').click();
	await expect(page.locator(floorArea)).toHaveValue('38,5');
	await accessible(page);
	fresh.stop();
});

test('a window that was killed goes on at the same question, with every answer', async () => {
	const { data, household } = await prepared();
	const window = await openWindow(data);
	try {
		// It has started itself anew with what keeps it small, and is still the process that was started.
		expect(readFileSync(`/proc/${programOn(data)}/environ`, 'utf8').split('\0')).toContain('JSC_useJIT=0');
		await unlock(window.driver);
		await answer(window.driver, household);
		window.kill();
		await expect.poll(() => programOn(data), { timeout: 20_000 }).toBeUndefined();
	} finally {
		await window.close();
	}
	const again = await openWindow(data);
	try {
		const { driver } = again;
		await unlock(driver);
		await click(driver, `a[href="#/interview/${household}"]`);
		const field = await shown(driver, floorArea);
		expect(await field.getAttribute('value')).toBe('38,5');
		const at = () => driver.executeScript('return document.activeElement.closest("[data-question]")?.dataset.question ?? null');
		await driver.wait(async () => (await at()) === 'floor_area', 20_000, 'the question is not the one where it stopped');
		await click(driver, '[data-section="identity"]');
		const address = await shown(driver, '[data-question="address"] input');
		expect(await address.getAttribute('value')).toBe('Xóm Đầu Cầu');
	} finally {
		await again.close();
	}
});
