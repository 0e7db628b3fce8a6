// The officer's pages in Chromium.

import { expect, test } from '@playwright/test';
import { accessible } from './look.mjs';
import { logIn, startProvince, visit } from './stage.mjs';

let province;
test.beforeAll(async () => {
	province = await startProvince();
	province.enrol();
});
test.afterAll(() => province.stop());

test('a wrong password is said in words and opens nothing', async ({ page }) => {
	await logIn(page, province, 'sai mật khẩu');
	await expect(page.getByRole('alert').first()).toBeVisible();
	await expect(page.locator('a[href="#/communes"]')).toHaveCount(0);
	await accessible(page, 'log-in-wrong');
});

test('each page opens, is accessible and has no error', async ({ page }) => {
	const errors = [];
	page.on('pageerror', (error) => errors.push(error.message));
	page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()));
	await logIn(page, province);
	await expect(page.locator('a[href="#/communes"]').first()).toBeVisible();
	for (const place of ['', 'communes', 'communes/06001', 'devices']) {
		await visit(page, `${province.url}/#/${place}`);
		await expect(page.locator('h1, h2').first()).toBeVisible();
		await accessible(page);
	}
	expect(errors).toEqual([]);
});
