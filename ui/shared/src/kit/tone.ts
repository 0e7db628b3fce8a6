/** What a state's colour says beside its words. */
export type Tone = 'neutral' | 'good' | 'note' | 'warn' | 'bad';
