// Lists and papers at the province: a place found by typing, who stands in which paper and who does not, and their files.

import { expect, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ask, fromLaptop, interviewed } from './laptop.mjs';
import { accessible, slowFile } from './look.mjs';
import { openOffice, startProvince, visit } from './stage.mjs';

let province;
let office;
/** The head of the household that the meeting agreed to. */
let head;

test.beforeAll(async ({ browser }) => {
	province = await startProvince();
	await fromLaptop(browser, province, async (machine) => {
		const { rows } = await ask(machine, 'procedure_board', { village: '06001-na-pan' });
		const household = rows[0].household;
		head = rows[0].head_name;
		await interviewed(machine, household);
		const { item } = await ask(machine, 'check', { household });
		await ask(machine, 'accept', { form: { household, version: item.version } });
		const { seen } = (await ask(machine, 'procedure_board', { village: '06001-na-pan' })).rows.find((row) => row.household === household);
		const on = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Ho_Chi_Minh' });
		const people = { chair: 'Hoàng Văn Chủ', secretary: 'Lý Thị Thư', representative: 'Nông Văn Diện' };
		await ask(machine, 'hold_meeting', {
			form: { households: [{ household: { household, seen }, agreed: 30 }], on, attended: 30, minutes: '01/BB', ...people, objection: '' }
		});
	});
	office = await openOffice(browser, province);
});
test.afterAll(async () => {
	await office?.context().close();
	province.stop();
});

/** What a press saves, in a file that other programs read. */
async function made() {
	const download = office.waitForEvent('download');
	await office.locator('[data-make]').click();
	const saved = await download;
	const file = path.join(province.folder, saved.suggestedFilename());
	writeFileSync(file, readFileSync(await saved.path()));
	await expect(office.locator('[data-made]')).toContainText(saved.suggestedFilename());
	return file;
}

test('a village is found by typing, its posting list is saved as PDF and its results as Excel', async () => {
	await office.locator('nav a[href="#/papers"]').click();
	await expect(office.locator('[data-paper]')).toHaveCount(12);
	await accessible(office, 'papers-province');

	const place = office.getByRole('combobox', { name: 'Nơi' });
	await place.focus();
	await office.keyboard.type('doan ket');
	await office.keyboard.press('Enter');
	await expect(office).toHaveURL(/place=commune\.06001/);
	await expect(place).toHaveValue('Xã Đoàn Kết');
	const village = office.getByRole('combobox', { name: 'Thôn, khối phố' });
	await village.click();
	await expect(office.getByRole('option')).toHaveCount(4);
	await accessible(office, 'papers-villages');
	await village.selectText();
	await office.keyboard.type('na pan');
	await office.keyboard.press('Enter');
	await expect(office).toHaveURL(/place=village\.06001\./);

	await office.locator('[data-paper="posting"]').check();
	await expect(office.locator('[data-missing]')).toContainText('chưa phỏng vấn');
	await accessible(office, 'papers-posting');
	const posting = await made();
	await accessible(office, 'papers-made');
	expect(path.basename(posting)).toMatch(/\.pdf$/);
	const text = execFileSync('pdftotext', ['-layout', posting, '-'], { encoding: 'utf8' });
	expect(text).toContain(head);
	expect(text).toContain('Nà Pàn');
	expect(text).not.toMatch(/\d{12}/);

	await office.locator('[data-paper="results"]').check();
	await office.locator('[data-format="xlsx"]').check();
	expect(readFileSync(await made()).subarray(0, 2).toString()).toBe('PK');
});

test('citizen IDs stand in full only where that is asked for, and a paper that nobody stands in is not made', async () => {
	await visit(office, `${province.url}/#/papers?place=commune.06001&paper=interviews`);
	await expect(office.getByText('Giấy này ghi đủ số căn cước')).toHaveCount(0);
	const masked = execFileSync('pdftotext', ['-layout', await made(), '-'], { encoding: 'utf8' });
	expect(masked).not.toMatch(/\d{12}/);
	await office.locator('[data-full-ids]').check();
	await expect(office.getByText('Giấy này ghi đủ số căn cước')).toBeVisible();
	await accessible(office, 'papers-full');
	const full = execFileSync('pdftotext', ['-layout', await made(), '-'], { encoding: 'utf8' });
	expect(full).toMatch(/\d{12}/);

	// What takes long says how far it is, and is stopped.
	const ended = await slowFile(office, 12, 40);
	await office.locator('[data-make]').click();
	await expect(office.locator('[data-making]')).toContainText('12 / 40');
	await expect(office.locator('[data-paper="certificates"]')).toBeDisabled();
	await accessible(office, 'papers-making');
	await office.locator('[data-stop]').click();
	await expect(office.locator('[data-make]')).toBeFocused();
	expect(await ended()).toBe(true);

	await office.locator('[data-paper="certificates"]').check();
	await expect(office.locator('[data-missing]')).toBeVisible();
	await expect(office.locator('[data-make]')).toBeDisabled();
	await accessible(office, 'papers-nobody');
});
