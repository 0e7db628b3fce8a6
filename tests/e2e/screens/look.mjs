// What is looked for on a screen: faults that axe knows, what does not fit, words of one language only.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../window.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Violations of WCAG 2.2 AA; with `rules`, of these alone. */
export async function violations(page, rules) {
	if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
	const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: WCAG };
	return page.evaluate(async (runOnly) => {
		const { violations } = await globalThis.axe.run(document, { runOnly, resultTypes: ['violations'] });
		return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`));
	}, runOnly);
}

/** What is wider than its place: the page, a part of it that scrolls sideways without meaning to, or words that are cut off. */
export async function overflows(page) {
	return page.evaluate(() => {
		const found = [];
		const name = (one) => `${one.tagName.toLowerCase()}.${String(one.className).slice(0, 60)} “${(one.textContent ?? '').trim().slice(0, 40)}”`;
		const page = document.scrollingElement;
		if (page.scrollWidth > page.clientWidth + 1) found.push(`the page: ${page.scrollWidth} of ${page.clientWidth}`);
		for (const one of document.body.querySelectorAll('*')) {
			if (!(one instanceof HTMLElement) || !one.checkVisibility() || one.closest('.sr-only, #svelte-announcer')) continue;
			const style = getComputedStyle(one);
			const over = one.scrollWidth - one.clientWidth;
			const scrolls = /overflow-(x-)?auto/.test(one.className) || one.matches('input, textarea, select, svg');
			// Text that ends in dots says so; its whole is in a title or on the page it leads to.
			const dotted = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
			if (style.overflowX !== 'visible' && over > 1 && !scrolls && !dotted) found.push(`${over}px: ${name(one)}`);
			const box = one.getBoundingClientRect();
			const inside = one.closest('.overflow-x-auto, .overflow-auto');
			if (!inside && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)) found.push(`outside: ${name(one)}`);
		}
		return found;
	});
}

/** Every piece of text that is shown or read out, without names that are the same in every language. */
export async function texts(page) {
	return page.evaluate(() => {
		const found = new Set();
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const parent = node.parentElement;
			if (parent && !parent.closest('script, style, #svelte-announcer, [translate="no"]') && (parent.checkVisibility() || parent.closest('option'))) found.add(node.textContent);
		}
		for (const one of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
			if (!one.checkVisibility()) continue;
			for (const attribute of ['aria-label', 'title', 'placeholder', 'alt']) found.add(one.getAttribute(attribute) ?? '');
		}
		return [...found].map((text) => text.replaceAll(/\s+/g, ' ').trim());
	});
}

const fixtures = path.join(root, 'ui/shared/src/fixtures');
const data = readdirSync(fixtures)
	.map((file) => readFileSync(path.join(fixtures, file), 'utf8'))
	.join('\n');

/** The same in every language: names of the program, of keys, of languages and of units. */
const ANYWHERE = new Set(['Tiếng Việt', 'English', 'Enter', 'Ctrl', 'Ctrl P', 'Ctrl Z', 'Alt', 'Esc', 'USB', 'KB', 'MB', 'GB', 'VI', 'EN']);
const isName = (text) => /^(\p{Lu}\p{Ll}+ ?){2,4}$/u.test(text);
const isCode = (text) => /^[A-Z]{1,3}[-\d ]+$|^[\w./:-]+\.(rasoat|xlsx|csv|docx|enrol|jpg)$|^[A-Z]:\/|^https?:|^F\d$/.test(text);

/** Of the texts of two languages those that are the same and are no data. */
export function untranslated(one, other) {
	const second = new Set(other);
	const bare = (text) => text.replaceAll('Rà Soát', '').replaceAll(/[↑↓←→]/gu, '');
	const said = (part) => /\p{L}{2}/u.test(part) && !ANYWHERE.has(part) && !isName(part) && !isCode(part) && !data.includes(part);
	return one.filter(
		(text) =>
			second.has(text) &&
			!data.includes(text) &&
			bare(text)
				.split(/ ?[·,:();→/] ?/u)
				.map((part) => part.trim())
				.some(said)
	);
}
