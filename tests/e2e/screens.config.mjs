import { defineConfig } from '@playwright/test';
import { context } from './screens/stage.mjs';
import { browserArguments } from './stage.mjs';

export default defineConfig({
	testDir: 'screens',
	testMatch: '*.spec.mjs',
	outputDir: 'results',
	fullyParallel: true,
	workers: 2,
	retries: 0,
	timeout: 60_000,
	reporter: [['list']],
	use: { ...context, launchOptions: { executablePath: '/usr/bin/chromium', args: browserArguments } }
});
