import { fold } from '$lib/format';

/** Those whose name or code holds all words of a text. */
export function matching<T extends { name: string; code: string }>(communes: readonly T[], text: string): T[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  return communes.filter((commune) => {
    const name = `${fold(commune.name)} ${commune.code}`;
    return words.every((word) => name.includes(word));
  });
}
