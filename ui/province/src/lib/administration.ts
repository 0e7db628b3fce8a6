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
}

/** The pages, in the order in which they are offered. */
export const pages: AdministrationPage[] = [
  { route: '/administration/rounds', label: m.rounds_title, act: 'manage_rounds' },
  { route: '/administration/villages', label: m.villages_title, act: 'plan_villages' },
  { route: '/administration/notice', label: m.notice_title, act: 'manage_rounds' },
  { route: '/administration/announcements', label: m.announcements_title, act: 'manage_rounds' },
  { route: '/administration/instruments', label: m.library_instruments, act: 'manage_instruments' },
  { route: '/administration/standards', label: m.library_standards, act: 'manage_instruments' },
  { route: '/administration/points', label: m.library_points, act: 'manage_instruments' },
  { route: '/administration/targets', label: m.library_targets, act: 'manage_instruments' },
  { route: '/administration/units', label: m.library_units, act: 'manage_instruments' },
];

/** Those of them that the person may see. */
export const openPages = (): AdministrationPage[] => pages.filter((page) => session.may(page.act));
