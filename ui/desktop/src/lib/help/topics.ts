/** What help says of each screen: what it is for, what to do next, and the keys that are in use there. */
import { m } from '$messages';

/** A key, and where in the sources it can be seen in use: a test looks there. */
export interface HelpKey {
  /** As it is printed on keyboards: each of these is one key of the chord, or one of several. */
  keys: string[];
  does: () => string;
  /** A file of `src`, and what stands in it. */
  used: [file: string, text: string];
}

/** What help says of a screen. */
export interface Topic {
  title: () => string;
  what: () => string;
  next: (() => string)[];
  keys: HelpKey[];
}

const conflicts = 'routes/conflicts/+page.svelte';
const entry = (file: string) => `lib/entry/${file}.svelte`;
const queue = 'routes/review/+page.svelte';
const board = 'routes/procedure/+page.svelte';
const checked = 'routes/review/[id]/+page.svelte';
const steering = 'lib/interview/steer.ts';
const interview = (file: string) => `lib/interview/${file}.svelte`;

const print: HelpKey = {
  keys: ['Ctrl', 'P'],
  does: m.help_key_print,
  used: ['lib/print/key.ts', "event.code === 'KeyP'"],
};

/** Keys that do the same on every screen. */
export const everywhere: HelpKey[] = [
  { keys: ['F1'], does: m.help_key_help, used: ['routes/+layout.svelte', "event.key !== 'F1'"] },
  { keys: ['Ctrl', 'L'], does: m.help_key_lock, used: ['routes/+layout.svelte', "event.code === 'KeyL'"] },
];

/** By the route's id. */
export const screens: Record<string, Topic> = {
  '/': {
    title: m.help_today_title,
    what: m.help_today_what,
    next: [m.help_today_next_1, m.help_today_next_2, m.help_today_next_3],
    keys: [{ keys: ['Enter'], does: m.help_key_go_on, used: ['routes/+page.svelte', '<Key>Enter</Key>'] }],
  },
  '/households': {
    title: m.help_households_title,
    what: m.help_households_what,
    next: [m.help_households_next_1, m.help_households_next_2, m.help_households_next_3],
    keys: [
      { keys: ['F3'], does: m.help_key_search, used: ['routes/households/+page.svelte', "event.key !== 'F3'"] },
      {
        keys: ['↑', '↓'],
        does: m.help_key_rows,
        used: ['routes/households/+page.svelte', "event.key === 'ArrowDown'"],
      },
    ],
  },
  '/households/[id]': {
    title: m.help_household_title,
    what: m.help_household_what,
    next: [m.help_household_next_1, m.help_household_next_2],
    keys: [
      { keys: ['Enter'], does: m.help_key_begin, used: ['routes/households/[id]/+page.svelte', '<Key>Enter</Key>'] },
      print,
    ],
  },
  '/households/[id]/history': {
    title: m.help_history_title,
    what: m.help_history_what,
    next: [m.help_history_next_1, m.help_history_next_2],
    keys: [print],
  },
  '/households/[id]/print': {
    title: m.help_print_title,
    what: m.help_print_what,
    next: [m.help_print_next_1, m.help_print_next_2],
    keys: [print],
  },
  '/conflicts': {
    title: m.help_conflicts_title,
    what: m.help_conflicts_what,
    next: [m.help_conflicts_next_1, m.help_conflicts_next_2, m.help_conflicts_next_3],
    keys: [
      { keys: ['1', '2'], does: m.help_key_candidate, used: [conflicts, 'Number(event.key) - 1'] },
      { keys: ['↑', '↓'], does: m.help_key_place, used: [conflicts, '{ ArrowDown: 1, ArrowUp: -1 }'] },
      { keys: ['Ctrl', 'Enter'], does: m.help_key_settle, used: [conflicts, "event.key !== 'Enter'"] },
    ],
  },
  '/households/duplicates': {
    title: m.help_duplicates_title,
    what: m.help_duplicates_what,
    next: [m.help_duplicates_next_1, m.help_duplicates_next_2],
    keys: [
      {
        keys: ['1', '2', '3'],
        does: m.help_key_pair,
        used: ['routes/households/duplicates/+page.svelte', "{ '1': same, '2': notSame, '3': later }[event.key]"],
      },
    ],
  },
  '/households/import': {
    title: m.help_import_title,
    what: m.help_import_what,
    next: [m.help_import_next_1, m.help_import_next_2],
    keys: [],
  },
  '/households/new': {
    title: m.help_new_title,
    what: m.help_new_what,
    next: [m.help_new_next_1, m.help_new_next_2],
    keys: [],
  },
  '/interview/[id]': {
    title: m.help_interview_title,
    what: m.help_interview_what,
    next: [m.help_interview_next_1, m.help_interview_next_2, m.help_interview_next_3],
    keys: [
      { keys: ['Enter'], does: m.key_next_question, used: [interview('InterviewScreen'), '<Key>Enter</Key>'] },
      { keys: ['1–9'], does: m.key_choose, used: [interview('InterviewScreen'), '<Key>1–9</Key>'] },
      { keys: ['F4'], does: m.key_note, used: [interview('Question'), "event.key === 'F4'"] },
      {
        keys: ['Ctrl', 'PageDown'],
        does: m.help_key_section_next,
        used: [steering, "event.key === 'PageDown'"],
      },
      {
        keys: ['Ctrl', 'PageUp'],
        does: m.help_key_section_before,
        used: [steering, "event.key === 'PageUp'"],
      },
      { keys: ['↑', '↓', '←', '→'], does: m.help_key_lines, used: [interview('RosterGrid'), 'ArrowUp: ()'] },
      { keys: ['F2'], does: m.key_repeat, used: [interview('RosterGrid'), 'F2: repeatAbove'] },
      { keys: ['F9'], does: m.key_confirm_section, used: [interview('SectionForm'), "event.key !== 'F9'"] },
      { keys: ['Ctrl', 'Z'], does: m.key_undo, used: [steering, "event.key === 'z'"] },
      { keys: ['F8'], does: m.key_remove, used: [interview('RosterGrid'), 'F8: ()'] },
      print,
    ],
  },
  '/entry': {
    title: m.help_entry_title,
    what: m.help_entry_what,
    next: [m.help_entry_next_1, m.help_entry_next_2, m.help_entry_next_3, m.help_entry_next_4],
    keys: [
      { keys: ['↑', '↓'], does: m.help_key_move, used: [entry('Finder'), "event.key === 'ArrowDown'"] },
      { keys: ['Enter'], does: m.help_key_find, used: [entry('Finder'), "event.key === 'Enter'"] },
      {
        keys: ['Ctrl', '↑', '↓'],
        does: m.help_key_question_before,
        used: [entry('PaperForm'), "event.key === 'ArrowUp'"],
      },
      {
        keys: ['Ctrl', 'PageUp'],
        does: m.help_key_section_before,
        used: [entry('PaperForm'), "event.key === 'PageUp'"],
      },
      { keys: ['Ctrl', 'PageDown'], does: m.help_key_section_next, used: [steering, "event.key === 'PageDown'"] },
      { keys: ['F10'], does: m.help_key_aside, used: [entry('PaperForm'), "event.key === 'F10'"] },
      { keys: ['1', '2', '3'], does: m.help_key_decide, used: [entry('Compare'), 'decisionOf(event.key, here)'] },
      { keys: ['Esc'], does: m.cancel, used: [entry('NewHousehold'), "event.key !== 'Escape'"] },
    ],
  },
  '/review': {
    title: m.help_review_title,
    what: m.help_review_what,
    next: [m.help_review_next_1, m.help_review_next_2],
    keys: [
      { keys: ['↑', '↓'], does: m.help_key_move, used: [queue, 'ArrowDown: ()'] },
      { keys: ['Enter'], does: m.help_key_open, used: [queue, 'Enter: inButton'] },
      { keys: ['A'], does: m.review_accept, used: [queue, 'a: () => ask(item)'] },
      { keys: ['R'], does: m.review_return, used: [queue, "r: () => open(item, '?return')"] },
    ],
  },
  '/review/[id]': {
    title: m.help_review_one_title,
    what: m.help_review_one_what,
    next: [m.help_review_one_next_1, m.help_review_one_next_2],
    keys: [
      { keys: ['A'], does: m.review_accept, used: [checked, 'a: asking.any ? undefined : accept'] },
      { keys: ['R'], does: m.review_return, used: [checked, 'r: asking.any ? giveBack'] },
      print,
    ],
  },
  '/procedure': {
    title: m.help_procedure_title,
    what: m.help_procedure_what,
    next: [m.help_procedure_next_1, m.help_procedure_next_2, m.help_procedure_next_3],
    keys: [
      { keys: ['↑', '↓'], does: m.help_key_move, used: [board, 'ArrowDown: ()'] },
      { keys: ['␣'], does: m.help_key_choose, used: [board, "' ': () => turn"] },
      { keys: ['T'], does: m.help_key_all, used: [board, 't: turnAll'] },
      { keys: ['Enter'], does: m.help_key_open, used: [board, "event.key === 'Enter'"] },
      { keys: ['H'], does: m.procedure_meeting, used: [board, "act: 'meeting', key: 'H'"] },
      { keys: ['N'], does: m.procedure_posting, used: [board, "act: 'posting', key: 'N'"] },
      { keys: ['K'], does: m.procedure_complaint, used: [board, "act: 'complaint', key: 'K'"] },
      { keys: ['X'], does: m.procedure_finding, used: [board, "act: 'finding', key: 'X'"] },
      { keys: ['Q'], does: m.procedure_decision, used: [board, "act: 'decision', key: 'Q'"] },
      { keys: ['C'], does: m.procedure_certificate, used: [board, "act: 'certificate', key: 'C'"] },
      { keys: ['G'], does: m.procedure_assign, used: [board, "g: () => begin('assign')"] },
    ],
  },
  '/procedure/papers': {
    title: m.help_papers_title,
    what: m.help_papers_what,
    next: [m.help_papers_next_1, m.help_papers_next_2, m.help_papers_next_3],
    keys: [],
  },
  '/sync': {
    title: m.help_sync_title,
    what: m.help_sync_what,
    next: [m.help_sync_next_1, m.help_sync_next_2, m.help_sync_next_3],
    keys: [],
  },
  '/settings': {
    title: m.help_settings_title,
    what: m.help_settings_what,
    next: [m.help_settings_next_1, m.help_settings_next_2],
    keys: [],
  },
  '/settings/audit': {
    title: m.help_audit_title,
    what: m.help_audit_what,
    next: [m.help_audit_next_1, m.help_audit_next_2],
    keys: [],
  },
  '/settings/restore': {
    title: m.help_restore_title,
    what: m.help_restore_what,
    next: [m.help_restore_next_1, m.help_restore_next_2],
    keys: [],
  },
  '/settings/retention': {
    title: m.help_retention_title,
    what: m.help_retention_what,
    next: [m.help_retention_next_1],
    keys: [],
  },
  '/settings/licences': {
    title: m.help_licences_title,
    what: m.help_licences_what,
    next: [m.help_licences_next_1],
    keys: [],
  },
};

/** Before the program is open, by its stage. */
export const stages: Record<'fresh' | 'locked' | 'in_use' | 'damaged' | 'read_only', Topic> = {
  fresh: {
    title: m.help_fresh_title,
    what: m.help_fresh_what,
    next: [m.help_fresh_next_1, m.help_fresh_next_2],
    keys: [],
  },
  locked: {
    title: m.help_locked_title,
    what: m.help_locked_what,
    next: [m.help_locked_next_1, m.help_locked_next_2],
    keys: [],
  },
  in_use: { title: m.help_in_use_title, what: m.help_in_use_what, next: [m.help_in_use_next_1], keys: [] },
  damaged: {
    title: m.help_damaged_title,
    what: m.help_damaged_what,
    next: [m.help_damaged_next_1, m.help_damaged_next_2],
    keys: [],
  },
  read_only: {
    title: m.help_read_only_title,
    what: m.help_read_only_what,
    next: [m.help_read_only_next_1],
    keys: [],
  },
};
