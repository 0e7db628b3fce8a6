/** Advice on a passphrase while it is typed. Only advice: what is refused is the store's to say. */

/** Fewer characters than this are refused by the store. */
export const leastCharacters = 8;

export type Strength = 'short' | 'weak' | 'fair' | 'good';

/** How hard it would be to guess, judged by length, variety and repetition. */
export function strength(passphrase: string): Strength {
  const characters = [...passphrase];
  if (characters.length < leastCharacters) return 'short';
  const different = new Set(characters.map((c) => c.toLowerCase())).size;
  const words = passphrase.trim().split(/\s+/).length;
  if (different < 5 || /^\d+$/.test(passphrase)) return 'weak';
  if (characters.length >= 16 || (words >= 3 && characters.length >= 12)) return 'good';
  return characters.length >= 11 ? 'fair' : 'weak';
}
