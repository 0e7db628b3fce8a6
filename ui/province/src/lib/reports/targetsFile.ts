/** The targets in sight as a file, in the words of the page. */
import type { components, Made, Waiting } from '@rasoat/shared/api/index';
import { locale, say } from '@rasoat/shared/i18n.svelte';
import { fetchFile } from '$lib/files';
import { measureOf } from '$lib/library/targets';
import { confidenceOf } from '$lib/library/words';
import { m } from '$lib/words';
import { targetsQuery } from './ask';
import type { Asked } from './asked';
import { doubtsOf } from './doubts';
import { ofWords } from './words';

type Schemas = components['schemas'];

/** What the file is to say around its figures. */
export function targetsForm(
  view: Schemas['TargetsView'],
  asked: Asked,
  communes: Schemas['CommuneRefView'][],
  locks: Schemas['ReportLockView'][],
): Omit<Schemas['TargetsFileForm'], 'xlsx'> {
  const { of } = view;
  return {
    // As of what is in sight: a lock that is made meanwhile changes nothing.
    of: { ...targetsQuery(asked), round: of.round, lock: of.lock ?? undefined },
    language: locale(),
    above: [say(view.title), ofWords(of, communes, locks)],
    below: [...doubtsOf(view.doubts, of.standard), view.sources.join('; ')],
    words: targetsWords(),
  };
}

/** Fetches the file. Throws an `ApiError`. */
export function targetsFile(
  form: ReturnType<typeof targetsForm>,
  kind: 'csv' | 'xlsx',
  waiting: Waiting,
): Promise<Made> {
  return fetchFile('/api/reports/targets/file', { ...form, xlsx: kind === 'xlsx' }, waiting);
}

function targetsWords(): Record<string, string> {
  const units = ['percent', 'percentage_points_per_year', 'count_of_districts'];
  const comparisons = ['at_least', 'above'];
  const sure = ['verbatim', 'second_hand', 'unverified'] as const;
  return {
    targets: m.nav_targets(),
    parts: m.targets_parts(),
    communes: m.targets_communes(),
    rounds: m.targets_trend(),
    shares: m.targets_sheet_shares(),
    id: m.targets_column_id(),
    target: m.targets_column_target(),
    of: m.targets_column_of(),
    name: m.targets_column_name(),
    part: m.targets_part(),
    round: m.report_round(),
    commune: m.commune_column(),
    commune_code: m.column_commune_code(),
    households: m.households(),
    of_numerator: m.targets_what_numerator(),
    of_denominator: m.targets_what_denominator(),
    numerator: m.targets_numerator(),
    denominator: m.targets_denominator(),
    value: m.targets_column_figure(),
    unit: m.targets_column_unit(),
    comparison: m.targets_column_comparison(),
    goal: m.targets_column_wanted(),
    goal_year: m.targets_column_year(),
    met: m.targets_column_met(),
    confidence: m.library_confidence(),
    source: m.targets_source(),
    note: m.targets_column_note(),
    poor: m.poor(),
    near_poor: m.near_poor(),
    share_poor: m.targets_share_poor(),
    share_near_poor: m.targets_share_near_poor(),
    share_both: m.targets_share_both(),
    'met.yes': m.targets_met(),
    'met.no': m.targets_not_met(),
    'goal.none': m.targets_no_target(),
    'value.nobody': m.report_nobody(),
    'value.not_counted': m.targets_not_counted(),
    'value.no_round_before': m.targets_no_value(),
    'of.whole': m.targets_of_whole(),
    'of.part': m.targets_part(),
    'of.commune': m.commune_column(),
    'of.round': m.report_round(),
    ...Object.fromEntries(units.map((unit) => [`unit.${unit}`, measureOf({ unit, comparison: '' }).unit])),
    ...Object.fromEntries(
      comparisons.map((comparison) => [`comparison.${comparison}`, measureOf({ unit: '', comparison }).comparison]),
    ),
    ...Object.fromEntries(sure.map((one) => [`confidence.${one}`, confidenceOf(one).label])),
  };
}
