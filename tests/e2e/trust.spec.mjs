// The second step of logging in, tokens of other systems and communes chosen by name, at the province's pages in Chromium.

import { createHmac } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { accessible } from './look.mjs';
import { logIn, startProvince, visit } from './stage.mjs';

let province;
test.beforeAll(async () => {
	province = await startProvince();
	province.enrol();
});
test.afterAll(() => province.stop());

/** The code of an app that was given this key, so many steps from now (RFC 6238). */
function codeOf(typed, steps = 0) {
	const bits = [...typed.replaceAll(' ', '')].map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
	const hash = createHmac('sha1', key).update(counter).digest();
	return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('an app is set up by its key, its codes are asked for at the next log-in, and a recovery code switches it off', async ({ page }) => {
	await logIn(page, province);
	// What was asked for is answered before the page is left.
	await expect(page.locator('a[href="#/communes"]').first()).toBeVisible();
	await visit(page, `${province.url}/#/account`);
	await page.getByRole('button', { name: 'Bật mã xác thực' }).click();
	await expect(page.getByRole('img', { name: 'Mã QR cho ứng dụng xác thực' })).toBeVisible();
	await accessible(page, 'totp-begin');
	const key = (await page.locator('[data-totp-key]').textContent()).trim();
	await page.getByLabel('Mã 6 số trên ứng dụng').fill('000000');
	await page.getByRole('button', { name: 'Xác nhận' }).click();
	await expect(page.getByText('Mã không đúng hoặc đã dùng')).toBeVisible();
	await page.getByLabel('Mã 6 số trên ứng dụng').fill(codeOf(key));
	await page.keyboard.press('Enter');
	await expect(page.locator('ul.font-mono li')).toHaveCount(10);
	await accessible(page, 'totp-codes');
	const recovery = await page.locator('ul.font-mono li').first().textContent();
	await page.getByRole('button', { name: 'Tôi đã chép' }).click();
	await expect(page.getByText('Còn 10 mã dự phòng')).toBeVisible();
	await accessible(page, 'totp-on');

	await page.getByRole('button', { name: 'Đăng xuất' }).click();
	await logIn(page, province);
	const field = page.getByLabel('Mã 6 số hoặc mã dự phòng');
	await expect(field).toBeFocused();
	await accessible(page, 'totp-log-in');
	await page.keyboard.type('123456');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('alert').first()).toContainText('Mã không đúng');
	await expect(field).toBeFocused();
	await page.keyboard.type(codeOf(key, 1));
	await page.keyboard.press('Enter');
	await expect(page.locator('a[href="#/communes"]').first()).toBeVisible();

	await visit(page, `${province.url}/#/account`);
	await page.getByLabel('Mã 6 số hoặc mã dự phòng').fill(recovery);
	await page.getByRole('button', { name: 'Tắt mã xác thực' }).click();
	await expect(page.getByRole('button', { name: 'Bật mã xác thực' })).toBeVisible();
});

test('a token is made for some tables and communes, shown once, reads, and is revoked', async ({ page, request }) => {
	await logIn(page, province);
	await visit(page, `${province.url}/#/accounts/tokens`);
	await expect(page.getByText('Chưa có mã nào.')).toBeVisible();
	await accessible(page, 'tokens-none');
	await page.getByRole('button', { name: 'Cấp mã' }).click();
	const dialog = page.getByRole('dialog', { name: 'Cấp mã' });
	await dialog.getByLabel('Dùng cho').fill('Kho dữ liệu tỉnh');
	await dialog.getByLabel('Hộ', { exact: true }).check();
	await dialog.getByLabel('Thôn').check();
	await dialog.getByLabel('Tìm theo tên hoặc mã').fill('06001');
	await dialog.getByRole('listitem').getByRole('checkbox').check();
	await expect(dialog.getByText(/Đã chọn 1 trong/)).toBeVisible();
	await dialog.getByLabel('Ngày cuối').fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
	await accessible(page, 'token-new');
	await dialog.getByRole('button', { name: 'Cấp mã' }).click();
	const secret = (await page.locator('[data-token]').textContent()).trim();
	await expect(page.getByRole('rowheader', { name: /Kho dữ liệu tỉnh/ })).toBeVisible();
	await accessible(page, 'tokens');

	const read = (table) => request.get(`${province.url}/api/export/${table}`, { headers: { authorization: `Bearer ${secret}` } });
	expect((await read('households')).status()).toBe(200);
	expect((await read('communes')).status()).toBe(403);
	await page.getByRole('button', { name: 'Thu hồi' }).click();
	await accessible(page, 'token-revoke');
	await page.locator('[data-token-yes]').click();
	await expect(page.getByText('Đã thu hồi')).toBeVisible();
	expect((await read('households')).status()).toBe(401);
});

test('the sessions of an account are listed and ended', async ({ page, browser }) => {
	await logIn(page, province);
	await visit(page, `${province.url}/#/accounts`);
	await page.getByRole('button', { name: 'Thêm tài khoản' }).click();
	const dialog = page.getByRole('dialog', { name: 'Thêm tài khoản' });
	await dialog.getByLabel('Tên đăng nhập').fill('lan');
	await dialog.getByRole('button', { name: 'Chọn tất cả' }).click();
	await expect(dialog.getByText(/Đã chọn (\d+) trong \1/)).toBeVisible();
	await dialog.getByRole('button', { name: 'Thêm tài khoản' }).click();
	const password = (await page.locator('p.font-mono').textContent()).trim();
	const context = await browser.newContext();
	const other = await context.newPage();
	await visit(other, province.url);
	await other.getByLabel('Tên đăng nhập').fill('lan');
	await other.getByLabel('Mật khẩu', { exact: true }).fill(password);
	await other.getByRole('button', { name: 'Đăng nhập' }).click();
	await expect(other.getByRole('heading', { name: 'Đổi mật khẩu lần đầu' })).toBeVisible();

	const row = page.getByRole('row', { name: /^lan/ });
	await row.getByRole('button', { name: 'Phiên đang mở' }).click();
	const sessions = page.getByRole('dialog', { name: 'Phiên đang mở của lan' });
	await expect(sessions.getByRole('rowheader')).toHaveCount(1);
	await accessible(page, 'account-sessions');
	await sessions.getByRole('button', { name: 'Kết thúc', exact: true }).click();
	await expect(sessions.getByText('Không có phiên nào đang mở.')).toBeVisible();
	await visit(other, `${province.url}/#/communes`);
	await expect(other.getByLabel('Tên đăng nhập')).toBeVisible();
	await context.close();
});
