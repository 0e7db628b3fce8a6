//! What was said of each place, by whom and over what: the history that a document forgets.

use std::collections::BTreeMap;

use rasoat_instrument::{Path, Value};

use crate::edit::{Edit, VersionVector};
use crate::fold::{Touch, gather, seen_by, stands};

/// One edit's word on one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Word<'a> {
    /// Whose.
    pub edit: &'a Edit,
    /// What it set; `None` where it removed what was there.
    pub value: Option<Value>,
    /// What stood there for its author: nothing, one value, or several of which it settled.
    pub over: Vec<Option<Value>>,
    /// Whether no other edit has replaced it.
    pub stands: bool,
}

/// Every word on every place of one subject, each place's in the order of logical time.
pub fn trace<'a>(edits: impl IntoIterator<Item = &'a Edit>) -> BTreeMap<Path, Vec<Word<'a>>> {
    let (_, places) = gather(edits);
    let words = places.into_iter().map(|(path, touches)| {
        let words = words(&path, &touches);
        (path, words)
    });
    words.filter(|(_, words)| !words.is_empty()).collect()
}

fn words<'a>(path: &Path, touches: &[Touch<'a>]) -> Vec<Word<'a>> {
    let stands = stands(touches);
    let said = touches.iter().zip(stands).filter(|(touch, _)| touch.edit.changes.contains_key(path));
    said.map(|(touch, stands)| Word {
        edit: touch.edit,
        value: touch.value.clone(),
        over: replaced(touches, touch.edit),
        stands,
    })
    .collect()
}

/// The values that stood for an edit's author: of what it saw, what nothing else that it saw had replaced.
fn replaced(touches: &[Touch<'_>], edit: &Edit) -> Vec<Option<Value>> {
    let saw = seen_by(edit);
    let seen: Vec<&Touch<'_>> =
        touches.iter().filter(|touch| touch.edit.id != edit.id && saw.contains(touch.edit.id)).collect();
    let mut led = VersionVector::default();
    for touch in &seen {
        led.merge(&seen_by(touch.edit));
    }
    let mut values: Vec<Option<Value>> = Vec::new();
    for touch in seen.into_iter().filter(|touch| !led.contains(touch.edit.id)) {
        if !values.contains(&touch.value) {
            values.push(touch.value.clone());
        }
    }
    values
}
