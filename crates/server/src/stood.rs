//! What stood at a round's lock, beside what stands now: of the open round by its lines, of an earlier one by what came in since.

use std::collections::BTreeSet;

use rasoat_casework::Round;

use crate::line::{Received, Told, line};
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::facts::{LATE, marks_of};
use crate::storage::{
    HouseholdKeyRef, HouseholdRow, ListQuery, RoundSnapshot, SnapshotLine, SnapshotQuery, StorageError,
};

/// Lines of a snapshot read at once.
const STEP: u32 = 500;

/// Some lines of a snapshot.
pub(crate) struct Page {
    pub(crate) lines: Vec<SnapshotLine>,
    /// Where to go on; `None` at the end.
    pub(crate) after: Option<HouseholdKeyRef>,
}

/// The lines behind a household; `only_changed`: those that may be counted otherwise now.
///
/// # Errors
/// When the storage fails.
pub(crate) async fn page(
    state: &State,
    snapshot: &RoundSnapshot,
    only_changed: bool,
    after: Option<HouseholdKeyRef>,
) -> Result<Page, StorageError> {
    let (number, round) = (snapshot.number, Round(snapshot.round));
    let scoring = Scoring::now(state).await?;
    let is_open = scoring.rounds.open == round;
    if only_changed && !is_open {
        return late(state, &scoring, snapshot, after).await;
    }
    let query = SnapshotQuery { number, only_changed, after, limit: STEP };
    let mut lines = state.storage.round_snapshot_page(query).await?;
    let is_last = lines.len() < STEP as usize;
    let after = lines.last().filter(|_| !is_last).map(|line| line.household.clone());
    if !is_open {
        // What is counted now is another round: what became of this one is what is counted of it.
        let late = LATE.to_owned() + &round.0.to_string();
        let is_late = |line: &SnapshotLine| {
            line.now.as_deref().is_some_and(|marks| marks.split_whitespace().any(|mark| mark == late))
        };
        let changed: Vec<HouseholdKeyRef> =
            lines.iter().filter(|line| is_late(line)).map(|line| line.household.clone()).collect();
        let mut now = come_to(state, &scoring.at(round), changed).await?.into_iter();
        for line in &mut lines {
            line.now = if is_late(line) { now.next().map(|row| marks(&row)) } else { line.then.clone() };
        }
    }
    Ok(Page { lines, after })
}

/// Households of an earlier round of which something came in after its lock.
async fn late(
    state: &State,
    scoring: &Scoring,
    snapshot: &RoundSnapshot,
    after: Option<HouseholdKeyRef>,
) -> Result<Page, StorageError> {
    let mark = format!("{LATE}{}", snapshot.round);
    let query = ListQuery { marks: BTreeSet::from([mark]), after, limit: STEP, ..ListQuery::default() };
    let list = state.storage.household_list(query).await?;
    let after = list.rows.last().filter(|_| list.more).map(|row| row.key.clone());
    let keys: Vec<HouseholdKeyRef> = list.rows.into_iter().map(|row| row.key).collect();
    let stood = state.storage.stood(snapshot.number, keys.clone()).await?;
    let now = come_to(state, &scoring.at(Round(snapshot.round)), keys).await?;
    let lines = now.into_iter().zip(stood).map(|(row, then)| SnapshotLine {
        now: Some(marks(&row)),
        then,
        household: row.key,
        code: row.code,
        village_name: row.village_name,
    });
    Ok(Page { lines: lines.collect(), after })
}

/// What households come to in an earlier round, by all that has come in of them.
async fn come_to(
    state: &State,
    scoring: &Scoring,
    keys: Vec<HouseholdKeyRef>,
) -> Result<Vec<HouseholdRow>, StorageError> {
    let edits = state.storage.edits_of_all(keys.clone()).await?;
    let of = |(key, edits): (HouseholdKeyRef, Vec<crate::storage::StoredEdit>)| {
        let received = Received::of(&scoring.rounds, &key, &edits);
        let told: Vec<Told<'_>> = edits.iter().map(|stored| Told::Whole(&stored.edit)).collect();
        line(scoring, key, &told, received)
    };
    Ok(keys.into_iter().zip(edits).map(of).collect())
}

fn marks(row: &HouseholdRow) -> String {
    format!(" {} ", marks_of(row).join(" "))
}
