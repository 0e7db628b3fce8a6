import { ApiError } from '@rasoat/shared/api/index';
import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { afterEach, expect, it } from 'vitest';
import { sentence } from './problems';

afterEach(() => setLanguage('vi'));

it('says how long a locked account has to wait', () => {
  const problem = new ApiError('locked_out', 429, { retry_after_s: '240' });
  expect(sentence(problem)).toContain('4 phút');
  setLanguage('en');
  expect(sentence(problem)).toContain('4 minutes');
});

it('has words of its own for every code that a page can meet', () => {
  const codes = [
    'wrong_password',
    'not_logged_in',
    'bad_csrf',
    'not_found',
    'password_must_change',
    'wrong_old_password',
    'password_same',
    'password_short',
    'password_long',
    'password_like_name',
    'password_common',
    'bad_account_name',
    'account_exists',
    'wrong_scope',
    'own_account',
    'version_changed',
    'version_wrong_state',
    'version_last_published',
    'version_still_used',
    'version_has_problems',
    'upload_too_large',
    'target_bad',
    'wrong_end',
    'household_restricted',
    'request_closed',
    'request_other_right',
    'request_nothing_to_do',
    'second_factor_needed',
    'wrong_code',
    'second_factor_on',
    'second_factor_not_begun',
    'second_factor_must_set_up',
    'server_busy',
    'unreadable',
    'disk_full',
    'offline',
    'unreachable',
    'timeout',
    'not_the_server',
    'unreadable_answer',
  ];
  const said = codes.map((code) => sentence(new ApiError(code)));
  expect(said.filter((words) => /\(mã|[a-z]_[a-z]/.test(words))).toEqual([]);
});

it('shows an unknown code, to be told to somebody', () => {
  expect(sentence(new ApiError('brand_new'))).toContain('brand_new');
});
