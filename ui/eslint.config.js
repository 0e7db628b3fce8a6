import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/** Only `shared/src/ipc` may name Tauri: everything else goes through its functions, so that both carriers serve every screen. */
const noTauri = {
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: ['@tauri-apps/*'], message: 'Only shared/src/ipc names Tauri; use @rasoat/shared/ipc.' }] },
  ],
};

/** The kit draws; it knows no household, no interview and no carrier. */
const kitKnowsNoDomain = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        { group: ['@tauri-apps/*'], message: 'Only shared/src/ipc names Tauri; use @rasoat/shared/ipc.' },
        { group: ['**/ipc/*', '**/result/*', '**/fixtures/*'], message: 'The kit knows nothing of the domain.' },
      ],
    },
  ],
};

export default ts.config(
  {
    ignores: [
      '**/.svelte-kit/**',
      '*/build/**',
      '*/build-fixtures/**',
      '**/paraglide/**',
      'shared/src/ipc/bindings.ts',
      'shared/src/api/schema.d.ts',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      ...noTauri,
      'no-undef': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
  },
  { files: ['shared/src/kit/**'], rules: kitKnowsNoDomain },
  { files: ['shared/src/ipc/**'], rules: { 'no-restricted-imports': 'off' } },
);
