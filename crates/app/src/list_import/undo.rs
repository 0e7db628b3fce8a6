//! Undoing the taking in of a list: by further edits, and only where nobody has worked on since.

use std::collections::BTreeMap;

use rasoat_casework::{
    Change, CommuneCode, Document, Subject, SubjectKind, VillageId, WITHDRAWN, interview_id,
};
use rasoat_instrument::{Path, Value};
use rasoat_store::{ListUndone, Op, Tx};
use uuid::Uuid;

use super::{ASSUMED_AREAS, STEP};
use crate::app::App;
use crate::error::AppError;
use crate::household::need_row;
use crate::profile::Profile;
use crate::projection::Record;
use crate::refresh;
use crate::view::ListUndoView;

/// Households that were kept and are named.
const MOST_NAMED: usize = 200;

impl App {
    /// Undoes the taking in of a list. Households that somebody worked on since are kept and named.
    pub fn undo_list(&self, number: &str) -> Result<ListUndoView, AppError> {
        let opened = self.need_open()?;
        let unknown = || AppError::new("unknown_list");
        let number: i64 = number.parse().map_err(|_| unknown())?;
        let work = opened.lists.begin()?;
        let at = self.now();
        let profile = &opened.profile;
        let (view, _) = opened.store.transact(Op::UndoList, |tx| {
            let import = tx.list_import(number)?.ok_or_else(unknown)?;
            if import.undone.is_some() {
                return Err(AppError::new("list_already_undone"));
            }
            let before = tx.last_edit()?;
            let households = tx.households_of_import(&import)?;
            work.phase("undoing", households.len())?;
            let mut view = ListUndoView { undone: 0, kept: 0, kept_names: Vec::new() };
            for (index, (commune, id)) in households.into_iter().enumerate() {
                if index % STEP == 0 {
                    work.done(index)?;
                }
                if tx.is_touched_since(&import, id, interview_id(id, profile.enrolled.round))? {
                    view.kept += 1;
                    if view.kept_names.len() < MOST_NAMED {
                        view.kept_names.push(need_row(tx, id)?.head_name);
                    }
                    continue;
                }
                let subject = Subject { commune, kind: SubjectKind::Household, id };
                let changes = back_to(&tx.document_before(&import, &subject)?, &tx.document(&subject)?);
                put_back(profile, tx, subject, changes, at)?;
                view.undone += 1;
            }
            forget_villages(tx)?;
            let (author, households, kept) = (profile.author.clone(), view.undone, view.kept);
            tx.record_undo(number, &ListUndone { at, author, households, kept }, before)?;
            work.done(0)?;
            Ok::<_, AppError>(view)
        })?;
        opened.lists.forget();
        tracing::info!(undone = view.undone, kept = view.kept, "list undone");
        self.wake().notify_waiters();
        Ok(view)
    }
}

/// Villages that lists alone have brought go with the last household in them.
fn forget_villages(tx: &Tx<'_>) -> Result<(), AppError> {
    let mut assumed: Vec<String> = tx.setting(ASSUMED_AREAS)?.unwrap_or_default();
    let before = assumed.len();
    let mut staying = Vec::new();
    for key in assumed.drain(..) {
        let place = key.split_once('/').and_then(|(commune, village)| {
            Some((commune.parse::<CommuneCode>().ok()?, village.parse::<VillageId>().ok()?))
        });
        let is_gone = match place {
            Some((commune, village)) => tx.forget_empty_village(&commune, &village)?,
            None => false,
        };
        if !is_gone {
            staying.push(key);
        }
    }
    if staying.len() < before {
        tx.set_setting(ASSUMED_AREAS, &staying)?;
    }
    Ok(())
}

fn put_back(
    profile: &Profile,
    tx: &Tx<'_>,
    subject: Subject,
    changes: BTreeMap<Path, Change>,
    at: i64,
) -> Result<(), AppError> {
    let (commune, id): (CommuneCode, Uuid) = (subject.commune.clone(), subject.id);
    tx.seal(&subject, changes, &profile.author, None, at)?;
    refresh::household(profile, tx, (&commune, id), at)
}

/// What makes a document what it was. One that the list brought keeps what it says and is marked as withdrawn: what was sent
/// cannot be unsaid, and whoever has worked on it elsewhere meanwhile still finds it.
fn back_to(before: &Document, now: &Document) -> BTreeMap<Path, Change> {
    let (before, now) = (Record::of(before), Record::of(now));
    if before.0.is_empty() {
        let withdrawn =
            Path::field(WITHDRAWN).map(|path| (path, Change::Set(Value::Choice("yes".to_owned()))));
        return withdrawn.into_iter().collect();
    }
    let mut changes: BTreeMap<Path, Change> = before
        .0
        .iter()
        .filter(|(path, value)| now.0.get(*path) != Some(*value))
        .map(|(path, value)| (path.clone(), Change::Set(value.clone())))
        .collect();
    for path in now.0.keys().filter(|path| !before.0.contains_key(*path)) {
        let added =
            path.enclosing_instance().filter(|place| !before.0.keys().any(|known| known.is_within(place)));
        changes.insert(added.unwrap_or_else(|| path.clone()), Change::Removed);
    }
    changes
}
