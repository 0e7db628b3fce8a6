import { defineConfig } from '@playwright/test';
import { browserArguments } from './stage.mjs';

export default defineConfig({
	testDir: '.',
	testMatch: '*.spec.mjs',
	testIgnore: 'screens/**',
	outputDir: 'results',
	// A file of tests at a time on each core: every one has a province, laptops, ports and a screen of its own.
	workers: 2,
	retries: 0,
	timeout: 180_000,
	expect: { timeout: 30_000 },
	reporter: [['list']],
	use: {
		viewport: { width: 1366, height: 768 },
		actionTimeout: 30_000,
		locale: 'vi-VN',
		screenshot: 'only-on-failure',
		launchOptions: { executablePath: '/usr/bin/chromium', args: browserArguments }
	}
});
