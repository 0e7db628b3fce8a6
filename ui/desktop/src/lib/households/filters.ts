/** What the household list can be narrowed to and ordered by, in words. */
import type { Custody, FindingsFilter, HouseholdSort, HouseholdState } from '@rasoat/shared/ipc';
import { className, custodyWords, stateWords } from '@rasoat/shared/result/words';
import { m } from '$messages';
import type { Filter } from './listing.svelte';

interface Option {
  value: string;
  label: string;
}

const states: HouseholdState[] = ['listed', 'started', 'signed'];
const custodies: Custody[] = ['only_here', 'confirmed', 'refused', 'nothing'];
const classes = ['poor', 'near_poor', 'average', 'not_poor'];
const previousClasses = ['poor', 'near_poor', 'escaped_poor', 'escaped_near_poor'];
/** Stands for the class of those that have none: an empty value is a filter that is not set. */
const none = 'none';

/** What the controls hold: one text each, empty where nothing is asked for. */
export interface Chosen {
  village: string;
  state: string;
  class: string;
  previous: string;
  custody: string;
  findings: string;
}

export const nothingChosen: Chosen = { village: '', state: '', class: '', previous: '', custody: '', findings: '' };

export const stateOptions = (): Option[] => [
  { value: '', label: m.households_all_states() },
  ...states.map((state) => ({ value: state, label: stateWords(state).words })),
];

export const classOptions = (): Option[] => [
  { value: '', label: m.households_any_class() },
  ...classes.map((key) => ({ value: key, label: className(key) })),
  { value: none, label: m.households_no_class() },
];

export const previousOptions = (): Option[] => [
  { value: '', label: m.households_any_previous() },
  ...previousClasses.map((key) => ({ value: key, label: className(key) })),
  { value: none, label: m.households_no_previous() },
];

export const custodyOptions = (): Option[] => [
  { value: '', label: m.households_any_custody() },
  ...custodies.map((custody) => ({ value: custody, label: custodyWords(custody).words })),
];

export const findingsOptions = (): Option[] => [
  { value: '', label: m.households_any_findings() },
  { value: 'blocking', label: m.households_blocking() },
  { value: 'warnings', label: m.households_warnings() },
  { value: 'in_conflict', label: m.households_in_conflict() },
  { value: 'clear', label: m.households_clear() },
];

export const sortOptions = (): { value: HouseholdSort; label: string }[] => [
  { value: 'place', label: m.households_sort_place() },
  { value: 'name', label: m.households_sort_name() },
  { value: 'code', label: m.households_sort_code() },
  { value: 'changed', label: m.households_sort_changed() },
  { value: 'class', label: m.households_sort_class() },
  { value: 'answered', label: m.households_sort_answered() },
];

const classAsked = (chosen: string) => (chosen === '' ? null : chosen === none ? '' : chosen);

/** What is asked of the program. */
export function filterOf(text: string, chosen: Chosen, sort: HouseholdSort, descending: boolean): Filter {
  const findings: FindingsFilter[] = ['blocking', 'warnings', 'clear'];
  return {
    text: text.normalize('NFC').trim(),
    village: chosen.village || null,
    state: states.find((state) => state === chosen.state) ?? null,
    class: classAsked(chosen.class),
    previous_class: classAsked(chosen.previous),
    custody: custodies.find((custody) => custody === chosen.custody) ?? null,
    findings: findings.find((finding) => finding === chosen.findings) ?? null,
    in_conflict: chosen.findings === 'in_conflict',
    sort,
    descending,
  };
}
