//! Folding edits: the same in every order, nothing overwritten unseen.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use rasoat_casework::{
    Candidate, Change, Document, Edit, EditId, Hlc, PRESENT, Subject, SubjectKind, VersionVector, WriterId,
    fold,
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

/// The edit `seq` of `who`, made at `millis` after seeing `seen`.
fn edit(who: u128, seq: u64, millis: i64, seen: &[(u128, u64)], changes: &[(&str, Change)]) -> Edit {
    Edit {
        id: id(who, seq),
        prev: None,
        subject: Subject { commune: "06325".parse().unwrap(), kind: SubjectKind::Interview, id: Uuid::nil() },
        seen: VersionVector(seen.iter().map(|(who, seq)| (id(*who, 1).writer, *seq)).collect()),
        at: Hlc { millis, counter: 0 },
        author: String::new(),
        instrument: None,
        changes: changes.iter().map(|(place, change)| (path(place), change.clone())).collect(),
    }
}

fn candidates(document: &Document, place: &str) -> Vec<(Option<i64>, EditId)> {
    let state = &document.fields[&path(place)];
    let number = |candidate: &Candidate| match &candidate.value {
        Some(Value::Integer(number)) => Some(*number),
        Some(other) => panic!("{other:?}"),
        None => None,
    };
    state.candidates.iter().map(|candidate| (number(candidate), candidate.edit)).collect()
}

#[test]
fn an_edit_replaces_what_it_saw_whatever_the_clocks_say() {
    let edits = [edit(1, 1, 9000, &[], &[("a", set(1))]), edit(2, 1, 10, &[(1, 1)], &[("a", set(2))])];
    let document = fold(&edits);
    assert_eq!(candidates(&document, "a"), [(Some(2), id(2, 1))]);
    assert_eq!(document.conflicts(), Vec::<&Path>::new());
}

#[test]
fn a_writer_has_seen_its_own_earlier_edits() {
    let edits = [edit(1, 1, 10, &[], &[("a", set(1))]), edit(1, 2, 10, &[], &[("a", set(2))])];
    assert_eq!(candidates(&fold(&edits), "a"), [(Some(2), id(1, 2))]);
}

#[test]
fn values_that_did_not_see_one_another_are_both_kept() {
    let edits = [edit(1, 1, 20, &[], &[("a", set(1))]), edit(2, 1, 10, &[], &[("a", set(2)), ("b", set(3))])];
    let document = fold(&edits);
    assert_eq!(candidates(&document, "a"), [(Some(2), id(2, 1)), (Some(1), id(1, 1))]);
    assert_eq!(document.conflicts(), [&path("a")]);
    assert_eq!(document.get(&path("a")), Some(&Value::Integer(1)));
    assert_eq!(document.get(&path("b")), Some(&Value::Integer(3)));
}

#[test]
fn an_edit_that_saw_both_settles_the_conflict() {
    let edits = [
        edit(1, 1, 20, &[], &[("a", set(1))]),
        edit(2, 1, 10, &[], &[("a", set(2))]),
        edit(3, 1, 30, &[(1, 1), (2, 1)], &[("a", set(2))]),
    ];
    let document = fold(&edits);
    assert_eq!(candidates(&document, "a"), [(Some(2), id(3, 1))]);
}

#[test]
fn an_edit_that_saw_one_side_leaves_the_other_in_conflict() {
    let edits = [
        edit(1, 1, 20, &[], &[("a", set(1))]),
        edit(2, 1, 10, &[], &[("a", set(2))]),
        edit(1, 2, 30, &[(1, 1)], &[("a", set(3))]),
    ];
    assert_eq!(candidates(&fold(&edits), "a"), [(Some(2), id(2, 1)), (Some(3), id(1, 2))]);
}

#[test]
fn equal_values_are_no_conflict_and_stand_for_the_earliest() {
    let edits = [edit(1, 1, 20, &[], &[("a", set(1))]), edit(2, 1, 10, &[], &[("a", set(1))])];
    assert_eq!(candidates(&fold(&edits), "a"), [(Some(1), id(2, 1))]);
}

#[test]
fn a_field_cleared_against_a_change_is_a_conflict() {
    let edits = [
        edit(1, 1, 10, &[], &[("a", set(1))]),
        edit(1, 2, 20, &[(1, 1)], &[("a", Change::Removed)]),
        edit(2, 1, 30, &[(1, 1)], &[("a", set(2))]),
    ];
    assert_eq!(candidates(&fold(&edits), "a"), [(None, id(1, 2)), (Some(2), id(2, 1))]);
}

#[test]
fn two_people_who_add_members_get_both() {
    let edits = [
        edit(1, 1, 10, &[], &[("members.m1.birth", set(1950))]),
        edit(2, 1, 10, &[], &[("members.m2.birth", set(1960))]),
    ];
    let document = fold(&edits);
    assert_eq!(document.values().len(), 2);
    assert!(document.conflicts().is_empty());
}

/// One member with two fields, removed by an edit that saw them.
fn removed() -> Vec<Edit> {
    vec![
        edit(
            1,
            1,
            10,
            &[],
            &[("a", set(0)), ("members.m1.birth", set(1950)), ("members.m1.work#note", set(2))],
        ),
        edit(2, 1, 20, &[(1, 1)], &[("members.m1", Change::Removed)]),
    ]
}

#[test]
fn a_removed_member_is_left_out_with_all_its_fields() {
    let document = fold(&removed());
    assert_eq!(document.values(), BTreeMap::from([(path("a"), Value::Integer(0))]));
    assert_eq!(document.get(&path("members.m1.birth")), None);
    assert!(document.conflicts().is_empty());
}

#[test]
fn a_removal_against_a_change_inside_keeps_the_member_in_conflict() {
    let mut edits = removed();
    edits.push(edit(3, 1, 15, &[(1, 1)], &[("members.m1.birth", set(1951))]));
    let document = fold(&edits);
    assert_eq!(document.conflicts(), [&path("members.m1")]);
    let present = Some(Value::Choice(PRESENT.to_owned()));
    assert_eq!(
        document.fields[&path("members.m1")].candidates,
        [Candidate { value: present, edit: id(3, 1) }, Candidate { value: None, edit: id(2, 1) }],
    );
    assert_eq!(document.get(&path("members.m1.birth")), Some(&Value::Integer(1951)));
    assert_eq!(document.values().len(), 3);

    let seen = [(1, 1), (2, 1), (3, 1)];
    let keep = edit(4, 1, 30, &seen, &[("members.m1", Change::Set(Value::Choice(PRESENT.to_owned())))]);
    let kept = fold(edits.iter().chain([&keep]));
    assert!(kept.conflicts().is_empty());
    assert_eq!(kept.values().len(), 3, "an instance's own path is not an answer");

    let remove = edit(4, 1, 30, &seen, &[("members.m1", Change::Removed)]);
    let gone = fold(edits.iter().chain([&remove]));
    assert!(gone.conflicts().is_empty());
    assert_eq!(gone.values(), BTreeMap::from([(path("a"), Value::Integer(0))]));
}

#[test]
fn a_change_that_saw_the_removal_brings_the_member_back() {
    let mut edits = removed();
    edits.push(edit(1, 2, 30, &[(1, 1), (2, 1)], &[("members.m1.birth", set(1952))]));
    let document = fold(&edits);
    assert!(document.conflicts().is_empty());
    assert_eq!(document.get(&path("members.m1.birth")), Some(&Value::Integer(1952)));
}

#[test]
fn what_is_inside_a_removed_instance_of_an_outer_repeat_goes_with_it() {
    let edits = [
        edit(1, 1, 10, &[], &[("members.m1.jobs.j1.pay", set(5))]),
        edit(1, 2, 20, &[], &[("members.m1", Change::Removed)]),
    ];
    assert!(fold(&edits).values().is_empty());
}

#[test]
fn two_edits_with_one_number_both_count() {
    let edits = [edit(1, 1, 10, &[], &[("a", set(1))]), edit(1, 1, 20, &[], &[("a", set(2))])];
    assert_eq!(candidates(&fold(&edits), "a"), [(Some(1), id(1, 1)), (Some(2), id(1, 1))]);
}

#[test]
fn edits_that_claim_to_have_seen_one_another_in_a_circle_are_all_kept() {
    let edits = [
        edit(1, 1, 10, &[(3, 1)], &[("a", set(1))]),
        edit(2, 1, 20, &[(1, 1)], &[("a", set(2))]),
        edit(3, 1, 30, &[(2, 1)], &[("a", set(3))]),
    ];
    assert_eq!(candidates(&fold(&edits), "a").len(), 3);
}

#[test]
fn the_version_holds_the_last_number_of_each_writer() {
    let edits = [edit(1, 1, 10, &[], &[]), edit(1, 4, 20, &[], &[]), edit(2, 2, 20, &[], &[])];
    let version = fold(&edits).version;
    assert_eq!(version.0, BTreeMap::from([(id(1, 1).writer, 4), (id(2, 1).writer, 2)]));
}

/// What three people do: who acts, to which place, and whether they took over all others' edits just before.
type Step = (u128, usize, Option<i64>, bool);
const PLACES: [&str; 5] = ["a", "b", "members.m1.birth", "members.m1.sex", "members.m1"];

/// Edits as honest laptops make them, each seeing what it has.
fn history(steps: &[Step]) -> Vec<Edit> {
    let mut all: Vec<Edit> = Vec::new();
    let mut has: BTreeMap<u128, VersionVector> = BTreeMap::new();
    for (index, (who, place, value, takes_over)) in steps.iter().enumerate() {
        let seen = has.entry(*who).or_default();
        if *takes_over {
            all.iter().for_each(|edit| seen.insert(edit.id));
        }
        let seq = seen.0.get(&id(*who, 1).writer).copied().unwrap_or_default() + 1;
        let change = match value {
            Some(_) if PLACES[*place] == "members.m1" => Change::Set(Value::Choice(PRESENT.to_owned())),
            Some(number) => set(*number),
            None => Change::Removed,
        };
        let mut made = edit(*who, seq, 1000 - (index as i64 % 7) * 10, &[], &[(PLACES[*place], change)]);
        made.seen = seen.clone();
        seen.insert(made.id);
        all.push(made);
    }
    all
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(
        (1u128..4, 0..PLACES.len(), prop::option::weighted(0.8, 0i64..3), any::<bool>()),
        1..14,
    )
}

proptest! {
    #[test]
    fn order_and_repetition_do_not_matter(steps in steps(), order in any::<[u32; 14]>(), again in any::<[bool; 14]>()) {
        let edits = history(&steps);
        let expected = fold(&edits);
        let mut shuffled: Vec<&Edit> = edits.iter().collect();
        shuffled.extend(edits.iter().zip(again).filter_map(|(edit, again)| again.then_some(edit)));
        shuffled.sort_by_key(|edit| order[(edit.id.seq as usize * 5 + edit.id.writer.0.as_u128() as usize) % 14]);
        prop_assert_eq!(fold(shuffled.clone()), expected.clone());
        shuffled.reverse();
        prop_assert_eq!(fold(shuffled), expected);
    }

    #[test]
    fn laptops_that_exchange_everything_in_any_portions_agree(steps in steps(), cut in any::<[bool; 14]>()) {
        let edits = history(&steps);
        let (one, other): (Vec<_>, Vec<_>) = edits.iter().zip(cut).partition(|(_, cut)| *cut);
        let one: Vec<&Edit> = one.into_iter().map(|(edit, _)| edit).collect();
        let other: Vec<&Edit> = other.into_iter().map(|(edit, _)| edit).collect();
        let here = fold(one.iter().copied().chain(other.iter().copied()));
        let there = fold(other.iter().copied().chain(one.iter().copied()).chain(one.iter().copied()));
        prop_assert_eq!(here, there);
    }

    #[test]
    fn no_place_is_ever_left_without_a_candidate(
        steps in steps(), seen in prop::collection::vec((0usize..14, 1u128..4, 0u64..6), 0..8),
    ) {
        // Hostile too: vectors that claim what was never there, and circles.
        let mut edits = history(&steps);
        for (which, who, seq) in seen {
            let which = which % edits.len();
            edits[which].seen.0.insert(id(who, 1).writer, seq);
        }
        for (place, state) in fold(&edits).fields {
            prop_assert!(!state.candidates.is_empty(), "{}", place);
        }
    }

    #[test]
    fn an_edit_that_saw_everything_leaves_no_conflict(steps in steps()) {
        let mut edits = history(&steps);
        let document = fold(&edits);
        let changes: Vec<(&str, Change)> = PLACES.into_iter().map(|place| (place, match place {
            "members.m1" => Change::Removed,
            _ => set(9),
        })).collect();
        let mut settling = edit(9, 1, 0, &[], &changes);
        settling.seen = document.version.clone();
        edits.push(settling);
        let settled = fold(&edits);
        prop_assert!(settled.conflicts().is_empty());
        prop_assert_eq!(settled.get(&path("a")), Some(&Value::Integer(9)));
        prop_assert_eq!(settled.get(&path("members.m1.birth")), None);
    }

    #[test]
    fn the_last_word_of_someone_who_saw_all_others_always_stands(steps in steps()) {
        let edits = history(&steps);
        let (Some(last), true) = (edits.last(), steps.last().is_some_and(|step| step.3)) else { return Ok(()) };
        let (place, change) = last.changes.first_key_value().unwrap();
        let document = fold(&edits);
        let candidates = &document.fields[place].candidates;
        prop_assert_eq!(candidates.len(), 1);
        prop_assert_eq!(candidates[0].edit, last.id);
        prop_assert_eq!(candidates[0].value.is_none(), *change == Change::Removed);
    }
}
