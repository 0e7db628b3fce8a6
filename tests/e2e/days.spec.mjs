// The surveyor's day: a household is found, asked, left for the night, gone on with, signed, printed and sent. The supervisor's day:
// what surveyors signed is collected, checked, sent back, corrected and accepted, by sticks alone; and answers that differ are settled
// for everybody.

import { expect, test } from '@playwright/test';
import path from 'node:path';
import { addHousehold, answerLine, ask, asked, copyTo, enrolled, interviewed, open, takeFrom, unlock, VILLAGE } from './laptop.mjs';
import { accessible, look } from './look.mjs';
import { startProvince, visit } from './stage.mjs';

const REMARK = 'Đo lại diện tích, không tính bếp riêng.';
let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** A household of a laptop's list. */
async function householdAt(page, machine, line) {
	await visit(page, `${machine.url}/#/households`);
	const row = page.locator('a[data-household]').nth(line);
	await expect(row).toBeVisible();
	return row.getAttribute('data-household');
}

const custody = async (machine) => (await ask(machine, 'overview')).custody;

test('a household is found, asked, left, gone on with at the same question, signed, printed and sent', async ({ page }) => {
	await page.addInitScript(() => {
		window.printed = 0;
		window.print = () => (window.printed += 1);
	});
	const machine = await open(page, province);
	const home = await addHousehold(page, machine, { village: VILLAGE, name: 'Đàm Thị Sầm', birth: '1969' });
	const village = page.locator(`[data-village="${VILLAGE}"]`);
	await visit(page, `${machine.url}/#/`);
	const before = await village.textContent();

	// Found as it is typed without accents, and opened from the list.
	await visit(page, `${machine.url}/#/households`);
	await page.locator('input[type="search"]').fill('dam thi sam');
	await expect(page.locator('a[data-household]')).toHaveCount(1);
	await page.locator(`a[data-household="${home}"]`).click();
	await expect(page.locator('[data-history]')).toBeVisible();
	await page.locator(`a[href="#/interview/${home}"]`).first().click();
	await page.locator('[data-section="housing"]').click();
	await answerLine(page, 'floor_area', '24,5');
	await look(page, 'days-interview');

	// Locked for the night; in the morning Today leads to where it was left, by one key.
	await ask(machine, 'lock');
	await visit(page, `${machine.url}/#/`);
	await unlock(page);
	const resume = page.locator(`a[href="#/interview/${home}"]`).first();
	await expect(resume).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.locator('[data-question="floor_area"] input')).toHaveValue('24,5');
	await page.locator('[data-section="#sign-off"]').click();
	await expect(page.locator('[data-sign-off]')).toBeDisabled();

	await asked(machine, home);
	await visit(page, `${machine.url}/#/interview/${home}`);
	await page.locator('[data-section="#sign-off"]').click();
	await page.locator('[data-sign-off]').click();
	await expect(page.locator('[data-signed]')).toBeVisible();
	await expect(page.locator('main')).toContainText('Hộ nghèo');
	await accessible(page, 'days-result');
	await page.locator('[data-to-print]').click();
	await page.locator('[data-print]').click();
	await expect.poll(() => page.evaluate(() => window.printed)).toBe(1);

	await visit(page, `${machine.url}/#/`);
	await expect(village).not.toHaveText(before);
	await visit(page, `${machine.url}/#/sync`);
	await page.locator('[data-send]').click();
	await expect(page.locator(`[data-custody="confirmed"][href="#/households/${home}"]`)).toBeVisible();
	await visit(page, `${machine.url}/#/`);
	await look(page, 'days-surveyor-home');
	expect(await custody(machine)).toMatchObject({ only_here: 0, refused: 0 });
	machine.stop();
});

test('what a village signed goes by stick to the supervisor, back with a remark, and is accepted once it is corrected', async ({ page, browser }) => {
	const supervisor = await enrolled(page, province);
	const context = await browser.newContext();
	const desk = await context.newPage();
	const surveyor = await open(desk, province);
	const stick = (name) => path.join(province.folder, name);
	const home = await householdAt(desk, surveyor, 0);
	await interviewed(surveyor, home);

	// The supervisor's laptop has not heard of this surveyor's yet: it carries what it cannot read on to the province, and comes
	// back able to.
	await takeFrom(page, supervisor, await copyTo(desk, surveyor, supervisor.id, stick('1')));
	const [carried] = await copyTo(page, supervisor, 'province', stick('2'));
	province.exchange(carried, supervisor, stick('2/tra-loi.rasoat'));
	await takeFrom(page, supervisor, [stick('2/tra-loi.rasoat')]);

	await visit(page, `${supervisor.url}/#/review`);
	await expect(page.locator(`[data-check="${home}"]`)).toBeVisible();
	await accessible(page, 'days-check');
	await page.keyboard.press('Enter');
	await page.locator('[data-ask="floor_area"]').click();
	await page.locator('[data-answer="floor_area"] textarea').fill(REMARK);
	await page.locator('[data-return]').click();
	await expect(page.locator('[data-return]')).toHaveCount(0);
	await look(page, 'days-returned');

	await takeFrom(desk, surveyor, await copyTo(page, supervisor, surveyor.id, stick('3')));
	await visit(desk, `${surveyor.url}/#/`);
	await desk.locator(`[data-returned="${home}"]`).click();
	await desk.locator('[data-section="housing"]').click();
	await expect(desk.locator('[data-question="floor_area"]')).toContainText(REMARK);
	await answerLine(desk, 'floor_area', '9');
	await desk.locator('[data-section="#sign-off"]').click();
	await desk.locator('[data-sign-off]').click();
	await expect(desk.locator('[data-signed]')).toBeVisible();
	await visit(desk, `${surveyor.url}/#/`);
	await expect(desk.locator('[data-returned]')).toHaveCount(0);

	await takeFrom(page, supervisor, await copyTo(desk, surveyor, supervisor.id, stick('4')));
	await visit(page, `${supervisor.url}/#/review/${home}`);
	await expect(page.locator('[data-answer="floor_area"]')).toContainText('9');
	await page.locator('[data-accept]').click();
	await expect(page.locator('[data-accept]')).toHaveCount(0);
	await visit(page, `${supervisor.url}/#/review`);
	await expect(page.locator(`[data-check="${home}"]`)).toHaveCount(0);

	// The province's receipts come home the same way, and only then is anything green.
	expect((await custody(surveyor)).only_here).toBe(1);
	const [last] = await copyTo(page, supervisor, 'province', stick('5'));
	province.exchange(last, supervisor, stick('5/tra-loi.rasoat'));
	await takeFrom(page, supervisor, [stick('5/tra-loi.rasoat')]);
	await takeFrom(desk, surveyor, await copyTo(page, supervisor, surveyor.id, stick('6')));
	for (const machine of [supervisor, surveyor]) expect(await custody(machine)).toMatchObject({ only_here: 0, refused: 0 });
	await context.close();
	supervisor.stop();
	surveyor.stop();
});

test('answers that differ are shown side by side, settled by two keys, and the same everywhere', async ({ page, browser }) => {
	const one = await open(page, province);
	const context = await browser.newContext();
	const other = await context.newPage();
	const two = await enrolled(other, province);
	const send = async (...machines) => {
		for (const machine of machines) await ask(machine, 'sync_now');
	};
	await send(one, two);
	const home = await householdAt(page, one, 1);
	for (const [screen, machine, area] of [[page, one, '31'], [other, two, '47,5']]) {
		await visit(screen, `${machine.url}/#/interview/${home}`);
		await screen.locator('[data-section="housing"]').click();
		await answerLine(screen, 'floor_area', area);
		const left = screen.waitForResponse((response) => response.url().endsWith('/ipc/leave_interview'));
		await screen.locator('a[href="#/"]').first().click();
		await left;
	}
	await send(one, two, one);

	await visit(page, `${one.url}/#/`);
	await page.locator('a[href="#/conflicts"]').first().click();
	const place = page.locator('[data-place="floor_area"]');
	await expect(place.locator('[data-candidate]')).toHaveCount(2);
	await expect(place.locator('[data-candidate]').first()).toBeFocused();
	await accessible(page, 'days-conflict');
	const wanted = place.locator('[data-candidate]', { hasText: '47,5' });
	await page.keyboard.press((await wanted.locator('b').textContent()).trim());
	await expect(wanted).toHaveAttribute('aria-checked', 'true');
	await page.keyboard.press('Control+Enter');
	await expect(page.locator('[data-conflicts="none"]')).toBeVisible();

	await send(one, two);
	for (const machine of [one, two]) expect(await ask(machine, 'conflicts')).toEqual([]);
	await visit(other, `${two.url}/#/interview/${home}`);
	await other.locator('[data-section="housing"]').click();
	await expect(other.locator('[data-question="floor_area"] input')).toHaveValue('47,5');
	await context.close();
	one.stop();
	two.stop();
});
