// A commune's own table on its way in: which column is which, what would come of it, taking it in, and taking it back.

import { expect, test } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { addHousehold, choosePath, enrolled, find, VILLAGE } from './laptop.mjs';
import { accessible, look } from './look.mjs';
import { startProvince, visit } from './stage.mjs';

/** Headings of the commune's own: no program can know what some of them are for. */
const HEADINGS = 'TT;Đại diện;Năm sinh;Căn cước;Thôn;Mã xã;Ở chỗ nào;Xem lại';
const ROWS = [
	'1;Nông Văn Bách;1984;020084001234;Nà Pàn;06001;Đầu bản;x',
	'2;Lý Thị Mùi;5/1979;020179000007;Nà Pàn;06001;;',
	'3;Triệu Văn Sủi;32/13/1990;;Khuổi Slao;06001;;',
	'4;Hoàng Thị Mận;1990;;Nà Pàn;99999;;',
	'5;Lương Văn Đôi;1975;;Nà Pàn;06001;;'
];
let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

function table(name, rows) {
	const file = path.join(province.folder, name);
	writeFileSync(file, [HEADINGS, ...rows].join('\n'));
	return file;
}

async function show(page, machine, file) {
	await visit(page, `${machine.url}/#/households/import`);
	await choosePath(page, file);
}

/** How many households have a fate, as its button says. */
const fate = (page, name) => page.locator(`[data-fate="${name}"]`);

test('a table with headings of its own is matched by hand, looked at, taken in, remembered, and taken back', async ({ page }) => {
	const machine = await enrolled(page, province);
	// Somebody is there already whose name alone is known: whether it is the one of the table is for a person to say.
	await addHousehold(page, machine, { village: VILLAGE, name: 'Lương Văn Đôi' });
	await show(page, machine, table('so-tay.csv', ROWS));
	const column = (letter) => page.locator(`[data-column="${letter}"] select`);
	await expect(column('B')).toHaveValue('');
	await expect(column('C')).toHaveValue('birth');
	await accessible(page, 'list-columns');
	await column('B').selectOption('head_name');
	await column('G').selectOption('address');
	await page.locator('[data-import="columns"]').click();

	await expect(fate(page, 'new')).toContainText('3');
	await expect(fate(page, 'refused')).toContainText('1');
	await expect(fate(page, 'doubt')).toContainText('1');
	// What needs a person stands first.
	await expect(fate(page, 'doubt')).toHaveAttribute('aria-pressed', 'true');
	await expect(page.locator('[data-row="6"]')).toContainText('Lương Văn Đôi');
	await expect(page.locator('[data-problem="C4"]')).toBeVisible();
	await expect(page.locator('[data-problem="F5"]')).toBeVisible();
	await accessible(page, 'list-doubt');
	await fate(page, 'refused').click();
	await expect(page.locator('[data-row="5"]')).toContainText('Hoàng Thị Mận');
	await look(page, 'list-refused');
	await page.locator('[data-import="take"]').click();
	await expect(page.locator('[data-import="problem"]')).toBeVisible();
	await look(page, 'list-leaves-out');
	await fate(page, 'doubt').click();
	await page.locator('[data-row="6"] select').selectOption({ index: 1 });
	await page.locator('[data-import="leave-out"]').check();
	await page.locator('[data-import="take"]').click();
	await expect(page.locator('[data-import="done"]')).toBeVisible();
	await accessible(page, 'list-done');
	const bach = await find(page, machine, 'Nông Văn Bách');
	await expect(bach).toContainText('Đầu bản');
	await find(page, machine, 'Lương Văn Đôi');

	// The same headings again need no asking, and what is there is put right instead of doubled.
	await show(page, machine, table('so-tay-2.csv', [ROWS[0].replace('Đầu bản', 'Cuối bản'), ROWS[1]]));
	await expect(fate(page, 'updated')).toContainText('1');
	await expect(fate(page, 'unchanged')).toContainText('1');
	await expect(page.locator('[data-row="2"]')).toContainText('Cuối bản');
	await accessible(page, 'list-updates');
	await page.locator('[data-import="to-columns"]').click();
	await expect(page.locator('[data-import="remembered"]')).toBeVisible();
	await expect(column('B')).toHaveValue('head_name');
	await look(page, 'list-columns-remembered');
	await page.locator('[data-import="columns"]').click();
	await page.locator('[data-import="take"]').click();
	await expect(page.locator('[data-import="done"]')).toBeVisible();
	await expect(await find(page, machine, 'Nông Văn Bách')).toContainText('Cuối bản');

	// The latest import stands first; taking it back leaves what the first one brought.
	await undoLatest(page, machine, 'list-undo');
	await expect(await find(page, machine, 'Nông Văn Bách')).toContainText('Đầu bản');
	await undoLatest(page, machine, 'list-undo-first');
	await visit(page, `${machine.url}/#/households`);
	await expect(page.locator('a[data-household]')).toHaveCount(1);
	machine.stop();
});

/** Takes back the latest import that stands. */
async function undoLatest(page, machine, name) {
	await visit(page, `${machine.url}/#/households/import`);
	await page.locator('[data-import="undo"]').first().click();
	await look(page, `${name}-asked`);
	await page.locator('[data-import="undo-yes"]').click();
	await expect(page.locator('[data-import="undone"]')).toBeVisible();
	await accessible(page, `${name}-done`);
}
