/** Keys while an input method composes belong to the input method (Telex, VNI, Unikey): nothing here may act on them. */
export function composing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Ctrl+Z. In a field with text that was not given yet it is the field's own. */
export function undoes(event: KeyboardEvent): boolean {
  return event.ctrlKey && !event.altKey && !event.shiftKey && event.key === 'z';
}

/** The keys that choose, in the order of the choices: digits, then letters where there are more than nine. */
const KEYS = '123456789abcdefghijklmnopqrstuvwxyz';

/** What is shown of the key that chooses the choice at this place, from 0; empty when there is none. */
export function keyOfChoice(index: number): string {
  return KEYS[index] ?? '';
}

/** Which choice a key names, from 0; null for any other key, with modifiers, or past the last choice. */
export function choiceOfKey(event: KeyboardEvent, choices: number): number | null {
  if (composing(event) || event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return null;
  const index = KEYS.indexOf(event.key);
  return index >= 0 && index < choices ? index : null;
}

/**
 * Which of so many numbered choices typed digits name, from 0: `7` of nine, `07` or `26` of thirty. Null while more digits could
 * follow, as after `2` of thirty.
 */
export function choiceOfDigits(typed: string, choices: number): number | null {
  if (!/^\d+$/.test(typed)) return null;
  const number = Number(typed);
  const whole = typed.length === String(choices).length || number * 10 > choices;
  return whole && number >= 1 && number <= choices ? number - 1 : null;
}
