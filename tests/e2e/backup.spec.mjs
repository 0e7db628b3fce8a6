// Backups on the disk and on a stick, and getting them back: by a restore on a fresh machine, and where the data is damaged.

import { expect, test } from '@playwright/test';
import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { addHousehold, choosePath, find, open, opened, PASSPHRASE, start, unlock, VILLAGE, writersOf } from './laptop.mjs';
import { accessible, look } from './look.mjs';
import { startProvince, visit } from './stage.mjs';

const LISTED = 60;
let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** A folder to be a stick. */
function stick(name) {
	const folder = path.join(province.folder, name);
	mkdirSync(folder);
	return folder;
}

/** Makes a backup on the disk, from the settings. */
async function backUp(page, machine) {
	await visit(page, `${machine.url}/#/settings`);
	await page.locator('[data-backup="now"]').click();
	await expect(page.locator('[data-backup="made"]')).toBeVisible();
}

/** Writes noise over all of a file from a place on. */
function damage(file, from = 0) {
	const length = statSync(file).size - from;
	const handle = openSync(file, 'r+');
	writeSync(handle, Buffer.alloc(length, 0x5a), 0, length, from);
	closeSync(handle);
}

/** Gives the passphrase of a backup that is shown, and waits until it is in its place. */
async function restore(page) {
	await page.locator('input[type="password"]').fill(PASSPHRASE);
	await page.locator('[data-restore="do"]').click();
	await opened(page);
}

test('a backup on a stick brings everything back on a fresh machine, as another writer', async ({ page }) => {
	const machine = await open(page, province);
	const household = await addHousehold(page, machine, { village: VILLAGE, name: 'Bế Thị Ngần', birth: '1971' });
	await backUp(page, machine);
	await expect(page.locator('[data-backup="made"]')).toContainText(String(LISTED + 1));
	const list = page.locator('[data-backup="list"]');
	await list.locator('summary').click();
	await expect(list.locator('li')).toHaveCount(1);
	await expect(list.locator('li')).toContainText(String(LISTED + 1));
	await accessible(page, 'backup-made');

	const usb = stick('usb-whole');
	await choosePath(page, path.join(usb, 'không-có'), '[data-backup="stick"]');
	await expect(page.locator('[data-backup="problem"]')).toBeVisible();
	await look(page, 'backup-no-stick');
	await choosePath(page, usb, '[data-backup="stick"]');
	await expect(page.locator('[data-backup="made"]')).toBeVisible();
	await expect(page.locator('[data-backup="problem"]')).toHaveCount(0);
	const [folder, ...more] = readdirSync(usb);
	expect(more).toEqual([]);
	expect(readdirSync(path.join(usb, folder)).sort()).toEqual(['backup.json', 'rasoat.db', 'rasoat.keys']);
	const [writer, ...others] = await writersOf(machine, household);
	expect(others).toEqual([]);
	machine.kill();

	const fresh = await start(page, path.join(province.folder, 'other-machine'));
	await page.locator('[data-restore-enrol]').click();
	await look(page, 'restore-fresh');
	await choosePath(page, province.folder, '[data-restore="stick"]');
	await expect(page.locator('[data-restore="none-there"]')).toContainText(province.folder);
	await expect(page.locator('[data-restore="choose"]')).toHaveCount(0);
	await look(page, 'restore-nothing-found');
	await choosePath(page, usb, '[data-restore="stick"]');
	await page.locator('[data-restore="choose"]').click();
	await expect(page.locator('[data-restore="preview"]')).toContainText(String(LISTED + 1));
	await accessible(page, 'restore-preview');
	await page.locator('input[type="password"]').fill('không phải câu này');
	await page.locator('[data-restore="do"]').click();
	await expect(page.locator('[data-restore="problem"]')).toBeVisible();
	await look(page, 'restore-wrong-passphrase');
	await restore(page);
	await expect(page.locator('[data-restored-words]')).toBeVisible();
	await accessible(page, 'restored');
	const row = await find(page, fresh, 'Bế Thị Ngần');
	await expect(row).toHaveAttribute('data-household', household);
	const own = await addHousehold(page, fresh, { village: VILLAGE, name: 'Lộc Văn Tám', birth: '1980' });
	expect(await writersOf(fresh, household)).toEqual([writer]);
	const [other] = await writersOf(fresh, own);
	expect(other).not.toBe(writer);
	fresh.stop();
});

test('damaged data is said at unlocking, the newest good backup is offered, and what is missing since is named', async ({ page }) => {
	const machine = await open(page, province);
	await addHousehold(page, machine, { village: VILLAGE, name: 'Hà Văn Còn', birth: '1966' });
	await backUp(page, machine);
	await addHousehold(page, machine, { village: VILLAGE, name: 'Chu Thị Mất', birth: '1988' });
	await backUp(page, machine);
	machine.kill();
	const backups = path.join(machine.data, 'backups');
	const newest = readdirSync(backups).sort((one, other) => Number(one.split('-').at(-1)) - Number(other.split('-').at(-1))).at(-1);
	damage(path.join(backups, newest, 'rasoat.db'), 8192);
	damage(path.join(machine.data, 'rasoat.db'));

	const again = await start(page, machine.data);
	await page.locator('input[type="password"]').fill(PASSPHRASE);
	await page.keyboard.press('Enter');
	await expect(page.locator('[data-damaged="restore"]')).toBeVisible();
	await expect(page.locator('[data-damaged]').first()).toContainText(String(LISTED + 1));
	await accessible(page, 'damaged');
	await page.locator('[data-damaged="restore"]').click();
	await expect(page.locator('[data-restore="preview"]')).toContainText(String(LISTED + 1));
	await accessible(page, 'damaged-preview');
	await restore(page);
	await expect(page.locator('[data-restored-words]')).toBeVisible();
	await look(page, 'damaged-restored');
	await find(page, again, 'Hà Văn Còn');
	await page.locator('input[type="search"]').fill('Chu Thị Mất');
	await expect(page.locator('a[data-household]')).toHaveCount(0);
	await page.locator('[data-restored]').click();
	await expect(page.locator('[data-restored-words]')).toHaveCount(0);
	again.stop();
	// What was put in its place is there at the next start, and the reading of the notice, too.
	const third = await start(page, machine.data);
	await unlock(page);
	await expect(page.locator('[data-restored-words]')).toHaveCount(0);
	await find(page, third, 'Hà Văn Còn');
	third.stop();
});
