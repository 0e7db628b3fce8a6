// Statistics and other rules in the province's pages, over a province with households in it.

import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { accessible } from './look.mjs';
import { firstLine, root } from './window.mjs';

let program;
let world;
let page;
test.beforeAll(async () => {
	program = spawn(path.join(root, 'target/debug/rasoat-sample-province'), { stdio: ['pipe', 'pipe', 'inherit'] });
	world = JSON.parse(await firstLine(program));
	world.url = world.url.replace(/\/$/, '');
});
// It serves until its input ends.
test.afterAll(() => program.stdin.end());

test.beforeEach(async ({ browser }) => {
	const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'vi-VN', acceptDownloads: true });
	const { cookie } = world.sessions.find((session) => session.role === 'administrator');
	const [name, value] = cookie.split(/=(.*)/s);
	await context.addCookies([{ name, value, url: world.url }]);
	page = await context.newPage();
});
test.afterEach(() => page.context().close());

async function saved(button) {
	const download = page.waitForEvent('download');
	await page.locator(button).click();
	const file = await download;
	return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test('the cut-off is typed or slid, groups change, and what is in sight is saved', async () => {
	await page.goto(`${world.url}/#/statistics`);
	const headcount = page.locator('[data-figure="headcount"] dd').first();
	await expect(headcount).toHaveText(/%|không có đối tượng/);
	const low = page.waitForResponse((response) => response.url().includes('cutoff=1&'));
	await page.locator('[data-cutoff]').fill('0,1');
	await page.keyboard.press('Tab');
	await low;
	await expect(page.locator('#cutoff')).toHaveAttribute('aria-valuetext', '0,1 %');
	await expect(headcount).not.toHaveText('0 %');
	const lowest = await headcount.textContent();
	await page.locator('#cutoff').focus();
	const measured = page.waitForResponse((response) => response.url().includes('cutoff=1000'));
	await page.keyboard.press('End');
	await measured;
	await expect(headcount).not.toHaveText(lowest);
	await page.locator('[data-cutoff]').fill('101');
	await expect(page.getByRole('alert')).toBeVisible();
	await page.locator('[data-cutoff]').fill('25');
	await page.keyboard.press('Tab');
	await page.locator('summary').click();
	await page.locator('[data-indicator="1"]').uncheck();
	await expect(page.locator('[data-table="indicators"] tbody tr')).toHaveCount(11);
	await accessible(page, 'province-statistics-set');
	// Of one commune, and of one of its villages.
	const commune = page.getByLabel('Xã, phường', { exact: true }).first();
	await commune.selectOption({ label: 'Xã Đoàn Kết' });
	const village = page.getByLabel('Thôn, khối phố', { exact: true });
	await expect(village).toBeVisible();
	const counted = page.waitForResponse((response) => response.url().includes('place=village.06001.'));
	await village.selectOption({ index: 1 });
	expect((await (await counted).json()).groups.map((group) => group.key)).toEqual(['06001']);
	await expect(page.locator('#main')).toContainText(', Xã Đoàn Kết · Đợt rà soát 2026');
	await accessible(page, 'province-statistics-village');
	await commune.selectOption({ index: 0 });
	await expect(village).toHaveCount(0);
	const csv = await saved('[data-save="csv"]');
	expect(csv.bytes.toString()).toContain('Tất cả');
	expect((await saved('[data-save="xlsx"]')).bytes.subarray(0, 2).toString()).toBe('PK');
	const set = await saved('[data-dataset]');
	expect([set.name, set.bytes.subarray(0, 2).toString()]).toEqual(['rasoat-dataset.zip', 'PK']);
	await page.locator('[data-full]').check();
	await expect(page.locator('[data-dataset]')).toBeDisabled();
	await accessible(page, 'province-statistics-full');
});

test('another rule is tried by keys alone, and who would change is listed and saved', async () => {
	await page.goto(`${world.url}/#/what-if`);
	await page.locator('[data-line="worksheet-rural"]').fill('0');
	await page.locator('[data-line="points-rural"]').fill('0');
	await page.keyboard.press('Enter');
	await expect(page.locator('[data-table="flows"]')).toBeVisible();
	await expect(page.locator('#main')).toContainText('Toàn tỉnh · Đợt rà soát 2026');
	await expect(page.locator('[data-table="households"] tbody tr').first()).toBeVisible();
	await accessible(page, 'province-what-if-tried');
	const csv = await saved('[data-save="csv"]');
	expect(csv.bytes.toString().trim().split('\n').length).toBeGreaterThan(1);
	await page.locator('[data-line="points-rural"]').fill('nhiều');
	await expect(page.getByRole('alert')).toBeVisible();
});
