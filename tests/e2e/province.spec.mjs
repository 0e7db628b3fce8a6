// The officer's pages in Chromium.

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { startProvince, visit } from './stage.mjs';

let province;
test.beforeAll(async () => {
	province = await startProvince();
	province.enrol();
});
test.afterAll(() => province.stop());

async function logIn(page, password = province.password) {
	await page.goto(province.url);
	await page.locator('input[autocomplete="username"]').fill('admin');
	await page.locator('input[type="password"]').fill(password);
	await page.locator('button[type="submit"]').click();
}

async function accessible(page) {
	const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
	expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0].html}`)).toEqual([]);
}

test('a wrong password is said in words and opens nothing', async ({ page }) => {
	await logIn(page, 'sai mật khẩu');
	await expect(page.getByRole('alert').first()).toBeVisible();
	await expect(page.locator('a[href="#/communes"]')).toHaveCount(0);
	await accessible(page);
});

test('each page opens, is accessible and has no error', async ({ page }) => {
	const errors = [];
	page.on('pageerror', (error) => errors.push(error.message));
	page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()));
	await logIn(page);
	for (const place of ['', 'communes', 'communes/06001', 'devices']) {
		await visit(page, `${province.url}/#/${place}`);
		await expect(page.locator('h1, h2').first()).toBeVisible();
		await accessible(page);
	}
	expect(errors).toEqual([]);
});
