// How the real window does: one JSON line for each figure, as `cargo xtask measure window` prints them.
//
//     RASOAT_PROGRAM=target/release/rasoat node measure/window.mjs [--quick]
//
// The laptop is prepared through the harness; then the program is started as a person starts it. Keys come from the driver, and
// the page itself says when a key came and when its answer was painted, so that the driver's own way is not counted.

import { By } from 'selenium-webdriver';
import { ask, PASSPHRASE, VILLAGE } from '../laptop.mjs';
import { startDesktop, startProvince } from '../stage.mjs';
import { click, openWindow, programOn, shown, type } from '../window.mjs';
import { memoryMegabytes, startedAt } from './processes.mjs';

const quick = process.argv.includes('--quick');
const HOUSEHOLDS = quick ? 300 : 3_000;
const MEMBERS = 12;
const ANSWERS = quick ? 40 : 300;
const STARTS = quick ? 2 : 7;
const PEOPLE = 'members';

const rounded = (value) => Math.round(value * 1000) / 1000;

/** Prints a figure that must be at most so much. */
function print(measure, value, unit, bar, context) {
	const line = { measure, value: rounded(value), unit, bar, holds: value <= bar, context };
	process.stdout.write(`${JSON.stringify(line)}\n`);
}

function quantile(values, share) {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.round((sorted.length - 1) * share)];
}

/** A data folder with a commune on it and one interview of many members. */
async function prepare(province) {
	const { file, code, data } = province.enrol();
	const desktop = await startDesktop(data);
	try {
		await ask(desktop, 'enrol', { form: { path: file, code, name: 'Người dùng thử', user: null, passphrase: PASSPHRASE } });
		let household;
		for (let number = 0; number < HOUSEHOLDS; number += 1) {
			const form = {
				village: VILLAGE,
				head_name: `Hoàng Văn Thử ${number}`,
				birth: String(1950 + (number % 50)),
				sex: number % 2 ? 'female' : 'male',
				citizen_id: '',
				address: ''
			};
			household = await ask(desktop, 'add_household', { form });
		}
		await ask(desktop, 'open_interview', { household });
		for (let member = 1; member < MEMBERS; member += 1) await ask(desktop, 'add_member', { household, repeat: PEOPLE });
		await ask(desktop, 'leave_interview', { household });
		return { data, household };
	} finally {
		desktop.stop();
	}
}

/** Seconds from the start of the process until its first screen takes a passphrase. */
async function start(data) {
	const window = await openWindow(data);
	await shown(window.driver, 'input[type="password"]');
	const seconds = (Date.now() - startedAt(programOn(data))) / 1000;
	return { window, seconds };
}

/** Runs in the page: from a key to the frame after its answer has come and stands on the screen. */
function watchAnswers() {
	const times = [];
	globalThis.__times = times;
	let began = null;
	addEventListener('keydown', (event) => (began = event.timeStamp), true);
	const saving = () => document.querySelector('[data-saving]') !== null;
	let was = saving();
	new MutationObserver(() => {
		const now = saving();
		if (was && !now && began !== null) {
			const from = began;
			began = null;
			requestAnimationFrame(() => {
				const painted = new MessageChannel();
				painted.port1.onmessage = () => times.push(performance.now() - from);
				painted.port2.postMessage(null);
			});
		}
		was = now;
	}).observe(document.body, { subtree: true, attributes: true, childList: true });
}

async function answers({ driver }, household) {
	await driver.executeScript('location.hash = arguments[0]', `#/interview/${household}`);
	await click(driver, '[data-section="housing"]');
	const chips = '[data-question] [role="radiogroup"] button';
	await shown(driver, chips);
	await driver.executeScript(watchAnswers);
	const taken = () => driver.executeScript('return globalThis.__times.length');
	for (let given = 0; given < ANSWERS; given += 1) {
		const chip = (await driver.findElements(By.css(chips)))[0];
		await chip.sendKeys(given % 2 ? '1' : '2');
		await driver.wait(async () => (await taken()) > given, 20_000, `answer ${given} was not painted`);
	}
	return driver.executeScript('return globalThis.__times');
}

/** Runs in the page: scrolls a list to its end, and says for how long at a time nothing of it was to be seen. */
function scrollThrough(pixels, done) {
	const row = document.querySelector('a[data-household]');
	let box = row.parentElement;
	while (box && !(box.scrollHeight > box.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(box).overflowY))) box = box.parentElement;
	box ??= document.scrollingElement;
	const { left, top, width, height } = box.getBoundingClientRect();
	const seen = () => document.elementFromPoint(left + width / 3, Math.min(top + height / 2, innerHeight - 80))?.closest('[data-household]');
	let [blank, gap, frames] = [0, 0, 0];
	let last = performance.now();
	let filled = last;
	const step = (now) => {
		frames += 1;
		gap = Math.max(gap, now - last);
		last = now;
		if (seen()) filled = now;
		blank = Math.max(blank, now - filled);
		const before = box.scrollTop;
		box.scrollTop += pixels;
		if (box.scrollTop === before) done({ blank, gap, frames });
		else requestAnimationFrame(step);
	};
	requestAnimationFrame(step);
}

async function list({ driver }) {
	await driver.executeScript('location.hash = "#/households"');
	await shown(driver, 'a[data-household]');
	return driver.executeAsyncScript(scrollThrough, 700);
}

const province = await startProvince();
try {
	const { data, household } = await prepare(province);
	const starts = [];
	let window;
	for (let number = 0; number < STARTS; number += 1) {
		const begun = await start(data);
		starts.push(begun.seconds);
		if (number + 1 < STARTS) await begun.window.close();
		else window = begun.window;
	}
	print('window.usable_s', quantile(starts, 0.5), 's', 2, {
		what: 'from the start of the process until its first screen takes a passphrase, median',
		starts: starts.map(rounded),
		households: HOUSEHOLDS
	});
	try {
		await type(window.driver, 'input[type="password"]', PASSPHRASE, { enter: true });
		await shown(window.driver, 'a[href="#/households"]');
		const times = await answers(window, household);
		print('window.answer_p95_ms', quantile(times, 0.95), 'ms', 50, {
			what: 'from a key to the frame in which its answer stands, kept on the disk',
			members: MEMBERS,
			answers: times.length,
			median_ms: rounded(quantile(times, 0.5)),
			worst_ms: rounded(quantile(times, 1))
		});
		const { blank, gap, frames } = await list(window);
		print('window.list_blank_ms', blank, 'ms', 100, {
			what: 'the longest time at which scrolling showed nothing of a list',
			households: HOUSEHOLDS,
			frames,
			longest_frame_ms: rounded(gap)
		});
		print('window.memory_mb', memoryMegabytes(programOn(data)), 'MB', 350, {
			what: 'memory of all processes of the program (proportional share), after the interview and the list'
		});
	} finally {
		await window.close();
	}
} finally {
	province.stop();
}
