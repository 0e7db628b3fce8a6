import { expect, it } from 'vitest';
import { CHECKS, checkWords, householdsAt, markWords, STAGES, stageWords, wantedAt } from './marks';

it('leads from a number to its households and back', () => {
  const wanted = { commune: '06001', village: 'Thôn Nà Pàn', marks: ['state.signed', 'class_2022.poor'] };
  const address = householdsAt(wanted);
  expect(address.startsWith('#/households?')).toBe(true);
  expect(wantedAt(address)).toEqual(wanted);
  expect(householdsAt({})).toBe('#/households');
  expect(wantedAt('#/households')).toEqual({ commune: undefined, village: undefined, marks: [] });
});

it('keeps a village without a name apart from no village', () => {
  expect(wantedAt(householdsAt({ commune: '06001', village: '' })).village).toBe('');
});

it('has words for each stage and check, and shows a mark of a newer server as it is', () => {
  const words = [...STAGES.map((stage) => stageWords(stage).words), ...CHECKS.map((check) => checkWords(check).words)];
  expect(new Set(words).size).toBe(STAGES.length + CHECKS.length);
  expect(markWords('stage.posted')).toBe(stageWords('posted').words);
  expect(markWords('stage.unheard_of')).toBe('stage.unheard_of');
  expect(markWords('conflict')).not.toBe('conflict');
});
