/** Codes of classes, states and custody in words, with the tone that goes with them. */
import { m } from '../messages';
import type { Tone } from '../kit/tone';
import type { AreaType, Custody, HouseholdState } from '../ipc/bindings';

const classWords: Record<string, () => string> = {
  poor: m.class_poor,
  near_poor: m.class_near_poor,
  average: m.class_average,
  not_poor: m.class_not_poor,
  escaped_poor: m.class_escaped_poor,
  escaped_near_poor: m.class_escaped_near_poor,
};

/** Every class that has words. */
export const classKeys = Object.keys(classWords);

/** A class by its key; an unknown key is shown as it is. */
export function className(key: string): string {
  return classWords[key]?.() ?? key;
}

/** Poor stands out, near-poor a little less. */
export function classTone(key: string): Tone {
  if (key === 'poor') return 'bad';
  if (key === 'near_poor') return 'warn';
  return key === 'average' ? 'note' : 'neutral';
}

/** A provisional class never stands out as a final one does. */
export function provisionalTone(key: string, provisional: boolean): Tone {
  return provisional && key === 'poor' ? 'warn' : classTone(key);
}

/** Where answers are. Only the province's receipt is green. */
export function custodyWords(custody: Custody): { words: string; tone: Tone } {
  switch (custody) {
    case 'nothing':
      return { words: m.custody_nothing(), tone: 'neutral' };
    case 'only_here':
      return { words: m.custody_only_here(), tone: 'neutral' };
    case 'confirmed':
      return { words: m.custody_confirmed(), tone: 'good' };
    case 'refused':
      return { words: m.custody_refused(), tone: 'bad' };
  }
}

/** How far a household is. */
export function stateWords(state: HouseholdState | 'returned'): { words: string; tone: Tone } {
  switch (state) {
    case 'returned':
      return { words: m.state_returned(), tone: 'warn' };
    case 'listed':
      return { words: m.state_listed(), tone: 'neutral' };
    case 'started':
      return { words: m.state_started(), tone: 'warn' };
    case 'signed':
      return { words: m.state_signed(), tone: 'note' };
  }
}

/** Rural or urban. */
export function areaWords(area: AreaType): string {
  return area === 'urban' ? m.area_urban() : m.area_rural();
}
