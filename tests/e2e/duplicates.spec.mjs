// Two households that are one: merged, told apart, parted again; and what the province shows of them.

import { expect, test } from '@playwright/test';
import { addHousehold, ask, enrolled, VILLAGE } from './laptop.mjs';
import { accessible, look } from './look.mjs';
import { logIn, startProvince, visit } from './stage.mjs';

let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** Two households whose heads have a name and a birthday in common; their ids. */
async function alike(page, machine, name, birth) {
	const ids = [];
	for (const village of [VILLAGE, '06001-pac-cap']) ids.push(await addHousehold(page, machine, { village, name, birth }));
	return ids;
}

async function pairs(page, machine) {
	await visit(page, `${machine.url}/#/households/duplicates`);
	return page.locator('[data-duplicate]');
}

test('what is said to be two is not asked again, and can be taken back', async ({ page }) => {
	const machine = await enrolled(page, province);
	await alike(page, machine, 'Nông Văn Hùng', '05/06/1980');
	// The second one was recognised while it was added.
	await expect(page.locator('a[href="#/households/duplicates"]')).toBeVisible();
	await look(page, 'duplicates-likely');
	let sides = await pairs(page, machine);
	await expect(sides).toHaveCount(2);
	await accessible(page, 'duplicates-pair');
	await page.keyboard.press('2');
	await expect(page.locator('[data-pair="undo"]')).toBeVisible();
	await expect(sides).toHaveCount(0);
	await accessible(page, 'duplicates-told-apart');
	sides = await pairs(page, machine);
	await expect(page.locator('[data-pair="none"]')).toBeVisible();
	await expect(sides).toHaveCount(0);
	machine.stop();
	machine.kill();
});

test('a merged household stands once in every list, here and at the province, which says what stands for it', async ({ page, browser }) => {
	const machine = await enrolled(page, province);
	const [first, second] = await alike(page, machine, 'Lý Thị Mùi', '12/03/1979');
	const sides = await pairs(page, machine);
	await expect(sides).toHaveCount(2);
	await page.locator(`[data-duplicate="${first}"] input[type="radio"]`).check();
	await look(page, 'duplicates-chosen');
	await page.locator('[data-pair="same"]').click();
	await expect(page.locator('[data-pair="undo"]')).toBeVisible();
	await accessible(page, 'duplicates-merged');

	await visit(page, `${machine.url}/#/households`);
	await page.locator('input[type="search"]').fill('Lý Thị Mùi');
	const row = page.locator('a[data-household]');
	await expect(row).toHaveCount(1);
	await expect(row).toHaveAttribute('data-household', first);
	await visit(page, `${machine.url}/#/households/${second}`);
	await expect(page.locator(`a[href="#/households/${first}"]`).first()).toBeVisible();
	await accessible(page, 'household-merged-away');
	await visit(page, `${machine.url}/#/households/${first}`);
	await expect(page.locator(`a[href="#/households/${second}"]`).first()).toBeVisible();
	await accessible(page, 'household-kept');

	await ask(machine, 'sync_now');
	const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1366, height: 768 } });
	const office = await context.newPage();
	await logIn(office, province);
	await expect(office.locator('a[href="#/communes"]').first()).toBeVisible();
	await visit(office, `${province.url}/#/communes/06001`);
	await expect(office.locator(`a[href$="${first}"]`).first()).toBeVisible();
	await expect(office.locator(`a[href$="${second}"]`)).toHaveCount(0);
	await look(office, 'province-commune-merged');
	await visit(office, `${province.url}/#/households/06001/${second}`);
	await expect(office.locator('[data-merged]')).toContainText('Lý Thị Mùi');
	await accessible(office, 'province-merged-away');
	await office.locator(`[data-merged] a[href$="${first}"]`).click();
	await expect(office.locator('[data-merged]')).toHaveCount(0);
	await expect(office.locator('h1')).toContainText('Lý Thị Mùi');
	await look(office, 'province-kept');
	await context.close();
	machine.stop();
});
