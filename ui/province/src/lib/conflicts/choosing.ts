/** Which answer is chosen at which place of which household. */
import type { components } from '@rasoat/shared/api/index';

type Schemas = components['schemas'];

/** The name of a place among all. */
export function placeName(household: string, place: Schemas['OpenConflictView']): string {
  return `${household} ${place.document} ${place.conflict.path}`;
}

/** What to send for one household: its places of which an answer is chosen. */
export function formsOf(
  { row, conflicts }: Schemas['HouseholdConflictsView'],
  chosen: ReadonlyMap<string, string>,
): Schemas['SettlementForm'][] {
  return conflicts.flatMap((place) => {
    const edit = chosen.get(placeName(row.id, place));
    if (edit === undefined) return [];
    return [{ household: row.id, document: place.document, path: place.conflict.path, choice: { candidate: edit } }];
  });
}

/** Households by commune, for a rule that is sent to each commune. */
export function byCommune(households: readonly Schemas['InboxHouseholdView'][]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { household } of households) {
    const { commune, id } = household.row;
    found.set(commune, [...(found.get(commune) ?? []), id]);
  }
  return found;
}
