/** Where in a drawn question the keyboard belongs. */

/** The field that takes the answer; where there is none, the first reason asked for. Null when nothing can be typed or chosen. */
export function fieldOf(block: Element): HTMLElement | null {
  return (
    block.querySelector<HTMLElement>(
      '[data-answer] :is(input, textarea, button[tabindex="0"]):not(:disabled, [tabindex="-1"])',
    ) ?? block.querySelector<HTMLElement>('[data-reason]:not(:disabled)')
  );
}
