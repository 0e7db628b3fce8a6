//! What happened to a household, edit by edit.

use rasoat_casework::{Change, Edit, SubjectKind};
use rasoat_instrument::{Path, Value};
use rasoat_store::{EditCustody, HouseholdRow, Reader, StoreError, StoredEdit};

use crate::household::{household_subject, interview_subject};
use crate::moment::rfc3339;
use crate::projection::is_meta;
use crate::start::count;
use crate::view::{Custody, HistoryView};

/// Every sealed edit of a household and its interview, newest first.
pub(crate) fn of(reader: &Reader<'_>, row: &HouseholdRow) -> Result<Vec<HistoryView>, StoreError> {
    let mut edits = reader.edits_of(&household_subject(row))?;
    edits.extend(reader.edits_of(&interview_subject(row))?);
    edits.sort_by_key(|stored| std::cmp::Reverse((stored.edit.at, stored.edit.id)));
    Ok(edits.iter().map(view).collect())
}

fn view(stored: &StoredEdit) -> HistoryView {
    let edit = &stored.edit;
    HistoryView {
        at: rfc3339(edit.at.millis),
        author: edit.author.clone(),
        kind: kind(edit).to_owned(),
        changes: count(edit.changes.keys().filter(|path| is_answer(path)).count()),
        custody: match &stored.custody {
            EditCustody::Unsent | EditCustody::Collected => Custody::OnlyHere,
            EditCustody::Confirmed { .. } | EditCustody::Foreign => Custody::Confirmed,
            EditCustody::Refused { .. } => Custody::Refused,
        },
    }
}

/// Whether a person would say that they changed this.
fn is_answer(path: &Path) -> bool {
    !is_meta(path) && path.field_name().is_none_or(|name| !name.ends_with('_'))
}

fn kind(edit: &Edit) -> &'static str {
    let is = |name: &str, value: &str| {
        let change = Path::field(name).ok().and_then(|path| edit.changes.get(&path));
        matches!(change, Some(Change::Set(Value::Choice(choice))) if choice == value)
    };
    match edit.subject.kind {
        SubjectKind::Household if is("origin", "added") => "added",
        SubjectKind::Household => "imported",
        SubjectKind::Interview if is("meta_state", "signed") => "signed",
        SubjectKind::Interview if is("meta_state", "open") && !edit.changes.keys().any(is_answer) => {
            "reopened"
        }
        SubjectKind::Interview | SubjectKind::Case | SubjectKind::Remark => "answers",
    }
}
