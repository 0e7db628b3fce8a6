// Every page of the province in each role: who sees it, what axe says of it, and whether it fits, in both languages and themes, in
// small and large windows and at twice the text.

import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { photograph, settled } from './look.mjs';
import { overflows, violations } from './screens/look.mjs';
import { firstLine, root } from './window.mjs';

const USUAL = { width: 1366, height: 768 };
const SMALL = { width: 1024, height: 640 };
const SIZES = [
	{ window: USUAL, size: 100 },
	{ window: SMALL, size: 100 },
	{ window: { width: 1920, height: 1080 }, size: 100 },
	{ window: SMALL, size: 200 }
];

const EVERYBODY = ['administrator', 'officer', 'supervisor', 'reader'];
const MANAGE = ['administrator'];

/**
 * @typedef {object} Page
 * @property {string} name what its pictures are called
 * @property {string | ((world: object, role: string) => string)} at where it is, behind `#/`
 * @property {string[]} roles who sees it, and what leads there
 * @property {string} [link] where the way to it begins, if that is another page
 */

/** @type {Page[]} */
const PAGES = [
	{ name: 'overview', at: '', roles: EVERYBODY },
	{ name: 'communes', at: 'communes', roles: EVERYBODY },
	{ name: 'commune', at: ({ communes }, role) => `communes/${communes[role === 'supervisor' ? 0 : 1]}`, roles: EVERYBODY, link: 'communes' },
	{ name: 'households', at: 'households', roles: EVERYBODY },
	{ name: 'household', at: ({ households: [one] }) => `households/${one.commune}/${one.id}`, roles: ['administrator', 'officer'], link: 'households' },
	{ name: 'conflicts', at: 'conflicts', roles: EVERYBODY },
	{ name: 'duplicates', at: 'duplicates', roles: EVERYBODY },
	{ name: 'quality', at: 'quality', roles: EVERYBODY },
	{ name: 'reports', at: 'reports', roles: EVERYBODY },
	...['movement_poor', 'indicators_poor', 'groups', 'ethnicity', 'children', 'standards'].map((table) => ({
		name: `reports-${table}`,
		at: `reports?table=${table}`,
		roles: ['officer'],
		link: 'reports'
	})),
	{ name: 'reports-households', at: 'reports/households?table=official&column=known', roles: ['officer', 'supervisor', 'reader'], link: 'reports' },
	{ name: 'papers', at: 'papers', roles: EVERYBODY },
	...['review', 'interviews', 'certificates'].map((paper) => ({
		name: `papers-${paper}`,
		at: ({ communes }, role) => `papers?place=commune.${communes[role === 'reader' ? 1 : 0]}&paper=${paper}`,
		roles: ['officer', 'reader'],
		link: 'papers'
	})),
	{ name: 'targets', at: 'targets', roles: EVERYBODY },
	...['R4', 'R8', 'R13'].map((target) => ({ name: `targets-${target}`, at: `targets?target=${target}`, roles: ['officer'], link: 'targets' })),
	{ name: 'statistics', at: 'statistics', roles: EVERYBODY },
	{ name: 'what-if', at: 'what-if', roles: ['administrator', 'officer'] },
	{ name: 'devices', at: 'devices', roles: ['administrator', 'officer', 'supervisor'] },
	{ name: 'device', at: ({ devices }) => `devices/${devices[0]}`, roles: ['administrator', 'officer'], link: 'devices' },
	{ name: 'requests', at: 'requests', roles: ['administrator', 'officer', 'supervisor'] },
	{ name: 'accounts', at: 'accounts', roles: MANAGE },
	{ name: 'tokens', at: 'accounts/tokens', roles: MANAGE, link: 'accounts' },
	...['rounds', 'notice', 'announcements', 'instruments', 'standards', 'points', 'targets', 'units'].map((name) => ({
		name: `administration-${name}`,
		at: `administration/${name}`,
		roles: MANAGE,
		link: name === 'rounds' ? undefined : 'administration/rounds'
	})),
	{ name: 'administration-villages', at: 'administration/villages', roles: ['administrator', 'supervisor'], link: 'administration' },
	{ name: 'audit', at: 'audit', roles: MANAGE },
	{ name: 'account', at: 'account', roles: EVERYBODY }
];

let program;
let world;
test.beforeAll(async () => {
	program = spawn(path.join(root, 'target/debug/rasoat-sample-province'), { stdio: ['pipe', 'pipe', 'inherit'] });
	world = JSON.parse(await firstLine(program));
	world.url = world.url.replace(/\/$/, '');
});
// It serves until its input ends.
test.afterAll(() => program.stdin.end());

for (const role of EVERYBODY) {
	test(`the pages of the ${role}`, async ({ browser }) => {
		const context = await browser.newContext({ viewport: USUAL, locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh', reducedMotion: 'reduce', colorScheme: 'light' });
		const { cookie } = world.sessions.find((session) => session.role === role);
		const [name, value] = cookie.split(/=(.*)/s);
		await context.addCookies([{ name, value, url: world.url }]);
		const page = await context.newPage();
		const errors = [];
		page.on('pageerror', (error) => errors.push(error.message));
		page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()));
		await page.goto(world.url);
		for (const one of PAGES) {
			if (one.roles.includes(role)) await test.step(one.name, () => lookAt(page, one, role));
			else if (!one.link) await expect(page.locator(`nav a[href="#/${one.at}"]`), `${role} finds no way to ${one.name}`).toHaveCount(0);
		}
		expect(errors).toEqual([]);
		await context.close();
	});
}

/** The first role that sees a page looks at it at every size; of others it is what differs that is looked at. */
async function lookAt(page, { name, at, roles, link }, role) {
	const place = typeof at === 'function' ? at(world, role) : at;
	await speak(page, 'vi');
	await page.evaluate((place) => (location.hash = `#/${place}`), place);
	await expect(page).toHaveURL(`${world.url}/#/${place}`);
	await settled(page);
	if (!link) await expect(page.locator(`nav a[href="#/${place}"]`).first()).toBeAttached();
	expect(await page.getByRole('button', { name: 'Thử lại' }).count(), `${name} could be loaded`).toBe(0);
	expect(await violations(page)).toEqual([]);
	const isFirst = roles[0] === role;
	for (const language of isFirst ? ['vi', 'en'] : ['vi']) {
		await speak(page, language);
		for (const { window, size } of isFirst ? SIZES : SIZES.slice(1, 2)) {
			await page.setViewportSize(window);
			await look(page, 'light', size);
			expect.soft(await overflows(page), `${name}, ${language}, ${window.width}×${window.height}, ${size} %`).toEqual([]);
			if (window !== USUAL) await photograph(page, `${name}.${role}.${language}.${window.width}.${size}`);
		}
		await page.setViewportSize(USUAL);
	}
	await look(page, 'dark');
	expect(await violations(page, ['color-contrast']), 'dark').toEqual([]);
	if (process.env.RASOAT_SHOTS) await photographs(page, `${name}.${role}`);
	await look(page, 'light');
}

/** A page at the usual size, in both languages, light and dark. */
async function photographs(page, name) {
	for (const language of ['vi', 'en']) {
		await speak(page, language);
		for (const theme of ['light', 'dark']) {
			await look(page, theme);
			await photograph(page, `${name}.${language}.${theme}`);
		}
	}
}

async function look(page, theme, size = 100) {
	await page.evaluate(
		([theme, size]) => {
			document.documentElement.dataset.theme = theme;
			document.documentElement.style.setProperty('--text-scale', String(size / 100));
		},
		[theme, size]
	);
}

async function speak(page, language) {
	const button = page.locator(`button[lang="${language}"]`).first();
	await button.click();
	await expect(button).toHaveAttribute('aria-pressed', 'true');
}
