import type { components } from '@rasoat/shared/api/index';
import { say } from '@rasoat/shared/i18n.svelte';
import type { Tone } from '@rasoat/shared/kit/tone';
import { classTone } from '@rasoat/shared/result/words';
import { m } from './words';

/** Words and tone of a class; a provisional one says so. */
export function classWords(view: components['schemas']['ClassView']): { words: string; tone: Tone } {
  const words = say(view.label);
  if (!view.provisional) return { words, tone: classTone(view.key) };
  return { words: m.class_provisional({ class: words }), tone: view.key === 'poor' ? 'warn' : classTone(view.key) };
}
