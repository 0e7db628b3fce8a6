// A household's result and interview on paper: what stands on the pages that a printer is given, read out of them again.

import { expect, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { addHousehold, answerLine, ask, enrolled, VILLAGE } from './laptop.mjs';
import { accessible } from './look.mjs';
import { startProvince, visit } from './stage.mjs';

const NAME = 'Hoàng Thị Nguyệt Ưởng';
const CITIZEN_ID = '020171001234';
const MASKED = '020 •••• 1234';
let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** What is on paper, page by page. */
async function pages(page, name) {
	const file = path.join(province.folder, `${name}.pdf`);
	writeFileSync(file, await page.pdf({ preferCSSPageSize: true }));
	const info = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
	expect(info).toContain('(A4)');
	const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
	const fonts = execFileSync('pdffonts', [file], { encoding: 'utf8' });
	expect(fonts).toContain('BeVietnamPro');
	return text.normalize('NFC').split('\f').slice(0, -1);
}

test('the pages have head, class, why, answers and places to sign, and citizen IDs in full only to be signed', async ({ page }) => {
	// The dialog of the system stands in for nothing here: that it is asked for is what counts.
	await page.addInitScript(() => {
		window.printed = 0;
		window.print = () => (window.printed += 1);
	});
	const machine = await enrolled(page, province);
	const household = await addHousehold(page, machine, { village: VILLAGE, name: NAME, birth: '1971', citizenId: CITIZEN_ID });
	await expect(page.locator('[data-to-print]')).toHaveCount(0);
	await visit(page, `${machine.url}/#/interview/${household}`);
	await page.locator('[data-section="housing"]').click();
	await answerLine(page, 'floor_area', '38,5');

	await page.keyboard.press('Control+p');
	await expect(page.locator('[data-paper]')).toContainText(NAME);
	await accessible(page, 'print');
	expect(await page.evaluate(() => window.printed)).toBe(0);
	await page.keyboard.press('Control+p');
	await expect.poll(() => page.evaluate(() => window.printed)).toBe(1);

	const masked = await pages(page, 'masked');
	const all = masked.join('\n');
	expect(masked.length).toBeGreaterThan(1);
	for (const [at, text] of masked.entries()) {
		expect(text).toContain(`Hộ ${NAME}`);
		expect(text).toMatch(new RegExp(`\\b${at + 1} ?/ ?${masked.length}\\b`));
	}
	for (const words of [MASKED, 'BẢN TẠM', 'Kết quả', '38,5', 'Đại diện hộ', 'Rà soát viên', 'Chưa đủ câu trả lời', 'chưa có ngưỡng chính thức']) {
		expect(all).toContain(words);
	}
	expect(all).not.toContain(CITIZEN_ID);
	// Nothing of the program around it.
	for (const words of ['Gửi dữ liệu', 'Cài đặt', 'In để hộ ký', 'Ctrl']) expect(all).not.toContain(words);

	await page.locator('[data-for-signature]').check();
	await page.locator('[data-print]').click();
	await expect(page.locator('[data-full-ids]')).toBeVisible();
	await accessible(page, 'print-for-signature');
	expect((await pages(page, 'full')).join('\n')).toContain(CITIZEN_ID);
	await expect(page.locator('[data-full-ids]')).toHaveCount(0);
	await expect(page.locator('[data-paper]')).not.toContainText(CITIZEN_ID);

	const { rows } = await ask(machine, 'audit', { group: 'personal', offset: 0, limit: 10 });
	expect(rows.map(({ act, details }) => [act, details.citizen_ids])).toEqual([
		['unmask', undefined],
		['print', 'full'],
		['print', 'masked']
	]);
});
