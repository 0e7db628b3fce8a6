// A village by keyboard and dialogs from its accepted interviews to recognition, and one that too few agreed with.

import { expect, test } from '@playwright/test';
import { ask, interviewed, open } from './laptop.mjs';
import { accessible } from './look.mjs';
import { startProvince, visit } from './stage.mjs';

let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** Fills the field behind a mark. */
const fill = (page, mark, text) => page.locator(`dialog[open] [data-${mark}]`).fill(text);

/** Types a day into the only field of days, or the one of this number. */
async function day(page, text, at = 0) {
	const field = page.locator('dialog[open] input[inputmode="numeric"]:not([data-attended]):not([data-agreed])').nth(at);
	await field.fill(text);
	await field.press('Tab');
}

/** Writes it down, and waits until the dialog has gone. */
async function note(page) {
	await page.locator('[data-act-do]').click();
	await expect(page.locator('dialog[open]')).toHaveCount(0);
}

/** Accepts a signed interview as it is. */
async function accept(machine, household) {
	const { item } = await ask(machine, 'check', { household });
	await ask(machine, 'accept', { form: { household, version: item.version } });
}

test('a village goes from the meeting to recognition, and what too few agreed with goes back', async ({ page }) => {
	const machine = await open(page, province);
	const { rows } = await ask(machine, 'procedure_board', { village: null });
	const [one, two, third] = rows.map((row) => row.household);
	for (const household of [one, two]) {
		await interviewed(machine, household);
		await accept(machine, household);
	}
	await visit(page, `${machine.url}/#/procedure`);
	const stage = (household) => page.locator(`[data-row="${household}"]`);
	await expect(stage(one)).toHaveAttribute('data-stage', 'scored');
	await expect(stage(third)).toHaveAttribute('data-stage', 'listed');
	await accessible(page);

	// By keys: down to the third household and to whom it goes; then the meeting over those that were accepted.
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('g');
	await fill(page, 'assign-to', 'Nông Văn Tân');
	await page.keyboard.press('Enter');
	await expect(stage(third)).toHaveAttribute('data-stage', 'assigned');
	await expect(stage(third)).toContainText('Nông Văn Tân');

	await page.keyboard.press('h');
	await day(page, '02/11/2026');
	await fill(page, 'attended', '41');
	await expect(page.locator(`[data-agreed="${one}"]`)).toHaveValue('41');
	await page.locator(`[data-agreed="${two}"]`).fill('20');
	for (const [mark, text] of [['minutes', '01/BB'], ['chair', 'Hoàng Văn Chủ'], ['secretary', 'Lý Thị Thư'], ['representative', 'Nông Văn Diện']])
		await fill(page, mark, text);
	await page.locator('[data-act-do]').click();
	await expect(page.locator('dialog[open] [role="alert"]').first()).toBeVisible();
	await fill(page, 'objection', 'Nhà còn rộng hơn');
	await note(page);
	await expect(stage(one)).toHaveAttribute('data-stage', 'meeting_agreed');
	await expect(stage(two)).toHaveAttribute('data-stage', 'meeting_rejected');

	await page.keyboard.press('n');
	// Thursday: Friday, Monday and Tuesday are its three working days.
	await day(page, '05/11/2026');
	await expect(page.locator('dialog[open] input[inputmode="numeric"]').nth(1)).toHaveValue('10/11/2026');
	await fill(page, 'place-posted', 'Nhà văn hóa thôn');
	await note(page);
	await expect(stage(one)).toHaveAttribute('data-stage', 'posted');

	await page.keyboard.press('q');
	await fill(page, 'number', '12/QĐ-UBND');
	await day(page, '10/11/2026');
	await page.locator('[data-act-do]').click();
	await expect(page.locator('dialog[open] [role="alert"]').first()).toContainText('10/11/2026');
	await day(page, '11/11/2026');
	await note(page);
	await expect(stage(one)).toHaveAttribute('data-stage', 'recognised');

	// The household's page tells it, and takes the last step back.
	await visit(page, `${machine.url}/#/households/${one}`);
	await expect(page.locator('[data-act-of]')).toHaveCount(3);
	await page.locator('[data-withdraw]').click();
	await fill(page, 'why', 'Sai số quyết định');
	await note(page);
	await expect(page.locator('[data-act-of="recognition"]')).toContainText('Sai số quyết định');
	await accessible(page);
	await visit(page, `${machine.url}/#/interview/${two}`);
	await page.locator('[data-remarks]').click();
	await expect(page.locator('main')).toContainText('Nhà còn rộng hơn');
	machine.stop();
});
