/** Answers that differ, household by household. */
import type { ConflictCandidateView, ConflictView } from '@rasoat/shared/ipc';

/** One household and its places, in the order in which they came. */
export interface AtOdds {
  household: string;
  name: string;
  where: string;
  places: ConflictView[];
}

/** Households in the order of their first place. */
export function byHousehold(conflicts: ConflictView[]): AtOdds[] {
  const found = new Map<string, AtOdds>();
  for (const place of conflicts) {
    const { household, head_name: name, village_name: where } = place;
    const known = found.get(household) ?? { household, name, where, places: [] };
    known.places.push(place);
    found.set(household, known);
  }
  return [...found.values()];
}

/** Whether some took it out while others changed it. */
export function isRemoval(place: ConflictView): boolean {
  return place.candidates.some((candidate) => candidate.value === null);
}

/** Whoever answered at these places, each once, the one who answered most first. */
export function writersOf(places: ConflictView[]): ConflictCandidateView[] {
  const times = new Map<string, { of: ConflictCandidateView; count: number }>();
  for (const candidate of places.flatMap((place) => place.candidates)) {
    const known = times.get(candidate.writer) ?? { of: candidate, count: 0 };
    times.set(candidate.writer, { ...known, count: known.count + 1 });
  }
  return [...times.values()].sort((one, other) => other.count - one.count).map(({ of }) => of);
}
