import type { components } from '@rasoat/shared/api/index';
import { setLanguage } from '@rasoat/shared/i18n.svelte';
import { afterEach, expect, it } from 'vitest';
import { accountPage } from './accountPage';
import { membersOf, questionsOf } from './questions';

type Account = components['schemas']['PersonAccountView'];
type Question = components['schemas']['QuestionView'];

afterEach(() => setLanguage('vi'));

const value = (path: string, said: string, stands: boolean): Account['values'][number] => ({
  path,
  label: { vi: 'Ngày sinh', en: 'Date of birth' },
  about: 'person',
  source: 'interview',
  value: { kind: 'text', text: { vi: said }, canonical: said },
  by: 'Lan',
  device_name: 'Máy 1',
  made_at: '2026-10-01T01:00:00Z',
  received_at: '2026-10-01T02:00:00Z',
  stands,
});

const account: Account = {
  request: {
    id: '1',
    number: 7,
    commune: { code: '06001', name: 'Bắc Sơn', kind: 'commune' } as Account['request']['commune'],
    household: '2',
    code: 'A-1',
    village_name: 'Nà Pàn',
    restricted: false,
    right: 'see',
    asker: '<img src=x onerror="alert(1)">',
    capacity: 'oneself',
    member: 'members.m0',
    member_name: 'Nông Thị A',
    text: '',
    came_on: '2026-09-28',
    acknowledge_by: '2026-09-30',
    acknowledged_at: null,
    due_on: '2026-10-08',
    term: null,
    state: 'open',
    overdue: false,
    restricts: false,
    over: 2,
    acts: [],
  },
  right: { vi: 'Xem dữ liệu của mình', en: 'See one’s own data' },
  server_name: 'Sở',
  made_by: 'lan',
  made_at: '2026-10-02T01:00:00Z',
  round: 2026,
  values: [
    value('members.m0.birth', '1979', true),
    value('members.m0.birth#note', 'Theo giấy khai sinh', true),
    value('members.m0.birth', '1980 & trước', false),
  ],
  class_2022: null,
  class_2027: null,
  procedure: [],
  remarks: [],
  laptops: [{ device_name: 'Máy 1', surveyor: 'Lan', by: 'signed', last_seen_at: null }],
  seen: [{ number: 3, at: '2026-10-01T03:00:00Z', actor: 'admin', act: 'household_shown', object: '06001/2' }],
  left_out: { members: 3, texts: 2, remarks: 0 },
};

it('writes a page that needs nothing beside itself and runs nothing that people typed', () => {
  const page = accountPage(account);
  const read = new DOMParser().parseFromString(page, 'text/html');
  expect(read.querySelectorAll('script, img, link').length).toBe(0);
  expect(read.body.textContent).toContain('<img src=x onerror="alert(1)">');
  const tables = [...read.querySelectorAll('section')].map((section) => section.textContent);
  expect(tables[0]).toContain('1979');
  expect(tables[0]).toContain('Ngày sinh (ghi chú)');
  expect(tables[1]).toContain('1980 & trước');
  expect(read.body.textContent).toContain('Thành viên khác: 3');
  setLanguage('en');
  expect(accountPage(account)).toContain('lang="en"');
});

const question = (path: string, computed = false): Question => ({
  number: '2.1',
  path,
  label: { vi: `Hỏi ${path}` },
  value: { kind: 'text', text: { vi: 'đáp' }, canonical: 'đáp' },
  computed,
  reason: null,
  note: null,
  conflict: false,
  edit: null,
});

it('offers the answers of the member that the request is about, or of the household', () => {
  const columns = ['full_name', 'age'].map((name) => ({ name, number: '2.1', label: { vi: name } }));
  const row = (id: string) => ({
    path: `members.${id}`,
    cells: [question(`members.${id}.full_name`), question(`members.${id}.age`, true)],
  });
  const roster = { name: 'members', label: { vi: 'Thành viên' }, columns, rows: [row('m0'), row('m1')] };
  const sections = [
    { name: 'people', number: 1, label: { vi: '' }, questions: [question('phone')], rosters: [roster] },
  ];
  expect(membersOf({ sections })).toEqual([
    { value: 'members.m0', label: 'đáp' },
    { value: 'members.m1', label: 'đáp' },
  ]);
  expect(questionsOf({ sections }, 'members.m1').map(({ value: path }) => path)).toEqual(['members.m1.full_name']);
  expect(questionsOf({ sections }).map(({ label }) => label)).toEqual(['2.1 Hỏi phone: đáp']);
});
