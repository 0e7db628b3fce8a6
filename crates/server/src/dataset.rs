//! All interviews as one ZIP for statisticians: tables, codebook and syntax that reads them, written while they are read.
//!
//! What is typed stays here unless all of it is asked for, and households go under names that only this province's key gives: the same
//! in every data set, and nobody's outside. What came in while the tables are written is in none of them.

mod given;
mod packing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rasoat_casework::{CommuneCode, Round};
use rasoat_reports::dataset::{
    DataSet, FormVersion, Plan, Privacy, Table, Unlabelled, codebook, header, spss, stata, values,
};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::library::Library;
use crate::line::{Told, with_answers};
use crate::requests::restrict::restricted;
use crate::routes::exports::Piece;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, StorageError, StoredEdit};
use crate::time::rfc3339;
use crate::view::DatasetForm;
use given::{Pseudonyms, Words};
use packing::Packing;

/// Households read at once.
const STEP: u32 = 200;
/// Questions that tell who somebody is, whatever they take; all that is typed is left out without being named.
const WITHHELD: [&str; 7] =
    ["household_code", "address", "phone", "full_name", "citizen_id", "insurance_number", "respondent_name"];
/// Questions of which the year is kept.
const BIRTHS: [&str; 1] = ["birth"];

/// What is to be written.
pub(crate) struct Order {
    /// `None`: every commune.
    pub(crate) communes: Option<BTreeSet<CommuneCode>>,
    pub(crate) form: DatasetForm,
}

/// Writes the ZIP piece by piece. Where reading fails the answer breaks off without the ZIP's list of files, and no program opens it.
pub(crate) async fn produce(state: State, order: Order, pieces: mpsc::Sender<Piece>) {
    if let Err(error) = write(&state, &order, &pieces).await {
        // Whoever reads may be gone.
        pieces.send(Err(error)).await.ok();
    }
}

async fn write(state: &State, order: &Order, pieces: &mpsc::Sender<Piece>) -> Result<(), StorageError> {
    let until = state.now();
    crate::project::catch_up(state).await?;
    let scoring = Scoring::now(state).await?;
    let former: Vec<Round> = scoring.rounds.former().collect();
    let rounds = former.into_iter().rev().chain([scoring.rounds.open]);
    let rounds: Vec<Round> =
        rounds.filter(|round| order.form.round.is_none_or(|wanted| wanted == round.0)).collect();
    let words = Words(&order.form.words);
    let set = Arc::new(of(&scoring.library, order.form.full, &words));
    let work = Arc::new(Work {
        rounds: rounds.iter().map(|round| scoring.at(*round)).collect(),
        pseudonyms: Pseudonyms::of(state),
        columns: given::columns(scoring.library.standards().iter().map(|known| &known.standard)),
        set: Arc::clone(&set),
        until,
    });
    let mut packing = Packing::new(pieces);
    for (name, text) in [("codebook.csv", codebook(&set)), ("codebook_values.csv", values(&set))] {
        packing.file(name)?;
        packing.write(&text).await?;
    }
    for language in ["vi", "en"] {
        packing.file(&format!("stata_{language}.do"))?;
        packing.write(&stata(&set, language)).await?;
        packing.file(&format!("spss_{language}.sps"))?;
        packing.write(&spss(&set, language)).await?;
    }
    let (households, left_out) = households(state, order.communes.as_ref()).await?;
    let mut contents = vec![
        ("made_at".to_owned(), rfc3339(until)),
        ("rounds".to_owned(), rounds.iter().map(|round| round.0.to_string()).collect::<Vec<_>>().join(" ")),
        ("pseudonymised".to_owned(), if order.form.full { "no" } else { "yes" }.to_owned()),
        ("restricted_left_out".to_owned(), left_out.to_string()),
    ];
    let mut unlabelled = Unlabelled::new();
    for (at, table) in set.tables.iter().enumerate() {
        packing.file(&format!("{}.csv", table.name))?;
        packing.write(&header(table)).await?;
        let mut rows = 0;
        for keys in households.chunks(STEP as usize) {
            let edits = state.storage.edits_of_all(keys.to_vec()).await?;
            let (work, keys) = (Arc::clone(&work), keys.to_vec());
            let step = tokio::task::spawn_blocking(move || work.step(at, &keys, &edits)).await;
            let step = step.map_err(|_| StorageError::Failed(-1))?;
            rows += step.rows;
            for (variable, count) in step.unlabelled {
                *unlabelled.entry(format!("{}.{variable}", table.name)).or_default() += count;
            }
            packing.write(&step.lines).await?;
        }
        contents.push((format!("{}.rows", table.name), rows.to_string()));
    }
    contents.extend(
        unlabelled.into_iter().map(|(name, count)| (format!("{name}.without_label"), count.to_string())),
    );
    packing.file("contents.csv")?;
    let lines = contents.iter().map(|(name, value)| format!("{name},{value}\n"));
    packing.write(&lines.collect::<String>()).await?;
    packing.finish().await
}

/// The households of communes, or of all, by their keys alone, and how many were left out as they are processed no further.
async fn households(
    state: &State,
    communes: Option<&BTreeSet<CommuneCode>>,
) -> Result<(Vec<HouseholdKeyRef>, u32), StorageError> {
    let restricted = restricted(state).await?;
    let begin = |commune: &CommuneCode| Some(HouseholdKeyRef::new(commune.clone(), Uuid::nil()));
    let starts: Vec<Option<HouseholdKeyRef>> =
        communes.map_or_else(|| vec![None], |all| all.iter().map(begin).collect());
    let (mut found, mut left_out) = (Vec::new(), 0);
    for start in starts {
        let commune = start.as_ref().map(|key| key.commune.clone());
        let mut after = start;
        loop {
            let rows = state.storage.all_households(after, STEP).await?;
            let is_last = rows.len() < STEP as usize;
            after = rows.last().map(|row| row.key.clone());
            let mut is_over = is_last;
            for row in rows {
                if commune.as_ref().is_some_and(|commune| *commune != row.key.commune) {
                    is_over = true;
                    break;
                }
                if row.merged_into.is_some() || row.withdrawn {
                    continue;
                }
                if restricted.has(&row.key) { left_out += 1 } else { found.push(row.key) }
            }
            if is_over {
                break;
            }
        }
    }
    Ok((found, left_out))
}

/// The tables that every form ever given out makes.
fn of(library: &Library, full: bool, words: &Words<'_>) -> DataSet {
    let forms: Vec<(String, &rasoat_instrument::Definition)> = library
        .instruments_by_age()
        .map(|form| (format!("{} {}", form.files.id, form.files.version), &**form.plan.definition()))
        .collect();
    let forms: Vec<FormVersion<'_>> =
        forms.iter().map(|(name, definition)| FormVersion { name, definition }).collect();
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let privacy = if full {
        Privacy::Full
    } else {
        Privacy::Pseudonymised { withheld: named(&WITHHELD), births: named(&BIRTHS) }
    };
    let standards = library.standards().iter().map(|known| &known.standard);
    DataSet::of(Plan {
        forms: &forms,
        privacy,
        of_interviews: given::of_interviews(words, standards),
        of_instances: given::of_instances(words),
        flags: [words.of("flag.no"), words.of("flag.yes")],
        year: words.of("year"),
    })
}

/// What rows are made with.
struct Work {
    /// Scoring as it was while each round was open, the first round first.
    rounds: Vec<Scoring>,
    pseudonyms: Pseudonyms,
    columns: given::Columns,
    set: Arc<DataSet>,
    /// What came in later is in no table.
    until: i64,
}

/// Some rows of a table.
#[derive(Default)]
struct Step {
    lines: String,
    rows: u64,
    unlabelled: Unlabelled,
}

impl Work {
    fn step(&self, table: usize, keys: &[HouseholdKeyRef], edits: &[Vec<StoredEdit>]) -> Step {
        let mut step = Step::default();
        let Some(table) = self.set.tables.get(table) else { return step };
        for (key, edits) in keys.iter().zip(edits) {
            let known = edits.iter().filter(|stored| stored.received_at <= self.until);
            let told: Vec<Told<'_>> = known.map(|stored| Told::Whole(&stored.edit)).collect();
            for scoring in &self.rounds {
                with_answers(scoring, key, &told, table.repeats.is_empty(), |answered| {
                    self.interview(table, scoring, key, answered, &mut step);
                });
            }
        }
        step
    }

    fn interview(
        &self,
        table: &Table,
        scoring: &Scoring,
        key: &HouseholdKeyRef,
        answered: &crate::line::Answered<'_>,
        step: &mut Step,
    ) {
        let household = self.pseudonyms.of_household(key.household);
        let of_interview = given::cells_of(answered, scoring, &self.columns, key, &household);
        if table.repeats.is_empty() {
            let answer = |name: &str| rasoat_instrument::Answer::find(answered.all, None, name);
            let line = rasoat_reports::dataset::row(
                table,
                |name| of_interview.get(name).cloned(),
                answer,
                &mut step.unlabelled,
            );
            step.lines.push_str(&line);
            step.rows += 1;
            return;
        }
        let mut instances: Vec<&str> = Vec::new();
        for around in answered.all.iter().filter_map(|answer| answer.around) {
            if instances.last() != Some(&around) && is_of(table, around) {
                instances.push(around);
            }
        }
        for around in instances {
            let member = self.pseudonyms.of_instance(key.household, around);
            let cells: BTreeMap<&str, _> = given::cells_of_instance(&of_interview, member);
            let answer = |name: &str| rasoat_instrument::Answer::find(answered.all, Some(around), name);
            let line = rasoat_reports::dataset::row(
                table,
                |name| cells.get(name).cloned(),
                answer,
                &mut step.unlabelled,
            );
            step.lines.push_str(&line);
            step.rows += 1;
        }
    }
}

/// Whether an instance is one of a table's: `members.m0`, `members.m0.jobs.j1`.
fn is_of(table: &Table, around: &str) -> bool {
    let repeat = around.rsplit('.').nth(1);
    repeat.is_some_and(|repeat| table.repeats.iter().any(|name| name == repeat))
}
