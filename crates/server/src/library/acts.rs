//! What administrators do with versions: take in, publish, retire, discard; and other figures for targets.

use std::collections::BTreeMap;

use rasoat_casework::CommuneCode;
use rasoat_casework::targets::YearTarget;
use rasoat_instrument::Provenance;

use super::check::{Beside, report};
use super::upload::Upload;
use super::{Library, LibraryError, in_force, upload};
use crate::auth;
use crate::hex;
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::facts::ALL;
use crate::storage::{LibraryAct, LibraryChange, LibraryItem, LibraryItems, LibraryKind, LibraryState};
use crate::view::{LibraryProblemView, ReportView, TargetForm};

/// A source is a few words.
const LONGEST_SOURCE: usize = 500;

/// Why something is not done with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotDone {
    /// Somebody else changed versions meanwhile.
    Changed,
    /// It is not in the state that this is done from.
    WrongState,
    /// There would be none left to work by.
    LastPublished,
    /// A standard in force names it.
    StillUsed,
    /// Its report says what must be mended before.
    HasProblems,
    /// The files are more, or larger, than is taken.
    TooLarge,
    /// A figure without its source, or for a year that is none.
    BadTarget,
}

/// What came of an upload.
pub(crate) enum Uploaded {
    /// It cannot be read.
    Refused(Vec<LibraryProblemView>),
    /// A version; whether it was there before, and its report.
    Read { item: Box<LibraryItem>, known: bool, report: ReportView },
}

/// All versions, and how many households each commune has.
pub(crate) async fn now(state: &State) -> Result<(LibraryItems, BTreeMap<CommuneCode, u32>), Refusal> {
    state.freshen_library_now().await?;
    let versions = state.storage.library_items().await?;
    let counted = state.storage.commune_marks().await?.into_iter();
    let households = counted.map(|commune| {
        let all = commune.marks.get(ALL).copied().unwrap_or_default();
        (commune.commune, all)
    });
    Ok((versions, households.collect()))
}

/// One of them.
fn find(versions: &LibraryItems, kind: LibraryKind, hash: &[u8; 32]) -> Result<LibraryItem, Refusal> {
    let found = versions.items.iter().find(|item| item.kind == kind && item.hash == *hash);
    found.cloned().ok_or(Refusal::NotFound)
}

/// What is wrong with a version here and now, and what it changes, with all versions.
pub(crate) async fn reported(
    state: &State,
    kind: LibraryKind,
    hash: &[u8; 32],
) -> Result<(LibraryItems, LibraryItem, ReportView), Refusal> {
    let (versions, households) = now(state).await?;
    let item = find(&versions, kind, hash)?;
    let library = state.library();
    let reporting = tokio::task::spawn_blocking(move || {
        let report =
            report(&Beside { library: &library, versions: &versions, households: &households }, &item);
        (versions, item, report)
    });
    reporting.await.map_err(|_| Refusal::Busy)
}

/// Reads files and keeps them as a draft.
pub(crate) async fn take_in(
    state: &State,
    actor: &str,
    kind: LibraryKind,
    upload: Upload,
) -> Result<Uploaded, Refusal> {
    let size: usize = upload.files.values().map(Vec::len).sum();
    if upload.files.len() > upload::MOST_FILES || size > upload::LARGEST {
        return Err(NotDone::TooLarge.into());
    }
    let (versions, households) = now(state).await?;
    let library = state.library();
    let _turn = state.uploads.acquire().await.map_err(|_| Refusal::Busy)?;
    let (at, number) = (state.now(), versions.number);
    let by = actor.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let form = library.latest().map(|latest| &*latest.plan);
        let Some(form) = form else { return Uploaded::Refused(Vec::new()) };
        let read = match upload::read(kind, upload, form) {
            Ok(read) => read,
            Err(problems) => return Uploaded::Refused(problems),
        };
        let known = versions.items.iter().find(|item| item.kind == kind && item.hash == read.hash);
        let item = known.cloned().unwrap_or(LibraryItem {
            kind,
            hash: read.hash,
            id: read.id,
            version: read.version,
            state: LibraryState::Draft,
            content: read.content,
            made: LibraryAct { at, by },
            published: None,
            place: 0,
            retired: None,
        });
        let beside = Beside { library: &library, versions: &versions, households: &households };
        Uploaded::Read { report: report(&beside, &item), known: known.is_some(), item: Box::new(item) }
    });
    let uploaded = reading.await.map_err(|_| Refusal::Busy)?;
    if let Uploaded::Read { item, known: false, .. } = &uploaded {
        put(state, vec![LibraryItem::clone(item)], number, false).await?;
        note(state, actor, "library_uploaded", item).await?;
    }
    Ok(uploaded)
}

/// Publishes a draft, or again what was retired: from now on it is the one that counts.
pub(crate) async fn publish(
    state: &State,
    actor: &str,
    kind: LibraryKind,
    hash: [u8; 32],
) -> Result<(), Refusal> {
    let (versions, mut item, report) = reported(state, kind, &hash).await?;
    if item.state == LibraryState::Published {
        return Err(NotDone::WrongState.into());
    }
    if report.problems.iter().any(|problem| problem.blocks) {
        return Err(NotDone::HasProblems.into());
    }
    item.state = LibraryState::Published;
    item.place = last_place(&versions) + 1;
    item.published = Some(LibraryAct { at: state.now(), by: actor.to_owned() });
    item.retired = None;
    settle(state, versions, item.clone()).await?;
    note(state, actor, "library_published", &item).await
}

/// Retires what was published: nobody gets it any more, and the one before counts again. What was made with it stays with it.
pub(crate) async fn retire(
    state: &State,
    actor: &str,
    kind: LibraryKind,
    hash: [u8; 32],
) -> Result<(), Refusal> {
    let (versions, _) = now(state).await?;
    let mut item = find(&versions, kind, &hash)?;
    if item.state != LibraryState::Published {
        return Err(NotDone::WrongState.into());
    }
    item.state = LibraryState::Retired;
    item.retired = Some(LibraryAct { at: state.now(), by: actor.to_owned() });
    settle(state, versions, item.clone()).await?;
    note(state, actor, "library_retired", &item).await
}

/// Forgets a draft.
pub(crate) async fn discard(
    state: &State,
    actor: &str,
    kind: LibraryKind,
    hash: [u8; 32],
) -> Result<(), Refusal> {
    let (versions, _) = now(state).await?;
    let item = find(&versions, kind, &hash)?;
    if item.state != LibraryState::Draft {
        return Err(NotDone::WrongState.into());
    }
    let forget = vec![(kind, hash)];
    let change = LibraryChange { at_number: versions.number, put: Vec::new(), forget, rescore: false };
    done(state.storage.change_library(change).await?)?;
    note(state, actor, "library_discarded", &item).await
}

/// Puts another figure of a target, with its source, as a new version.
pub(crate) async fn set_target(state: &State, actor: &str, form: TargetForm) -> Result<(), Refusal> {
    let (versions, _) = now(state).await?;
    let current = in_force(&versions.items, LibraryKind::Targets).get(form.id.as_str()).copied();
    let current = current.ok_or(Refusal::NotFound)?;
    if hex::of(&current.hash) != form.hash {
        return Err(NotDone::Changed.into());
    }
    let source = form.source.trim().replace('\0', "");
    if source.is_empty() || source.chars().count() > LONGEST_SOURCE || !form.value.is_finite() {
        return Err(NotDone::BadTarget.into());
    }
    let library = state.library();
    let targets = library.targets().iter().find(|targets| targets.id == form.id).ok_or(Refusal::NotFound)?;
    let provenance = Provenance { confidence: form.confidence, source };
    let figure = YearTarget { value: form.value, provenance: Some(provenance) };
    let changed = targets.with(&form.target, form.year, Some(figure)).ok_or(NotDone::BadTarget)?;
    let content = changed.to_toml();
    let hash = *blake3::hash(content.as_bytes()).as_bytes();
    let act = LibraryAct { at: state.now(), by: actor.to_owned() };
    let item = LibraryItem {
        kind: LibraryKind::Targets,
        hash,
        id: changed.id,
        version: String::new(),
        state: LibraryState::Published,
        content,
        made: act.clone(),
        published: Some(act),
        place: last_place(&versions) + 1,
        retired: None,
    };
    settle(state, versions, item).await?;
    let object = format!("{} {} {}", form.id, form.target, form.year);
    auth::note_act(state, actor, "target_changed", &object).await
}

fn last_place(versions: &LibraryItems) -> u64 {
    versions.items.iter().map(|item| item.place).max().unwrap_or_default()
}

/// Puts a version as it is to stand, if all of it still works together then; in force here when this returns.
async fn settle(state: &State, versions: LibraryItems, item: LibraryItem) -> Result<(), Refusal> {
    let (before, number) = (state.library(), versions.number);
    let mut trial = versions;
    trial.items.retain(|other| other.kind != item.kind || other.hash != item.hash);
    trial.items.push(item.clone());
    let trying = tokio::task::spawn_blocking(move || {
        let library = match Library::of(&trial, Some(&before)) {
            Ok(library) => library,
            Err(LibraryError::Missing(_)) => return Err(NotDone::LastPublished),
            Err(_) => return Err(NotDone::HasProblems),
        };
        let has = |id: &String| library.tables().iter().any(|table| table.id == *id);
        let mut named = library.standards().iter().flat_map(|known| known.standard.table_ids());
        if named.all(|id| has(&id)) { Ok(!library.scores_as(&before)) } else { Err(NotDone::StillUsed) }
    });
    let rescore = trying.await.map_err(|_| Refusal::Busy)??;
    put(state, vec![item], number, rescore).await?;
    state.freshen_library_now().await?;
    state.behind.notify_one();
    Ok(())
}

async fn put(state: &State, put: Vec<LibraryItem>, at_number: u64, rescore: bool) -> Result<(), Refusal> {
    let change = LibraryChange { at_number, put, forget: Vec::new(), rescore };
    done(state.storage.change_library(change).await?)
}

fn done(changed: bool) -> Result<(), Refusal> {
    if changed { Ok(()) } else { Err(NotDone::Changed.into()) }
}

async fn note(state: &State, actor: &str, act: &str, item: &LibraryItem) -> Result<(), Refusal> {
    let object = format!("{} {} {}", item.kind.as_str(), item.id, hex::of(&item.hash[..8]));
    auth::note_act(state, actor, act, &object).await
}
