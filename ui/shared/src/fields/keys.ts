/** Keys while an input method composes belong to the input method (Telex, VNI, Unikey): nothing here may act on them. */
export function composing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Which choice a digit key names, from 0; null for any other key, with modifiers, or past the last choice. */
export function choiceOfKey(event: KeyboardEvent, choices: number): number | null {
  if (composing(event) || event.ctrlKey || event.altKey || event.metaKey) return null;
  if (!/^[1-9]$/.test(event.key)) return null;
  const index = Number(event.key) - 1;
  return index < choices ? index : null;
}
