// What people ask about the data held of them, at the province's pages in Chromium.

import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { ask, fromLaptop, interviewed } from './laptop.mjs';
import { accessible } from './look.mjs';
import { openOffice, startProvince, visit } from './stage.mjs';

let province;
let office;
let home;

test.beforeAll(async ({ browser }) => {
	province = await startProvince();
	await fromLaptop(browser, province, async (machine) => {
		const { rows } = await ask(machine, 'procedure_board', { village: null });
		home = rows[0].household;
		await interviewed(machine, home);
	});
});
test.afterAll(() => province.stop());

test.beforeEach(async ({ browser }) => {
	office = await openOffice(browser, province);
});
test.afterEach(() => office.context().close());

/** Registers a request on the household's page; it is shown then. */
async function register(right, picture) {
	await visit(office, `${province.url}/#/households/06001/${home}`);
	const requests = office.getByRole('region', { name: 'Yêu cầu về dữ liệu cá nhân' });
	await requests.getByRole('button', { name: 'Đăng ký yêu cầu' }).click();
	const dialog = office.getByRole('dialog', { name: 'Đăng ký yêu cầu' });
	await dialog.getByLabel('Yêu cầu', { exact: true }).selectOption(right);
	await dialog.getByLabel('Về ai').selectOption({ index: 1 });
	await dialog.getByLabel('Người yêu cầu').fill('Nông Thị Hỏi');
	await dialog.getByLabel('Nội dung').fill('Theo sổ hộ khẩu.');
	if (picture) await accessible(office, picture);
	await dialog.getByRole('button', { name: 'Đăng ký yêu cầu' }).click();
	await expect(office.getByRole('heading', { name: 'Người dân yêu cầu' })).toBeVisible();
}

async function saved(kind) {
	const download = office.waitForEvent('download');
	await office.locator(`[data-account="${kind}"]`).click();
	return readFileSync(await (await download).path(), 'utf8');
}

test('somebody sees what is held of them, as a page to print and for machines, and the register keeps what was done', async () => {
	await visit(office, `${province.url}/#/requests`);
	await expect(office.getByText('Không có yêu cầu nào')).toBeVisible();
	await accessible(office, 'requests-none');
	await register('see', 'request-new');
	await office.getByRole('button', { name: 'Đã báo cho người yêu cầu' }).click();
	await expect(office.locator('[data-act="request_acknowledged"]')).toBeVisible();
	await office.getByRole('button', { name: 'Xuất dữ liệu đang giữ' }).click();
	await expect(office.locator('[data-act="person_account_given"]')).toBeVisible();
	await accessible(office, 'request-account');
	const account = JSON.parse(await saved('json'));
	expect(account.values.length).toBeGreaterThan(5);
	const members = new Set(account.values.map(({ path }) => path).filter((path) => path.startsWith('members.')).map((path) => path.split('.')[1]));
	expect(members.size).toBe(1);
	const html = await saved('html');
	expect(html).toContain('Dữ liệu cá nhân đang lưu giữ');
	expect(html).not.toContain('<script');
	const paper = await office.context().newPage();
	await paper.setContent(html);
	await accessible(paper, 'request-paper');
	await paper.close();
	await office.getByRole('button', { name: 'Đã thực hiện xong' }).click();
	await accessible(office, 'request-close');
	await office.getByRole('dialog').getByRole('button', { name: 'Đã thực hiện xong' }).click();
	await expect(office.locator('[data-act="request_done"]')).toBeVisible();
	await visit(office, `${province.url}/#/requests`);
	await office.getByRole('tab', { name: 'Đã trả lời' }).click();
	await expect(office.locator('[data-request]')).toHaveCount(1);
	await accessible(office, 'requests-closed');
});

test('a correction is asked of the commune at an answer', async () => {
	await register('correct');
	await office.getByRole('button', { name: 'Gửi xã xem lại' }).click();
	const dialog = office.getByRole('dialog', { name: 'Gửi xã xem lại' });
	await expect(dialog.getByLabel('Câu trả lời cần xem lại').locator('option').nth(2)).toBeAttached();
	await dialog.getByLabel('Nội dung cần sửa').fill('Tên đệm là Thị.');
	await accessible(office, 'request-correction');
	await dialog.getByRole('button', { name: 'Gửi', exact: true }).click();
	const act = office.locator('[data-act="correction_asked"]');
	await expect(act).toContainText('Câu trả lời chưa đổi');
	await accessible(office, 'request-corrected');
});

test('what is restricted stands in lists without a name and in no export until it is lifted', async () => {
	await register('restrict');
	await office.getByRole('button', { name: 'Hạn chế xử lý' }).click();
	const dialog = office.getByRole('dialog', { name: 'Hạn chế xử lý' });
	await dialog.getByLabel('Lý do').fill('Đang khiếu nại.');
	await dialog.getByRole('button', { name: 'Hạn chế xử lý' }).click();
	await expect(office.locator('[data-act="processing_restricted"]')).toBeVisible();
	await accessible(office, 'request-restricted');
	await visit(office, `${province.url}/#/requests`);
	await expect(office.locator('[data-request]')).toHaveCount(2);
	await accessible(office, 'requests');
	await visit(office, `${province.url}/#/households`);
	await expect(office.getByRole('link', { name: 'Hạn chế xử lý' })).toHaveCount(1);
	await accessible(office, 'households-restricted');
	const download = office.waitForEvent('download');
	await office.locator('[data-export="households"]').click();
	const table = readFileSync(await (await download).path(), 'utf8').trim().split('\n');
	expect(table.at(-1)).toBe('Số dòng để ngoài vì hạn chế xử lý,1');
	await visit(office, `${province.url}/#/households/06001/${home}`);
	await expect(office.getByText('Chỉ người giữ sổ yêu cầu xem được trang này')).toBeVisible();
	await accessible(office, 'household-restricted');
	await office.getByRole('link', { name: /Hạn chế xử lý/ }).click();
	await office.getByRole('button', { name: 'Bỏ hạn chế' }).click();
	const lifting = office.getByRole('dialog', { name: 'Bỏ hạn chế' });
	await lifting.getByLabel('Lý do').fill('Đã giải quyết.');
	await lifting.getByRole('button', { name: 'Bỏ hạn chế' }).click();
	await expect(office.locator('[data-act="restriction_lifted"]')).toBeVisible();
	await visit(office, `${province.url}/#/households`);
	await expect(office.getByRole('link', { name: 'Hạn chế xử lý' })).toHaveCount(0);
});
