//! Taking sealed changes back: a new edit says again what stood before them. Nothing is removed; everybody who folds the edits
//! comes to the same, and the history shows who took what back and why.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{Change, Edit, EditId, SubjectKind, UndoError, Undone, undo};
use rasoat_instrument::{Path, Value};
use rasoat_store::{Act, HouseholdRow, HouseholdState, Op, Reader, Tx};

use crate::app::App;
use crate::conflicts::{edit_name, subject_of};
use crate::error::AppError;
use crate::history::is_answer;
use crate::household::{need_row, parse_id, text};
use crate::moment::rfc3339;
use crate::procedure::lock;
use crate::profile::Profile;
use crate::refresh;
use crate::sittings::{DOCUMENTS, Said, label, said_in, shown, shown_change, what};
use crate::start::count;
use crate::view::{ConflictDocument, LaterChangeView, UndoChangeView, UndoForm, UndoPreviewView};

/// Of an edit that takes others back: a number, a blank, and why. The number is not that of the undoing before: who gives the same
/// reason again says something new.
const UNDO: &str = "meta_undo";
/// Where a household lives: without it, it is in no list.
const VILLAGE: &str = "village";
/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// What taking back comes to in one document.
struct Plan {
    said: Said,
    changes: BTreeMap<Path, Change>,
    /// What stands in the way.
    later: Undone,
    /// Places that were in conflict before.
    was_conflict: bool,
}

/// Why an edit took others back, if it did.
pub(crate) fn reason_in(edit: &Edit) -> Option<String> {
    let place = Path::field(UNDO).ok()?;
    match edit.changes.get(&place)? {
        Change::Set(value) => value.to_string().split_once(' ').map(|(_, reason)| reason.to_owned()),
        Change::Removed => None,
    }
}

impl App {
    /// What taking changes back would do, and what stands in the way.
    pub fn preview_undo(&self, form: &UndoForm) -> Result<UndoPreviewView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(&form.household)?;
        opened.store.read(|reader| {
            let row = need_row(reader, id)?;
            let plans = plans(reader, &row, form)?;
            let mut view = UndoPreviewView { changes: Vec::new(), later: Vec::new(), refusal: None };
            for plan in &plans {
                view.changes.extend(plan.changes.iter().map(|(path, change)| UndoChangeView {
                    what: what(path),
                    label: label(&opened.profile, path),
                    path: path.to_string(),
                    member: plan.said.member_name(path),
                    now: shown(&opened.profile, path, plan.said.folded.get(path)),
                    then: shown_change(&opened.profile, path, change),
                }));
                view.later.extend(later_views(&opened.profile, plan));
            }
            view.refusal = check(&row, &plans).err().map(|error| error.code);
            Ok(view)
        })
    }

    /// Takes changes back by a new edit for each document they are in. What was not sealed of the household is sealed before.
    pub fn undo(&self, form: &UndoForm) -> Result<(), AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(&form.household)?;
        let reason = text(&form.reason).ok_or_else(|| AppError::new("undo_reason_missing"))?;
        if reason.to_string().chars().count() > LONGEST_REASON {
            return Err(AppError::new("undo_reason_long").with("most", LONGEST_REASON));
        }
        self.leave_interview(&form.household)?;
        let now = self.now();
        let mut open = opened.interviews.lock();
        let (places, _) = opened.store.transact(Op::Undo, |tx| {
            let row = need_row(tx, id)?;
            let plans = plans(tx, &row, form)?;
            check(&row, &plans)?;
            if plans.iter().any(|plan| plan.said.document == ConflictDocument::Interview) {
                lock::must_be_open(&opened.profile, tx, &row)?;
            }
            let places: usize = plans.iter().map(|plan| plan.changes.len()).sum();
            for plan in plans {
                seal(&opened.profile, tx, &row, plan, &reason, now)?;
            }
            refresh::household(&opened.profile, tx, (&row.commune, id), now)?;
            let details = [("household", id.to_string()), ("places", places.to_string())];
            tx.audit(Act::Undo, &details, now)?;
            Ok::<_, AppError>(places)
        })?;
        open.clear();
        drop(open);
        tracing::info!(places, "took changes back");
        self.wake().notify_waiters();
        Ok(())
    }
}

/// What is to be done in each document that the wanted edits are of.
fn plans(reader: &Reader<'_>, row: &HouseholdRow, form: &UndoForm) -> Result<Vec<Plan>, AppError> {
    let mut plans = Vec::new();
    for document in DOCUMENTS {
        let only = form.only.as_ref();
        if only.is_some_and(|only| only.document != document) {
            continue;
        }
        let path = only.map(|only| only.path.parse::<Path>()).transpose();
        let path = path.map_err(|_| AppError::new("unknown_path"))?;
        let said = said_in(reader, row, document, None)?;
        plans.extend(plan(said, &form.edits, path.as_ref(), form.also_later));
    }
    if plans.is_empty() { Err(AppError::new("undo_nothing")) } else { Ok(plans) }
}

/// `None`: nothing of it is in this document.
fn plan(said: Said, wanted: &[String], only: Option<&Path>, also_later: bool) -> Option<Plan> {
    let edits: Vec<&Edit> = said.edits.iter().map(|stored| &stored.edit).collect();
    let mut undone: Undone = edits
        .iter()
        .filter(|edit| wanted.contains(&edit_name(edit.id)))
        .flat_map(|edit| {
            let places = edit.changes.keys();
            let meant = places.filter(|path| is_answer(path) && only.is_none_or(|only| only == *path));
            meant.map(|path| (edit.id, path.clone()))
        })
        .collect();
    loop {
        let found = undo(edits.iter().copied(), &undone);
        let (changes, later, was_conflict) = match found {
            Ok(changes) => (changes, Undone::new(), false),
            Err(UndoError::Nothing) => return None,
            Err(UndoError::WasConflict(_)) => (BTreeMap::new(), Undone::new(), true),
            Err(UndoError::StoodOn(later)) if also_later && !later.is_subset(&undone) => {
                undone.extend(later);
                continue;
            }
            Err(UndoError::StoodOn(later)) => (BTreeMap::new(), later, false),
        };
        return Some(Plan { said, changes, later, was_conflict });
    }
}

/// Whether the household may be changed so.
fn check(row: &HouseholdRow, plans: &[Plan]) -> Result<(), AppError> {
    if row.merged_into.is_some() {
        return Err(AppError::new("household_merged"));
    }
    let of_interview = |plan: &Plan| plan.said.document == ConflictDocument::Interview;
    if row.progress.state == HouseholdState::Signed && plans.iter().any(of_interview) {
        return Err(AppError::new("signed_off"));
    }
    let later: usize = plans.iter().map(|plan| plan.later.len()).sum();
    if later > 0 {
        return Err(AppError::new("undo_stood_on").with("count", count(later)));
    }
    if plans.iter().any(|plan| plan.was_conflict) {
        return Err(AppError::new("undo_was_conflict"));
    }
    let leaves_list = |plan: &Plan| {
        let village = Path::field(VILLAGE).ok();
        let gone = village.and_then(|village| plan.changes.get(&village));
        plan.said.document == ConflictDocument::Household && gone == Some(&Change::Removed)
    };
    if plans.iter().any(leaves_list) { Err(AppError::new("undo_first")) } else { Ok(()) }
}

fn seal(
    profile: &Profile,
    tx: &Tx<'_>,
    row: &HouseholdRow,
    plan: Plan,
    reason: &Value,
    now_millis: i64,
) -> Result<(), AppError> {
    let Plan { said, mut changes, .. } = plan;
    let subject = subject_of(row, said.document);
    let mark = Path::field(UNDO).map_err(|_| AppError::new("unknown_path"))?;
    let before = said.folded.get(&mark).map(ToString::to_string).unwrap_or_default();
    let before: u64 = before.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default();
    let why = format!("{} {reason}", before.wrapping_add(1));
    changes.insert(mark, Change::Set(Value::Text(why)));
    let instrument = (subject.kind == SubjectKind::Interview).then_some(profile.instrument);
    tx.settle(&subject, changes, &profile.author, instrument, now_millis)?;
    Ok(())
}

fn later_views(profile: &Profile, plan: &Plan) -> Vec<LaterChangeView> {
    let edits: BTreeMap<EditId, &Edit> =
        plan.said.edits.iter().map(|stored| (stored.edit.id, &stored.edit)).collect();
    let places: BTreeSet<&(EditId, Path)> = plan.later.iter().collect();
    let views = places.into_iter().filter_map(|(id, path)| {
        let edit = edits.get(id)?;
        Some(LaterChangeView {
            label: label(profile, path),
            path: path.to_string(),
            member: plan.said.member_name(path),
            value: edit.changes.get(path).and_then(|change| shown_change(profile, path, change)),
            author: edit.author.clone(),
            at: rfc3339(edit.at.millis),
        })
    });
    views.collect()
}
