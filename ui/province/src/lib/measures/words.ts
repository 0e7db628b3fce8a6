/** Words that go into files of measures, trials and the data set, and figures as people read them. */
import type { components } from '@rasoat/shared/api/index';
import { formatPercent } from '@rasoat/shared/format/numbers';
import { locale, type Locale } from '@rasoat/shared/i18n.svelte';
import { className } from '@rasoat/shared/result/words';
import { CLASSES } from '$lib/marks';
import { placeName, roundName } from '$lib/reports/words';
import { m } from '$lib/words';

type Schemas = components['schemas'];

/** A share of one: 12,3 %; in words where nobody is concerned. */
export function share(ratio: Schemas['RatioView'] | null | undefined, digits = 1): string {
  const value = ratio?.share;
  return value === null || value === undefined ? m.stat_nobody() : formatPercent(value, locale(), digits);
}

/** A number as it was typed, with a comma or a point; none where it is no number from 0 on. */
export function typed(text: string): number | undefined {
  const plain = text.trim().replaceAll(/[\s\u00a0]/g, '');
  const grouped = /^\d{1,3}([.,]\d{3})+$/.test(plain) ? plain.replaceAll(/[.,]/g, '') : plain.replace(',', '.');
  return /^\d+(\.\d+)?$/.test(grouped) ? Number(grouped) : undefined;
}

/** A class that a trial names. */
export function trialClass(key: string | null | undefined): string {
  return key ? className(key) : m.whatif_class_open();
}

/** Of when and where something was measured. */
export function measuredOf(
  { place, round, lock }: Pick<Schemas['PovertyView'], 'place' | 'round' | 'lock'>,
  known: { reports: Schemas['ReportsView']; communes: Schemas['CommuneRefView'][] },
): string {
  const locks = known.reports.rounds.find((one) => one.round === round)?.locks ?? [];
  const locked = locks.find(({ number }) => number === lock);
  return [placeName(place, known.communes), roundName(round, locked)].join(' · ');
}

/** Words for a file of measures. */
export function povertyWords(): Record<string, string> {
  return {
    group: m.stat_group(),
    households: m.households(),
    left_out: m.stat_column_left_out(),
    unsigned: m.stat_column_unsigned(),
    poor: m.stat_poor(),
    counted: m.stat_of(),
    headcount: m.stat_headcount(),
    intensity: m.stat_intensity(),
    adjusted: m.stat_adjusted(),
    raw: m.stat_raw(),
    censored: m.stat_censored(),
    contribution: m.stat_contribution(),
    total: m.stat_total(),
    indicators: m.stat_indicators(),
    groups: m.stat_groups(),
    indicator: m.stat_indicator(),
    dimension: m.stat_dimension(),
    weight: m.stat_weight(),
    'group.rural': m.area_rural(),
    'group.urban': m.area_urban(),
    'group.': m.stat_not_known(),
    'group.00': m.stat_not_known(),
  };
}

/** Words for a file of a trial. */
export function trialWords(): Record<string, string> {
  return {
    before: m.whatif_column_before(),
    after: m.whatif_column_after(),
    households: m.households(),
    members: m.column_members(),
    flows: m.whatif_flows(),
    communes: m.whatif_communes(),
    commune: m.commune_column(),
    commune_code: m.column_commune_code(),
    poor_before: m.whatif_poor_before(),
    poor_after: m.whatif_poor_after(),
    near_poor_before: m.whatif_near_poor_before(),
    near_poor_after: m.whatif_near_poor_after(),
    changed: m.whatif_column_changed(),
    village: m.village(),
    code: m.column_code(),
    head_name: m.head(),
    'class.open': m.whatif_class_open(),
    ...Object.fromEntries(CLASSES.map((key) => [`class.${key}`, className(key)])),
  };
}

type Say = (inputs: Record<string, never>, options: { locale: Locale }) => string;

const DATASET: [string, Say][] = [
  ['variable.household', m.dataset_var_household],
  ['variable.member', m.dataset_var_member],
  ['variable.round', m.dataset_var_round],
  ['variable.commune', m.dataset_var_commune],
  ['variable.village', m.dataset_var_village],
  ['variable.area', m.dataset_var_area],
  ['variable.form', m.dataset_var_form],
  ['variable.state', m.dataset_var_state],
  ['variable.stage', m.dataset_var_stage],
  ['variable.members_count', m.dataset_var_members],
  ['variable.class', m.dataset_var_class],
  ['variable.provisional', m.dataset_var_provisional],
  ['variable.income', m.dataset_var_income],
  ['variable.basis', m.dataset_var_basis],
  ['variable.deprived', m.dataset_var_deprived],
  ['area.rural', m.area_rural],
  ['area.urban', m.area_urban],
  ['state.started', m.started],
  ['state.signed', m.signed],
  ['stage.listed', m.stage_listed],
  ['stage.assigned', m.stage_assigned],
  ['stage.interviewed', m.stage_interviewed],
  ['stage.accepted', m.stage_accepted],
  ['stage.meeting_rejected', m.stage_meeting_rejected],
  ['stage.meeting_agreed', m.stage_meeting_agreed],
  ['stage.posted', m.stage_posted],
  ['stage.complaint', m.stage_complaint],
  ['stage.reverified', m.stage_reverified],
  ['stage.refused', m.stage_refused],
  ['stage.recognised', m.stage_recognised],
  ['stage.certified', m.stage_certified],
  ['basis.worksheet', m.dataset_worksheet],
  ['basis.points', m.dataset_points],
  ['indicator.met', m.dataset_met],
  ['indicator.deprived', m.dataset_deprived],
  ['indicator.open', m.dataset_open],
  ['indicator.undefined', m.dataset_undefined],
  ['flag.yes', m.dataset_yes],
  ['flag.no', m.dataset_no],
  ['year', m.dataset_year],
];

/** Words for the data set, in both languages: it is labelled in each. */
export function datasetWords(): Record<string, Record<string, string>> {
  const both = (say: Say) => ({ vi: say({}, { locale: 'vi' }), en: say({}, { locale: 'en' }) });
  return Object.fromEntries(DATASET.map(([code, say]) => [code, both(say)]));
}
