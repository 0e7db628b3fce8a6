import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasSentence, problemSentences } from './problems';

const crates = `${import.meta.dirname}/../../../crates/`;

/** Files with closed lists of codes that reach a screen, each arm written `Self::Name => "code"`. */
const lists = [
  'store/src/error.rs',
  'exchange/src/protocol.rs',
  'exchange/src/problem.rs',
  'exchange/src/receipt.rs',
  'exchange/src/recovery.rs',
  'sync/src/exchange.rs',
];

function codesOf(file: string): string[] {
  return [...readFileSync(crates + file, 'utf8').matchAll(/=> "([a-z]+(?:_[a-z]+)*)"/g)].map((found) => found[1] ?? '');
}

/** Codes the use-cases give by name. */
function codesOfApp(folder = 'app/src'): string[] {
  return readdirSync(crates + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return codesOfApp(path);
    return [...readFileSync(crates + path, 'utf8').matchAll(/(?:AppError|Self)::new\("([a-z_]+)"\)/g)].map(
      (f) => f[1] ?? '',
    );
  });
}

describe.each(lists)('every code of %s', (file) => {
  test('has a sentence', () => {
    const codes = codesOf(file);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter((code) => !hasSentence(code))).toEqual([]);
  });
});

test('every code that the use-cases give has a sentence', () => {
  expect([...new Set(codesOfApp())].filter((code) => !hasSentence(code))).toEqual([]);
});

test('a known code says what happened and what to do, with its parameters', () => {
  const { what, todo } = problemSentences({ code: 'weak_passphrase', params: { least_chars: '8' } });
  expect(what).not.toBe('');
  expect(todo).toContain('8');
});

test('an unknown code gets a general sentence that shows it', () => {
  expect(problemSentences({ code: 'moon_in_the_way', params: {} }).what).toContain('moon_in_the_way');
});
