/** What a standard makes of an interview, in sentences. Everything said here was decided by the engine. */
import { m } from '../messages';
import { locale, say } from '../i18n.svelte';
import { formatNumber } from '../format/numbers';
import type { Classification, IndicatorState, Provisional, TurningPoint } from '../ipc/bindings';

/** "Thu nhập 1.280.000 ≤ 1.500.000 đ/người/tháng", or what is missing. */
export function incomeSentence({ income }: Classification): string {
  const number = (value: number) => formatNumber(value, locale(), 0);
  if (income.value === null || income.line === null || income.low === null) {
    if (income.line === null) return m.result_income_unknown();
    const unit = income.basis === 'points' ? m.result_unit_points() : m.result_unit_money();
    return m.result_income_unknown_line({ line: number(income.line), unit });
  }
  const words = { value: number(income.value), sign: income.low ? '≤' : '>', line: number(income.line) };
  return income.basis === 'points' ? m.result_income_points(words) : m.result_income_worksheet(words);
}

/** How an indicator came out. */
export function indicatorStateWords(state: IndicatorState): string {
  switch (state) {
    case 'deprived':
      return m.result_state_deprived();
    case 'met':
      return m.result_state_met();
    case 'open':
      return m.result_state_open();
    case 'undefined':
      return m.result_state_undefined();
  }
}

/** Why the class is not final. */
export function provisionalSentence(why: Provisional): string {
  switch (why) {
    case 'unverified_threshold':
      return m.result_provisional_unverified_threshold();
    case 'unverified_rule':
      return m.result_provisional_unverified_rule();
    case 'dummy_points':
      return m.result_provisional_dummy_points();
  }
}

/** The nearest change of class. */
export function turningPointSentence(point: TurningPoint): string {
  const words = { count: String(Math.abs(point.indicators)), class: say(point.class.label) };
  if (point.indicators === 0) return m.result_turn_income({ class: words.class });
  if (point.income) return point.indicators < 0 ? m.result_turn_fewer_income(words) : m.result_turn_more_income(words);
  return point.indicators < 0 ? m.result_turn_fewer(words) : m.result_turn_more(words);
}
