//! Papers typed a second time: their answers are drafts that no household knows of, and how people type is summed by day.

use rasoat_casework::{Subject, second_entry_id};
use rasoat_store::{Op, OperatorCounts, SecondEntry, Store, StoreError, UserId};
use uuid::Uuid;

use crate::support::{NOW, add, answer, draft_texts, fresh, household, interview, reopen, village};

/// A store with one household, of whose paper a second entry is begun.
fn begun() -> (tempfile::TempDir, Store, SecondEntry, Subject) {
    let (dir, store) = fresh();
    add(&store, &[village("na-lung", "Nà Lùng")], &[household(1, "na-lung", "Nông Văn Đào")]);
    let first = interview(1_000_001);
    let id = second_entry_id(first.id, store.user().0);
    let entry = SecondEntry { id, household: Uuid::from_u128(1), user: store.user() };
    store.transact(Op::Paper, |tx| tx.begin_second_entry(&entry, NOW)).unwrap();
    (dir, store, entry, Subject { id, ..first })
}

#[test]
fn a_second_entry_outlives_a_restart_and_is_no_draft_of_its_household() {
    let (dir, store, entry, second) = begun();
    answer(&store, &second, "floor_area", "83");
    let again = store.transact(Op::Paper, |tx| tx.begin_second_entry(&entry, NOW + 1));
    again.expect("one that is begun goes on");
    store.close().unwrap();
    let store = reopen(dir.path());
    store
        .read(|tx| {
            assert_eq!(tx.second_entry(entry.id)?, Some(entry));
            assert_eq!(tx.second_entries_of(entry.household)?, [entry.id]);
            assert_eq!(tx.draft(&interview(1_000_001))?, None, "the first is not touched");
            assert_eq!(tx.resume()?, None, "it is no interview to go on with");
            let counts = tx.custody_counts()?;
            assert_eq!((counts.only_here, counts.confirmed), (0, 0), "nothing of it waits to be sent");
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(draft_texts(&store, &second)["floor_area"], "83");
}

#[test]
fn an_entry_that_is_ended_takes_its_answers_along_and_nothing_is_sealed_of_it() {
    let (_dir, store, entry, second) = begun();
    answer(&store, &second, "floor_area", "83");
    store.transact(Op::Paper, |tx| tx.end_second_entry(&second)).unwrap();
    store
        .read(|tx| {
            assert_eq!((tx.second_entry(entry.id)?, tx.draft(&second)?), (None, None));
            assert_eq!((tx.cursor(&second)?, tx.edits_of(&second)?.len()), (None, 0));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_household_whose_paper_is_being_typed_again_is_not_removed() {
    let (_dir, store, entry, second) = begun();
    let may_go = |subjects: &[Uuid]| store.read(|tx| tx.may_be_erased(subjects)).unwrap();
    let subjects = [entry.household, interview(1_000_001).id, second.id];
    assert!(may_go(&subjects));
    answer(&store, &second, "floor_area", "83");
    assert!(!may_go(&subjects));
}

#[test]
fn who_typed_a_paper_is_known_and_days_add_up_for_each_person() {
    let (_dir, store) = fresh();
    let paper = interview(1_000_001).id;
    let other = UserId(Uuid::from_u128(7));
    let counts = OperatorCounts { forms: 1, answers: 150, active_ms: 600_000, ..OperatorCounts::default() };
    store
        .transact(Op::Paper, |tx| {
            tx.note_paper_typist(paper)?;
            tx.note_paper_typist(paper)?;
            tx.add_to_day(tx.user(), "2026-11-23", &counts)?;
            tx.add_to_day(tx.user(), "2026-11-23", &counts)?;
            tx.add_to_day(other, "2026-11-24", &counts)
        })
        .unwrap();
    let days = store.read(|tx| tx.operator_days()).unwrap();
    let seen: Vec<_> = days.iter().map(|day| (day.user, day.day.as_str(), day.counts.answers)).collect();
    assert_eq!(seen, [(other, "2026-11-24", 150), (store.user(), "2026-11-23", 300)]);
    assert_eq!(days[1].counts.active_ms, 1_200_000);
    assert_eq!(store.read(|tx| tx.paper_typists(paper)).unwrap(), [store.user()]);
    store.transact(Op::Paper, |tx| tx.forget_operator_days()).unwrap();
    assert_eq!(store.read(|tx| tx.operator_days()).unwrap(), []);
}
