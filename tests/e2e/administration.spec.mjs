// The year's work at the province's pages in Chromium, and what of it is seen on a laptop.

import { expect, test } from '@playwright/test';
import { ask, enrolled, open } from './laptop.mjs';
import { accessible } from './look.mjs';
import { logIn, startProvince, visit } from './stage.mjs';

const SAID = 'Họp giao ban lúc 8 giờ thứ Hai tại trụ sở xã.';
let province;
test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

test('a round is locked after it is said what waits, keeps what stood, and is opened again with a reason', async ({ page }) => {
	await page.setViewportSize({ width: 1366, height: 768 });
	await logIn(page, province);
	await page.locator('nav a', { hasText: 'Quản trị' }).first().click();
	await expect(page.getByRole('button', { name: 'Khóa đợt' })).toBeDisabled();
	await accessible(page, 'administration-rounds');
	await page.getByRole('button', { name: 'Đổi hạn giữ dữ liệu' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Số ngày').fill('0');
	await expect(dialog.getByRole('alert')).toBeVisible();
	await expect(dialog.locator('[data-decide]')).toBeDisabled();
	await accessible(page, 'administration-rounds-term');
	await dialog.getByLabel('Số ngày').fill('90');
	await dialog.getByLabel('Số ngày').press('Enter');
	await expect(page.locator('[data-term]')).toContainText('90 ngày');

	await page.getByRole('button', { name: 'Khóa đợt' }).click();
	await expect(dialog.locator('[data-waiting="unsigned"]')).toBeVisible();
	await accessible(page, 'administration-rounds-lock');
	await dialog.locator('[data-decide]').click();
	await expect(page.locator('[data-snapshot]')).toHaveCount(1);
	await page.getByRole('button', { name: 'Xem khác biệt từ đó' }).click();
	await expect(page.getByText('Không có khác biệt.')).toBeVisible();
	const saved = page.waitForEvent('download');
	await page.locator('[data-export="round_snapshot"]').click();
	expect((await saved).suggestedFilename()).toContain('round_snapshot');
	await accessible(page, 'administration-rounds-locked');

	await page.getByRole('button', { name: 'Mở lại đợt' }).click();
	await expect(dialog.locator('[data-decide]')).toBeDisabled();
	await dialog.getByLabel('Lý do').fill('Sót một thôn');
	await dialog.locator('[data-decide]').click();
	await expect(page.getByRole('button', { name: 'Khóa đợt' })).toBeEnabled();
	await expect(page.getByText('Sót một thôn')).toBeVisible();
});

test('what is said of villages, the notice and announcements is on the laptop after its next exchange', async ({ page, browser }) => {
	await page.setViewportSize({ width: 1366, height: 768 });
	const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1366, height: 768 } });
	const seat = await context.newPage();
	const machine = await enrolled(seat, province);

	await logIn(page, province);
	await expect(page.locator('a[href="#/communes"]').first()).toBeVisible();
	await visit(page, `${province.url}/#/administration/villages`);
	const row = page.locator('tr[data-village="na-pan"]');
	await row.getByLabel('Khu vực').selectOption('urban');
	await row.getByLabel('Người rà soát').selectOption('Máy 1');
	await accessible(page, 'administration-villages');
	await page.locator('[data-plan-save]').click();
	await expect(row).toContainText('Tỉnh đã định');

	await visit(page, `${province.url}/#/administration/notice`);
	await accessible(page, 'administration-notice');
	await page.getByRole('button', { name: 'Sửa lời thông báo' }).click();
	await page.getByLabel('Tiếng Việt').fill('Thưa bác, tôi đến rà soát.');
	await accessible(page, 'administration-notice-edit');
	await page.getByRole('button', { name: 'Lưu và gửi xuống các máy' }).click();
	await expect(page.locator('[data-notice]')).toHaveText('Thưa bác, tôi đến rà soát.');

	await visit(page, `${province.url}/#/administration/announcements`);
	await page.getByLabel('Nội dung').fill(SAID);
	await page.getByLabel('Đến hết ngày').fill('2099-12-31');
	await page.getByRole('button', { name: 'Đăng thông báo' }).click();
	await expect(page.locator('[data-announcement]')).toContainText(SAID);
	await accessible(page, 'administration-announcements');
	await visit(page, `${province.url}/#/`);
	await expect(page.getByText(SAID)).toBeVisible();

	await ask(machine, 'sync_now');
	await visit(seat, machine.url);
	await expect(seat.locator('[data-announcement]')).toHaveText(SAID);
	const { villages } = await ask(machine, 'overview');
	expect(villages.find((village) => village.id === '06001-na-pan').area).toBe('urban');
	await accessible(seat, 'today-announced');
	await seat.getByRole('button', { name: 'Đã đọc' }).click();
	await expect(seat.locator('[data-announcement]')).toHaveCount(0);
	machine.stop();
	await context.close();
});

test('the next round is opened once the one before is locked, and what stood then is read beside it', async ({ page, browser }) => {
	await page.setViewportSize({ width: 1366, height: 768 });
	const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1366, height: 768 } });
	const seat = await context.newPage();
	const machine = await open(seat, province);
	await ask(machine, 'sync_now');

	await logIn(page, province);
	await expect(page.locator('a[href="#/communes"]').first()).toBeVisible();
	await visit(page, `${province.url}/#/administration/rounds`);
	const dialog = page.getByRole('dialog');
	await expect(page.locator('[data-open-next]')).toHaveCount(0);
	await page.getByRole('button', { name: 'Khóa đợt' }).click();
	await dialog.locator('[data-decide]').click();
	await page.locator('[data-open-next]').click();
	await expect(dialog.locator('[data-next="2027"]')).toBeVisible();
	await expect(dialog.locator('[data-decide]')).toBeDisabled();
	await accessible(page, 'administration-rounds-next');
	await dialog.getByLabel('Gõ 2027 để xác nhận').fill('2027');
	await dialog.locator('[data-decide]').click();
	await expect(page.getByRole('heading', { name: 'Đợt rà soát 2027' })).toBeVisible();
	const former = page.locator('[data-former="2026"]');
	await expect(former).toContainText('60 hộ');
	await former.getByRole('button', { name: 'Xem phiếu gửi muộn' }).first().click();
	await expect(former.getByText('Không có phiếu nào gửi muộn.')).toBeVisible();
	await accessible(page, 'administration-rounds-former');

	// The laptop goes over by itself, and says of which round it is.
	await ask(machine, 'sync_now');
	await visit(seat, `${machine.url}/#/`);
	expect((await ask(machine, 'overview')).round).toBe(2027);
	await expect(seat.getByText('2027').first()).toBeVisible();
	await visit(page, `${province.url}/#/households`);
	await page.locator('main a[href^="#/households/06001/"]').first().click();
	await expect(page.locator('[data-before]')).toContainText('Đợt 2026');
	machine.stop();
	await context.close();
});
