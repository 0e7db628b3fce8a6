/** All that is held of a person as one page: it needs nothing beside itself, and prints. */
import type { components } from '@rasoat/shared/api/index';
import { locale } from '@rasoat/shared/i18n.svelte';
import { formatDay } from '@rasoat/shared/format/dates';
import { say } from '@rasoat/shared/i18n.svelte';
import { className } from '@rasoat/shared/result/words';
import { actName, actorName } from '$lib/acts';
import { communeName } from '$lib/communes';
import { dateTime } from '$lib/format';
import { answerWords, askedWords } from '$lib/household/reading';
import { procedureAct } from '$lib/household/words';
import { m } from '$lib/words';
import { aboutWhom, capacityName } from './words';

type Account = components['schemas']['PersonAccountView'];
type Value = Account['values'][number];

const STYLE = `
  body { font: 16px/1.5 "Be Vietnam Pro", "Segoe UI", system-ui, sans-serif; color: #14201c; max-width: 60rem; margin: 2rem auto; padding: 0 1.5rem }
  h1 { font-size: 1.6rem; margin: 0 0 .25rem } h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem }
  p, dl { margin: .25rem 0 } dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem } dt { color: #4b5a55 } dd { margin: 0 }
  table { width: 100%; border-collapse: collapse; font-size: .95rem } th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid #cfd8d4; overflow-wrap: anywhere }
  thead th { border-bottom: 2px solid #4b5a55 } thead { display: table-header-group } tr { break-inside: avoid } h2 { break-after: avoid }
  .small { color: #4b5a55; font-size: .9rem } @media print { body { margin: 0; max-width: none; font-size: 11pt } }`;

/** As it stands in HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function table(headings: string[], rows: string[][]): string {
  const head = headings.map((heading) => `<th scope="col">${escaped(heading)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

function section(title: string, content: string): string {
  return `<section><h2>${escaped(title)}</h2>${content}</section>`;
}

/** What is asked there; of what was written beside the answer, what it is. */
function asked(value: Value): string {
  const question = askedWords(value) || value.path;
  if (value.path.endsWith('#reason')) return `${question} (${m.account_reason()})`;
  return value.path.endsWith('#note') ? `${question} (${m.account_note()})` : question;
}

const said = (value: Value) => [
  asked(value),
  value.value ? answerWords(value.value, value.path) : m.account_removed(),
  [value.by, value.device_name].filter(Boolean).join(', '),
  dateTime(value.made_at),
  dateTime(value.received_at),
];

function values(account: Account): string {
  const headings = [
    m.account_question(),
    m.account_answer(),
    m.account_by(),
    m.account_made_at(),
    m.account_received_at(),
  ];
  const groups: [string, Value[]][] = [
    [m.account_of_person(), account.values.filter(({ stands, about }) => stands && about === 'person')],
    [m.account_of_household(), account.values.filter(({ stands, about }) => stands && about === 'household')],
    [m.account_before(), account.values.filter(({ stands }) => !stands)],
  ];
  const written = groups.filter(([, found]) => found.length > 0);
  if (written.length === 0) return `<p>${escaped(m.account_nothing())}</p>`;
  return written.map(([title, found]) => section(title, table(headings, found.map(said)))).join('');
}

function results(account: Account): string {
  const classes = [
    { standard: m.standard_2022(), found: account.class_2022 },
    { standard: m.standard_2027(), found: account.class_2027 },
  ].flatMap(({ standard, found }) => (found ? [[standard, className(found.key)]] : []));
  const acts = account.procedure.map((act) => [
    procedureAct(act.kind),
    act.day ? formatDay(act.day) : '',
    `${act.by}, ${dateTime(act.at)}`,
    act.holds ? '' : m.act_lapsed(),
  ]);
  const remarks = account.remarks.map((remark) => [
    remark.label ? say(remark.label) : m.remark_whole(),
    remark.texts.join(' / '),
    `${remark.by}, ${dateTime(remark.at)}`,
  ]);
  return [
    classes.length > 0 ? section(m.classes(), table([m.account_standard(), m.account_class()], classes)) : '',
    acts.length > 0
      ? section(m.tab_procedure(), table([m.column_stage(), m.account_day(), m.account_by(), m.state()], acts))
      : '',
    remarks.length > 0
      ? section(m.remarks_title(), table([m.account_question(), m.account_remark(), m.account_by()], remarks))
      : '',
  ].join('');
}

function whereabouts(account: Account): string {
  const why: Record<Account['laptops'][number]['by'], () => string> = {
    signed: m.held_signed,
    given: m.held_given,
    offered: m.held_offered,
    scope: m.held_scope,
  };
  const laptops = account.laptops.map((laptop) => [
    laptop.device_name,
    laptop.surveyor,
    why[laptop.by](),
    laptop.last_seen_at ? dateTime(laptop.last_seen_at) : m.never(),
  ]);
  const seen = account.seen.map((line) => [dateTime(line.at), actorName(line.actor), actName(line.act)]);
  const none = `<p>${escaped(m.account_none())}</p>`;
  return [
    section(
      m.account_laptops(),
      laptops.length > 0 ? table([m.device(), m.surveyor(), m.held_why(), m.last_seen()], laptops) : none,
    ),
    section(m.account_seen(), seen.length > 0 ? table([m.audit_at(), m.audit_actor(), m.audit_act()], seen) : none),
  ].join('');
}

/** The page. */
export function accountPage(account: Account): string {
  const { request, left_out } = account;
  const facts: [string, string][] = [
    [m.request_about(), aboutWhom(request)],
    [m.household(), [request.code, request.village_name, communeName(request.commune)].filter(Boolean).join(', ')],
    [m.request_asker(), `${request.asker} (${capacityName(request.capacity)})`],
    [m.request_number(), `${String(request.number)} · ${say(account.right)} · ${formatDay(request.came_on)}`],
    [m.account_made(), `${account.server_name}, ${account.made_by}, ${dateTime(account.made_at)}`],
    [m.account_round(), String(account.round)],
  ];
  const title = m.account_title();
  const list = facts.map(([name, fact]) => `<dt>${escaped(name)}</dt><dd>${escaped(fact)}</dd>`).join('');
  const out = m.account_left_out({ members: left_out.members, texts: left_out.texts, remarks: left_out.remarks });
  return `<!doctype html>
<html lang="${locale()}"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1><dl>${list}</dl>${values(account)}${results(account)}${whereabouts(account)}
<section><h2>${escaped(m.account_left_out_title())}</h2><p>${escaped(out)}</p></section></body></html>
`;
}
