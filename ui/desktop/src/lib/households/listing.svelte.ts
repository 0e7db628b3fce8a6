/** The household list: what is asked for, and the rows that have come so far, page by page as they are scrolled to. */
import { commands, type HouseholdRowView, type HouseholdState } from '@rasoat/shared/ipc';
import { program } from '../program.svelte';
import type { Problem } from '@rasoat/shared/problems';

/** Rows fetched at once; the program allows 200. */
const pageSize = 100;

export interface Filter {
  text: string;
  village: string | null;
  state: HouseholdState | null;
}

export class Listing {
  rows = $state.raw<(HouseholdRowView | undefined)[]>([]);
  total = $state(0);
  problem = $state<Problem | null>(null);
  loaded = $state(false);
  #filter: Filter = { text: '', village: null, state: null };
  #turn = 0;
  #asked: number[] = [];

  /** Starts anew with another filter; the rows stay until the first page of the new ones is there. */
  async search(filter: Filter): Promise<void> {
    this.#filter = filter;
    const turn = ++this.#turn;
    this.#asked = [0];
    await this.#fetch(0, turn, true);
  }

  /** Fetches the pages that hold these rows, unless they were asked for already. */
  need(offset: number, count: number): void {
    for (let page = Math.floor(offset / pageSize); page * pageSize < offset + count; page += 1) {
      if (this.#asked.includes(page)) continue;
      this.#asked.push(page);
      void this.#fetch(page, this.#turn, false);
    }
  }

  async #fetch(page: number, turn: number, anew: boolean): Promise<void> {
    await program.sealed;
    const answer = await commands.households({ ...this.#filter, offset: page * pageSize, limit: pageSize });
    if (turn !== this.#turn) return;
    this.loaded = true;
    if (answer.status === 'error') {
      this.problem = answer.error;
      return;
    }
    this.problem = null;
    this.total = answer.data.total;
    const rows = anew ? [] : [...this.rows];
    answer.data.rows.forEach((row, index) => (rows[page * pageSize + index] = row));
    this.rows = rows;
  }
}
