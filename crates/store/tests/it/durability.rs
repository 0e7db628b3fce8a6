//! What was committed is there after any end of the process.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rasoat_casework::{Change, Document};
use rasoat_instrument::Value;
use rasoat_store::{HouseholdState, Op, Progress, Store, StoreError, Tx};

use crate::support::*;

#[test]
fn every_answer_is_there_after_a_power_cut() {
    let (dir, store) = fresh();
    let home = interview(1);
    let mut given = BTreeMap::new();
    for number in 0..40 {
        let (at, value) = (format!("question_{number}"), format!("câu trả lời {number}"));
        answer(&store, &home, &at, &value);
        given.insert(at, value);
    }
    let copy = crash_copy(dir.path(), store);
    let store = reopen(copy.path());
    assert_eq!(draft_texts(&store, &home), given);
    let cursor = store.read(|tx| tx.cursor(&home)).unwrap().unwrap();
    assert_eq!(cursor.path, Some(path("question_39")));
}

#[test]
fn a_failed_act_leaves_nothing_behind() {
    let (_dir, store) = fresh();
    let home = interview(1);
    answer(&store, &home, "address", "Nà Lùng");
    let failed: Result<_, StoreError> = store.transact(Op::Answer, |tx| {
        tx.put_draft(&home, &path("address"), Some(&text("Khuổi Mạ")), NOW)?;
        tx.seal(&home, BTreeMap::new(), "Người Thử", None, NOW)?;
        Err::<(), _>(StoreError::NotFound)
    });
    assert_eq!(failed.unwrap_err(), StoreError::NotFound);
    assert_eq!(draft_texts(&store, &home), BTreeMap::from([("address".to_owned(), "Nà Lùng".to_owned())]));
    assert_eq!(store.read(|tx| tx.unsent_count()).unwrap(), 0);
}

#[test]
fn an_act_that_panics_is_undone_and_the_store_works_on() {
    let (_dir, store) = fresh();
    let home = interview(1);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = store.transact(Op::Answer, |tx| {
            tx.put_draft(&home, &path("address"), Some(&text("Nà Lùng")), NOW)?;
            if tx.draft(&home)?.is_some() {
                panic!("a mistake of the program");
            }
            Ok::<(), StoreError>(())
        });
    }));
    assert!(panicked.is_err());
    assert!(draft_texts(&store, &home).is_empty());
    answer(&store, &home, "address", "Khuổi Mạ");
    assert_eq!(draft_texts(&store, &home).len(), 1);
}

#[test]
fn transact_says_what_kinds_of_things_changed() {
    let (_dir, store) = fresh();
    let home = interview(1);
    let changed = |changed: rasoat_store::Changed| (changed.drafts, changed.edits, changed.settings);
    let ((), put) =
        store.transact(Op::Answer, |tx| tx.put_draft(&home, &path("a"), Some(&text("x")), NOW)).unwrap();
    assert_eq!(changed(put), (true, false, false));
    let (_, sealed) =
        store.transact(Op::SignOff, |tx| tx.seal(&home, BTreeMap::new(), "N", None, NOW)).unwrap();
    assert_eq!(changed(sealed), (true, true, false));
    let ((), set) = store.transact(Op::Settings, |tx| tx.set_setting("language", "vi")).unwrap();
    assert_eq!(changed(set), (false, false, true));
    assert_eq!(store.read(|tx| tx.setting::<String>("language")).unwrap(), Some("vi".to_owned()));
}

/// What a test does to two subjects, in any order.
#[derive(Debug, Clone)]
enum Step {
    Put(u8, u8, Option<u8>),
    Seal(u8),
    Reopen,
    PowerCut,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..2_u8, 0..6_u8, proptest::option::weighted(0.8, 0..5_u8)).prop_map(|(s, p, v)| Step::Put(s, p, v)),
        2 => (0..2_u8).prop_map(Step::Seal),
        1 => Just(Step::Reopen),
        1 => Just(Step::PowerCut),
    ]
}

/// What a person would read: the document with the draft over it.
fn read_back(store: &Store, number: u8) -> BTreeMap<String, String> {
    let home = interview(u128::from(number));
    let document: Document = store.read(|tx| tx.document(&home)).expect("the document");
    let mut values: BTreeMap<String, Value> =
        document.values().into_iter().map(|(path, value)| (path.to_string(), value)).collect();
    let draft = store.read(|tx| tx.draft(&home)).expect("the draft");
    for (path, change) in draft.map(|draft| draft.answers).unwrap_or_default() {
        match change {
            Change::Set(value) => values.insert(path.to_string(), value),
            Change::Removed => values.remove(&path.to_string()),
        };
    }
    values.into_iter().map(|(path, value)| (path, value.to_string())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_of_answering_sealing_and_crashing_every_answer_is_kept(
        steps in proptest::collection::vec(step(), 1..40)
    ) {
        let (mut dir, mut store) = fresh();
        let mut known = [BTreeMap::new(), BTreeMap::new()];
        for (turn, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(number, place, value) => {
                    let at = format!("question_{place}");
                    let value = value.map(|value| text(&format!("trả lời {value}")));
                    let home = interview(u128::from(number));
                    store.transact(Op::Answer, |tx| tx.put_draft(&home, &path(&at), value.as_ref(), NOW)).expect("kept");
                    let known = &mut known[usize::from(number)];
                    match value {
                        Some(value) => known.insert(at, value.to_string()),
                        None => known.remove(&at),
                    };
                }
                // The clock goes to and fro.
                Step::Seal(number) => {
                    let now = NOW - 5_000 * i64::try_from(turn % 3).expect("small");
                    seal(&store, &interview(u128::from(number)), now);
                }
                Step::Reopen => {
                    store.close().expect("closes");
                    store = reopen(dir.path());
                }
                Step::PowerCut => {
                    dir = crash_copy(dir.path(), store);
                    store = reopen(dir.path());
                }
            }
            for number in 0..2 {
                prop_assert_eq!(&read_back(&store, number), &known[usize::from(number)]);
            }
        }
    }
}

#[test]
fn an_answer_writes_one_page() {
    const FRAME: u64 = 24 + 4096;
    let (dir, store) = fresh();
    add(&store, &[village("na-lung", "Nà Lùng")], &[household(1, "na-lung", "Nông Văn Đào")]);
    let home = interview(1_000_001);
    let progress = |answered| Progress {
        state: HouseholdState::Started,
        class: None,
        provisional: false,
        findings: 0,
        warnings: 0,
        answered,
        questions: 100,
    };
    let log = || std::fs::metadata(dir.path().join("rasoat.db-wal")).unwrap().len();
    let mut frames = Vec::new();
    for number in 0..20 {
        let before = log();
        let place = path(&format!("question_{number}"));
        let act = |tx: &Tx<'_>| {
            tx.put_draft(&home, &place, Some(&text("trả lời")), NOW)?;
            tx.set_cursor(&home, Some(&place), NOW)?;
            let household = uuid::Uuid::from_u128(1);
            match number {
                0 => tx.set_progress(household, &progress(0)),
                _ => tx.set_progress_later(household, &progress(number - 1), &progress(number)),
            }
        };
        store.transact(Op::Answer, act).unwrap();
        frames.push((log() - before) / FRAME);
    }
    assert_eq!(frames[1..], [1; 19]);
}
