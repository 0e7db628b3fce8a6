/** What a standard makes of an interview, in sentences. Everything said here was decided by the engine. */
import { m } from '../messages';
import { locale, say } from '../i18n.svelte';
import { formatNumber } from '../format/numbers';
import type { Classification, IncomeStep, IndicatorState, Provisional, TurningPoint } from '../ipc/bindings';

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

/** Which indicators the change may come from, how far income is from the line, and whether that is sure. */
export function turningPointDetails(point: TurningPoint, { indicators }: Classification): string[] {
  const details: string[] = [];
  const named = point.candidates.map(({ number }) => indicators.find((indicator) => indicator.number === number));
  const names = named.flatMap((indicator) => (indicator ? [`${indicator.number} ${say(indicator.label)}`] : []));
  if (point.indicators < 0 && names.length > 0) details.push(m.result_turn_candidates({ names: names.join(', ') }));
  if (point.step) details.push(stepSentence(point.step));
  if (point.provisional.length > 0) details.push(m.result_turn_unsure());
  return details;
}

function stepSentence({ basis, direction, line, distance }: IncomeStep): string {
  const number = (value: number | null) => (value === null ? '?' : formatNumber(value, locale(), 0));
  const words = {
    distance: number(distance),
    line: number(line),
    unit: basis === 'points' ? m.result_unit_points() : m.result_unit_money(),
  };
  return direction === 'above' ? m.result_turn_above(words) : m.result_turn_down(words);
}
