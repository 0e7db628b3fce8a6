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

/** What stands in the interview: how many answers, and how many characters and choices they are by themselves. */
async function answered(page, household, form) {
	const view = await ask(page, 'open_interview', { household });
	const given = view.nodes.filter((node) => {
		const input = form.questions.get(node.path.split('.').at(-1))?.input;
		return node.relevant && !node.read_only && node.value !== null && input !== 'computed' && input !== 'note';
	});
	const sizes = given.map((node) => sizeOf(form.questions.get(node.path.split('.').at(-1)).input, node.value));
	return { view, answers: given.length, own: sizes.reduce((sum, size) => sum + size, 0) };
}

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
	const { view, answers, own } = await answered(page, household, form);
	expect(view.summary.findings.filter((finding) => finding.blocks).map((finding) => finding.path)).toEqual([]);
	const ratio = typist.presses / (own + typist.reasons);
	report('window.keystroke_ratio', ratio, 1.3, { keys: typist.presses, own, reasons: typist.reasons, answers });
	expect(view.instances.members).toHaveLength(5);
	expect(answers).toBeGreaterThanOrEqual(150);
	expect(ratio).toBeLessThanOrEqual(1.3);

	expect((await ask(page, 'sign_off', { household })).signed).toBe(true);
	await ask(page, 'sync_now');
	machine.stop();
});
