// How many keys an interview takes by keyboard alone, set against its answers' own characters and choices.

import { expect, test } from '@playwright/test';
import { isChanged, lastYear, thisYear } from './keystrokes/household.mjs';
import { sizeOf, Typist } from './keystrokes/typist.mjs';
import { startDesktop, startProvince, visit } from './stage.mjs';

const PASSPHRASE = 'nà pàn khuổi slao 2026';
let province;

test.beforeAll(async () => {
	province = await startProvince({ round: 2025 });
});
test.afterAll(() => province.stop());

/** A command, as the screens give it. */
async function ask(page, command, given = {}) {
	const response = await page.request.post(`${new URL(page.url()).origin}/ipc/${command}`, { data: given });
	const reply = await response.json();
	expect(reply, command).not.toHaveProperty('error');
	return reply.ok;
}

/** A laptop of the round, enrolled. */
async function laptop(page) {
	const enrolment = province.enrol();
	const desktop = await startDesktop(enrolment.data);
	await page.goto(desktop.url);
	await page.locator('form input[spellcheck="false"]').fill(enrolment.file);
	await page.keyboard.press('Enter');
	await page.locator('input[autocapitalize="characters"]').fill(enrolment.code);
	for (const field of await page.locator('input[type="password"]').all()) await field.fill(PASSPHRASE);
	await page.locator('form button[type="submit"]').click();
	await expect(page.locator('a[href="#/households"]').first()).toBeVisible();
	return desktop;
}

/** The form, with its questions by name and their order in a section. */
async function formOf(page) {
	const form = await ask(page, 'form');
	const questions = new Map();
	const inside = new Map();
	for (const section of form.sections) {
		const roster = section.items.find((item) => item.type === 'roster');
		for (const question of [...section.items, ...(roster?.columns ?? [])]) questions.set(question.name, question);
		inside.set(section.name, { items: section.items.map((item) => item.name), columns: (roster?.columns ?? []).map((item) => item.name) });
	}
	return { lists: form.lists, questions, order: (section, inRoster) => inside.get(section)[inRoster ? 'columns' : 'items'] };
}

/** The answers that stand in the interview of those that this household gives: how many, and how many characters and choices. */
function answered(view, form, given) {
	const nameOf = (node) => node.path.split('.').at(-1);
	const names = new Set([given.household, ...given.members].flatMap((answers) => Object.keys(answers)));
	const stand = view.nodes.filter((node) => node.relevant && node.value !== null && names.has(nameOf(node)));
	const sizes = stand.map((node) => sizeOf(form.questions.get(nameOf(node)).input, node.value));
	return { answers: stand.length, own: sizes.reduce((sum, size) => sum + size, 0) };
}

const blocking = (view) => view.summary.findings.filter((finding) => finding.blocks).map((finding) => finding.path);

/** Fills the interview that Today offers to go on with, by keyboard alone, up to the signature. */
async function interview(page, url, household, form, given, isKept) {
	await visit(page, `${url}/#/`);
	await expect(page.locator(`a[href="#/interview/${household}"]`).first()).toBeFocused();
	const typist = new Typist(page, form, given, isKept);
	await typist.press('Enter');
	await expect(page.locator('[data-section]').first()).toBeVisible();
	await typist.fill();
	return typist;
}

function report(measure, ratio, bar, context) {
	console.log(JSON.stringify({ measure, value: Number(ratio.toFixed(3)), unit: 'ratio', bar, holds: ratio <= bar, context }));
}

test.describe.configure({ mode: 'serial' });

/** The household that the first test adds. */
let home;

test('an interview of five members takes at most 1.3 keys for each of its characters and choices', async ({ page }) => {
	const machine = await laptop(page);
	const [village] = (await ask(page, 'overview')).villages;
	const household = await ask(page, 'add_household', {
		form: { village: village.id, head_name: 'Nông Văn Thành', birth: '', sex: '', citizen_id: '', address: '' }
	});
	home = household;
	// Begun, so that Today offers to go on.
	await ask(page, 'answer', { form: { household, path: 'review_basis', value: 'applied' } });
	await ask(page, 'leave_interview', { household });
	const form = await formOf(page);
	const typist = await interview(page, machine.url, household, form, lastYear, null);
	const view = await ask(page, 'open_interview', { household });
	expect(blocking(view)).toEqual([]);
	expect(view.instances.members).toHaveLength(5);
	const { presses, own, answers } = typist;
	const ratio = presses / own;
	report('window.keystroke_ratio', ratio, 1.3, { keys: presses, own, answers });
	expect(answers).toBeGreaterThanOrEqual(150);
	expect(answered(view, form, lastYear).answers).toBeGreaterThanOrEqual(answers);
	expect(ratio).toBeLessThanOrEqual(1.3);

	expect((await ask(page, 'sign_off', { household })).signed).toBe(true);
	await ask(page, 'sync_now');
	machine.stop();
});

test('a year later, with a tenth changed, it takes at most half a key', async ({ page }) => {
	await province.nextRound(2026);
	const household = home;
	const machine = await laptop(page);
	await ask(page, 'sync_now');
	// Begun, so that Today offers to go on.
	await ask(page, 'answer', { form: { household, path: 'address', value: lastYear.household.address } });
	await ask(page, 'leave_interview', { household });
	const form = await formOf(page);
	const typist = await interview(page, machine.url, household, form, thisYear, (line, name) => !isChanged(line, name));
	const view = await ask(page, 'open_interview', { household });
	expect(blocking(view)).toEqual([]);
	expect(view.nodes.filter((node) => node.carried && node.relevant).map((node) => node.path)).toEqual([]);
	const { answers, own } = answered(view, form, thisYear);
	const changed = typist.answers;
	const ratio = typist.presses / own;
	report('window.keystroke_carried_ratio', ratio, 0.5, { keys: typist.presses, own, answers, changed });
	expect(answers).toBeGreaterThanOrEqual(150);
	expect(changed / answers).toBeGreaterThanOrEqual(0.1);
	expect(ratio).toBeLessThanOrEqual(0.5);
	expect((await ask(page, 'sign_off', { household })).signed).toBe(true);
	machine.stop();
});
