//! Conflicts of a commune, and the province settling them: by edits of its own, which saw every answer there is, come in by the
//! door that all edits come in by, and go down to the laptops with the rest.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Candidate, Chain, Change, CommuneCode, Document, Draft, Edit, FieldState, Subject, SubjectKind, WriterId,
    fold, interview_id,
};
use rasoat_exchange::{Batch, SignedBatch};
use rasoat_instrument::{Path, Value};
use uuid::Uuid;

use crate::assess::is_meta;
use crate::household_view;
use crate::intake;
use crate::random;
use crate::state::State;
use crate::storage::{Device, DeviceActivity, HouseholdKeyRef, HouseholdRow, StorageError, StoredEdit};
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
    let devices: Vec<DeviceActivity> = state.storage.devices().await?;
    let keys = households.iter().map(|row| row.key.clone()).collect();
    let edits = state.storage.edits_of_all(keys).await?;
    let mut views = Vec::new();
    for (row, edits) in households.into_iter().zip(edits) {
        let key = row.key.clone();
        let mut conflicts = Vec::new();
        for document in [ConflictDocument::Interview, ConflictDocument::Household] {
            let (_, folded) = folded(state, &key, document, &edits);
            let found = household_view::conflicts_of(state, &folded, &edits, &devices).into_iter();
            conflicts.extend(found.map(|conflict| OpenConflictView { document, conflict }));
        }
        if !conflicts.is_empty() {
            views.push(HouseholdConflictsView { row: household_view::row(row), conflicts });
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
    // One at a time: a chain has one next number.
    let mut kept = state.chain.lock().await;
    let mut chain = match kept.take() {
        Some(chain) => chain,
        None => Chain::new(WriterId(random::uuid().map_err(|_| StorageError::Failed(-1))?)),
    };
    let now = state.now();
    let mut settled = 0;
    let mut edits = Vec::new();
    for household in households {
        let key = HouseholdKeyRef::new(commune.clone(), household);
        let stored = state.storage.edits_of(key.clone()).await?;
        for document in [ConflictDocument::Household, ConflictDocument::Interview] {
            let (subject, folded) = folded(state, &key, document, &stored);
            let changes = changes(&folded, |path, field| choose(household, document, path, field, &stored));
            if changes.is_empty() {
                continue;
            }
            settled += changes.keys().filter(|path| !is_meta(path)).count();
            for edit in of_subject(&stored, &subject) {
                chain.observe(edit.at);
            }
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
            edits.push(chain.seal(draft, now).map_err(|_| StorageError::Failed(-1))?);
        }
    }
    // Where it fails the chain is given up: nobody knows which of its numbers are taken.
    store(state, commune, &edits, now).await?;
    *kept = Some(chain);
    drop(kept);
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

/// A household's document: the line of the list, or the interview of the server's round.
fn folded(
    state: &State,
    key: &HouseholdKeyRef,
    document: ConflictDocument,
    edits: &[StoredEdit],
) -> (Subject, Document) {
    let (kind, id) = match document {
        ConflictDocument::Household => (SubjectKind::Household, key.household),
        ConflictDocument::Interview => {
            (SubjectKind::Interview, interview_id(key.household, state.config.round))
        }
    };
    let subject = Subject { commune: key.commune.clone(), kind, id };
    let document = fold(of_subject(edits, &subject));
    (subject, document)
}

fn of_subject<'a>(edits: &'a [StoredEdit], subject: &'a Subject) -> impl Iterator<Item = &'a Edit> {
    edits.iter().map(|stored| &stored.edit).filter(move |edit| edit.subject == *subject)
}

/// Takes edits of the province's own in, in as many batches as they need.
async fn store(state: &State, commune: &CommuneCode, edits: &[Edit], now: i64) -> Result<(), StorageError> {
    let mut waiting = vec![edits];
    while let Some(edits) = waiting.pop() {
        if edits.is_empty() {
            continue;
        }
        let Ok(batch) = Batch::build(edits, state.config.device_id()) else {
            if edits.len() == 1 {
                return Err(StorageError::Failed(-1));
            }
            let (first, second) = edits.split_at(edits.len() / 2);
            waiting.extend([second, first]);
            continue;
        };
        let signed = SignedBatch::sign(&batch, &state.signing, None);
        let opened = intake::Opened { device: province(state, commune, now), batch: batch.into() };
        let receipt = intake::store(state, signed, opened, now).await?;
        let receipt = receipt.open(&state.signing.verify_key());
        let receipt = receipt.map_err(|_| StorageError::Damaged("receipt"))?;
        if edits.iter().any(|edit| !receipt.accepts(edit.id)) {
            return Err(StorageError::Busy);
        }
    }
    Ok(())
}

/// The province as the one who signs a batch.
fn province(state: &State, commune: &CommuneCode, now: i64) -> Device {
    Device {
        id: state.config.device_id(),
        key: state.signing.verify_key(),
        former: Vec::new(),
        name: state.config.name.clone(),
        surveyor: String::new(),
        communes: BTreeSet::from([commune.clone()]),
        enrolled_at: now,
        expires_at: now,
        revoked_at: None,
        bundle_recipient: None,
    }
}

/// What was asked for and what came of it.
pub(crate) fn settled_view(asked: usize, settled: u32) -> SettledView {
    let asked = u32::try_from(asked).unwrap_or(u32::MAX);
    SettledView { settled, passed_over: asked.saturating_sub(settled) }
}
