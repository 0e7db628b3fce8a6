import type { components } from '@rasoat/shared/api/index';
import { expect, it } from 'vitest';
import { byCommune, formsOf, placeName } from './choosing';

type Schemas = components['schemas'];

function place(path: string): Schemas['OpenConflictView'] {
  return { document: 'interview', conflict: { path, label: { vi: path }, candidates: [] } };
}

function household(commune: string, id: string, paths: string[]): Schemas['HouseholdConflictsView'] {
  const row = { id, commune } as Schemas['HouseholdRowView'];
  return { row, conflicts: paths.map(place) };
}

it('sends the places that are chosen and no other', () => {
  const home = household('06001', 'a', ['address', 'phone']);
  const other = household('06001', 'b', ['phone']);
  const chosen = new Map([
    [placeName('a', place('phone')), 'w:2'],
    [placeName('b', place('phone')), 'w:3'],
  ]);
  expect(formsOf(home, chosen)).toEqual([
    { household: 'a', document: 'interview', path: 'phone', choice: { candidate: 'w:2' } },
  ]);
  expect(formsOf(other, new Map())).toEqual([]);
});

it('gathers households by their communes', () => {
  const inbox = [household('06001', 'a', []), household('06187', 'b', []), household('06001', 'c', [])].map(
    (found) => ({ household: found }) as Schemas['InboxHouseholdView'],
  );
  expect([...byCommune(inbox)]).toEqual([
    ['06001', ['a', 'c']],
    ['06187', ['b']],
  ]);
});
