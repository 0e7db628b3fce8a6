// What comes out of a round, at the province: a table looked up, the households behind its numbers, files, targets, and paper.

import { expect, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ask, fromLaptop, interviewed } from './laptop.mjs';
import { accessible, slowFile } from './look.mjs';
import { openOffice, startProvince, visit } from './stage.mjs';

const COMMUNE = '06001';
let province;
let office;

test.beforeAll(async ({ browser }) => {
	province = await startProvince();
	await fromLaptop(browser, province, async (machine) => {
		const { rows } = await ask(machine, 'procedure_board', { village: null });
		await interviewed(machine, rows[0].household);
	});
	office = await openOffice(browser, province);
});
test.afterAll(async () => {
	await office?.context().close();
	province.stop();
});

/** What a press saves. */
async function saved(press) {
	const download = office.waitForEvent('download');
	await press;
	return readFileSync(await (await download).path());
}

const lines = (file) => file.toString('utf8').trim().split('\n');

test('a table is looked up by keys, down to the households behind a number, and both are saved', async () => {
	await office.locator('nav a[href="#/reports"]').click();
	const table = office.locator('[data-table="official"]');
	await expect(table).toBeVisible();
	await accessible(office, 'reports');
	// One stop of the Tab key for all numbers; arrows go on from there.
	await expect(table.locator('tbody a[tabindex="0"]')).toHaveCount(1);
	await table.locator('tbody a[tabindex="0"]').focus();
	await office.keyboard.press('Control+End');
	await expect(table.locator('tbody tr').last().locator('a:focus')).toHaveCount(1);
	await office.keyboard.press('Control+Home');
	await office.keyboard.press('Enter');
	await expect(office).toHaveURL(new RegExp(`place=commune\\.${COMMUNE}`));
	// The commune's villages: one household of them was reviewed.
	const reviewed = office.locator('[data-table="official"] tr').last().locator('a[href*="column=reviewed"]');
	await expect(reviewed).toHaveText('1');
	const csv = lines(await saved(office.locator('[data-save="csv"]').click()));
	expect(csv[0]).toContain('Hộ nghèo: Tỷ lệ');
	expect(csv.at(-1)).toMatch(/^Tổng,/);
	const workbook = await saved(office.locator('[data-save="xlsx"]').click());
	expect(workbook.subarray(0, 2).toString()).toBe('PK');
	// A file that takes a while says how far it is, and is ended where it is made; the keyboard goes on at its button.
	const isEnded = await slowFile(office, 12400, 20000);
	await office.locator('[data-save="xlsx"]').press('Enter');
	await expect(office.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '12400');
	await expect(office.locator('[data-making]')).toContainText('12.400 / 20.000');
	await accessible(office, 'reports-making');
	await office.locator('[data-stop]').press('Enter');
	await expect(office.locator('[data-making]')).toHaveCount(0);
	await expect(office.locator('[data-save="xlsx"]')).toBeFocused();
	expect(await isEnded()).toBe(true);
	await reviewed.click();
	await expect(office.locator('tbody tr')).toHaveCount(1);
	await accessible(office, 'reports-households');
	const households = lines(await saved(office.locator('[data-export="report_households"]').click()));
	expect(households).toHaveLength(2);
});

test('one village of a commune is chosen, and its numbers open its own households', async () => {
	await visit(office, `${province.url}/#/reports?place=commune.${COMMUNE}`);
	const all = office.locator('[data-table="official"] tbody tr');
	await expect(all.nth(2)).toBeVisible();
	const village = office.getByLabel('Thôn, khối phố', { exact: true });
	const names = await village.locator('option').allTextContents();
	expect(names[0]).toBe('Tất cả');
	expect(names.length).toBeGreaterThan(2);
	await village.selectOption({ index: 1 });
	await expect(office).toHaveURL(new RegExp(`place=village\\.${COMMUNE}\\.`));
	// The village, and all of it together.
	await expect(all).toHaveCount(2);
	await expect(all.first()).toContainText(names[1]);
	await accessible(office, 'reports-village');
	await all.first().locator('a[href*="column=known"]').click();
	await expect(office.locator('tbody tr').first()).toContainText(names[1]);
});

test('a movement says whether it comes to what it should, and rates what they are of', async () => {
	await visit(office, `${province.url}/#/reports?table=movement_poor`);
	const rows = office.locator('[data-table="movement_poor"] tbody tr');
	await expect(rows.last()).toContainText('Khớp');
	expect(await rows.filter({ hasText: 'Không khớp' }).count()).toBe(0);
	await visit(office, `${province.url}/#/reports?table=indicators_near_poor&recognised=true`);
	// Nothing was recognised: a rate of nobody is neither 0 nor 100.
	await expect(office.locator('[data-table] tbody tr').last()).toContainText('không có đối tượng');
	await visit(office, `${province.url}/#/reports?table=indicators_poor`);
	await office.locator('[data-fractions]').check();
	await expect(office.locator('[data-table] tbody tr').last()).toContainText(/\d\/\d/);
});

test('targets are read, and one of them by round and commune', async () => {
	await office.locator('nav a[href="#/targets"]').click();
	await expect(office.locator('[data-target="R13"]')).toContainText('Không tính từ hộ');
	await accessible(office, 'targets');
	const csv = lines(await saved(office.locator('[data-save="csv"]').click()));
	expect(csv.find((line) => line.startsWith('R13,'))).toContain('Không tính từ hộ');
	expect(csv.filter((line) => line.includes(`,${COMMUNE} `)).length).toBeGreaterThan(5);
	expect((await saved(office.locator('[data-save="xlsx"]').click())).subarray(0, 2).toString()).toBe('PK');
	await office.locator('[data-target="R9"] th a').click();
	await expect(office.locator('h2', { hasText: 'R9.' })).toBeVisible();
	await accessible(office, 'target');
	await office.locator('dd a[href*="which=concerned"]').first().click();
	await expect(office.locator('h1')).toContainText('R9.');
	await expect(office.locator('tbody tr')).toHaveCount(1);
	const households = lines(await saved(office.locator('[data-export="target_households"]').click()));
	expect(households).toHaveLength(2);
});

test('a table is printed on its side, with what it is of and without what is for the screen alone', async () => {
	await visit(office, `${province.url}/#/reports?table=official&rows=districts`);
	await expect(office.locator('[data-table="official"]')).toBeVisible();
	const file = path.join(province.folder, 'table.pdf');
	await office.pdf({ path: file, preferCSSPageSize: true });
	const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
	expect(text).toContain('Kết quả chính thức rà soát');
	expect(text).toMatch(/Toàn tỉnh · Đợt rà soát 2026 · .* · đếm lúc/);
	expect(text).toContain('Tràng Định');
	expect(text).not.toContain('Tệp Excel');
	expect(text).not.toContain('Tổng quan');
	const size = execFileSync('pdfinfo', [file], { encoding: 'utf8' }).match(/Page size: +([\d.]+) x ([\d.]+)/);
	expect(Number(size[1])).toBeGreaterThan(Number(size[2]));
});
