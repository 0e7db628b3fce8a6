// The one journey through the real window; everything else is tested in Chromium.

import { expect, test } from '@playwright/test';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { startProvince } from './stage.mjs';
import { walk } from './tour.mjs';

test('a household goes from the window to the province’s page', async () => {
	const province = await startProvince();
	try {
		const laptop = province.enrol();
		const shots = path.join(province.folder, 'shots');
		const seen = await walk({
			shots,
			url: province.url,
			password: province.password,
			enrolment: laptop.file,
			code: laptop.code,
			list: province.list,
			data: laptop.data
		});
		expect(seen.name).toContain('Hộ');
		expect(readdirSync(shots).length).toBeGreaterThanOrEqual(8);
	} finally {
		province.stop();
	}
});
