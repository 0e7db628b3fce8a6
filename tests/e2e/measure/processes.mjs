// What the system knows of a program and the processes it has started.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Fields of /proc/ID/stat behind the name, which may hold blanks. */
const stat = (id) => readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1).split(' ');

/** When a process began: milliseconds since 1970. */
export function startedAt(id) {
	const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
	const [since] = readFileSync('/proc/uptime', 'utf8').split(' ');
	return Date.now() - (Number(since) - Number(stat(id)[19]) / ticks) * 1000;
}

/** Memory of a process and of all it has started, in megabytes; pages shared with others count by their share. */
export function memoryMegabytes(program) {
	const parents = new Map();
	for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		try {
			parents.set(Number(name), Number(stat(name)[1]));
		} catch {
			// It ended meanwhile.
		}
	}
	const belongs = (id) => id === program || (parents.has(id) && belongs(parents.get(id)));
	let kibibytes = 0;
	for (const id of parents.keys()) {
		if (!belongs(id)) continue;
		const share = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m);
		kibibytes += Number(share[1]);
	}
	return (kibibytes * 1024) / 1e6;
}
