//! How people type: counted in memory while a paper is typed, kept when it is left. A crash loses the count of one paper, never an
//! answer; the answers' own way to the disk knows nothing of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rasoat_instrument::Path;
use rasoat_store::{Op, OperatorCounts, OperatorDay, StoreError, UserId};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::files;
use crate::moment::moment;
use crate::view::{ExportDaysForm, OperatorDayView};

/// A longer pause is not work.
const LONGEST_PAUSE_MILLIS: i64 = 2 * 60 * 1000;

/// What was counted and is not kept yet.
#[derive(Default)]
pub(crate) struct Tally(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    /// The paper that is being typed.
    paper: Option<Uuid>,
    last: Option<(Path, i64)>,
    typed: BTreeSet<Path>,
    /// By user (`None`: who opened the database) and day.
    days: BTreeMap<(Option<UserId>, String), OperatorCounts>,
}

impl Tally {
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A paper is opened.
    pub(super) fn begin(&self, id: Uuid) {
        let mut counted = self.counted();
        counted.paper = Some(id);
        counted.last = None;
        counted.typed.clear();
    }

    /// A paper is left.
    pub(super) fn end(&self, id: Uuid) {
        let mut counted = self.counted();
        if counted.paper == Some(id) {
            counted.paper = None;
            counted.last = None;
        }
    }

    /// Something was answered. Only what is typed from paper counts.
    pub(crate) fn note(&self, id: Uuid, place: &Path, now_millis: i64) {
        let mut counted = self.counted();
        if counted.paper != Some(id) {
            return;
        }
        let mut counts = OperatorCounts::default();
        let last = counted.last.replace((place.clone(), now_millis));
        if counted.typed.insert(place.clone()) {
            counts.answers = 1;
        } else if last.as_ref().is_some_and(|(before, _)| before != place) {
            // What is given several times in one go, as choices are, is one answer.
            counts.corrections = 1;
        }
        let pause = last.map_or(0, |(_, at)| now_millis.saturating_sub(at));
        if (0..=LONGEST_PAUSE_MILLIS).contains(&pause) {
            counts.active_ms = pause;
        }
        counted.add(None, now_millis, &counts);
    }

    /// Adds to the day of who opened the database.
    pub(super) fn add(&self, now_millis: i64, counts: OperatorCounts) {
        self.counted().add(None, now_millis, &counts);
    }

    /// Adds to somebody's day.
    pub(super) fn add_of(&self, user: UserId, now_millis: i64, counts: OperatorCounts) {
        self.counted().add(Some(user), now_millis, &counts);
    }
}

impl Counted {
    fn add(&mut self, user: Option<UserId>, now_millis: i64, counts: &OperatorCounts) {
        add(self.days.entry((user, day_of(now_millis))).or_default(), counts);
    }
}

fn add(to: &mut OperatorCounts, counts: &OperatorCounts) {
    let OperatorCounts { forms, answers, active_ms, keystrokes, corrections, compared, differing, mistakes } =
        counts;
    to.forms = to.forms.saturating_add(*forms);
    to.answers = to.answers.saturating_add(*answers);
    to.active_ms = to.active_ms.saturating_add(*active_ms);
    to.keystrokes = to.keystrokes.saturating_add(*keystrokes);
    to.corrections = to.corrections.saturating_add(*corrections);
    to.compared = to.compared.saturating_add(*compared);
    to.differing = to.differing.saturating_add(*differing);
    to.mistakes = to.mistakes.saturating_add(*mistakes);
}

/// The day in Vietnam.
pub(super) fn day_of(now_millis: i64) -> String {
    moment(now_millis).date().to_string()
}

/// The days with the names of who is known.
pub(super) fn views(people: &BTreeMap<String, String>, days: Vec<OperatorDay>) -> Vec<OperatorDayView> {
    let view = |OperatorDay { user, day, counts }| OperatorDayView {
        day,
        name: people.get(&user.0.to_string()).cloned().unwrap_or_default(),
        forms: counts.forms,
        answers: counts.answers,
        active_s: u32::try_from(counts.active_ms / 1000).unwrap_or_default(),
        keystrokes: counts.keystrokes,
        corrections: counts.corrections,
        compared: counts.compared,
        differing: counts.differing,
        mistakes: counts.mistakes,
    };
    days.into_iter().map(view).collect()
}

impl App {
    /// By what people here are called, by their ids.
    pub(super) fn operators(&self, opened: &Opened) -> BTreeMap<String, String> {
        let users = self.user_views(Some(opened)).into_iter();
        let mut people: BTreeMap<String, String> =
            users.map(|user| (user.id, user.full_name.unwrap_or(user.name))).collect();
        people.insert(opened.store.user().0.to_string(), opened.profile.author.clone());
        people
    }

    /// Keeps what was counted. Where that cannot be, it waits on.
    pub(super) fn keep_tally(&self, opened: &Opened) {
        let waiting = std::mem::take(&mut opened.tally.counted().days);
        if waiting.is_empty() {
            return;
        }
        let own = opened.store.user();
        let kept = opened.store.transact(Op::Paper, |tx| {
            waiting
                .iter()
                .try_for_each(|((user, day), counts)| tx.add_to_day(user.unwrap_or(own), day, counts))
        });
        if let Err(error) = kept.map_err(|error: StoreError| error) {
            tracing::warn!(code = error.code(), "counts of typing wait on");
            let mut counted = opened.tally.counted();
            for (of, counts) in waiting {
                add(counted.days.entry(of).or_default(), &counts);
            }
        }
    }

    /// Writes how everybody typed as a table (CSV) into a folder. Says the file's name.
    pub fn export_operator_days(&self, form: &ExportDaysForm) -> Result<String, AppError> {
        let opened = self.need_open()?;
        self.keep_tally(&opened);
        let kept = opened.store.read(|reader| reader.operator_days())?;
        let days = views(&self.operators(&opened), kept);
        // Without this mark a spreadsheet takes the file for another encoding.
        let mut table = String::from('\u{feff}');
        line(&mut table, form.heads.iter().map(String::as_str));
        for day in &days {
            let numbers = [
                day.forms,
                day.answers,
                day.active_s,
                day.keystrokes,
                day.corrections,
                day.compared,
                day.differing,
                day.mistakes,
            ];
            let numbers = numbers.map(|number| number.to_string());
            line(&mut table, [&day.day, &day.name].into_iter().chain(&numbers).map(String::as_str));
        }
        let name =
            files::write_new(FilePath::new(&form.folder), "typing", "csv", table.as_bytes(), self.now())?;
        tracing::info!(rows = days.len(), "wrote out how people type");
        Ok(name)
    }

    /// Forgets how everybody typed.
    pub fn erase_operator_days(&self) -> Result<(), AppError> {
        let opened = self.need_open()?;
        opened.tally.counted().days.clear();
        opened.store.transact(Op::Paper, |tx| tx.forget_operator_days())?;
        tracing::info!("forgot how people type");
        Ok(())
    }
}

fn line<'a>(table: &mut String, cells: impl Iterator<Item = &'a str>) {
    let quoted = cells.map(|cell| {
        // A spreadsheet would take it for a formula.
        let plain = cell.trim_start_matches(['=', '+', '-', '@']);
        format!("\"{}\"", plain.replace('"', "\"\""))
    });
    table.push_str(&quoted.collect::<Vec<_>>().join(","));
    table.push_str("\r\n");
}
