/** The stack of papers that somebody types in one go: how many are done, and what the next one most likely says. */
class Stack {
  /** Papers signed since the program was opened. */
  signed = $state(0);
  /** Papers compared with their first entry. */
  compared = $state(0);
  /** Papers laid aside. */
  aside = $state(0);
  /** Who held the interview of the paper before: a stack is mostly of one person. */
  by = $state('');
  /** The village a household was last added in. */
  village = $state('');

  /** The number of the paper at hand, from 1. */
  get number(): number {
    return this.signed + this.compared + this.aside + 1;
  }
}

export const stack = new Stack();
