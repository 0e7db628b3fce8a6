/** The household list: what is asked for, and the rows that have come so far, page by page as they are scrolled to. */
import { commands, type HouseholdQuery, type HouseholdRowView } from '@rasoat/shared/ipc';
import { program } from '../program.svelte';
import type { Problem } from '@rasoat/shared/problems';

/** Rows fetched at once; the program allows 200. */
const pageSize = 100;

/** What is asked for, without which page of it. */
export type Filter = Omit<HouseholdQuery, 'offset' | 'limit'>;

/** Everything, by village and head. */
export const everything: Filter = {
  text: '',
  village: null,
  state: null,
  class: null,
  previous_class: null,
  custody: null,
  findings: null,
  in_conflict: false,
  sort: 'place',
  descending: false,
};

export class Listing {
  rows = $state.raw<(HouseholdRowView | undefined)[]>([]);
  total = $state(0);
  problem = $state<Problem | null>(null);
  loaded = $state(false);
  #filter: Filter = everything;
  #turn = 0;
  /** Whether a page was asked for, by its number. */
  #asked: boolean[] = [];

  /** Starts anew with another filter; the rows stay until the first page of the new ones is there. */
  async search(filter: Filter): Promise<void> {
    this.#filter = filter;
    const turn = ++this.#turn;
    this.#asked = [true];
    await this.#fetch(0, turn, true);
  }

  /** Asks for the same again. */
  again(): void {
    void this.search(this.#filter);
  }

  /** Fetches the pages that hold these rows, unless they were asked for already. */
  need(offset: number, count: number): void {
    for (let page = Math.floor(offset / pageSize); page * pageSize < offset + count; page += 1) {
      if (this.#asked[page]) continue;
      this.#asked[page] = true;
      void this.#fetch(page, this.#turn, false);
    }
  }

  async #fetch(page: number, turn: number, anew: boolean): Promise<void> {
    await program.sealed;
    const answer = await commands.households({ ...this.#filter, offset: page * pageSize, limit: pageSize });
    if (turn !== this.#turn) return;
    this.loaded = true;
    if (answer.status === 'error') {
      this.#asked[page] = false;
      this.problem = answer.error;
      return;
    }
    this.problem = null;
    this.total = answer.data.total;
    const rows = anew ? [] : this.rows.slice();
    answer.data.rows.forEach((row, index) => (rows[page * pageSize + index] = row));
    this.rows = rows;
  }
}
