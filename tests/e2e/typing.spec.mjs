// Vietnamese typed with an input method (Telex, VNI): while it composes, keys belong to it, in every kind of field of an interview.

import { expect, test } from '@playwright/test';
import { addHousehold, enrolled, VILLAGE } from './laptop.mjs';
import { startProvince, visit } from './stage.mjs';

/** Keys that move, take or forget where nobody composes, with their codes. */
const KEYS = { Enter: 13, ArrowDown: 40, ArrowUp: 38, ArrowLeft: 37, ArrowRight: 39, Escape: 27, F2: 113, F4: 115, F8: 119 };
let province;

test.beforeAll(async () => {
	province = await startProvince();
});
test.afterAll(() => province.stop());

/** An input method at a page's keyboard. */
async function inputMethod(page) {
	const session = await page.context().newCDPSession(page);
	return {
		/** Shows letters that are not settled. */
		compose: (text) =>
			session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length }),
		/** A key that the input method took: the page hears of it, and it types nothing. */
		async press(key) {
			const named = { key, code: key, windowsVirtualKeyCode: KEYS[key] };
			await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...named });
			await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...named });
		},
		/** Settles them. */
		settle: (text) => session.send('Input.insertText', { text })
	};
}

/** What the page sent as answers so far. */
function answersOf(page) {
	const answers = [];
	page.on('request', (request) => {
		if (!/\/ipc\/(answer|add_member)$/.test(request.url())) return;
		const { form, ...other } = request.postDataJSON();
		answers.push(form ?? other);
	});
	return answers;
}

/**
 * Types into the field that has the focus: letter by letter not settled, with every key that means something pressed meanwhile, then
 * settled, in letters with their marks apart as some input methods make them, and taken by Enter. Only then there is an answer.
 */
async function typeInto(page, method, answers, field, text, canonical = text) {
	await field.click();
	await field.selectText();
	const before = answers.length;
	const apart = text.normalize('NFD');
	for (let length = 1; length <= apart.length; length += 1) await method.compose(apart.slice(0, length));
	for (const key of Object.keys(KEYS)) {
		await method.press(key);
		await expect(field, `${key} while composing`).toBeFocused();
		await expect(field, `${key} while composing`).toHaveValue(apart);
	}
	expect(answers.slice(before)).toEqual([]);
	await method.settle(apart);
	await expect(field).toHaveValue(apart);
	expect(answers.slice(before)).toEqual([]);
	const answered = page.waitForResponse((response) => response.url().endsWith('/ipc/answer'));
	await page.keyboard.press('Enter');
	await answered;
	const [given] = answers.slice(before).filter((answer) => 'value' in answer);
	expect(given.value).toBe(canonical);
	expect(given.value).toBe(given.value.normalize('NFC'));
	return given;
}

test('keys do nothing while an input method composes, and every answer is kept in composed letters', async ({ page }) => {
	const machine = await enrolled(page, province);
	const household = await addHousehold(page, machine, { village: VILLAGE, name: 'Bế Thị Ngần', birth: '1971' });
	const answers = answersOf(page);
	const method = await inputMethod(page);
	await visit(page, `${machine.url}/#/interview/${household}`);
	const section = (name) => page.locator(`[data-section="${name}"]`).click();
	const line = (question) => page.locator(`[data-question="${question}"] [data-answer] :is(input, textarea)`);
	const type = (field, text, canonical) => typeInto(page, method, answers, field, text, canonical);

	await type(line('address'), 'Xóm Nước Đắng, ngõ 5');
	await type(line('phone'), '0912345678');
	await type(line('interview_date'), '05/11/2026', '2026-11-05');
	await section('housing');
	await type(line('floor_area'), '38,5', '38.5');
	await section('signing');
	await type(line('surveyor_remark'), 'Hộ ở xa, đường rất khó đi');

	// A note beside an answer.
	await section('housing');
	await line('floor_area').focus();
	await page.keyboard.press('F4');
	const note = page.locator('[data-question="floor_area"] label + input');
	const given = await type(note, 'Đo bằng thước dây');
	expect(given.path).toBe('floor_area#note');
	machine.stop();
});

test('in the grid of members, too, keys wait for the input method', async ({ page }) => {
	const machine = await enrolled(page, province);
	const household = await addHousehold(page, machine, { village: VILLAGE, name: 'Bế Thị Ngần', birth: '1971' });
	const answers = answersOf(page);
	const method = await inputMethod(page);
	await visit(page, `${machine.url}/#/interview/${household}`);
	await page.locator('[data-section="people"]').click();
	const adding = page.locator('td[colspan] input');
	const type = (field, text, canonical) => typeInto(page, method, answers, field, text, canonical);
	const added = await type(adding, 'Triệu Thị Mỷ');
	expect(added.path).toMatch(/\.full_name$/);
	const cell = page.locator('td[data-active] input');
	await page.locator('tbody tr').first().locator('td').nth(1).click();
	expect((await type(cell, 'Bế Thị Ngân')).path).toMatch(/\.full_name$/);

	// A choice out of many: letters that are not settled look for it, and neither Enter nor the arrows choose before they are.
	await page.locator('[data-shape="person"]').click();
	const ethnicity = page.locator('[data-question$=".ethnicity"] [role="combobox"]');
	await ethnicity.click();
	await ethnicity.selectText();
	await method.compose('Mươ');
	await expect(page.locator('[role="option"]').first()).toContainText('Mường');
	const pointed = await ethnicity.getAttribute('aria-activedescendant');
	const before = answers.length;
	for (const key of Object.keys(KEYS)) {
		await method.press(key);
		await expect(ethnicity).toHaveAttribute('aria-activedescendant', pointed);
	}
	expect(answers.length).toBe(before);
	await method.settle('Mường');
	const answered = page.waitForResponse((response) => response.url().endsWith('/ipc/answer'));
	await page.keyboard.press('Enter');
	await answered;
	await expect(ethnicity).toHaveValue('Mường');
	machine.stop();
});
