// Every screen of the desktop program in every state it can be in, each with the way to it. The pictures and the checks go over the
// same table.

/** A household of the sample data whose interview is begun. */
const HOUSEHOLD = '00000000-0000-7000-8000-000000000023';

/**
 * @typedef {object} Screen
 * @property {string} name what its picture and its snapshot are called
 * @property {string} at the fragment: which screen
 * @property {string} [in] the state of the sample program, as a query (`ui/shared/src/fixtures/scenario.ts`)
 * @property {(page: import('playwright').Page) => Promise<unknown>} [walk] what is done there before it is looked at
 * @property {boolean} [waits] it is still loading
 * @property {boolean} [samples] its words are samples, of one language
 */

const press = (...selectors) => async (page) => {
	for (const selector of selectors) await page.locator(selector).first().click();
};
const fill = (selector, text) => (page) => page.locator(selector).first().fill(text);
const open = (path) => async (page) => {
	await page.locator('main form input[spellcheck="false"]').first().fill(path);
	await page.keyboard.press('Enter');
};
const all =
	(...steps) =>
	async (page) => {
		for (const step of steps) await step(page);
	};
/** The network goes. */
const unplug = (page) =>
	page.evaluate(() => {
		Object.defineProperty(navigator, 'onLine', { value: false, configurable: true });
		dispatchEvent(new Event('offline'));
	});
const section = (name, ...steps) => all(press(`[data-section="${name}"]`), ...steps);
const household = `#/households/${HOUSEHOLD}`;
const interview = `#/interview/${HOUSEHOLD}`;
/** A signed household of the sample data. */
const review = '#/review/00000000-0000-7000-8000-000000000000';
/** The same, on its way through the procedure. */
const posted = '#/households/00000000-0000-7000-8000-000000000000';
const list = 'D:/danh-sach.xlsx';

/** Chooses the household at the desk for papers that is found first. */
const paper = (text) => async (page) => {
	await page.locator('[data-find]').fill(text);
	await page.locator('[role="option"][aria-selected="true"]').waitFor();
	await page.keyboard.press('Enter');
};
/** So many parts on in its form. */
const typed = (text, parts) => async (page) => {
	await paper(text)(page);
	await page.locator('[data-paper]').waitFor();
	for (let part = 0; part < parts; part += 1) await page.keyboard.press('Control+PageDown');
};
/** Its second entry, compared and decided by keys. */
const compared = (...keys) => async (page) => {
	await typed('vi van', 9)(page);
	await page.locator('[data-compare-entries]').click();
	await page.locator('[data-compare]').waitFor();
	for (const key of keys) await page.keyboard.press(key);
};

/** The same screen while it loads and when it cannot be loaded. */
const loading = (name, at, command) => [
	{ name: `${name}-loading`, at, in: `wait=${command}`, waits: true },
	{ name: `${name}-error`, at, in: `fail=${command}:disk_full` }
];

/** @type {Screen[]} */
export const SCREENS = [
	{ name: 'today', at: '#/' },
	{ name: 'today-offline', at: '#/', walk: unplug },
	{ name: 'today-empty', at: '#/', in: 'empty' },
	{ name: 'today-retention', at: '#/', in: 'retention' },
	{ name: 'today-warnings', at: '#/', in: 'warning=clock_wrong&warning=disk_full_soon&warning=stick_backup_old&warning=answers_lost' },
	{ name: 'today-untouched', at: '#/', in: 'untouched' },
	{ name: 'today-practice', at: '#/', in: 'practice' },
	{ name: 'today-help', at: '#/', walk: press('[data-open-help]') },
	{ name: 'today-restored', at: '#/', in: 'restored=part&warning=damaged' },
	{ name: 'today-conflicts', at: '#/', in: 'conflicts' },
	{ name: 'today-returned', at: '#/', in: 'returned' },
	{ name: 'today-announced', at: '#/', in: 'announced' },
	{ name: 'today-next-round-unsent', at: '#/', in: 'next_round=unsent' },
	{ name: 'today-next-round', at: '#/', in: 'next_round=unfinished' },
	{ name: 'today-next-round-ask', at: '#/', in: 'next_round=unfinished', walk: press('[data-go-over]') },
	...loading('today', '#/', 'overview'),

	{ name: 'households', at: '#/households' },
	{ name: 'households-none-found', at: '#/households', walk: fill('input[type="search"]', 'không ai') },
	{ name: 'households-empty', at: '#/households', in: 'empty' },
	...loading('households', '#/households', 'households'),
	{ name: 'household-new', at: '#/households/new' },
	{ name: 'household-new-wrong', at: '#/households/new', walk: press('form [type="submit"]') },
	{
		name: 'household-new-likely',
		at: '#/households/new',
		walk: all((page) => page.locator('main select').first().selectOption({ index: 1 }), fill('main form input', 'Nông Văn Thành'))
	},
	{ name: 'household', at: household },
	{ name: 'household-way', at: posted },
	{ name: 'household-withdraw', at: posted, walk: press('[data-withdraw]') },
	{ name: 'household-locked', at: household, in: 'locked' },
	{ name: 'household-correct', at: household, in: 'locked', walk: press('[data-correct]') },
	{ name: 'household-paper', at: household, in: 'paper=unverified' },
	{ name: 'household-paper-verified', at: household, in: 'paper=verified' },
	...loading('household', household, 'household'),

	{ name: 'history', at: `${household}/history` },
	{ name: 'history-empty', at: `${household}/history`, in: 'empty' },
	{ name: 'history-undo', at: `${household}/history`, walk: press('[data-undo]') },
	...loading('history', `${household}/history`, 'household_history'),

	{ name: 'print', at: `${household}/print` },
	{ name: 'print-signed', at: `${household}/print`, in: 'signed' },
	{ name: 'print-for-signature', at: `${household}/print`, in: 'signed', walk: press('[data-for-signature]', '[data-print]') },
	...loading('print', `${household}/print`, 'print_preview'),

	{ name: 'duplicates', at: '#/households/duplicates' },
	{ name: 'duplicates-empty', at: '#/households/duplicates', in: 'empty' },
	...loading('duplicates', '#/households/duplicates', 'duplicates_list'),

	{ name: 'import', at: '#/households/import' },
	{ name: 'import-empty', at: '#/households/import', in: 'empty' },
	{ name: 'import-wrong-file', at: '#/households/import', walk: open('D:/ghi-chu.docx') },
	{ name: 'import-columns', at: '#/households/import', walk: open('D:/xa-doan-ket.xlsx') },
	{ name: 'import-preview', at: '#/households/import', walk: open(list) },
	{ name: 'import-done', at: '#/households/import', walk: all(open(list), press('[data-import="leave-out"]'), press('[data-import="take"]')) },

	{ name: 'interview', at: interview },
	...['identity', 'housing', 'information', 'visit', 'sign-off'].map((name) => ({
		name: `interview-${name}`,
		at: interview,
		walk: section(name === 'sign-off' ? '#sign-off' : name)
	})),
	{ name: 'interview-roster', at: interview, walk: section('people') },
	{ name: 'interview-person', at: interview, walk: section('people', press('[data-shape="person"]')) },
	{ name: 'interview-findings', at: interview, walk: section('housing', press('[role="tab"] >> nth=1')) },
	{ name: 'interview-ready', at: interview, in: 'sound', walk: section('#sign-off') },
	{ name: 'interview-signed', at: interview, in: 'signed', walk: section('#sign-off') },
	{ name: 'interview-read-only', at: interview, in: 'signed', walk: section('housing') },
	{ name: 'interview-returned', at: interview, in: 'returned' },
	{ name: 'interview-returned-roster', at: interview, in: 'returned', walk: section('people', press('[data-cell="members.m2.birth"] button')) },
	{ name: 'interview-returned-remarks', at: interview, in: 'returned', walk: press('[data-remarks]') },
	{ name: 'interview-practice', at: interview, in: 'practice' },
	{ name: 'interview-help', at: interview, walk: press('[data-open-help]') },
	...loading('interview', interview, 'open_interview'),

	{ name: 'entry', at: '#/entry' },
	{ name: 'entry-empty', at: '#/entry', in: 'empty' },
	{ name: 'entry-found', at: '#/entry', walk: fill('[data-find]', 'nông') },
	{ name: 'entry-refused', at: '#/entry', in: 'fail=begin_second_entry:same_person', walk: paper('vi van') },
	{ name: 'entry-new', at: '#/entry', walk: paper('hứa văn mới') },
	{ name: 'entry-erase', at: '#/entry', walk: press('[data-erase-days]') },
	{ name: 'entry-form', at: '#/entry', walk: typed('nông', 0) },
	{ name: 'entry-roster', at: '#/entry', walk: all(typed('nông', 0), (page) => page.keyboard.press('Control+PageUp')) },
	{ name: 'entry-help', at: '#/entry', walk: all(typed('nông', 0), press('[data-open-help]')) },
	{ name: 'entry-open', at: '#/entry', walk: typed('nông', 9) },
	{ name: 'entry-sign', at: '#/entry', in: 'sound', walk: typed('nông', 9) },
	{ name: 'entry-second', at: '#/entry', walk: typed('vi van', 9) },
	{ name: 'entry-compare', at: '#/entry', walk: compared() },
	{ name: 'entry-decided', at: '#/entry', walk: compared('2', '1', '3') },
	{ name: 'entry-alike', at: '#/entry', in: 'alike', walk: compared() },
	{ name: 'entry-blocked', at: '#/entry', in: 'blocked', walk: compared('2', '1', '1', '2', 'Enter') },
	...loading('entry', '#/entry', 'paper_desk'),

	{ name: 'review', at: '#/review' },
	{ name: 'review-empty', at: '#/review', in: 'empty' },
	{ name: 'review-accept', at: '#/review', walk: (page) => page.keyboard.press('a') },
	{ name: 'review-accepted', at: '#/review', walk: all(press('[data-accept]'), press('dialog[open] footer button >> nth=1')) },
	...loading('review', '#/review', 'check_queue'),
	{ name: 'review-one', at: review, in: 'signed' },
	{
		name: 'review-one-returning',
		at: review,
		in: 'returned&signed',
		walk: all(press('[data-ask="floor_area"]'), fill('[data-answer="floor_area"] textarea', 'Đo lại nhà.'))
	},
	{
		name: 'review-one-returned',
		at: review,
		in: 'signed',
		walk: all(press('[data-ask="floor_area"]'), fill('[data-answer="floor_area"] textarea', 'Đo lại nhà.'), press('[data-return]'))
	},
	{
		name: 'review-one-refused',
		at: review,
		in: 'signed&fail=accept:interview_changed',
		walk: press('[data-accept]')
	},
	...loading('review-one', review, 'check'),

	{ name: 'conflicts', at: '#/conflicts' },
	{ name: 'conflicts-chosen', at: '#/conflicts', walk: press('[data-latest]') },
	{ name: 'conflicts-member', at: '#/conflicts', walk: press('[data-at-odds] >> nth=2') },
	{ name: 'conflicts-settled', at: '#/conflicts', walk: press('[data-latest]', '[data-settle]') },
	{ name: 'conflicts-all', at: '#/conflicts', walk: press('[data-settle-all]') },
	{ name: 'conflicts-none', at: '#/conflicts', in: 'empty' },
	...loading('conflicts', '#/conflicts', 'conflicts'),

	{ name: 'procedure', at: '#/procedure' },
	{ name: 'procedure-empty', at: '#/procedure', in: 'empty' },
	{ name: 'procedure-locked', at: '#/procedure', in: 'locked' },
	{ name: 'procedure-unsent', at: '#/procedure', in: 'unsent' },
	{ name: 'procedure-steps', at: '#/procedure', walk: press('[data-steps] summary') },
	{ name: 'procedure-meeting', at: '#/procedure', walk: press('[data-act="meeting"]') },
	{ name: 'procedure-met', at: '#/procedure', walk: all(press('[data-act="meeting"]'), press('[data-act-do]')) },
	{
		name: 'procedure-meeting-refused',
		at: '#/procedure',
		in: 'fail=hold_meeting:meeting_needs_objection',
		walk: all(press('[data-act="meeting"]'), press('[data-act-do]'))
	},
	{ name: 'procedure-posting', at: '#/procedure', walk: press('[data-act="posting"]') },
	{
		name: 'procedure-complaint',
		at: '#/procedure',
		walk: all(press('[data-stage="posted"] [data-choose]'), press('[data-act="complaint"]'))
	},
	{ name: 'procedure-finding', at: '#/procedure', walk: all(press('[data-stage="complaint"] [data-choose]'), press('[data-act="finding"]')) },
	{ name: 'procedure-decision', at: '#/procedure', walk: all(press('[data-act="decision"]'), press('[data-refuse]')) },
	{
		name: 'procedure-certificate',
		at: '#/procedure',
		walk: all(press('[data-stage="recognised"] [data-choose]'), press('[data-act="certificate"]'))
	},
	{ name: 'procedure-assign', at: '#/procedure', walk: press('[data-act="assign"]') },
	{ name: 'procedure-practice', at: '#/procedure', in: 'practice' },
	...loading('procedure', '#/procedure', 'procedure_board'),

	{ name: 'papers', at: '#/procedure/papers' },
	{ name: 'papers-empty', at: '#/procedure/papers', in: 'empty' },
	{ name: 'papers-interviews', at: '#/procedure/papers', walk: press('[data-paper-kind="interviews"]', '[data-full-ids]') },
	{ name: 'papers-missing', at: '#/procedure/papers', walk: press('[data-paper-kind="decisions"]') },
	{ name: 'papers-nobody', at: '#/procedure/papers', walk: press('[data-paper-kind="certificates"]') },
	{ name: 'papers-written', at: '#/procedure/papers', walk: all(press('[data-paper-kind="posting"]', '[data-paper-format="xlsx"]'), open('E:/')) },
	{ name: 'papers-writing', at: '#/procedure/papers', in: 'wait=write_paper', walk: open('E:/') },
	{ name: 'papers-refused', at: '#/procedure/papers', in: 'fail=write_paper:stick_gone', walk: open('E:/') },
	...loading('papers', '#/procedure/papers', 'papers'),

	{ name: 'sync', at: '#/sync', in: 'offline=no' },
	{ name: 'sync-offline', at: '#/sync' },
	{ name: 'sync-moved', at: '#/sync', in: 'offline=no', walk: press('[data-moved] summary >> nth=-1') },
	{ name: 'sync-running', at: '#/sync', in: 'offline=no&running' },
	{ name: 'sync-practice', at: '#/sync', in: 'practice' },
	{ name: 'sync-empty', at: '#/sync', in: 'empty' },
	...loading('sync', '#/sync', 'sync_status'),

	{ name: 'settings', at: '#/settings' },
	{ name: 'settings-empty', at: '#/settings', in: 'empty' },
	{ name: 'settings-error', at: '#/settings', in: 'fail=backup_status:disk_full&fail=key:internal' },
	{ name: 'settings-practice', at: '#/settings', in: 'practice' },
	{ name: 'settings-form-language', at: '#/settings', in: 'form_language=tyz' },
	{ name: 'settings-licences', at: '#/settings/licences' },
	{ name: 'settings-add-user', at: '#/settings', walk: press('[data-add-user]') },
	{ name: 'settings-log', at: '#/settings/audit' },
	{ name: 'settings-log-empty', at: '#/settings/audit', in: 'empty' },
	...loading('settings-log', '#/settings/audit', 'audit'),
	{ name: 'settings-removing', at: '#/settings/retention', in: 'retention' },
	{ name: 'settings-removing-empty', at: '#/settings/retention' },
	...loading('settings-removing', '#/settings/retention', 'retention'),
	{ name: 'settings-restore', at: '#/settings/restore' },
	{ name: 'settings-restore-empty', at: '#/settings/restore', in: 'empty' },
	{ name: 'settings-restore-chosen', at: '#/settings/restore', walk: press('[data-restore="choose"]') },
	...loading('settings-restore', '#/settings/restore', 'backup_status'),

	{ name: 'start-enrol', at: '#/', in: 'stage=fresh' },
	{ name: 'start-enrol-code', at: '#/', in: 'stage=fresh', walk: press('main [role="group"] button >> nth=1') },
	{ name: 'start-enrol-wrong', at: '#/', in: 'stage=fresh', walk: open('D:/anh.jpg') },
	{ name: 'start-enrol-preview', at: '#/', in: 'stage=fresh', walk: open('D:/may-07.enrol') },
	{
		name: 'start-enrol-missing',
		at: '#/',
		in: 'stage=fresh',
		walk: all(open('D:/may-07.enrol'), fill('input[type="password"]', 'ngắn'), press('form [type="submit"]'))
	},
	{ name: 'start-enrol-restore', at: '#/', in: 'stage=fresh', walk: press('[data-restore-enrol]') },
	{ name: 'start-unlock-help', at: '#/', in: 'stage=locked', walk: (page) => page.keyboard.press('F1') },
	{ name: 'start-unlock', at: '#/', in: 'stage=locked' },
	{
		name: 'start-unlock-wrong',
		at: '#/',
		in: 'stage=locked',
		walk: all(press('input[data-user]'), fill('input[type="password"]', 'sai'), press('form [type="submit"]'))
	},
	{ name: 'start-recovery', at: '#/', in: 'stage=locked', walk: press('[data-forgotten]') },
	{
		name: 'start-recovery-number',
		at: '#/',
		in: 'stage=locked',
		walk: all(press('[data-forgotten]'), open('E:/'))
	},
	{ name: 'start-damaged', at: '#/', in: 'stage=damaged' },
	{ name: 'start-damaged-empty', at: '#/', in: 'stage=damaged&empty' },
	{ name: 'start-damaged-loading', at: '#/', in: 'stage=damaged&wait=restore_offer', waits: true },
	{ name: 'start-damaged-restore', at: '#/', in: 'stage=damaged', walk: press('[data-damaged="restore"]') },
	{ name: 'start-damaged-others', at: '#/', in: 'stage=damaged', walk: press('[data-damaged="others"]') },
	{ name: 'start-damaged-anew', at: '#/', in: 'stage=damaged', walk: press('[data-damaged="anew"]') },
	{ name: 'start-in-use', at: '#/', in: 'stage=in_use' },
	{ name: 'start-read-only', at: '#/', in: 'stage=read_only' },
	{ name: 'start-error', at: '#/', in: 'fail=app_state:internal' },
	{ name: 'start-loading', at: '#/', in: 'wait=app_state', waits: true },

	{ name: 'gallery', at: '#/gallery', waits: true, samples: true },
	{ name: 'gallery-dialog', at: '#/gallery', waits: true, samples: true, walk: press('[data-dialog]') }
];
