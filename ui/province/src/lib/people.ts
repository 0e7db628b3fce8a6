import type { components } from '@rasoat/shared/api/index';
import { m } from './words';

type Role = components['schemas']['Role'];

const ROLES: Record<Role, () => string> = {
  administrator: m.role_administrator,
  officer: m.role_officer,
  supervisor: m.role_supervisor,
  reader: m.role_reader,
};

/** A role in words. */
export function roleName(role: Role): string {
  return ROLES[role]();
}

/** The roles as choices of a list. */
export function roleOptions(): { value: string; label: string }[] {
  return Object.entries(ROLES).map(([value, label]) => ({ value, label: label() }));
}

/** What was typed as a role, if it is one. */
export function isRole(value: string): value is Role {
  return value in ROLES;
}

/** Whether accounts of a role may be for some communes alone. */
export function hasCommunes(role: string): boolean {
  return role === 'supervisor' || role === 'reader';
}

// Names of products are the same in both languages.
const BROWSERS: Record<string, string> = {
  firefox: 'Firefox',
  edge: 'Edge',
  opera: 'Opera',
  coc_coc: 'Cốc Cốc',
  chrome: 'Chrome',
  safari: 'Safari',
};
const SYSTEMS: Record<string, string> = {
  windows: 'Windows',
  macos: 'macOS',
  android: 'Android',
  ios: 'iOS',
  linux: 'Linux',
};

/** Which browser a session was opened from. */
export function browserName({ browser, system }: { browser: string; system: string }): string {
  return m.session_on({ browser: BROWSERS[browser] ?? m.browser_other(), system: SYSTEMS[system] ?? m.system_other() });
}
