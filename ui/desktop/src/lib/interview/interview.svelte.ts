/**
 * One open interview: the form, the state of its nodes, and what follows from them. Decides nothing of its own: every answer goes
 * to the engine at once, and what comes back is shown. Answers travel one after the other, in the order they were given.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import {
  commands,
  type FindingView,
  type FormView,
  type InterviewChangeView,
  type InterviewView,
  type NodeView,
  type ProgressView,
  type QuestionView,
  type RemarkView,
  type SectionView,
  type SummaryView,
} from '@rasoat/shared/ipc';
import type { Problem } from '@rasoat/shared/problems';
import { TypeAhead } from './ahead';
import { Past } from './past';
import { findSection } from './path';

/** Name of the step after the last section: all that blocks, and signing off. */
export const signOffStep = '#sign-off';

export class Interview {
  readonly form: FormView;
  /** The household's id, or that of a paper's second entry. */
  readonly household: string;
  /** Typed from paper: nothing is passed by that stands there already, errors stop, and reasons are given at the end. */
  readonly headsDown: boolean;
  readonly opened: InterviewView;
  readonly nodes = new SvelteMap<string, NodeView>();
  /** Answers that could not be written to disk, by path. */
  readonly unsaved = new SvelteMap<string, string>();
  /** Questions the person has been at: only there is a missing answer pointed out. */
  readonly visited = new SvelteSet<string>();
  /** Answers that stand as they were carried over and were neither confirmed nor given anew since this was opened. */
  readonly carried = new SvelteSet<string>();
  instances = $state<Record<string, string[]>>({});
  summary = $state.raw<SummaryView>({} as SummaryView);
  /** Of the summary; the same list until there are others, so that what shows them rests meanwhile. */
  findings = $derived(this.summary.findings);
  classifications = $derived(this.summary.classifications);
  /** What supervisors asked. */
  remarks = $state.raw<RemarkView[]>([]);
  signed = $state(false);
  /** Something was saved since it was opened: the household waits to be sent. */
  drafted = $state(false);
  problem = $state<Problem | null>(null);
  section = $state('');
  /** The question to go to; whoever draws it takes the focus and clears this. */
  target = $state<string | null>(null);
  /** The section was entered by keyboard: its first open question takes the focus and clears this. */
  entering = $state(false);
  /** What is typed while an answer is on its way. */
  readonly ahead = new TypeAhead();
  /** What Ctrl+Z takes back, the last act last. */
  readonly past = new Past();
  /** Missing answers are shown everywhere, once signing off was tried. */
  strict = $state(false);
  /** How many acts are on their way to the disk. */
  saving = $state(0);
  #queue: Promise<unknown> = Promise.resolve();
  /** How many answers to a question are on their way: what comes back for an earlier one must not undo a later one. */
  readonly #underway = new SvelteMap<string, number>();

  constructor(form: FormView, opened: InterviewView, headsDown = false) {
    this.form = form;
    this.headsDown = headsDown;
    this.opened = opened;
    this.household = opened.household;
    this.#open(opened);
    const start = opened.resume_at === null ? null : findSection(form, opened.resume_at);
    this.section = (start ?? form.sections[0])?.name ?? signOffStep;
    if (start) this.target = opened.resume_at;
    else this.entering = true;
  }

  /** Sections that are asked of this household. */
  get sections(): SectionView[] {
    return this.form.sections.filter((section) => this.progress(section.name)?.relevant ?? true);
  }

  /** The steps in order: sections asked, then signing off. */
  get steps(): string[] {
    return [...this.sections.map((section) => section.name), signOffStep];
  }

  /** How far a section is. */
  progress(section: string): ProgressView | undefined {
    return this.summary.sections.find((progress) => progress.name === section);
  }

  /** Findings that block signing off. */
  get blocking(): FindingView[] {
    return this.findings.filter((finding) => finding.blocks);
  }

  /** Findings to show beside a question now. */
  findingsAt(path: string): FindingView[] {
    // Of the summary, not of the node: it is whole after every act, reasons included.
    const found = this.findings.filter((finding) => finding.path.split('#')[0] === path);
    return found.filter((finding) => finding.kind !== 'unanswered' || this.strict || this.visited.has(path));
  }

  /** Choices offered for a question, in the order in which the engine offers them. */
  choices(question: QuestionView, path: string) {
    const all = question.list === null ? [] : (this.form.lists[question.list] ?? []);
    const offered = this.nodes.get(path)?.offered;
    if (!offered) return all;
    const byName = Object.fromEntries(all.map((choice) => [choice.name, choice]));
    return offered.flatMap((name) => byName[name] ?? []);
  }

  /** Goes to a question, wherever it is. */
  jump(path: string): void {
    const section = findSection(this.form, path);
    if (!section) return;
    this.section = section.name;
    this.target = path;
  }

  /** Goes to the step before or after. */
  step(by: 1 | -1): void {
    const steps = this.steps;
    const next = steps[steps.indexOf(this.section) + by];
    if (next !== undefined) this.section = next;
  }

  /** On to the next step by keyboard. */
  advance(): void {
    this.entering = true;
    this.step(1);
  }

  /** Whether Enter passes a question by: it is answered and, where the answer was carried over, confirmed. */
  isSettled(path: string): boolean {
    const node = this.nodes.get(path);
    return !node || !node.relevant || node.read_only || (node.value !== null && !this.carried.has(path));
  }

  /** Whether the keyboard stays at a question: what was typed there is wrong. */
  stops(path: string): boolean {
    const here = (finding: FindingView) => finding.path === path && finding.kind === 'error' && finding.blocks;
    return this.headsDown && this.findings.some(here);
  }

  /** When everything that was given is on the disk and what follows from it is known. */
  settled(): Promise<unknown> {
    return this.#queue;
  }

  /** Says of carried-over answers that they still hold; those that were not carried over are left alone. */
  confirm(paths: string[]): Promise<void> {
    const waiting = paths.filter((path) => this.carried.has(path));
    if (waiting.length === 0 || this.signed) return Promise.resolve();
    for (const path of waiting) this.carried.delete(path);
    return this.#send(async () => {
      const reply = await commands.confirmAnswers(this.household, waiting);
      if (reply.status === 'ok') return this.#change(reply.data);
      for (const path of waiting) this.carried.add(path);
      this.problem = reply.error;
    });
  }

  /** Takes back the last answer given or line added or removed; answers with where that was, null when there is nothing to show. */
  async undo(): Promise<string | null> {
    const act = this.signed ? undefined : this.past.pop();
    if (!act) return null;
    if (act.kind === 'answered') {
      await this.answer(act.path, act.before ?? '', false);
      return act.path;
    }
    if (act.kind === 'added') {
      await this.removeMember(act.line, false);
      return null;
    }
    const added = await this.addMember(act.line.split('.')[0] ?? '', false);
    if (added === null) return null;
    for (const [name, value] of act.answers) await this.answer(`${added}.${name}`, value, false);
    return `${added}.${act.answers[0]?.[0]}`;
  }

  /** Gives an answer, a reason (`path#reason`) or a note (`path#note`); empty clears. What is `noted` can be undone. */
  answer(path: string, value: string, noted = true): Promise<void> {
    const [place = '', facet] = path.split('#');
    const node = this.nodes.get(place);
    const given = value === '' ? null : value;
    if (facet === undefined) {
      this.carried.delete(path);
      if (noted) this.past.push({ kind: 'answered', path, before: node?.value ?? null });
    }
    if (node && facet === undefined) this.nodes.set(place, { ...node, value: given });
    else if (node && facet === 'note') this.nodes.set(place, { ...node, note: given });
    this.#count(path, 1);
    return this.#send(async () => {
      const reply = await commands.answer({ household: this.household, path, value });
      this.#count(path, -1);
      if (reply.status === 'ok') {
        this.unsaved.delete(path);
        this.#change(reply.data);
      } else {
        this.unsaved.set(path, value);
        this.problem = reply.error;
      }
    });
  }

  /** Answers with a file, its content in base64; answers with why it is not taken, and the answer before stays. */
  async attach(path: string, content: string): Promise<Problem | null> {
    let problem: Problem | null = null;
    await this.#send(async () => {
      const before = this.nodes.get(path)?.value ?? null;
      const reply = await commands.attach({ household: this.household, path, content });
      if (reply.status === 'ok') {
        this.past.push({ kind: 'answered', path, before });
        this.#change(reply.data);
      } else problem = reply.error;
    });
    return problem;
  }

  /** Tries again what could not be written. */
  async retry(): Promise<void> {
    this.problem = null;
    for (const [path, value] of [...this.unsaved]) await this.answer(path, value);
  }

  /** Adds a line to a roster; answers with its path, or null when it could not be added. */
  async addMember(repeat: string, noted = true): Promise<string | null> {
    let added: string | null = null;
    await this.#send(async () => {
      const before = this.instances[repeat] ?? [];
      const reply = await commands.addMember(this.household, repeat);
      if (reply.status === 'error') this.problem = reply.error;
      else {
        this.#change(reply.data);
        added = (this.instances[repeat] ?? []).find((path) => !before.includes(path)) ?? null;
        if (added !== null && noted) this.past.push({ kind: 'added', line: added });
      }
    });
    return added;
  }

  /** Removes a line of a roster. */
  removeMember(path: string, noted = true): Promise<void> {
    return this.#send(async () => {
      const answers = this.#answersIn(path);
      const reply = await commands.removeMember(this.household, path);
      if (reply.status === 'error') this.problem = reply.error;
      else {
        this.#change(reply.data);
        if (noted) this.past.push({ kind: 'removed', line: path, answers });
      }
    });
  }

  /** Seals what was answered. */
  leave(act: () => Promise<unknown> = () => commands.leaveInterview(this.household)): Promise<void> {
    return this.#send(async () => {
      await act();
    });
  }

  /** Signs off, or shows what blocks it. */
  signOff(act = () => commands.signOff(this.household)): Promise<void> {
    return this.#send(async () => {
      const reply = await act();
      if (reply.status === 'error') this.problem = reply.error;
      else if (reply.data.signed) {
        this.signed = true;
        this.#open(await this.#fresh());
      } else this.strict = true;
    });
  }

  /** Opens a signed interview for correction. */
  reopen(): Promise<void> {
    return this.#send(async () => {
      const reply = await commands.reopenInterview(this.household);
      if (reply.status === 'error') this.problem = reply.error;
      else this.#open(reply.data);
    });
  }

  /** What was answered in a line, in the order of the form. */
  #answersIn(line: string): [name: string, value: string][] {
    const roster = this.form.sections
      .flatMap((section) => section.items)
      .find((item) => item.type === 'roster' && line.startsWith(`${item.name}.`));
    const columns = roster?.type === 'roster' ? roster.columns : [];
    return columns.flatMap(({ name }) => {
      const node = this.nodes.get(`${line}.${name}`);
      return node && !node.read_only && node.value !== null ? [[name, node.value] as [string, string]] : [];
    });
  }

  async #fresh(): Promise<InterviewView> {
    const reply = await commands.openInterview(this.household);
    return reply.status === 'ok' ? reply.data : { ...this.opened, signed: true, nodes: [...this.nodes.values()] };
  }

  #open(view: InterviewView): void {
    this.nodes.clear();
    for (const node of view.nodes) this.nodes.set(node.path, node);
    this.carried.clear();
    for (const node of view.nodes) if (node.carried) this.carried.add(node.path);
    if (this.headsDown && !view.signed) this.#doubt(view);
    this.past.clear();
    this.instances = view.instances;
    this.summary = view.summary;
    this.remarks = view.remarks;
    this.signed = view.signed;
    this.drafted = false;
  }

  /** Whatever the form or the list put behind the last place that was typed is to be compared with the paper. */
  #doubt(view: InterviewView): void {
    const last = view.nodes.findIndex((node) => node.path === view.resume_at);
    for (const node of view.nodes.slice(last + 1))
      if (node.value !== null && !node.read_only) this.carried.add(node.path);
  }

  #change(change: InterviewChangeView): void {
    for (const node of change.nodes) {
      const later = (this.#underway.get(node.path) ?? 0) > 0 ? this.nodes.get(node.path) : undefined;
      this.nodes.set(node.path, later ? { ...node, value: later.value } : node);
    }
    for (const path of change.removed) this.nodes.delete(path);
    this.instances = { ...this.instances, ...change.instances };
    const { findings, classifications, ...summary } = change.summary;
    this.summary = {
      ...summary,
      findings: findings ?? this.summary.findings,
      classifications: classifications ?? this.summary.classifications,
    };
    this.remarks = change.remarks;
    this.drafted = true;
    if (this.unsaved.size === 0) this.problem = null;
  }

  #count(path: string, by: 1 | -1): void {
    this.#underway.set(path, (this.#underway.get(path) ?? 0) + by);
  }

  #send(act: () => Promise<void>): Promise<void> {
    this.saving += 1;
    const turn = this.#queue.then(act).finally(() => {
      this.saving -= 1;
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
