// Somebody who answers an interview by keyboard alone, with a count of the keys.

import { ask } from '../laptop.mjs';

const REASON = 'Đã hỏi lại, đúng';
const chooses = '123456789abcdefghijklmnopqrstuvwxyz';

/** Runs in the page: where the keyboard is. */
function whereabouts() {
	const at = document.activeElement;
	const cell = at.closest('[data-cell]');
	const question = at.closest('[data-question]');
	const path = cell?.dataset.cell ?? question?.dataset.question ?? null;
	const lines = [...document.querySelectorAll('tr:has([data-cell])')];
	return {
		path,
		line: cell ? lines.indexOf(at.closest('tr')) : null,
		lines: lines.length,
		kind: at.hasAttribute('data-reason')
			? 'reason'
			: at.hasAttribute('data-add')
				? 'add'
				: at.tagName === 'H1'
					? 'heading'
					: at.hasAttribute('data-choice')
						? at.getAttribute('role') === 'checkbox' ? 'several' : 'one'
						: at.getAttribute('role') === 'combobox' ? 'list' : 'text',
		choices: at.hasAttribute('data-choice') ? [...at.parentElement.querySelectorAll('[data-choice]')].map((chip) => chip.dataset.choice) : [],
		chosen: at.hasAttribute('data-choice')
			? [...at.parentElement.querySelectorAll('[aria-checked=true]')].map((chip) => chip.dataset.choice)
			: [],
		carried: Boolean(cell?.hasAttribute('data-carried') || question?.querySelector('[data-carried]')),
		section: document.querySelector('[data-section][aria-current=step]')?.dataset.section
	};
}

/** How many characters or choices an answer is by itself. */
export function sizeOf(input, value) {
	switch (input) {
		case 'select_one':
		case 'acknowledge':
			return 1;
		case 'select_multiple':
			return value.split(' ').length;
		case 'date':
		case 'partial_date':
		case 'integer':
		case 'decimal':
		case 'money':
			return value.replaceAll(/\D/g, '').length;
		default:
			return [...value].length;
	}
}

/** The form's questions by name, and their order in a section, as the typist wants them. */
export async function formOf(machine) {
	const { lists, sections } = await ask(machine, 'form');
	const questions = new Map();
	const orders = new Map();
	for (const { name, items } of sections) {
		const columns = items.find((item) => item.type === 'roster')?.columns ?? [];
		for (const question of [...items, ...columns]) questions.set(question.name, question);
		orders.set(name, [items, columns].map((list) => list.map((item) => item.name)));
	}
	return { lists, questions, order: (section, inRoster) => orders.get(section)[inRoster ? 1 : 0] };
}

export class Typist {
	presses = 0;
	/** Characters and choices of the answers themselves, and of reasons that were asked for. */
	own = 0;
	answers = 0;

	/** `given` are the answers; `isKept(line, name)` says whether what was carried over still holds. */
	constructor(page, form, given, isKept) {
		Object.assign(this, { page, form, given, isKept });
	}

	async press(key) {
		this.presses += key.split('+').length;
		await this.page.keyboard.press(key);
	}

	/** Types text; a capital is a key with a held modifier. */
	async type(text) {
		for (const letter of text) {
			this.presses += letter === letter.toLowerCase() ? 1 : 2;
			await this.page.keyboard.type(letter);
		}
	}

	/** Where the keyboard is, once nothing is on its way. */
	async where() {
		await this.page.waitForFunction(() => !document.querySelector('[data-saving]'));
		await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
		return this.page.evaluate(whereabouts);
	}

	/** Answers until the last step. */
	async fill() {
		let before = '';
		let same = 0;
		for (;;) {
			const here = await this.where();
			if (here.section === '#sign-off') return;
			const place = JSON.stringify([here.section, here.path, here.kind, here.lines]);
			same = place === before ? same + 1 : 0;
			if (same > 2) throw new Error(`the keyboard stays at ${place}`);
			before = place;
			await this.answer(here);
		}
	}

	async answer(here) {
		const { kind, path } = here;
		if (kind === 'heading') return this.press('Enter');
		if (kind === 'reason') {
			this.own += [...REASON].length;
			await this.type(REASON);
			return this.press('Enter');
		}
		if (kind === 'add') {
			const name = this.given.members[here.lines]?.full_name;
			if (name !== undefined) {
				this.note('text', name);
				await this.type(name);
			}
			return this.press('Enter');
		}
		if (path === null) throw new Error(`the keyboard is nowhere: ${JSON.stringify(here)}`);
		const name = path.split('.').at(-1);
		if (this.isKept && (await this.keep(here, name))) return;
		const value = (here.line === null ? this.given.household : this.given.members[here.line])?.[name];
		if (value === undefined) return this.press('Enter');
		this.note(this.form.questions.get(name).input, value);
		await this.give(here, this.form.questions.get(name), value);
	}

	note(input, value) {
		this.answers += 1;
		this.own += sizeOf(input, value);
	}

	/** Says that what was carried over still holds: to the end of the line or section with one key, where nothing in it has changed. */
	async keep(here, name) {
		if (!here.carried || !this.isKept(here.line, name)) return false;
		const names = this.form.order(here.section, here.line !== null);
		const rest = names.slice(names.indexOf(name) + 1);
		await this.press(rest.every((other) => this.isKept(here.line, other)) ? 'F9' : 'Enter');
		return true;
	}

	async give(here, question, value) {
		switch (here.kind) {
			case 'one':
				return this.press(chooses[here.choices.indexOf(value)]);
			case 'several': {
				if (question.input === 'acknowledge') return this.press('1');
				const wanted = value.split(' ');
				for (const choice of here.choices)
					if (wanted.includes(choice) !== here.chosen.includes(choice)) await this.press(chooses[here.choices.indexOf(choice)]);
				return this.press('Enter');
			}
			case 'list': {
				const list = this.form.lists[question.list];
				const number = String(list.findIndex((choice) => choice.name === value) + 1);
				const width = String(list.length).length;
				return this.type(Number(number) * 10 > list.length ? number : number.padStart(width, '0'));
			}
			default:
				await this.type(value);
				return this.press('Enter');
		}
	}
}
