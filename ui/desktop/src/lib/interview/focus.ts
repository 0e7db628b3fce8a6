/** Where in a drawn question the keyboard belongs. */

/** Puts the keyboard into a field, what stands there selected, so that typing replaces it. */
export function take(field: HTMLElement): void {
  field.focus({ preventScroll: true });
  if (field instanceof HTMLInputElement) field.select();
  field.scrollIntoView({ block: 'nearest' });
}

/** The first reason that is asked for and not given yet. */
export function reasonOf(block: Element): HTMLElement | null {
  const reasons = Array.from(block.querySelectorAll<HTMLInputElement>('[data-reason]:not(:disabled)'));
  return reasons.find((reason) => reason.value === '') ?? null;
}

/** The field that takes the answer; where there is none, the first reason asked for. Null when nothing can be typed or chosen. */
export function fieldOf(block: Element): HTMLElement | null {
  return (
    block.querySelector<HTMLElement>(
      '[data-answer] :is(input, textarea, button[tabindex="0"]):not(:disabled, [tabindex="-1"])',
    ) ?? block.querySelector<HTMLElement>('[data-reason]:not(:disabled)')
  );
}
