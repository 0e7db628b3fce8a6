//! Taking sealed changes back: what another edit must say so that a place holds what it held before them. Nothing is removed
//! from anybody's chain.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_instrument::Path;

use crate::edit::{Change, Edit};
use crate::fold::{FieldState, Touch, gather, instances_around, seen_by, standing};
use crate::id::EditId;

/// Changes by the edit that made them and their place.
pub type Undone = BTreeSet<(EditId, Path)>;

/// Why changes cannot be taken back as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UndoError {
    /// None of them is there.
    #[error("there is nothing to undo")]
    Nothing,
    /// Others changed the same places later, or without having seen them: these would have to go as well.
    #[error("other changes stand on it")]
    StoodOn(Undone),
    /// Before, these places were in conflict, which no edit brings back.
    #[error("there were several answers before")]
    WasConflict(BTreeSet<Path>),
}

/// What an edit that has seen everything must say for each place to hold what it held before `wanted`.
///
/// A member that came into being by them alone is removed as a whole.
///
/// # Errors
/// See [`UndoError`].
pub fn undo<'a>(
    edits: impl IntoIterator<Item = &'a Edit>,
    wanted: &Undone,
) -> Result<BTreeMap<Path, Change>, UndoError> {
    let (_, places) = gather(edits);
    let is_wanted = |path: &Path, touch: &Touch<'_>| wanted.contains(&(touch.edit.id, path.clone()));
    let found: Vec<(&Path, &Vec<Touch<'_>>)> =
        places.iter().filter(|(path, touches)| touches.iter().any(|touch| is_wanted(path, touch))).collect();
    if found.is_empty() {
        return Err(UndoError::Nothing);
    }
    let mut changes = BTreeMap::new();
    let mut stood_on = Undone::new();
    let mut conflicts = BTreeSet::new();
    for instance in brought(&places, wanted) {
        let inside = places.iter().filter(|(path, _)| path.is_within(&instance));
        stood_on.extend(inside.flat_map(|(path, touches)| {
            let others = touches.iter().filter(|touch| !is_wanted(path, touch));
            let said = others.filter(|touch| !path.is_hidden() && touch.edit.changes.contains_key(path));
            said.map(|touch| (touch.edit.id, path.clone())).collect::<Vec<_>>()
        }));
        changes.insert(instance, Change::Removed);
    }
    for (path, touches) in found {
        if changes.keys().any(|instance| path.field_name().is_some() && path.is_within(instance)) {
            continue;
        }
        let (own, others): (Vec<_>, Vec<_>) =
            touches.iter().cloned().partition(|touch| is_wanted(path, touch));
        let (before, later): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|touch| own.iter().any(|own| seen_by(own.edit).contains(touch.edit.id)));
        stood_on.extend(later.iter().map(|touch| (touch.edit.id, path.clone())));
        let before = standing(before);
        if before.in_conflict() {
            conflicts.insert(path.clone());
        }
        changes.insert(path.clone(), change_to(&before));
    }
    if !stood_on.is_empty() {
        return Err(UndoError::StoodOn(stood_on));
    }
    if conflicts.is_empty() { Ok(changes) } else { Err(UndoError::WasConflict(conflicts)) }
}

fn change_to(before: &FieldState) -> Change {
    before.value().cloned().map_or(Change::Removed, Change::Set)
}

/// The outermost instances of which nothing was said before the wanted edits, and all that these say of them is wanted.
fn brought(places: &BTreeMap<Path, Vec<Touch<'_>>>, wanted: &Undone) -> Vec<Path> {
    let around: BTreeSet<Path> = wanted.iter().flat_map(|(_, path)| instances_around(path)).collect();
    let mut found: Vec<Path> = Vec::new();
    // Outer instances are shorter, and come first.
    for instance in around {
        let inside = || {
            let within = places.iter().filter(|(path, _)| path.is_within(&instance));
            within.flat_map(|(path, touches)| touches.iter().map(move |touch| (path, touch)))
        };
        let own = |path: &Path, touch: &Touch<'_>| wanted.contains(&(touch.edit.id, path.clone()));
        let makers: Vec<&Edit> =
            inside().filter(|(path, touch)| own(path, touch)).map(|(_, touch)| touch.edit).collect();
        let is_maker = |touch: &Touch<'_>| makers.iter().any(|maker| maker.id == touch.edit.id);
        // What a form keeps for itself goes along.
        let is_whole = inside().all(|(path, touch)| {
            let is_said = touch.edit.changes.contains_key(path);
            own(path, touch) || path.is_hidden() || !is_said || !is_maker(touch)
        });
        let was_seen = |touch: &Touch<'_>| makers.iter().any(|maker| seen_by(maker).contains(touch.edit.id));
        let is_first = inside().all(|(_, touch)| is_maker(touch) || !was_seen(touch));
        let is_inner = found.iter().any(|outer| instance.is_within(outer));
        let is_kept = inside().any(|(path, touch)| own(path, touch) && path.field_name().is_none());
        if is_whole && is_first && !is_inner && !is_kept {
            found.push(instance);
        }
    }
    found
}
