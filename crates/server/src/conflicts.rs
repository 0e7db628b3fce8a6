//! Conflicts of a commune, and the province settling them: by edits of its own, which saw every answer there is, come in by the
//! door that all edits come in by, and go down to the laptops with the rest.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Candidate, Change, CommuneCode, Document, Draft, FieldState, Round, Subject, SubjectKind, fold,
    interview_id,
};
use rasoat_instrument::{Path, Value};
use uuid::Uuid;

use crate::assess::is_meta;
use crate::household_view;
use crate::own::{Own, of_subject};
use crate::requests::restrict::restricted;
use crate::rounds::open_round;
use crate::state::State;
use crate::storage::{DeviceActivity, HouseholdKeyRef, HouseholdRow, StorageError, StoredEdit};
use crate::view::{
    ConflictDocument, HouseholdConflictsView, OpenConflictView, SettledView, SettlementChoice,
};

/// What to do with one place in conflict; `None`: leave it.
pub(crate) type Choose<'a> =
    dyn Fn(Uuid, ConflictDocument, &Path, &FieldState, &[StoredEdit]) -> Option<Change> + Send + Sync + 'a;

/// The places in conflict of households, worded.
pub(crate) async fn list(
    state: &State,
    households: Vec<HouseholdRow>,
) -> Result<Vec<HouseholdConflictsView>, StorageError> {
    let (restricted, round) = (restricted(state).await?, open_round(state).await?);
    let devices: Vec<DeviceActivity> = state.storage.devices().await?;
    let keys = households.iter().map(|row| row.key.clone()).collect();
    let edits = state.storage.edits_of_all(keys).await?;
    let mut views = Vec::new();
    for (row, edits) in households.into_iter().zip(edits) {
        let key = row.key.clone();
        let mut conflicts = Vec::new();
        for document in [ConflictDocument::Interview, ConflictDocument::Household] {
            let (_, folded) = folded(round, &key, document, &edits);
            let found = household_view::conflicts_of(state, &folded, &edits, &devices).into_iter();
            conflicts.extend(found.map(|conflict| OpenConflictView { document, conflict }));
        }
        // Answers of what is processed no further are neither shown nor settled.
        let is_restricted = restricted.has(&key);
        if is_restricted {
            conflicts.clear();
        }
        if is_restricted || !conflicts.is_empty() {
            views.push(HouseholdConflictsView { row: household_view::row(row, &restricted), conflicts });
        }
    }
    Ok(views)
}

/// Settles what `choose` has a word for, under the name of `author`. Stored, with projections that follow, when this returns.
pub(crate) async fn settle(
    state: &State,
    commune: &CommuneCode,
    households: BTreeSet<Uuid>,
    author: &str,
    choose: &Choose<'_>,
) -> Result<u32, StorageError> {
    let (restricted, round) = (restricted(state).await?, open_round(state).await?);
    let mut own = Own::take(state).await?;
    let now = state.now();
    let mut settled = 0;
    let mut edits = Vec::new();
    for household in households {
        let key = HouseholdKeyRef::new(commune.clone(), household);
        if restricted.has(&key) {
            continue;
        }
        let stored = state.storage.edits_of(key.clone()).await?;
        for document in [ConflictDocument::Household, ConflictDocument::Interview] {
            let (subject, folded) = folded(round, &key, document, &stored);
            let changes = changes(&folded, |path, field| choose(household, document, path, field, &stored));
            if changes.is_empty() {
                continue;
            }
            settled += changes.keys().filter(|path| !is_meta(path)).count();
            let draft = Draft {
                instrument: of_subject(&stored, &subject)
                    .filter(|edit| edit.instrument.is_some())
                    .max_by_key(|edit| (edit.at, edit.id))
                    .and_then(|edit| edit.instrument),
                seen: folded.version,
                author: author.to_owned(),
                subject,
                changes,
            };
            edits.push(own.seal(&stored, draft, now)?);
        }
    }
    own.store(state, commune, &edits, now).await?;
    crate::project::catch_up(state).await?;
    Ok(u32::try_from(settled).unwrap_or(u32::MAX))
}

/// What one choice does to a place; `None`: the answer chosen is not among those that stand, or is no answer to the question.
pub(crate) fn chosen(
    state: &State,
    path: &Path,
    field: &FieldState,
    choice: &SettlementChoice,
) -> Option<Change> {
    match choice {
        SettlementChoice::Candidate(edit) => {
            let mut candidates = field.candidates.iter();
            candidates.find(|found| household_view::edit_id(found.edit) == *edit).map(change_to)
        }
        SettlementChoice::Value(text) => {
            path.field_name()?;
            let known = field.candidates.iter().find_map(|found| found.value.as_ref());
            let kind = household_view::kind_at(state, path).or(known.map(Value::kind))?;
            Some(Value::parse(kind, text).ok()?.map_or(Change::Removed, Change::Set))
        }
    }
}

pub(crate) fn change_to(candidate: &Candidate) -> Change {
    candidate.value.clone().map_or(Change::Removed, Change::Set)
}

/// A settlement's changes: what `choose` says of the places that people settle and, along with any of them, the latest of
/// what the laptops' programs noted beside.
fn changes(
    folded: &Document,
    mut choose: impl FnMut(&Path, &FieldState) -> Option<Change>,
) -> BTreeMap<Path, Change> {
    let in_conflict = || folded.fields.iter().filter(|(_, field)| field.in_conflict());
    let mut changes: BTreeMap<Path, Change> = in_conflict()
        .filter(|(path, _)| !is_meta(path))
        .filter_map(|(path, field)| Some((path.clone(), choose(path, field)?)))
        .collect();
    if !changes.is_empty() {
        let noted = in_conflict().filter(|(path, _)| is_meta(path));
        changes.extend(
            noted.filter_map(|(path, field)| Some((path.clone(), change_to(field.candidates.last()?)))),
        );
    }
    changes
}

/// A household's document: the line of the list, or the interview of the open round.
fn folded(
    round: Round,
    key: &HouseholdKeyRef,
    document: ConflictDocument,
    edits: &[StoredEdit],
) -> (Subject, Document) {
    let (kind, id) = match document {
        ConflictDocument::Household => (SubjectKind::Household, key.household),
        ConflictDocument::Interview => (SubjectKind::Interview, interview_id(key.household, round)),
    };
    let subject = Subject { commune: key.commune.clone(), kind, id };
    let document = fold(of_subject(edits, &subject));
    (subject, document)
}

/// What was asked for and what came of it.
pub(crate) fn settled_view(asked: usize, settled: u32) -> SettledView {
    let asked = u32::try_from(asked).unwrap_or(u32::MAX);
    SettledView { settled, passed_over: asked.saturating_sub(settled) }
}
