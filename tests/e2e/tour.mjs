// One household, from the surveyor's window to the province's page, with a picture of each step.

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';
import { By } from 'selenium-webdriver';
import { browserArguments } from './stage.mjs';
import { describe, fillInterview, poor } from './fill.mjs';
import { camera, click, openWindow, shown, type } from './window.mjs';

const PASSPHRASE = 'nà pàn khuổi slao 2026';

/** Walks the whole way; answers with the household's name and class as the province shows them. */
export async function walk({ shots, url, password, enrolment, code, list, data }) {
	const picture = camera(shots);
	const window = await openWindow(data);
	const { driver } = window;
	const shoot = async (name) => picture(name, await window.look());
	let household;
	try {
		await typePath(driver, enrolment);
		await shown(driver, 'input[autocomplete="off"][autocapitalize="characters"]');
		await type(driver, 'input[autocapitalize="characters"]', code);
		const secrets = await driver.findElements(By.css('input[type="password"]'));
		for (const field of secrets) await field.sendKeys(PASSPHRASE);
		await shoot('first-start');
		await click(driver, 'form button[type="submit"]');

		await shown(driver, 'a[href="#/households"]');
		await go(driver, '#/households/import');
		await typePath(driver, list);
		await shown(driver, '[data-import="take"]');
		await shoot('list-preview');
		await click(driver, '[data-import="take"]');
		await shown(driver, '[data-import="done"]');

		await go(driver, '#/');
		await shown(driver, '[data-village]');
		await shoot('today');
		await go(driver, '#/households');
		const row = await shown(driver, 'a[href^="#/households/"][data-household]');
		await shoot('households');
		household = (await row.getAttribute('href')).split('/').at(-1);
		await row.click();
		await click(driver, `a[href="#/interview/${household}"]`);
		await shown(driver, '[data-section]');

		const form = await describe(driver);
		const seen = new Set(['people-grid', 'housing', 'income', 'causes']);
		const answers = await fillInterview(driver, form, poor, async (section) => {
			if (seen.has(section)) await shoot(`interview-${section}`);
		});
		assert.ok(answers > 30, `only ${answers} answers were asked for`);
		await click(driver, '[data-section="#sign-off"]');
		await click(driver, '[data-sign-off]');
		await shown(driver, '[data-signed]');
		await shoot('signed');

		await go(driver, '#/sync');
		await click(driver, '[data-send]');
		await shown(driver, `[data-custody="confirmed"][href="#/households/${household}"]`);
		await shoot('sent');
	} catch (reason) {
		await shoot('failed').catch(() => {});
		throw reason;
	} finally {
		await window.close();
	}
	return { ...(await province({ picture, url, password, household })), household };
}

async function typePath(driver, file) {
	await click(driver, '[data-type-path]');
	await type(driver, 'form input[spellcheck="false"]', file, { enter: true });
}

async function go(driver, fragment) {
	await driver.executeScript('location.hash = arguments[0]', fragment);
}

/** The province's page of the household, in Vietnamese and English. */
async function province({ picture, url, password, household }) {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: browserArguments });
	try {
		const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'vi-VN' });
		await page.goto(url);
		await page.locator('input[autocomplete="username"]').fill('admin');
		await page.locator('input[type="password"]').fill(password);
		await page.locator('button[type="submit"]').click();
		const commune = page.locator('a[href^="#/communes/"]', { hasText: 'Đoàn Kết' }).first();
		await commune.waitFor();
		await picture('province-overview', await page.screenshot());
		await commune.click();
		const row = page.locator(`a[href$="${household}"]`).first();
		await row.waitFor();
		await picture('province-commune', await page.screenshot());
		await row.click();
		const heading = page.locator('h1', { hasText: 'Hộ' }).first();
		await heading.waitFor();
		await page.getByText('Hộ nghèo').first().waitFor();
		await picture('province-household', await page.screenshot());
		return { name: (await heading.textContent()).trim(), poor: true };
	} finally {
		await browser.close();
	}
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const from = (name) => {
		const value = process.env[`RASOAT_TOUR_${name}`];
		if (!value) throw new Error(`RASOAT_TOUR_${name} is not set: start this with cargo xtask run --headless`);
		return value;
	};
	await walk({
		shots: from('SHOTS'),
		url: from('URL'),
		password: from('PASSWORD'),
		enrolment: from('ENROLMENT'),
		code: from('CODE'),
		list: from('LIST'),
		data: from('DATA')
	});
	// What the window's driver leaves behind must not keep this from ending.
	process.exit(0);
}
