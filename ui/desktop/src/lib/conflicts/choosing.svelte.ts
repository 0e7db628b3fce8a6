/** What is chosen of the answers that differ, until it is settled. */
import { SvelteMap } from 'svelte/reactivity';
import type { ConflictCandidateView, ConflictView, SettlementForm } from '@rasoat/shared/ipc';

const key = (place: ConflictView) => `${place.document} ${place.path}`;

/** What is chosen at the places of one household. */
export class Choosing {
  #chosen = new SvelteMap<string, string>();

  /** How many places have a choice. */
  get count(): number {
    return this.#chosen.size;
  }

  of(place: ConflictView): string | null {
    return this.#chosen.get(key(place)) ?? null;
  }

  choose(place: ConflictView, candidate: ConflictCandidateView): void {
    this.#chosen.set(key(place), candidate.edit);
  }

  /** The answers of one writer, wherever there is one of theirs. */
  chooseOf(places: ConflictView[], writer: string): void {
    for (const place of places) {
      const theirs = place.candidates.find((candidate) => candidate.writer === writer);
      if (theirs) this.choose(place, theirs);
    }
  }

  /** The latest answer of each place. */
  chooseLatest(places: ConflictView[]): void {
    for (const place of places) {
      const latest = place.candidates.at(-1);
      if (latest) this.choose(place, latest);
    }
  }

  clear(): void {
    this.#chosen.clear();
  }

  /** What is to be settled. */
  forms(places: ConflictView[]): SettlementForm[] {
    return places.flatMap((place) => {
      const candidate = this.of(place);
      const { household, document, path } = place;
      return candidate === null ? [] : [{ household, document, path, choice: { candidate } }];
    });
  }
}
