// Answers an interview on the screen, question by question, as a patient interviewer would.

import { By, Key } from 'selenium-webdriver';
import { shown } from './window.mjs';

/** Below the income line by points, unsafe water, no latrine, less than eight square metres each. */
export const poor = {
	income_method: 'b1_total',
	b1_total: '120',
	b1_filled_by: 'Cán bộ xã',
	worksheet_too: 'no',
	floor_area: '7',
	water_source: 'surface',
	toilet: 'none'
};

/** Runs in the page: the first question that wants an answer or a reason, and how it is asked. */
function firstOpen() {
	for (const block of document.querySelectorAll('[data-question]')) {
		if (block.offsetParent === null) continue;
		const path = block.dataset.question;
		const reason = [...block.querySelectorAll('[data-reason]')].find((field) => field.value === '');
		if (reason) return { path, kind: 'reason', element: reason };
		if (!block.hasAttribute('data-open')) continue;
		const confirm = block.querySelector('[data-confirm]');
		if (confirm) return { path, kind: 'order', element: confirm };
		const place = block.querySelector('[data-place]');
		if (place) return { path, kind: 'line', element: place };
		const group = block.querySelector('[role=radiogroup], [role=group]');
		if (group) return { path, kind: 'chips', element: group };
		const combo = block.querySelector('[role=combobox]');
		if (combo) return { path, kind: 'list', element: combo };
		const field = block.querySelector('input, textarea');
		if (field) return { path, kind: 'line', element: field };
	}
	return null;
}

/** The form as the program describes it: list of choices by field, and the kind of input. */
export async function describe(driver) {
	const form = await driver.executeAsyncScript(
		'const done = arguments[arguments.length - 1]; window.__TAURI_INTERNALS__.invoke("form").then(done, (e) => done({ error: e }))'
	);
	if (!form.sections) throw new Error(`no form: ${JSON.stringify(form)}`);
	const questions = new Map();
	for (const section of form.sections)
		for (const item of section.items)
			for (const question of item.type === 'roster' ? item.columns : [item])
				if (question.type !== 'heading') questions.set(question.name, question);
	return { sections: form.sections, lists: form.lists, questions };
}

function wanted(form, name, preferences) {
	const question = form.questions.get(name);
	const preferred = preferences[name];
	if (preferred !== undefined) return preferred;
	switch (question?.input) {
		case 'integer':
		case 'decimal':
		case 'money':
			return '0';
		case 'date':
			return '15/09/2026';
		case 'time':
			return '7:30';
		case 'date_time':
			return '15/09/2026 7:30';
		case 'point':
			return '21.8537, 106.7615';
		case 'range':
			return String(question.range.start).replace('.', ',');
		default:
			return 'Không có gì thêm';
	}
}

/** Answers what is open on the page until nothing is; returns how many answers were given. */
export async function fillPage(driver, form, preferences) {
	let given = 0;
	const tried = new Map();
	for (;;) {
		const open = await driver.executeScript(firstOpen);
		if (open === null) return given;
		const { path, kind, element } = open;
		const key = `${path} ${kind}`;
		tried.set(key, (tried.get(key) ?? 0) + 1);
		if (tried.get(key) > 3) throw new Error(`${path} stays open (${kind})`);
		await driver.executeScript('arguments[0].scrollIntoView({ block: "center" })', element);
		const name = path.split('.').at(-1);
		const list = form.lists[form.questions.get(name)?.list] ?? [];
		if (kind === 'reason') {
			await element.sendKeys('Đã hỏi lại, đúng như vậy', Key.TAB);
		} else if (kind === 'chips') {
			const at = Math.max(0, list.findIndex((choice) => choice.name === preferences[name]));
			const chips = await element.findElements(By.css('button'));
			// By its digit, as the screen offers: unlike a click it finds its chip while the page still moves, and twice is once.
			const digit = String(Math.min(at, chips.length - 1) + 1);
			// The marks of a scale are chosen by what they say; its first is there on every scale.
			const isScale = form.questions.get(name)?.input === 'range';
			await chips[0].sendKeys(isScale ? Key.HOME : digit);
		} else if (kind === 'order') {
			await element.sendKeys(Key.ENTER);
		} else if (kind === 'list') {
			const choice = list.find((item) => item.name === preferences[name]) ?? list[0];
			await element.sendKeys(choice.label.vi, Key.ENTER);
		} else {
			await element.clear();
			// A place stands in two fields: what is copied into the first goes to both when it is entered.
			await element.sendKeys(wanted(form, name, preferences), form.questions.get(name)?.input === 'point' ? Key.ENTER : Key.TAB);
		}
		await driver.wait(
			() => driver.executeScript(stillOpen, path, kind).then((open) => !open),
			10_000,
			`${path} took no answer (${kind})`
		);
		given += 1;
	}
}

/** Runs in the page: whether the question still wants what was just given, or what follows from it is not known yet. */
function stillOpen(path, kind) {
	if (document.querySelector('[data-saving]')) return true;
	const block = document.querySelector(`[data-question="${path}"]`);
	if (!block) return false;
	return kind === 'reason'
		? [...block.querySelectorAll('[data-reason]')].some((field) => field.value === '')
		: block.hasAttribute('data-open');
}

/** Goes through every section; members one by one. Calls `look(section name)` before it leaves each. */
export async function fillInterview(driver, form, preferences, look) {
	let given = 0;
	for (const section of form.sections) {
		// The last answer of a section goes on to the next one by itself.
		const open = async () => (await shown(driver, `[data-section="${section.name}"]`)).click();
		await open();
		if (section.items.some((item) => item.type === 'roster')) {
			await look(`${section.name}-grid`);
			await (await shown(driver, '[data-shape="person"]')).click();
			await shown(driver, '[data-member]');
			const people = await driver.findElements(By.css('[data-member]'));
			for (const at of people.keys()) {
				await open();
				await shown(driver, '[data-member]');
				await (await driver.findElements(By.css('[data-member]')))[at].click();
				given += await fillPage(driver, form, preferences);
			}
			await open();
		}
		given += await fillPage(driver, form, preferences);
		await open();
		await look(section.name);
	}
	return given;
}
