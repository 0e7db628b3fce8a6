// A whole interview by the commands that screens give: for tests of what comes after it.

import { ask } from './laptop.mjs';

/** Poor beyond doubt: by points, in a small house of earth, bamboo and leaves, with unsafe water and no latrine. */
export const surelyPoor = {
	income_method: 'b1_total',
	b1_total: '120',
	b1_filled_by: 'Cán bộ xã',
	worksheet_too: 'no',
	floor_area: '7',
	water_source: 'surface',
	toilet: 'none',
	wall_material: 'earth',
	wall_solid: 'no',
	column_material: 'bamboo',
	column_solid: 'no',
	roof_material: 'leaf',
	roof_solid: 'no'
};

const usual = { integer: '0', decimal: '0', date: '2026-09-15', time: '09:30', date_time: '2026-09-15T09:30+07:00', point: '21.85 106.76', file: 'a.jpg', text: 'Không có gì thêm' };

/** Answers everything that blocks sign-off, and signs. */
export async function complete(machine, household, preferences = surelyPoor) {
	const form = await ask(machine, 'form');
	const items = form.sections.flatMap((section) => section.items);
	const questions = new Map(items.flatMap((item) => (item.type === 'roster' ? item.columns : [item])).map((one) => [one.name, one]));
	const offered = new Map();
	const note = (nodes) => nodes.forEach((node) => node.offered && offered.set(node.path, node.offered));
	const opened = await ask(machine, 'open_interview', { household });
	note(opened.nodes);
	let { findings } = opened.summary;
	for (let next = findings.find(({ blocks }) => blocks); next; next = findings.find(({ blocks }) => blocks)) {
		const { path, kind } = next;
		const name = path.split('.').at(-1);
		const question = questions.get(name);
		const choices = offered.get(path) ?? (form.lists[question.list] ?? []).map((choice) => choice.name);
		const answer = preferences[name] ?? (question.input === 'acknowledge' ? 'OK' : (usual[question.kind] ?? choices[0]));
		const given = kind === 'warning' ? { path: `${path}#reason`, value: 'Đã hỏi lại, đúng như vậy' } : { path, value: answer };
		const change = await ask(machine, 'answer', { form: { household, ...given } });
		note(change.nodes);
		findings = change.summary.findings;
	}
	const { signed } = await ask(machine, 'sign_off', { household });
	if (!signed) throw new Error('not signed off');
}

/** Accepts a signed interview as it is. */
export async function accept(machine, household) {
	const { item } = await ask(machine, 'check', { household });
	await ask(machine, 'accept', { form: { household, version: item.version } });
}
