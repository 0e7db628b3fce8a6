//! Edits to a document: commutative, associative, idempotent; nothing is overwritten unseen.

use std::collections::BTreeMap;

use rasoat_instrument::{Path, Value};

use crate::edit::{Edit, VersionVector};
use crate::id::EditId;

/// One value that stands for a place, and the edit it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The value; `None` where the edit removed it.
    pub value: Option<Value>,
    /// Where it comes from.
    pub edit: EditId,
}

/// What a place holds: one candidate, or several that did not see one another and differ (a conflict).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldState {
    /// Never empty; in the order of logical time, ties by edit id. Equal values are merged into the earliest.
    pub candidates: Vec<Candidate>,
}

/// What all known edits of one subject come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Each place that any edit touched.
    pub fields: BTreeMap<Path, FieldState>,
    /// What went in.
    pub version: VersionVector,
}

impl FieldState {
    /// The value to work with: the latest candidate's.
    pub fn value(&self) -> Option<&Value> {
        self.candidates.last().and_then(|candidate| candidate.value.as_ref())
    }

    /// Whether values differ that did not see one another.
    pub fn in_conflict(&self) -> bool {
        self.candidates.len() > 1
    }
}

impl Document {
    /// The value at a place.
    pub fn get(&self, path: &Path) -> Option<&Value> {
        self.fields.get(path).and_then(FieldState::value)
    }

    /// Every place with a value, for a form to open with. Members that were removed are left out with all their fields.
    pub fn values(&self) -> BTreeMap<Path, Value> {
        todo!()
    }

    /// The places in conflict.
    pub fn conflicts(&self) -> Vec<&Path> {
        self.fields.iter().filter(|(_, state)| state.in_conflict()).map(|(path, _)| path).collect()
    }
}

/// Folds the edits of one subject, in any order, any number of times.
pub fn fold<'a>(_edits: impl IntoIterator<Item = &'a Edit>) -> Document {
    todo!()
}
