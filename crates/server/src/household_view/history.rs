//! Every edit about a household, and the way each came.

use std::collections::BTreeMap;

use rasoat_casework::{Change, Edit, SubjectKind};
use rasoat_instrument::Path;
use uuid::Uuid;

use super::words::Words;
use super::{Origins, edit_id};
use crate::assess::is_meta;
use crate::storage::StoredEdit;
use crate::time::rfc3339;
use crate::view::{ChangeView, EditKind, EditView};

/// The edits, newest first by logical time.
pub(super) fn of(edits: &[StoredEdit], words: &Words<'_>, origins: &Origins<'_>) -> Vec<EditView> {
    let mut in_order: Vec<&StoredEdit> = edits.iter().collect();
    in_order.sort_by_key(|stored| (stored.edit.at, stored.edit.id));
    let mut signed: BTreeMap<Uuid, bool> = BTreeMap::new();
    let mut views: Vec<EditView> = in_order
        .into_iter()
        .map(|stored| {
            let was_signed = signed.entry(stored.edit.subject.id).or_default();
            let kind = kind_of(&stored.edit, *was_signed);
            match kind {
                EditKind::Signed => *was_signed = true,
                EditKind::Reopened => *was_signed = false,
                EditKind::Listed | EditKind::Answers | EditKind::Other => {}
            }
            view(stored, kind, words, origins)
        })
        .collect();
    views.reverse();
    views
}

fn kind_of(edit: &Edit, was_signed: bool) -> EditKind {
    match edit.subject.kind {
        SubjectKind::Household => EditKind::Listed,
        SubjectKind::Case | SubjectKind::Remark => EditKind::Other,
        SubjectKind::Interview => match state_set_by(edit) {
            Some("signed") => EditKind::Signed,
            Some("open") if was_signed => EditKind::Reopened,
            Some(_) | None => EditKind::Answers,
        },
    }
}

fn state_set_by(edit: &Edit) -> Option<&str> {
    match edit.changes.get(&Path::field("meta_state").ok()?)? {
        Change::Set(value) => value.as_name(),
        Change::Removed => None,
    }
}

fn view(stored: &StoredEdit, kind: EditKind, words: &Words<'_>, origins: &Origins<'_>) -> EditView {
    let edit = &stored.edit;
    let changes = edit.changes.iter().filter(|(path, _)| !is_meta(path)).map(|(path, change)| ChangeView {
        path: path.to_string(),
        label: words.label(path),
        value: match change {
            Change::Set(value) => Some(words.answer(path, value)),
            Change::Removed => None,
        },
    });
    EditView {
        id: edit_id(edit.id),
        writer: edit.id.writer.0.to_string(),
        seq: edit.id.seq,
        device: stored.device.0.to_string(),
        device_name: origins.device_name(stored.device),
        author: edit.author.clone(),
        made_at: rfc3339(edit.at.millis),
        received_at: rfc3339(stored.received_at),
        kind,
        changes: changes.collect(),
    }
}
