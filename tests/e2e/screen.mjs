// Pictures of a virtual screen as a person would see it, read from where Xvfb keeps its pixels (an XWD file that it maps).
//
// The window's driver takes pictures, too, but waits for the window to paint once more; a window at rest does not, and then the
// driver never answers.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const LONGEST_WAIT_MS = 3_000;
const BETWEEN_LOOKS_MS = 80;

/** A camera on the screen whose pixels are in `folder` (Xvfb's -fbdir). It waits until the screen is at rest. */
export function screenCamera(folder) {
	const file = path.join(folder, 'Xvfb_screen0');
	return async () => {
		let before = '';
		for (const end = Date.now() + LONGEST_WAIT_MS; Date.now() < end; ) {
			const seen = createHash('sha256').update(readFileSync(file)).digest('hex');
			if (seen === before) break;
			before = seen;
			await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
		}
		return toPng(readFileSync(file));
	};
}

/** An XWD file of 32 bits a pixel (blue, green, red, nothing) as PNG. */
export function toPng(xwd) {
	const field = (index) => xwd.readUInt32BE(index * 4);
	const [headerSize, version, width, height] = [field(0), field(1), field(4), field(5)];
	const [bitsPerPixel, bytesPerLine, colours] = [field(11), field(12), field(19)];
	if (version !== 7 || bitsPerPixel !== 32) throw new Error(`not a screen of 32 bits: version ${version}, ${bitsPerPixel} bits`);
	const pixels = headerSize + colours * 12;
	const raw = Buffer.alloc(height * (1 + width * 3));
	for (let y = 0, to = 0; y < height; y += 1) {
		to += 1;
		for (let from = pixels + y * bytesPerLine, x = 0; x < width; x += 1, from += 4) {
			raw[to++] = xwd[from + 2];
			raw[to++] = xwd[from + 1];
			raw[to++] = xwd[from];
		}
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const sum = Buffer.alloc(4);
	sum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, sum]);
}
