import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TypeAhead } from './ahead';

let ahead: TypeAhead;
let first: HTMLInputElement;
let second: HTMLInputElement;

function press(key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  document.activeElement?.dispatchEvent(event);
  return event;
}

/** A move to the second field that ends when it is told. */
function slowMove(): { end: () => void; moved: Promise<void> } {
  let end = () => {};
  const waits = new Promise<void>((resolve) => (end = resolve));
  const moved = ahead.during(async () => {
    await waits;
    second.focus();
  });
  return { end, moved };
}

beforeEach(() => {
  ahead = new TypeAhead();
  [first, second] = [document.createElement('input'), document.createElement('input')];
  document.body.append(first, second);
  first.focus();
});
afterEach(() => document.body.replaceChildren());

test('what is typed while the focus is on its way goes to where it ends', async () => {
  const { end, moved } = slowMove();
  for (const key of ['4', '0', '5', 'Backspace']) expect(press(key).defaultPrevented).toBe(true);
  end();
  await moved;
  expect([first.value, second.value]).toEqual(['', '40']);
  expect(press('7').defaultPrevented).toBe(false);
});

test('keys of an input method, and with Ctrl, are left alone', async () => {
  const { end, moved } = slowMove();
  expect(press('a', { isComposing: true }).defaultPrevented).toBe(false);
  expect(press('z', { ctrlKey: true }).defaultPrevented).toBe(false);
  end();
  await moved;
  expect(second.value).toBe('');
});

test('a key that moves on leaves the others for where that ends', async () => {
  const third = document.createElement('input');
  document.body.append(third);
  let onward = Promise.resolve();
  second.addEventListener('keydown', (event) => {
    if (event.key !== '2') return;
    event.preventDefault();
    onward = ahead.during(async () => {
      await Promise.resolve();
      third.focus();
    });
  });
  const { end, moved } = slowMove();
  for (const key of ['2', '3', '8']) press(key);
  end();
  await moved;
  await onward;
  expect([second.value, third.value]).toEqual(['', '38']);
});

test('Enter presses the button where the focus ends, and nothing that was forgotten', async () => {
  const button = document.createElement('button');
  const pressed = vi.fn();
  button.addEventListener('click', pressed);
  document.body.append(button);
  const arrive = (then: () => void) =>
    ahead.during(async () => {
      press('Enter');
      button.focus();
      then();
    });
  await arrive(() => ahead.forget());
  expect(pressed).not.toHaveBeenCalled();
  first.focus();
  await arrive(() => undefined);
  expect(pressed).toHaveBeenCalledOnce();
});
