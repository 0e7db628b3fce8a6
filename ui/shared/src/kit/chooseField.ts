/** Finding among many: what of a list holds all the words that somebody typed. */
import { fold } from '../format/fold';

/** Something that can be chosen. */
export interface Choice {
  value: string;
  label: string;
  /** What it is also found by, and shown beside it: a code. */
  code?: string;
}

/** Those that hold every word of a text, with or without tones, in their order; all where nothing is typed. */
export function choicesFor<C extends Choice>(choices: readonly C[], text: string): C[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  return choices.filter(({ label, code = '' }) => {
    const name = `${fold(label)} ${code}`;
    return words.every((word) => name.includes(word));
  });
}

/** Where a key leads from a place in a list of so many; nothing for keys that lead nowhere. -1 is no place. */
export function placeAfter(key: string, at: number, length: number): number | undefined {
  if (length === 0) return undefined;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % length;
    case 'ArrowUp':
      return at <= 0 ? length - 1 : at - 1;
    case 'PageDown':
      return Math.min(length - 1, Math.max(0, at) + 8);
    case 'PageUp':
      return Math.max(0, at - 8);
    default:
      return undefined;
  }
}
