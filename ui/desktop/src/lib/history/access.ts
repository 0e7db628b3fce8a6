/** The words of the page on which everything that is held of a household is written out. */
import { m } from '$messages';
import { kindWords, listCodes, listFields, placeWords } from './words';

const kinds = [
  'imported',
  'withdrawn',
  'answers',
  'signed',
  'reopened',
  'added',
  'undone',
  'settled',
  'merged',
  'merge_undone',
  'members_taken',
  'members_given_back',
  'not_same',
  'not_same_undone',
];

export function pageWords(): Record<string, string> {
  const words: Record<string, string> = {
    title: m.access_page_title(),
    household: m.household_name(),
    code: m.household_code(),
    village: m.field_village_name(),
    round: m.access_page_round(),
    made_at: m.access_page_made_at(),
    made_by: m.access_page_made_by(),
    server: m.access_page_server(),
    ids_masked: m.access_page_ids_masked(),
    ids_full: m.access_page_ids_full(),
    values: m.access_page_values(),
    list: m.access_page_list(),
    interview: m.access_page_interview(),
    question: m.access_page_question(),
    answer: m.access_page_answer(),
    draft: m.access_page_draft(),
    classes: m.access_page_classes(),
    class_open: m.access_page_class_open(),
    provisional: m.access_page_provisional(),
    indicator: m.access_page_indicator(),
    outcome: m.access_page_outcome(),
    why: m.access_page_why(),
    deprived: m.access_page_deprived(),
    met: m.access_page_met(),
    open: m.access_page_open(),
    undefined: m.access_page_undefined(),
    files: m.access_page_files(),
    file: m.access_page_file(),
    bytes: m.access_page_bytes(),
    here: m.access_page_here(),
    yes: m.access_page_yes(),
    no: m.access_page_no(),
    given_to: m.access_page_given_to(),
    when: m.access_page_when(),
    how: m.access_page_how(),
    whom: m.access_page_whom(),
    edits: m.access_page_edits(),
    given_province: m.access_page_given_province(),
    given_file_out: m.access_page_given_file_out(),
    given_file_in: m.access_page_given_file_in(),
    given_printed: m.access_page_given_printed(),
    history: m.access_page_history(),
    before: m.access_page_before(),
    nothing: m.access_page_nothing(),
    removed: m.history_removed(),
    member: m.history_what_member(),
    reason: m.history_what_reason({ label: '' }).replace(/[:\s]+$/, ''),
    note: m.history_what_note({ label: '' }).replace(/[:\s]+$/, ''),
    place_here: placeWords({ kind: 'here' }),
    place_elsewhere: placeWords({ kind: 'elsewhere' }),
  };
  for (const kind of kinds) words[`kind_${kind}`] = kindWords(kind);
  for (const [field, said] of Object.entries(listFields)) words[`field_${field}`] = said();
  for (const [field, codes] of Object.entries(listCodes))
    for (const [code, said] of Object.entries(codes)) words[`value_${field}_${code}`] = said();
  return words;
}
