// Forms, standards, targets and code lists at the province: uploaded, checked, looked at, published, retired; by keys and with axe.

import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { accessible } from './look.mjs';
import { openOffice, startProvince, visit } from './stage.mjs';
import { root } from './window.mjs';

const shipped = (place) => readFileSync(path.join(root, 'instruments', place), 'utf8');
let province;
let office;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

test.beforeEach(async ({ browser }) => {
	office = await openOffice(browser, province);
	await office.locator('a[href="#/administration/rounds"]').first().click();
	await office.locator('a[href="#/administration/instruments"]').first().click();
	await expect(office.locator('[data-version]').first()).toBeVisible();
});
test.afterEach(() => office.context().close());

/** Chooses files as texts and has them checked. */
async function upload(files) {
	await office.locator('[data-upload]').click();
	await office.locator('dialog input[type="file"]').setInputFiles(files.map(([name, text]) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })));
	await office.locator('dialog[open] button[type="submit"]').click();
}

/** The form that ships, changed. */
function form(change) {
	const [survey, choices, settings] = ['survey', 'choices', 'settings'].map((sheet) => shipped(`household-2026/${sheet}.csv`));
	return change({ 'survey.csv': survey, 'choices.csv': choices, 'settings.csv': settings });
}

test('a form is checked, read, published and retired', async () => {
	await accessible(office, 'administration-instruments');
	// What cannot be read is told by sheet, row and column, and nothing is kept.
	const wrong = form((sheets) => ({ ...sheets, 'survey.csv': sheets['survey.csv'].replace('\ntext,', '\ntxet,') }));
	await upload(Object.entries(wrong));
	await expect(office.locator('dialog [data-fault="unsupported_type"]')).toBeVisible();
	await accessible(office, 'administration-upload-refused');
	await office.keyboard.press('Escape');
	await expect(office.locator('[data-version]')).toHaveCount(1);

	const next = form((sheets) => ({
		...sheets,
		'survey.csv': sheets['survey.csv'].replace('Thông tin hộ', 'Thông tin về hộ'),
		'settings.csv': sheets['settings.csv'].replace(',2026.1,', ',2027.1,')
	}));
	await upload(Object.entries(next));
	await expect(office).toHaveURL(/administration\/instruments\/[0-9a-f]{64}/);
	await expect(office.locator('[role="tablist"]')).toBeVisible();
	await expect(office.locator('[data-change="words_changed"]')).toContainText('Thông tin về hộ');
	await accessible(office, 'administration-form-report');
	await office.locator('[role="tab"]').first().focus();
	await office.keyboard.press('ArrowRight');
	await expect(office.locator('[data-line="floor_area"]')).toBeVisible();
	await accessible(office, 'administration-form-preview');
	await office.locator('[data-publish]').click();
	await accessible(office, 'administration-publish');
	await office.locator('[data-yes]').click();
	await expect(office.locator('[data-retire]')).toBeVisible();
	await office.locator('[data-retire]').click();
	await office.locator('[data-yes]').click();
	await expect(office.locator('[data-publish]')).toBeVisible();
});

test('a standard says what it says and what would change, and unverified figures are seen as such', async () => {
	await visit(office, `${province.url}/#/administration/standards`);
	await expect(office.locator('[data-version]')).toHaveCount(2);
	await accessible(office, 'administration-standards');
	await upload([['chuan.toml', shipped('standards/vn-2027-2030.toml').replace('rural = 2200000', 'rural = 2300000')]]);
	await expect(office.locator('[data-change="value_changed"]')).toHaveCount(1);
	await accessible(office, 'administration-standard-report');
	await office.locator('[role="tab"]').nth(1).click();
	await expect(office.locator('[data-indicator]')).toHaveCount(12);
	await accessible(office, 'administration-standard');
	await office.locator('[data-discard]').click();
	await office.locator('[data-yes]').click();
	await expect(office.locator('[data-version]')).toHaveCount(2);
	await visit(office, `${province.url}/#/administration/points`);
	await office.locator('[data-version] a').first().click();
	await office.locator('[role="tab"]').nth(1).click();
	await accessible(office, 'administration-points');
});

test('a target is set for a year with its source', async () => {
	await visit(office, `${province.url}/#/administration/targets`);
	await accessible(office, 'administration-targets');
	await office.locator('[data-target="R9"] [data-edit]').click();
	const save = office.locator('dialog[open] button[type="submit"]');
	const fields = office.locator('dialog input');
	await fields.nth(0).fill('2027');
	await fields.nth(1).fill('99,5');
	await expect(save).toBeDisabled();
	await fields.nth(2).fill('Kế hoạch thử nghiệm');
	await accessible(office, 'administration-target');
	await save.click();
	await expect(office.locator('[data-target="R9"]')).toContainText('Kế hoạch thử nghiệm');
	await expect(office.locator('[data-version]')).toHaveCount(2);
});

test('a code list tells which communes go', async () => {
	await visit(office, `${province.url}/#/administration/units`);
	await office.locator('[data-upload]').click();
	const gone = (text) => text.split('\n').filter((line) => !line.includes('06001')).join('\n');
	await office.locator('dialog input[type="date"]').fill('2027-01-01');
	await office.locator('dialog input[type="file"]').setInputFiles(
		['langson_units.csv', 'langson_old_to_new.csv'].map((name) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(gone(shipped(`units/${name}`))) }))
	);
	await office.locator('dialog[open] button[type="submit"]').click();
	await expect(office.locator('[data-change="commune_gone"]')).toHaveCount(1);
	await expect(office.locator('[data-fault="gone_without_successor"]')).toHaveCount(1);
	await accessible(office, 'administration-units-report');
	await office.locator('[role="tab"]').nth(1).click();
	await accessible(office, 'administration-units');
});
