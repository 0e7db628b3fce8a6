// How many keys an interview takes by keyboard alone, set against its answers' own characters and choices.

import { expect, test } from '@playwright/test';
import { isChanged, lastYear, thisYear } from './keystrokes/household.mjs';
import { formOf, sizeOf, Typist } from './keystrokes/typist.mjs';
import { ask, enrolled } from './laptop.mjs';
import { startProvince, visit } from './stage.mjs';

let province;

test.beforeAll(async () => {
	province = await startProvince({ round: 2025 });
});
test.afterAll(() => province.stop());

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
	const machine = await enrolled(page, province);
	const [village] = (await ask(machine, 'overview')).villages;
	const household = await ask(machine, 'add_household', {
		form: { village: village.id, head_name: 'Nông Văn Thành', birth: '', sex: '', citizen_id: '', address: '' }
	});
	home = household;
	// Begun, so that Today offers to go on.
	await ask(machine, 'answer', { form: { household, path: 'review_basis', value: 'applied' } });
	await ask(machine, 'leave_interview', { household });
	const form = await formOf(machine);
	const typist = await interview(page, machine.url, household, form, lastYear, null);
	const view = await ask(machine, 'open_interview', { household });
	expect(blocking(view)).toEqual([]);
	expect(view.instances.members).toHaveLength(5);
	const { presses, own, answers } = typist;
	const ratio = presses / own;
	report('window.keystroke_ratio', ratio, 1.3, { keys: presses, own, answers });
	expect(answers).toBeGreaterThanOrEqual(150);
	expect(answered(view, form, lastYear).answers).toBeGreaterThanOrEqual(answers);
	expect(ratio).toBeLessThanOrEqual(1.3);

	expect((await ask(machine, 'sign_off', { household })).signed).toBe(true);
	await ask(machine, 'sync_now');
	machine.stop();
});

test('a year later, with a tenth changed, it takes at most half a key', async ({ page }) => {
	await province.nextRound(2026);
	const household = home;
	const machine = await enrolled(page, province);
	await ask(machine, 'sync_now');
	// Begun, so that Today offers to go on.
	await ask(machine, 'answer', { form: { household, path: 'address', value: lastYear.household.address } });
	await ask(machine, 'leave_interview', { household });
	const form = await formOf(machine);
	const typist = await interview(page, machine.url, household, form, thisYear, (line, name) => !isChanged(line, name));
	const view = await ask(machine, 'open_interview', { household });
	expect(blocking(view)).toEqual([]);
	expect(view.nodes.filter((node) => node.carried && node.relevant).map((node) => node.path)).toEqual([]);
	const { answers, own } = answered(view, form, thisYear);
	const changed = typist.answers;
	const ratio = typist.presses / own;
	report('window.keystroke_carried_ratio', ratio, 0.5, { keys: typist.presses, own, answers, changed });
	expect(answers).toBeGreaterThanOrEqual(150);
	expect(changed / answers).toBeGreaterThanOrEqual(0.1);
	expect(ratio).toBeLessThanOrEqual(0.5);
	expect((await ask(machine, 'sign_off', { household })).signed).toBe(true);
	machine.stop();
});
