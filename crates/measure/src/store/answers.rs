//! One answer, on the disk.

use anyhow::{Context as _, Result};
use rasoat_casework::{Subject, SubjectKind};
use rasoat_instrument::{Path, Value};
use rasoat_store::{HouseholdState, Op, Progress, Store};
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

use super::laptop::{Laptop, open};
use super::timed_ok;
use crate::figure::{Bar, Figures, quantile};

/// Answers that an interview has: 75 of the household and 14 of each of 4.6 members.
const ANSWERS: usize = 139;
/// Households that are interviewed in turn.
const HOUSEHOLDS: usize = 60;

/// Leads interviews: one answer after the other.
pub(super) struct Interviewer<'s> {
    store: Source<'s>,
    households: Vec<(Uuid, Uuid)>,
    given: usize,
    /// How far the interview under way was.
    before: Progress,
    /// Makes answers differ from those of another one.
    salt: u64,
}

enum Source<'s> {
    Own(Box<Store>),
    Of(&'s Store),
}

impl<'s> Interviewer<'s> {
    /// On a connection of its own, as the program beside the one that backs up.
    pub(super) fn new(laptop: &'s Laptop, salt: u64) -> Result<Self> {
        let store = Source::Own(Box::new(open(&laptop.data())?));
        Ok(Self { store, households: laptop.sample(HOUSEHOLDS)?, given: 0, before: Progress::listed(), salt })
    }

    fn on(laptop: &'s Laptop) -> Result<Self> {
        let store = Source::Of(&laptop.store);
        Ok(Self {
            store,
            households: laptop.sample(HOUSEHOLDS)?,
            given: 0,
            before: Progress::listed(),
            salt: 0,
        })
    }

    /// What the use-case commits of an answer: the draft, where the person is, how far the interview is.
    pub(super) fn answer(&mut self) -> Result<()> {
        let store = match &self.store {
            Source::Own(store) => store,
            Source::Of(store) => *store,
        };
        let at = self.given % ANSWERS;
        let (household, interview) =
            *self.households.get(self.given / ANSWERS % self.households.len()).context("a household")?;
        self.given += 1;
        let subject = Subject { commune: "05977".parse()?, kind: SubjectKind::Interview, id: interview };
        let path: Path = format!("question_{at}").parse()?;
        let value = Value::Text(format!("answer {} {}", self.given, self.salt));
        let answered = u32::try_from(at)? + 1;
        let progress = Progress {
            state: HouseholdState::Started,
            class: (at > 100).then(|| "near_poor".to_owned()),
            provisional: true,
            findings: u32::try_from((ANSWERS - at) / 14)?,
            warnings: u32::from(at.is_multiple_of(13)),
            answered,
            questions: u32::try_from(ANSWERS)?,
        };
        store.transact(Op::Answer, |tx| {
            tx.put_draft(&subject, &path, Some(&value), 1)?;
            tx.set_cursor(&subject, Some(&path), 1)?;
            let before = if at == 0 {
                tx.household(household)?.context("a household")?.progress
            } else {
                self.before.clone()
            };
            tx.set_progress_later(household, &before, &progress)?;
            Ok::<_, anyhow::Error>(())
        })?;
        self.before = progress;
        Ok(())
    }
}

/// Answers and bare commits in turn, in one folder.
pub(super) fn measure(figures: &Figures, laptop: &Laptop) -> Result<()> {
    let bare = Connection::open(laptop.dir().join("bare.db"))?;
    bare.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE answers (number INTEGER PRIMARY KEY, path TEXT NOT NULL, value TEXT NOT NULL) STRICT",
    )?;
    let mut interviewer = Interviewer::on(laptop)?;
    let (mut bare_times, mut times) = (Vec::new(), Vec::new());
    for number in 0..figures.rounds(5_000) {
        let (micros, _) = timed_ok(|| {
            let mut insert = bare.prepare_cached("INSERT INTO answers (path, value) VALUES (?1, ?2)")?;
            Ok(insert.execute((format!("question_{}", number % ANSWERS), format!("answer {number}")))?)
        })?;
        bare_times.push(micros);
        let (micros, ()) = timed_ok(|| interviewer.answer())?;
        times.push(micros);
    }
    let (ours, theirs) = (quantile(&mut times, 0.99), quantile(&mut bare_times, 0.99));
    figures.print(
        "store.answer_p99_ratio",
        ours / theirs,
        "times a bare commit",
        Bar::AtMost(1.5),
        json!({ "what": "p99 of an answer committed, to that of one row in plain SQLite (WAL, synchronous=FULL), in turn",
            "households": laptop.households, "answers": times.len(), "p99_us": ours, "bare_p99_us": theirs,
            "median_us": quantile(&mut times, 0.5), "bare_median_us": quantile(&mut bare_times, 0.5) }),
    );
    Ok(())
}
