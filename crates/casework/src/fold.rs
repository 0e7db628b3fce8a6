//! Edits to a document: commutative, associative, idempotent; nothing is overwritten unseen.

use std::collections::BTreeMap;

use rasoat_instrument::{Path, Value};

use crate::edit::{Change, Edit, VersionVector};
use crate::id::EditId;

/// The only value of an instance's own path, as a choice: the instance is there. An edit that changes anything inside an
/// instance says so by itself; setting it settles the conflict between a removal and a change in favour of the change.
pub const PRESENT: &str = "present";

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

    /// Whether what stood here was removed, and nobody says otherwise.
    fn is_gone(&self) -> bool {
        !self.in_conflict() && self.value().is_none()
    }

    /// Whether values differ that did not see one another.
    pub fn in_conflict(&self) -> bool {
        self.candidates.len() > 1
    }
}

impl Document {
    /// The value at a place; none inside an instance that was removed.
    pub fn get(&self, path: &Path) -> Option<&Value> {
        if self.is_removed(path) { None } else { self.fields.get(path).and_then(FieldState::value) }
    }

    /// Every place with a value, for a form to open with. Members that were removed are left out with all their fields;
    /// one that was removed by some and changed by others is there, in conflict.
    pub fn values(&self) -> BTreeMap<Path, Value> {
        self.present().map(|(path, value)| (path.clone(), value.clone())).collect()
    }

    /// The same in place, in order.
    pub fn present(&self) -> impl Iterator<Item = (&Path, &Value)> {
        let instances = self.fields.iter().filter(|(path, _)| path.field_name().is_none());
        let removed: Vec<&Path> =
            instances.filter(|(_, state)| state.is_gone()).map(|(path, _)| path).collect();
        self.fields
            .iter()
            .filter(move |(path, _)| {
                path.field_name().is_some() && !removed.iter().any(|instance| path.is_within(instance))
            })
            .filter_map(|(path, state)| Some((path, state.value()?)))
    }

    /// The places in conflict. An instance's path: some removed it while others changed it.
    pub fn conflicts(&self) -> Vec<&Path> {
        self.fields.iter().filter(|(_, state)| state.in_conflict()).map(|(path, _)| path).collect()
    }

    fn is_removed(&self, path: &Path) -> bool {
        instances_around(path).any(|instance| self.fields.get(&instance).is_some_and(FieldState::is_gone))
    }
}

/// Folds the edits of one subject, in any order, any number of times.
///
/// An edit counts as having seen what its vector names and all its own writer's earlier edits. Two different edits that
/// claim one number (a copied database) both count, as if from two writers.
///
/// A version names only the last number of each writer, so of each writer's edits of the subject none may be missing before
/// one that is there: whoever keeps edits takes each chain in order.
pub fn fold<'a>(edits: impl IntoIterator<Item = &'a Edit>) -> Document {
    let (version, places) = gather(edits);
    let fields = places.into_iter().map(|(path, touches)| (path, standing(touches))).collect();
    Document { fields, version }
}

/// What each edit says of each place, in the order of time, with what it implies of the instances around.
pub(crate) fn gather<'a>(
    edits: impl IntoIterator<Item = &'a Edit>,
) -> (VersionVector, BTreeMap<Path, Vec<Touch<'a>>>) {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by(|a, b| (a.at, a.id).cmp(&(b.at, b.id)).then_with(|| a.to_bytes().cmp(&b.to_bytes())));
    edits.dedup();

    let mut version = VersionVector::default();
    let mut places: BTreeMap<Path, Vec<Touch<'_>>> = BTreeMap::new();
    for edit in edits.iter().copied() {
        version.insert(edit.id);
        for (path, change) in &edit.changes {
            let value = match change {
                Change::Set(value) => Some(value.clone()),
                Change::Removed => None,
            };
            places.entry(path.clone()).or_default().push(Touch { edit, value });
        }
    }
    note_presence(&edits, &mut places);
    for touches in places.values_mut() {
        touches.sort_by_key(|touch| (touch.edit.at, touch.edit.id));
    }
    (version, places)
}

/// One edit's word on one place.
#[derive(Clone)]
pub(crate) struct Touch<'a> {
    pub(crate) edit: &'a Edit,
    pub(crate) value: Option<Value>,
}

/// At every instance that some edit removed (or kept), the edits that change something inside say that it is there.
fn note_presence<'a>(edits: &[&'a Edit], places: &mut BTreeMap<Path, Vec<Touch<'a>>>) {
    if places.keys().all(|path| path.field_name().is_some()) {
        return;
    }
    for edit in edits.iter().copied() {
        let mut inside: Vec<Path> = edit.changes.keys().flat_map(instances_around).collect();
        inside.sort();
        inside.dedup();
        for instance in inside {
            // Its own word on the instance, if it has one, is already there.
            if !edit.changes.contains_key(&instance)
                && let Some(touches) = places.get_mut(&instance)
            {
                touches.push(Touch { edit, value: Some(Value::Choice(PRESENT.to_owned())) });
            }
        }
    }
}

/// Which of a place's touches no other that saw them has replaced.
pub(crate) fn stands(touches: &[Touch<'_>]) -> Vec<bool> {
    let mut seen = VersionVector::default();
    for touch in touches {
        seen.merge(&seen_by(touch.edit));
    }
    let mut stands: Vec<bool> = touches.iter().map(|touch| !seen.contains(touch.edit.id)).collect();
    keep_circles(touches, &mut stands);
    stands
}

/// What stands of a place's touches, equal values merged into the earliest.
pub(crate) fn standing(touches: Vec<Touch<'_>>) -> FieldState {
    let stands = stands(&touches);
    let mut candidates: Vec<Candidate> = Vec::new();
    for touch in touches.into_iter().zip(stands).filter_map(|(touch, stands)| stands.then_some(touch)) {
        if !candidates.iter().any(|known| known.value == touch.value) {
            candidates.push(Candidate { value: touch.value, edit: touch.edit.id });
        }
    }
    FieldState { candidates }
}

/// Edits that claim to have seen one another in a circle (no honest writer makes them) would all be replaced and their
/// values lost; whatever does not lead to an edit that stands, stands itself.
fn keep_circles(touches: &[Touch<'_>], stands: &mut [bool]) {
    let mut led = VersionVector::default();
    let mut reached = stands.to_vec();
    for (touch, _) in touches.iter().zip(&reached).filter(|(_, reached)| **reached) {
        led.merge(&seen_by(touch.edit));
    }
    loop {
        let mut grew = false;
        for (touch, reached) in touches.iter().zip(&mut reached) {
            if !*reached && led.contains(touch.edit.id) {
                *reached = true;
                grew = true;
                led.merge(&seen_by(touch.edit));
            }
        }
        if !grew {
            break;
        }
    }
    for (stands, reached) in stands.iter_mut().zip(reached) {
        *stands = *stands || !reached;
    }
}

/// The edit's vector, with its own writer exactly up to the edit before.
pub(crate) fn seen_by(edit: &Edit) -> VersionVector {
    let mut seen = edit.seen.clone();
    seen.0.insert(edit.id.writer, edit.id.seq.saturating_sub(1));
    seen
}

/// The instances that enclose (or are) a place, from the inside out.
pub(crate) fn instances_around(path: &Path) -> impl Iterator<Item = Path> {
    std::iter::successors(path.enclosing_instance(), Path::outer_instance)
}
