import type { ApiError } from '@rasoat/shared/api/index';
import { span } from './format';
import { m } from './words';

/** A problem in words for the person in front of the page. A code without words of its own is shown as it is. */
export function sentence(problem: ApiError): string {
  switch (problem.code) {
    case 'wrong_password':
      return m.problem_wrong_password();
    case 'locked_out':
      return m.problem_locked_out({ wait: span(Number(problem.params.retry_after_s) || 60) });
    case 'not_logged_in':
      return m.problem_not_logged_in();
    case 'bad_csrf':
      return m.problem_bad_csrf();
    case 'not_allowed':
      return m.problem_not_allowed();
    case 'password_must_change':
      return m.problem_password_must_change();
    case 'wrong_old_password':
      return m.problem_wrong_old_password();
    case 'password_same':
      return m.problem_password_same();
    case 'password_short':
      return m.problem_password_short();
    case 'password_long':
      return m.problem_password_long();
    case 'password_like_name':
      return m.problem_password_like_name();
    case 'password_common':
      return m.problem_password_common();
    case 'bad_account_name':
      return m.problem_bad_account_name();
    case 'account_exists':
      return m.problem_account_exists();
    case 'wrong_scope':
      return m.problem_wrong_scope();
    case 'own_account':
      return m.problem_own_account();
    case 'changed_meanwhile':
      return m.problem_changed_meanwhile();
    case 'no_term':
      return m.problem_no_term();
    case 'round_open':
      return m.problem_round_open();
    case 'villages_file':
      return m.problem_villages_file({ line: problem.params.line ?? '' });
    case 'incomplete':
      return m.problem_incomplete();
    case 'household_restricted':
      return m.problem_household_restricted();
    case 'request_closed':
      return m.problem_request_closed();
    case 'request_other_right':
      return m.problem_request_other_right();
    case 'request_nothing_to_do':
      return m.problem_request_nothing_to_do();
    case 'wrong_end':
      return m.problem_wrong_end();
    case 'second_factor_needed':
      return m.problem_second_factor_needed();
    case 'wrong_code':
      return m.problem_wrong_code();
    case 'second_factor_on':
      return m.problem_second_factor_on();
    case 'second_factor_not_begun':
      return m.problem_second_factor_not_begun();
    case 'second_factor_must_set_up':
      return m.problem_second_factor_must_set_up();
    case 'unknown_commune':
      return m.problem_unknown_commune();
    case 'not_found':
      return m.problem_not_found();
    case 'server_busy':
      return m.problem_server_busy();
    case 'disk_full':
      return m.problem_disk_full();
    case 'offline':
      return m.problem_offline();
    case 'unreachable':
      return m.problem_unreachable();
    case 'timeout':
      return m.problem_timeout();
    case 'not_the_server':
      return m.problem_not_the_server();
    case 'version_changed':
      return m.problem_version_changed();
    case 'version_wrong_state':
      return m.problem_version_wrong_state();
    case 'version_last_published':
      return m.problem_version_last_published();
    case 'version_still_used':
      return m.problem_version_still_used();
    case 'version_has_problems':
      return m.problem_version_has_problems();
    case 'upload_too_large':
      return m.problem_upload_too_large();
    case 'target_bad':
      return m.problem_target_bad();
    case 'reports_preparing':
      return m.problem_reports_preparing({ done: problem.params.done ?? '', of: problem.params.of ?? '' });
    case 'papers_nothing':
      return `${m.problem_papers_nothing()} ${m.problem_papers_nothing_do()}`;
    case 'papers_too_many':
      return `${m.problem_papers_too_many({ most: problem.params.most ?? '' })} ${m.problem_papers_too_many_do()}`;
    case 'papers_provisional':
      return `${m.problem_papers_provisional({ households: problem.params.households ?? '' })} ${m.problem_papers_provisional_do()}`;
    case 'unreadable_answer':
    case 'unreadable':
      return m.problem_unreadable_answer();
    default:
      return m.problem_other({ code: problem.code });
  }
}
