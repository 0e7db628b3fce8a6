import type { components } from '@rasoat/shared/api/index';
import { session } from '$lib/session.svelte';

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
export const pages: AdministrationPage[] = [];

/** Those of them that the person may see. */
export const openPages = (): AdministrationPage[] => pages.filter((page) => session.may(page.act));
