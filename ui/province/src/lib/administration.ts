import type { components } from '@rasoat/shared/api/index';
import { session } from '$lib/session.svelte';
import { m } from '$lib/words';

/** A page of the administration. */
export interface AdministrationPage {
  /** Its route. */
  route: string;
  /** What it is called in the language of the moment. */
  label: () => string;
  /** What somebody must be allowed to do to see it. */
  act: components['schemas']['Act'];
  /** The pages that it stands among. */
  group: Group;
}

/** What is said of a round, and what is worked by in every round. */
type Group = 'round' | 'library';

const groups: Record<Group, () => string> = { round: m.administration_round, library: m.administration_library };

/** The pages, in the order in which they are offered. */
export const pages: AdministrationPage[] = [
  { route: '/administration/rounds', label: m.rounds_title, act: 'manage_rounds', group: 'round' },
  { route: '/administration/villages', label: m.villages_title, act: 'plan_villages', group: 'round' },
  { route: '/administration/notice', label: m.notice_title, act: 'manage_rounds', group: 'round' },
  { route: '/administration/announcements', label: m.announcements_title, act: 'manage_rounds', group: 'round' },
  { route: '/administration/instruments', label: m.library_instruments, act: 'manage_instruments', group: 'library' },
  { route: '/administration/standards', label: m.library_standards, act: 'manage_instruments', group: 'library' },
  { route: '/administration/points', label: m.library_points, act: 'manage_instruments', group: 'library' },
  { route: '/administration/targets', label: m.library_targets, act: 'manage_instruments', group: 'library' },
  { route: '/administration/units', label: m.library_units, act: 'manage_instruments', group: 'library' },
];

/** Those of them that the person may see. */
export const openPages = (): AdministrationPage[] => pages.filter((page) => session.may(page.act));

/** The same in their groups, without those in which there is nothing to see. */
export function openGroups(): { name: string; pages: AdministrationPage[] }[] {
  const open = openPages();
  return Object.entries(groups)
    .map(([group, name]) => ({ name: name(), pages: open.filter((page) => page.group === group) }))
    .filter((group) => group.pages.length > 0);
}
