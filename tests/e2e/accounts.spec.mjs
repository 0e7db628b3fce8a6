// Accounts at the province's pages in Chromium: made, first password changed, and what each may see.

import { expect, test } from '@playwright/test';
import { accessible } from './look.mjs';
import { logIn, startProvince, visit } from './stage.mjs';

let province;
test.beforeAll(async () => {
	province = await startProvince();
	province.enrol();
});
test.afterAll(() => province.stop());

test('an administrator makes an account, whose first password is changed before anything is seen', async ({ page, browser }) => {
	await logIn(page, province);
	await expect(page.locator('a[href="#/accounts"]').first()).toBeVisible();
	for (const place of ['accounts', 'account', 'audit']) {
		await visit(page, `${province.url}/#/${place}`);
		await expect(page.locator('table').first()).toBeVisible();
		await accessible(page, place);
	}
	await visit(page, `${province.url}/#/accounts`);
	await page.getByRole('button', { name: 'Thêm tài khoản' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Tên đăng nhập').fill('Nông Văn Lan');
	await dialog.getByLabel('Vai trò').selectOption('reader');
	await dialog.getByLabel('Tìm theo tên hoặc mã').fill('06001');
	await dialog.getByRole('listitem').getByRole('checkbox').check();
	await accessible(page, 'account-new');
	await dialog.getByRole('button', { name: 'Thêm tài khoản' }).click();
	const password = (await page.locator('p.font-mono').textContent()).trim();
	await expect(page.getByRole('rowheader', { name: 'nong van lan' })).toBeVisible();

	const context = await browser.newContext();
	const reader = await context.newPage();
	await visit(reader, province.url);
	await reader.getByLabel('Tên đăng nhập').fill('nong van lan');
	await reader.getByLabel('Mật khẩu', { exact: true }).fill(password);
	await reader.getByRole('button', { name: 'Đăng nhập' }).click();
	await expect(reader.getByRole('heading', { name: 'Đổi mật khẩu lần đầu' })).toBeVisible();
	await accessible(reader, 'password-first');
	await reader.getByLabel('Mật khẩu đang dùng', { exact: true }).fill(password);
	await reader.getByLabel('Mật khẩu mới', { exact: true }).fill('ba con suối chảy xuôi');
	await reader.getByLabel('Gõ lại mật khẩu mới', { exact: true }).fill('ba con suối chảy xuôi');
	await reader.getByRole('button', { name: 'Đổi mật khẩu' }).click();
	await expect(reader.locator('a[href="#/communes"]').first()).toBeVisible();
	for (const hidden of ['accounts', 'audit', 'devices']) await expect(reader.locator(`a[href="#/${hidden}"]`)).toHaveCount(0);

	// Disabled once that is said yes to, and at once: the reader is asked to log in again, and is let in no more.
	const row = page.getByRole('row', { name: /nong van lan/ });
	await row.getByRole('button', { name: 'Khóa', exact: true }).click();
	await accessible(page, 'accounts-disable');
	await page.getByRole('dialog').getByRole('button', { name: 'Thôi' }).click();
	await expect(row).toContainText('Đang dùng');
	await row.getByRole('button', { name: 'Khóa', exact: true }).click();
	await page.locator('[data-account-yes]').click();
	await expect(row).toContainText('Đã khóa');
	await visit(reader, `${province.url}/#/households`);
	await reader.getByLabel('Tên đăng nhập').fill('nong van lan');
	await reader.getByLabel('Mật khẩu', { exact: true }).fill('ba con suối chảy xuôi');
	await reader.getByRole('button', { name: 'Đăng nhập' }).click();
	await expect(reader.getByRole('alert').first()).toBeVisible();
	await context.close();
});
