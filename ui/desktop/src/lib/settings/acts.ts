/** Acts of the log in words. */
import type { AuditRowView } from '@rasoat/shared/ipc';
import { m } from '$messages';

type Details = Record<string, string>;

/** An act over one household, which is named, or over so many. */
function over(act: () => string): (details: Details) => string {
  return ({ households }) => (households ? m.act_of_households({ act: act(), count: households }) : act());
}

const words: Record<string, (details: Details) => string> = {
  sign_in: () => m.act_sign_in(),
  sign_out: () => m.act_sign_out(),
  wrong_passphrase: ({ times = '' }) => m.act_wrong_passphrase({ times }),
  enrol: () => m.act_enrol(),
  moved: () => m.act_moved(),
  import_list: (details) => m.act_import_list({ new: details['new'] ?? '', updated: details['updated'] ?? '' }),
  export_bundle: ({ files = '', edits = '' }) => m.act_export_bundle({ files, edits }),
  import_bundle: ({ edits = '', households = '' }) => m.act_import_bundle({ edits, households }),
  backup: () => m.act_backup(),
  restore: () => m.act_restore(),
  aside_removed: () => m.act_aside_removed(),
  settle: ({ places = '' }) => m.act_settle({ places }),
  accept: () => m.act_accept(),
  return: () => m.act_return(),
  meeting: over(m.act_meeting),
  posting: over(m.act_posting),
  complaint: over(m.act_complaint),
  finding: over(m.act_finding),
  decision: over(m.act_decision),
  certificate: over(m.act_certificate),
  correction: over(m.act_correction),
  act_withdrawn: over(m.act_act_withdrawn),
  assign: over(m.act_assign),
  merge: () => m.act_merge(),
  merge_undone: () => m.act_merge_undone(),
  not_same: () => m.act_not_same(),
  undo: ({ places = '' }) => m.act_undo({ places }),
  access_export: () => m.act_access_export(),
  print: (details) => over(details['citizen_ids'] === 'full' ? m.act_print_full : m.act_print)(details),
  unmask: over(m.act_unmask),
  audit_export: () => m.act_audit_export(),
  erase: ({ households = '', by = '' }) =>
    by === 'term' ? m.act_erase_by_itself({ households }) : m.act_erase({ households }),
  key_change: () => m.act_key_change(),
  user_added: () => m.act_user_added(),
  user_renamed: () => m.act_user_renamed(),
  user_removed: () => m.act_user_removed(),
  passphrase_changed: () => m.act_passphrase_changed(),
  recovery: () => m.act_recovery(),
};

/** What was done; an act that this program does not know is shown by its code. */
export function actSentence(row: Pick<AuditRowView, 'act' | 'details' | 'head_name'>): string {
  const sentence = words[row.act]?.(row.details as Details) ?? row.act;
  return row.head_name ? `${sentence} · ${row.head_name}` : sentence;
}
