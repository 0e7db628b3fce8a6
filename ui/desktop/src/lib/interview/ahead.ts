/**
 * Keys that are pressed before it is known where they belong. Where an answer leads is the engine's to say, once the answer is on the
 * disk; who types without looking up does not wait for that. Such keys are kept and given to the field where the move ends.
 */
import { composing } from '@rasoat/shared/fields/keys';

interface Pressed {
  key: string;
  shiftKey: boolean;
}

/** Keeps keys while the focus is on its way. */
export class TypeAhead {
  #moves = 0;
  #giving = false;
  #keys: Pressed[] = [];

  /** Moves the focus; keys that come meanwhile go to where it ends. */
  async during(move: () => Promise<void>): Promise<void> {
    if (this.#moves === 0) window.addEventListener('keydown', this.#keep, true);
    this.#moves += 1;
    try {
      await move();
    } finally {
      this.#moves -= 1;
      if (this.#moves === 0) {
        window.removeEventListener('keydown', this.#keep, true);
        this.#give();
      }
    }
  }

  /** Forgets what was kept: it was not meant for where the move ends. */
  forget(): void {
    this.#keys = [];
  }

  readonly #keep = (event: KeyboardEvent) => {
    const typed = event.key.length === 1 || event.key === 'Enter' || event.key === 'Backspace';
    if (this.#giving || !typed || composing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#keys.push({ key: event.key, shiftKey: event.shiftKey });
  };

  #give(): void {
    this.#giving = true;
    // A key that moves the focus again leaves the others for where that ends.
    while (this.#moves === 0) {
      const pressed = this.#keys.shift();
      if (!pressed) break;
      press(pressed);
    }
    this.#giving = false;
  }
}

/** Does what the browser does of a key: asks the handlers, then types or presses. */
function press({ key, shiftKey }: Pressed): void {
  const target = document.activeElement ?? document.body;
  const event = new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true });
  if (!target.dispatchEvent(event)) return;
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) typeInto(target, key);
  else if (target instanceof HTMLElement && (key === 'Enter' || key === ' ')) target.click();
}

function typeInto(field: HTMLInputElement | HTMLTextAreaElement, key: string): void {
  const [start, end] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  if (key === 'Enter') return;
  if (key === 'Backspace') field.setRangeText('', start === end ? Math.max(0, start - 1) : start, end, 'end');
  else field.setRangeText(key, start, end, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: key, inputType: 'insertText' }));
}
