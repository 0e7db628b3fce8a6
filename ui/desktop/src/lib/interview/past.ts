/** What was done to an open interview, to be taken back act by act; it is forgotten when the interview is left. */

/** One act, with what is needed to undo it. */
export type Act =
  | { kind: 'answered'; path: string; before: string | null }
  | { kind: 'added'; line: string }
  | { kind: 'removed'; line: string; answers: [name: string, value: string][] };

/** Acts beyond these are forgotten, the oldest first. */
const MOST_ACTS = 200;

/** The acts of one sitting, the last act last. */
export class Past {
  #acts: Act[] = [];

  /** Notes an act. What was done before in a line that goes cannot be undone any more: it would come back as another. */
  push(act: Act): void {
    const kept = act.kind === 'removed' ? this.#acts.filter((other) => !isIn(act.line, other)) : this.#acts;
    this.#acts = [...kept, act].slice(-MOST_ACTS);
  }

  /** The last act, which is then forgotten. */
  pop(): Act | undefined {
    return this.#acts.pop();
  }

  /** Forgets everything. */
  clear(): void {
    this.#acts = [];
  }
}

function isIn(line: string, act: Act): boolean {
  return act.kind === 'answered' ? act.path.startsWith(`${line}.`) : act.line === line;
}
