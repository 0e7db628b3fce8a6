// Just enough of the X protocol to ask the windows of a virtual screen to close, as a window manager does for its button.

import { once } from 'node:events';
import { connect } from 'node:net';

const QUERY_TREE = 15;
const INTERN_ATOM = 16;
const SEND_EVENT = 25;
const CLIENT_MESSAGE = 33;
/** Every answer begins with so many bytes, and events and errors are no longer. */
const HEAD = 32;

/** Asks every window of a screen (`:7`) that stands by itself to close. One that cannot be asked pays no heed. */
export async function askWindowsToClose(display) {
	const socket = connect(`/tmp/.X11-unix/X${display.slice(1)}`);
	const read = reader(socket);
	// The lowest byte first, version 11.0, and no word to be let in: the screen is this machine's own.
	socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
	const begun = await read(8);
	const setup = await read(begun.readUInt16LE(6) * 4);
	if (begun[0] !== 1) throw new Error(`the screen lets nobody in: ${setup.toString('latin1')}`);
	const vendor = Math.ceil(setup.readUInt16LE(16) / 4) * 4;
	const root = setup.readUInt32LE(32 + vendor + setup[21] * 8);

	const ask = async (request) => {
		socket.write(request);
		const head = await read(HEAD);
		if (head[0] !== 1) throw new Error(`the screen refuses request ${request[0]}: error ${head[1]}`);
		return Buffer.concat([head, await read(head.readUInt32LE(4) * 4)]);
	};
	const atom = async (name) => (await ask(request(INTERN_ATOM, 0, [name.length, ...words(name)]))).readUInt32LE(8);
	const [protocols, close] = [await atom('WM_PROTOCOLS'), await atom('WM_DELETE_WINDOW')];
	const tree = await ask(request(QUERY_TREE, 0, [root]));
	for (let at = 0; at < tree.readUInt16LE(16); at += 1) {
		const window = tree.readUInt32LE(HEAD + at * 4);
		const format = 32 << 8;
		socket.write(request(SEND_EVENT, 0, [window, 0, CLIENT_MESSAGE | format, window, protocols, close, 0, 0, 0, 0]));
	}
	// An answer to a later request says that all before it was done.
	await atom('WM_PROTOCOLS');
	socket.end();
	await once(socket, 'close');
}

/** A request: what, a byte of its own, and words of four bytes. */
function request(code, detail, body) {
	const bytes = Buffer.alloc(4 + body.length * 4);
	bytes.writeUInt8(code, 0);
	bytes.writeUInt8(detail, 1);
	bytes.writeUInt16LE(bytes.length / 4, 2);
	body.forEach((word, at) => bytes.writeUInt32LE(word, 4 + at * 4));
	return bytes;
}

/** Letters as words of four bytes. */
function words(text) {
	const bytes = Buffer.alloc(Math.ceil(text.length / 4) * 4);
	bytes.write(text, 'latin1');
	return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32LE(at * 4));
}

/** Reads so many bytes as they are asked for. */
function reader(socket) {
	const chunks = socket[Symbol.asyncIterator]();
	let held = Buffer.alloc(0);
	return async (count) => {
		while (held.length < count) {
			const { value, done } = await chunks.next();
			if (done) throw new Error('the screen is gone');
			held = Buffer.concat([held, value]);
		}
		const wanted = held.subarray(0, count);
		held = held.subarray(count);
		return wanted;
	};
}
