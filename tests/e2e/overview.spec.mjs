// The province's pages with something on them: from each number to its households, settling, telling apart, and tables as files.

import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { addHousehold, answerLine, ask, interviewed, open, VILLAGE } from './laptop.mjs';
import { accessible } from './look.mjs';
import { openOffice, startProvince, visit } from './stage.mjs';

const TWICE = '020171001234';
let province;
let office;

/** One answer about the house, sealed by leaving the household. */
async function sit(page, machine, household, answer) {
	await visit(page, `${machine.url}/#/interview/${household}`);
	await page.locator('[data-section="housing"]').click();
	await answerLine(page, 'floor_area', answer);
	const left = page.waitForResponse((response) => response.url().endsWith('/ipc/leave_interview'));
	await page.locator('a[href="#/households"]').first().click();
	await left;
}

test.beforeAll(async ({ browser }) => {
	province = await startProvince();
	const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1366, height: 768 } });
	const page = await context.newPage();
	// Two laptops that do not see one another: one answer that differs, and one person in two communes.
	const one = await open(page, province);
	const { rows } = await ask(one, 'procedure_board', { village: null });
	const [shared, other] = rows.map((row) => row.household);
	await interviewed(one, shared);
	await interviewed(one, other);
	await addHousehold(page, one, { village: VILLAGE, name: 'Bế Thị Ngần', birth: '1971', citizenId: TWICE });
	const two = await open(page, province);
	await sit(page, two, shared, '61');
	await addHousehold(page, two, { village: '06187-khoi-3', name: 'Bế Thị Ngân', birth: '1971', citizenId: TWICE });
	await ask(one, 'sync_now');
	await ask(two, 'sync_now');
	one.stop();
	two.stop();
	await context.close();
});
test.afterAll(() => province.stop());

test.beforeEach(async ({ browser }) => {
	office = await openOffice(browser, province);
});
test.afterEach(() => office.context().close());

test('a number of the overview leads to its households, and their table is saved as it is shown', async () => {
	await accessible(office, 'province-overview');
	await office.locator('dl a[href*="state.signed"]').click();
	await expect(office).toHaveURL(/households\?marks=state\.signed/);
	await expect(office.locator('tbody tr')).toHaveCount(1);
	await accessible(office, 'province-households');
	const saved = office.waitForEvent('download');
	await office.locator('[data-export="households"]').click();
	const table = readFileSync(await (await saved).path(), 'utf8');
	expect(table.startsWith('\ufeff')).toBe(true);
	expect(table.trim().split('\n')).toHaveLength(2);
	// By its last digits a person is found, and is masked wherever they are listed.
	await visit(office, `${province.url}/#/households`);
	await office.locator('input[type="search"]').fill('1234');
	await expect(office.locator('tbody tr').first()).toContainText('Bế Thị');
	await expect(office.locator('main')).not.toContainText(TWICE);
	expect(office.url()).not.toContain('1234');
});

test('a commune is seen by village, and a household with its way', async () => {
	await visit(office, `${province.url}/#/communes/06001`);
	const village = office.locator('button[aria-pressed]').first();
	await village.click();
	await expect(village).toHaveAttribute('aria-pressed', 'true');
	await accessible(office, 'province-commune');
	await office.locator('main table').last().locator('th[scope="row"] a').first().click();
	await office.locator('[role="tab"]').nth(3).click();
	await accessible(office, 'province-household-procedure');
});

test('answers that differ are settled by keys', async () => {
	await visit(office, `${province.url}/#/conflicts`);
	const place = office.locator('[data-place="floor_area"]');
	await expect(place.locator('[data-candidate]')).toHaveCount(2);
	await accessible(office, 'province-conflicts');
	await place.locator('[role="radio"][tabindex="0"]').focus();
	await office.keyboard.press('1');
	await expect(place.locator('[aria-checked="true"]')).toHaveCount(1);
	for (const other of await office.locator('[data-place]:not([data-place="floor_area"])').all()) await other.locator('[role="radio"]').first().click();
	await office.keyboard.press('Control+Enter');
	await expect(office.locator('[data-place]')).toHaveCount(0);
	await accessible(office, 'province-conflicts-none');
});

test('two households with one citizen ID are told apart for good', async () => {
	await visit(office, `${province.url}/#/duplicates`);
	const pair = office.locator('[data-pair]');
	await expect(pair).toHaveCount(1);
	await accessible(office, 'province-duplicates');
	await pair.locator('[data-not-same]').click();
	await office.locator('[data-not-same-yes]').click();
	await expect(pair).toHaveCount(0);
	await office.reload();
	await expect(office.locator('h2').first()).toBeVisible();
	await expect(pair).toHaveCount(0);
});

test('what is doubtful leads to its households, and silent laptops are picked out', async () => {
	await visit(office, `${province.url}/#/quality`);
	await expect(office.locator('h1')).toBeVisible();
	await accessible(office, 'province-quality');
	await visit(office, `${province.url}/#/devices?show=silent`);
	await expect(office.locator('main select')).toHaveValue('silent');
	await expect(office.locator('main h2')).toBeVisible();
	await accessible(office, 'province-devices');
});
