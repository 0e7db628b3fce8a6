import { m } from './words';

/** Acts of the audit log in words, in the order in which they are offered as a filter. */
export const ACTS: Record<string, () => string> = {
  logged_in: m.act_logged_in,
  logged_out: m.act_logged_out,
  login_failed: m.act_login_failed,
  households_listed: m.act_households_listed,
  exported: m.act_exported,
  exported_in_full: m.act_exported_in_full,
  paper_made: m.act_paper_made,
  paper_in_full: m.act_paper_in_full,
  household_shown: m.act_household_shown,
  attachment_shown: m.act_attachment_shown,
  conflicts_listed: m.act_conflicts_listed,
  conflicts_settled: m.act_conflicts_settled,
  duplicates_listed: m.act_duplicates_listed,
  said_not_same: m.act_said_not_same,
  device_households_listed: m.act_device_households_listed,
  device_enrolled: m.act_device_enrolled,
  device_widened: m.act_device_widened,
  device_recovered: m.act_device_recovered,
  device_revoked: m.act_device_revoked,
  aside_taken_in: m.act_aside_taken_in,
  aside_refused: m.act_aside_refused,
  bundle_imported: m.act_bundle_imported,
  bundle_replied: m.act_bundle_replied,
  account_added: m.act_account_added,
  account_changed: m.act_account_changed,
  account_disabled: m.act_account_disabled,
  account_enabled: m.act_account_enabled,
  password_reset: m.act_password_reset,
  password_changed: m.act_password_changed,
  password_change_failed: m.act_password_change_failed,
  session_ended: m.act_session_ended,
  second_factor_on: m.act_second_factor_on,
  second_factor_off: m.act_second_factor_off,
  second_factor_failed: m.act_second_factor_failed,
  second_factor_reset: m.act_second_factor_reset,
  recovery_code_used: m.act_recovery_code_used,
  token_made: m.act_token_made,
  token_used: m.act_token_used,
  token_revoked: m.act_token_revoked,
  server_made: m.act_server_made,
  round_locked: m.act_round_locked,
  round_reopened: m.act_round_reopened,
  round_opened: m.act_round_opened,
  round_changes_listed: m.act_round_changes_listed,
  term_changed: m.act_term_changed,
  notice_changed: m.act_notice_changed,
  areas_changed: m.act_areas_changed,
  villages_taken: m.act_villages_taken,
  villages_assigned: m.act_villages_assigned,
  announcement_made: m.act_announcement_made,
  announcement_ended: m.act_announcement_ended,
  library_uploaded: m.act_library_uploaded,
  library_published: m.act_library_published,
  library_retired: m.act_library_retired,
  library_discarded: m.act_library_discarded,
  target_changed: m.act_target_changed,
  requests_listed: m.act_requests_listed,
  request_shown: m.act_request_shown,
  request_registered: m.act_request_registered,
  request_acknowledged: m.act_request_acknowledged,
  person_account_given: m.act_person_account_given,
  correction_asked: m.act_correction_asked,
  processing_restricted: m.act_processing_restricted,
  restriction_lifted: m.act_restriction_lifted,
  request_done: m.act_request_done,
  request_refused: m.act_request_refused,
};

/** Those of a request about somebody's data. */
export const REQUEST_ACTS = [
  'request_registered',
  'request_acknowledged',
  'person_account_given',
  'correction_asked',
  'processing_restricted',
  'restriction_lifted',
  'request_done',
  'request_refused',
] as const;

/** An act in words; one without words of its own as it is. */
export function actName(code: string): string {
  return ACTS[code]?.() ?? code;
}

/** Who acted: an account by its name. */
export function actorName(name: string): string {
  if (name === 'command_line') return m.actor_command_line();
  return name === 'unknown' ? m.actor_unknown() : name;
}
