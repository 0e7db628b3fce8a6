//! What was said over what, and taking it back by saying again what was there before.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use rasoat_casework::{
    Change, Document, Edit, EditId, Hlc, Subject, SubjectKind, UndoError, Undone, VersionVector, WriterId,
    fold, trace, undo,
};
use rasoat_instrument::{Path, Value};
use uuid::Uuid;

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

fn set(number: i64) -> Change {
    Change::Set(Value::Integer(number))
}

fn id(who: u128, seq: u64) -> EditId {
    EditId { writer: WriterId(Uuid::from_u128(who)), seq }
}

fn edit(who: u128, seq: u64, millis: i64, seen: VersionVector, changes: &[(&str, Change)]) -> Edit {
    Edit {
        id: id(who, seq),
        prev: None,
        subject: Subject { commune: "06325".parse().unwrap(), kind: SubjectKind::Interview, id: Uuid::nil() },
        seen,
        at: Hlc { millis, counter: 0 },
        author: String::new(),
        instrument: None,
        changes: changes.iter().map(|(place, change)| (path(place), change.clone())).collect(),
    }
}

fn saw(seen: &[(u128, u64)]) -> VersionVector {
    VersionVector(seen.iter().map(|(who, seq)| (id(*who, 1).writer, *seq)).collect())
}

fn all_of(edit: &Edit) -> Undone {
    edit.changes.keys().map(|path| (edit.id, path.clone())).collect()
}

/// The edits and one more, by somebody who saw them all.
fn with(edits: &[Edit], changes: std::collections::BTreeMap<Path, Change>) -> Vec<Edit> {
    let last = Edit { changes, ..edit(99, 1, 1_000_000, fold(edits).version, &[]) };
    edits.iter().cloned().chain([last]).collect()
}

#[test]
fn a_place_tells_who_said_what_over_what_and_who_settled_it() {
    let edits = [
        edit(1, 1, 10, saw(&[]), &[("a", set(1))]),
        edit(2, 1, 20, saw(&[(1, 1)]), &[("a", set(2))]),
        edit(1, 2, 30, saw(&[(1, 1)]), &[("a", set(3))]),
        edit(3, 1, 40, saw(&[(1, 2), (2, 1)]), &[("a", set(3))]),
    ];
    let traced = trace(&edits);
    let said = |number: i64| Some(Value::Integer(number));
    let words: Vec<_> = traced[&path("a")].iter().map(|word| (word.over.clone(), word.stands)).collect();
    assert_eq!(
        words,
        [(vec![], false), (vec![said(1)], false), (vec![said(1)], false), (vec![said(2), said(3)], true)]
    );
}

#[test]
fn undoing_puts_the_former_value_back_and_is_itself_undone() {
    let edits = [
        edit(1, 1, 10, saw(&[]), &[("a", set(1))]),
        edit(2, 1, 20, saw(&[(1, 1)]), &[("a", set(2)), ("b", set(5))]),
    ];
    let changes = undo(&edits, &all_of(&edits[1])).unwrap();
    assert_eq!(changes, [(path("a"), set(1)), (path("b"), Change::Removed)].into());
    let undone = with(&edits, changes);
    assert_eq!(fold(&undone).values(), [(path("a"), Value::Integer(1))].into());
    let again = undo(&undone, &all_of(&undone[2])).unwrap();
    assert_eq!(again, [(path("a"), set(2)), (path("b"), set(5))].into());
}

#[test]
fn what_others_said_since_is_named_and_goes_along_if_that_is_wanted() {
    let edits = [
        edit(1, 1, 10, saw(&[]), &[("a", set(1))]),
        edit(1, 2, 20, saw(&[(1, 1)]), &[("a", set(2)), ("b", set(7))]),
        edit(2, 1, 30, saw(&[(1, 2)]), &[("a", set(3)), ("c", set(8))]),
    ];
    let mut wanted = all_of(&edits[1]);
    let later = Undone::from([(id(2, 1), path("a"))]);
    assert_eq!(undo(&edits, &wanted), Err(UndoError::StoodOn(later.clone())));
    wanted.extend(later);
    assert_eq!(undo(&edits, &wanted).unwrap(), [(path("a"), set(1)), (path("b"), Change::Removed)].into());
}

#[test]
fn a_settlement_cannot_be_undone_and_what_is_not_there_neither() {
    let edits = [
        edit(1, 1, 10, saw(&[]), &[("a", set(1))]),
        edit(2, 1, 20, saw(&[]), &[("a", set(2))]),
        edit(3, 1, 30, saw(&[(1, 1), (2, 1)]), &[("a", set(2))]),
    ];
    let refused = undo(&edits, &all_of(&edits[2]));
    assert_eq!(refused, Err(UndoError::WasConflict(BTreeSet::from([path("a")]))));
    assert_eq!(undo(&edits, &[(id(3, 1), path("b"))].into()), Err(UndoError::Nothing));
}

#[test]
fn a_member_that_came_by_it_goes_as_a_whole_and_one_that_was_removed_comes_back() {
    let edits = [
        edit(1, 1, 10, saw(&[]), &[("members.m1.birth", set(1950)), ("members.m1.sex", set(1))]),
        edit(1, 2, 20, saw(&[(1, 1)]), &[("members.m1.birth", set(1951))]),
        edit(2, 1, 30, saw(&[(1, 2)]), &[("members.m1", Change::Removed)]),
    ];
    let back = undo(&edits, &all_of(&edits[2])).unwrap();
    let document = fold(&with(&edits, back));
    assert_eq!(document.get(&path("members.m1.birth")), Some(&Value::Integer(1951)));

    let before = &edits[..2];
    let later = Undone::from([(id(1, 2), path("members.m1.birth"))]);
    assert_eq!(undo(before, &all_of(&edits[0])), Err(UndoError::StoodOn(later.clone())));
    let both: Undone = all_of(&edits[0]).into_iter().chain(later).collect();
    assert_eq!(undo(before, &both).unwrap(), [(path("members.m1"), Change::Removed)].into());
    // One field alone of a new member is a field.
    let one = Undone::from([(id(1, 1), path("members.m1.sex"))]);
    assert_eq!(undo(before, &one).unwrap(), [(path("members.m1.sex"), Change::Removed)].into());
}

/// Edits of three writers, each having seen some beginning of what the others made.
fn some_edits() -> impl Strategy<Value = Vec<Edit>> {
    let places = ["a", "b", "members.m1.x", "members.m1.y", "members.m2.x", "members.m1", "members.m2"];
    let change = (0..places.len(), 0..3_i64);
    let one = (0..3_usize, [0..9_u64, 0..9, 0..9], prop::collection::vec(change, 1..4));
    prop::collection::vec(one, 1..9).prop_map(move |drawn| {
        let mut lengths = [0_u64; 3];
        let mut edits: Vec<Edit> = Vec::new();
        for (at, (who, seen, changes)) in drawn.into_iter().enumerate() {
            let mut version = VersionVector::default();
            for other in 0..3 {
                let last = if other == who { lengths[other] } else { seen[other].min(lengths[other]) };
                if last > 0 {
                    version.insert(id(other as u128, last));
                    // Who saw an edit saw what that had seen.
                    let known = edits.iter().find(|edit| edit.id == id(other as u128, last)).unwrap();
                    version.merge(&known.seen);
                }
            }
            lengths[who] += 1;
            let changes: Vec<(&str, Change)> = changes
                .into_iter()
                .map(|(place, number)| match places[place] {
                    place if place.ends_with(char::is_numeric) => (place, Change::Removed),
                    place if number == 0 => (place, Change::Removed),
                    place => (place, set(number)),
                })
                .collect();
            edits.push(edit(who as u128, lengths[who], 10 * at as i64, version, &changes));
        }
        edits
    })
}

/// What stands at each place of a field, whether or not its instance was removed.
fn raw(document: &Document, place: &Path) -> Option<Value> {
    document.fields.get(place).and_then(|state| state.value()).cloned()
}

proptest! {
    #[test]
    fn what_is_undone_stands_as_if_it_had_never_been_said_and_in_every_order(
        edits in some_edits(), which in 0..9_usize, order in Just(()).prop_perturb(|(), mut dice| dice.next_u64())
    ) {
        let mut wanted = all_of(&edits[which % edits.len()]);
        let found = loop {
            match undo(&edits, &wanted) {
                Err(UndoError::StoodOn(later)) => {
                    let before = wanted.len();
                    wanted.extend(later);
                    prop_assert!(wanted.len() > before, "something stands on it that was wanted already");
                }
                found => break found,
            }
        };
        let Ok(changes) = found else { return Ok(()) };
        let without: Vec<Edit> = edits.iter().cloned().map(|mut edit| {
            let id = edit.id;
            edit.changes.retain(|path, _| !wanted.contains(&(id, path.clone())));
            edit
        }).collect();
        let (now, before) = (fold(&edits), fold(&without));
        let mut all = with(&edits, changes.clone());
        let after = fold(&all);
        for place in now.fields.keys().filter(|place| place.field_name().is_some()) {
            let inside = changes.iter().any(|(changed, change)| {
                changed.field_name().is_none() && *change == Change::Removed && place.is_within(changed)
            });
            if changes.contains_key(place) {
                prop_assert_eq!(raw(&after, place), raw(&before, place));
            } else if inside {
                prop_assert_eq!(after.get(place), None);
            } else {
                prop_assert_eq!(raw(&after, place), raw(&now, place));
            }
        }
        // Any shuffle folds the same.
        let length = all.len();
        all.rotate_left(usize::try_from(order % length as u64).unwrap());
        all.swap(0, length / 2);
        prop_assert_eq!(fold(&all), after);
    }
}
