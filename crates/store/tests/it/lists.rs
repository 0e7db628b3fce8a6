//! Household lists: found by what people type, in the order they expect, counted by village.

use rasoat_casework::CitizenId;
use rasoat_store::{
    HouseholdQuery, HouseholdRow, HouseholdState, Op, Progress, SearchWords, Store, StoreError, Tx,
};
use uuid::Uuid;

use crate::support::*;

fn heads(store: &Store, query: &HouseholdQuery) -> Vec<String> {
    let page = store.read(|tx| tx.search_households(query)).unwrap();
    page.rows.into_iter().map(|row| row.head_name).collect()
}

fn asked(text: &str) -> HouseholdQuery {
    HouseholdQuery { text: text.to_owned(), limit: 50, ..HouseholdQuery::default() }
}

/// A made-up number of a form no office gave out.
fn citizen_id(text: &str) -> CitizenId {
    text.parse().unwrap()
}

fn listed() -> (tempfile::TempDir, Store) {
    let (dir, store) = fresh();
    let mut first = household(1, "na-lung", "Nông Văn Đào");
    first.code = Some("06001-012/2026".to_owned());
    first.citizen_id = Some(citizen_id("020099004417"));
    first.address = Some("Số 9, ngõ 3".to_owned());
    first.words = SearchWords {
        names: vec!["Nông Văn Đào".to_owned(), "Lý Thị Ướng".to_owned()],
        citizen_ids: vec![citizen_id("020099008888")],
    };
    let second = household(2, "na-lung", "Đặng Thị Hoa");
    let third = household(3, "thon-10", "Hoàng Văn Ẩn");
    let fourth = household(4, "thon-2", "Nong Van Dao");
    add(
        &store,
        &[village("na-lung", "Nà Lùng"), village("thon-10", "Thôn 10"), village("thon-2", "Thôn 2")],
        &[first, second, third, fourth],
    );
    (dir, store)
}

#[test]
fn households_are_found_with_or_without_tones_by_beginnings_of_words_in_any_order() {
    let (_dir, store) = listed();
    let both = vec!["Nông Văn Đào".to_owned(), "Nong Van Dao".to_owned()];
    for text in ["dao", "Đào", "đào nông", "DAO NO", "no\u{302}ng va\u{306}n đa\u{300}o", " dao , "] {
        assert_eq!(heads(&store, &asked(text)), both, "{text}");
    }
    for (text, head) in [
        ("dang", "Đặng Thị Hoa"),
        ("ly thi uo", "Nông Văn Đào"),
        ("an hoang", "Hoàng Văn Ẩn"),
        ("ngo 3", "Nông Văn Đào"),
        ("thon 2 dao", "Nong Van Dao"),
    ] {
        assert_eq!(heads(&store, &asked(text)), [head], "{text}");
    }
    assert!(heads(&store, &asked("ong")).is_empty(), "the middle of a word is not its beginning");
    assert!(heads(&store, &asked("dao khong-co")).is_empty());
    assert_eq!(heads(&store, &asked("\" OR 1=1 --*")).len(), 0);
}

#[test]
fn households_are_found_by_code_and_by_the_first_or_last_digits_of_a_citizen_id() {
    let (_dir, store) = listed();
    for text in ["06001-012", "06001012", "012/2026", "4417", "9004417", "020099004417", "02009900", "8888"] {
        assert_eq!(heads(&store, &asked(text)), ["Nông Văn Đào"], "{text}");
    }
    assert!(
        heads(&store, &asked("900441")).is_empty(),
        "digits from the middle are not asked for by anybody"
    );
}

#[test]
fn a_changed_line_is_found_by_its_new_words_only_and_keeps_its_progress() {
    let (_dir, store) = listed();
    let progress = Progress {
        state: HouseholdState::Signed,
        class: Some("near_poor".to_owned()),
        provisional: true,
        findings: 1,
        warnings: 2,
        answered: 40,
        questions: 90,
    };
    store.transact(Op::SignOff, |tx| tx.set_progress(Uuid::from_u128(2), &progress)).unwrap();
    add(&store, &[], &[household(2, "na-lung", "Vi Văn Mới")]);
    assert!(heads(&store, &asked("dang hoa")).is_empty());
    assert_eq!(heads(&store, &asked("moi")), ["Vi Văn Mới"]);
    let row: HouseholdRow = store.read(|tx| tx.household(Uuid::from_u128(2))).unwrap().unwrap();
    assert_eq!((row.progress, row.village_name.as_str()), (progress, "Nà Lùng"));
    assert_eq!(store.read(|tx| tx.search_households(&asked(""))).unwrap().total, 4);
}

#[test]
fn lists_go_by_village_and_head_in_vietnamese_order_page_by_page() {
    let (_dir, store) = listed();
    let all = ["Đặng Thị Hoa", "Nông Văn Đào", "Nong Van Dao", "Hoàng Văn Ẩn"];
    assert_eq!(heads(&store, &asked("")), all, "Thôn 2 comes before Thôn 10, Đ before N");
    let page = |offset, limit| heads(&store, &HouseholdQuery { offset, limit, ..HouseholdQuery::default() });
    assert_eq!(page(0, 3), all[..3]);
    assert_eq!(page(3, 3), all[3..]);
    assert_eq!(page(4, 3), Vec::<String>::new());
    let page = store.read(|tx| tx.search_households(&HouseholdQuery { limit: 1, ..asked("dao") })).unwrap();
    assert_eq!((page.total, page.rows.len()), (2, 1));
}

#[test]
fn villages_are_counted_by_state_and_lists_narrowed_by_village_and_state() {
    let (_dir, store) = listed();
    let progress = |state| Progress {
        state,
        class: None,
        provisional: false,
        findings: 0,
        warnings: 0,
        answered: 1,
        questions: 9,
    };
    store
        .transact(Op::Answer, |tx| {
            tx.set_progress(Uuid::from_u128(1), &progress(HouseholdState::Started))?;
            tx.set_progress(Uuid::from_u128(2), &progress(HouseholdState::Signed))
        })
        .unwrap();
    let villages = store.read(|tx| tx.villages()).unwrap();
    let counts: Vec<_> = villages
        .iter()
        .map(|row| (row.village.name.as_str(), row.households, row.started, row.signed))
        .collect();
    assert_eq!(counts, [("Nà Lùng", 2, 1, 1), ("Thôn 2", 1, 0, 0), ("Thôn 10", 1, 0, 0)]);

    let in_village =
        HouseholdQuery { commune: Some(commune()), village: Some("na-lung".parse().unwrap()), ..asked("") };
    assert_eq!(heads(&store, &in_village), ["Đặng Thị Hoa", "Nông Văn Đào"]);
    assert_eq!(
        heads(&store, &HouseholdQuery { state: Some(HouseholdState::Started), ..in_village }),
        ["Nông Văn Đào"]
    );
    assert_eq!(
        heads(&store, &HouseholdQuery { state: Some(HouseholdState::Listed), ..asked("") }),
        ["Nong Van Dao", "Hoàng Văn Ẩn"]
    );
}

#[test]
fn progress_of_a_household_that_is_not_here_is_refused() {
    let (_dir, store) = fresh();
    let progress = Progress {
        state: HouseholdState::Started,
        class: None,
        provisional: false,
        findings: 0,
        warnings: 0,
        answered: 0,
        questions: 0,
    };
    let refused = store.transact(Op::Answer, |tx| tx.set_progress(Uuid::from_u128(9), &progress));
    assert_eq!(refused.unwrap_err(), StoreError::NotFound);
}

#[test]
fn what_the_enrolment_brought_is_kept_by_kind_and_id() {
    let (_dir, store) = listed();
    store
        .transact(Op::Enrol, |tx| {
            tx.put_reference("standard", "b", b"second")?;
            tx.put_reference("standard", "a", b"old")?;
            tx.put_reference("standard", "a", b"first")?;
            tx.put_reference("instrument", "a", b"a form")
        })
        .unwrap();
    let standards = store.read(|tx| tx.references("standard")).unwrap();
    assert_eq!(standards, [("a".to_owned(), b"first".to_vec()), ("b".to_owned(), b"second".to_vec())]);
    assert_eq!(store.read(|tx| tx.reference("instrument", "a")).unwrap(), Some(b"a form".to_vec()));
    assert_eq!(store.read(|tx| tx.reference("instrument", "z")).unwrap(), None);
    assert_eq!(store.read(|tx| tx.communes()).unwrap()[0].name, "Đoàn Kết");
}

#[test]
fn counts_of_an_interview_are_seen_by_whoever_reads_though_no_answer_wrote_them() {
    let (dir, store) = fresh();
    add(&store, &[village("na-lung", "Nà Lùng")], &[household(1, "na-lung", "Nông Văn Đào")]);
    let home = Uuid::from_u128(1);
    let at = |answered| Progress {
        state: HouseholdState::Started,
        class: None,
        provisional: false,
        findings: 3,
        warnings: 0,
        answered,
        questions: 100,
    };
    let listed = store.read(|tx| tx.household(home)).unwrap().unwrap().progress;
    let go_on = |before: &Progress, answered| {
        let act = |tx: &Tx<'_>| {
            tx.put_draft(&interview(1_000_001), &path("address"), Some(&text("x")), NOW)?;
            tx.set_progress_later(home, before, &at(answered))
        };
        store.transact(Op::Answer, act).unwrap();
    };
    // Another connection sees what is on the disk.
    let beside = reopen(dir.path());
    let on_disk = || beside.read(|tx| tx.household(home)).unwrap().unwrap().progress;
    go_on(&listed, 1);
    go_on(&at(1), 2);
    go_on(&at(2), 3);
    assert_eq!(on_disk(), listed);
    assert_eq!(store.read(|tx| tx.household(home)).unwrap().unwrap().progress, at(3));
    assert_eq!(on_disk(), at(3));
    // What failed is not counted; what another act writes stands.
    let failed = store.transact(Op::Answer, |tx| {
        tx.set_progress_later(home, &at(3), &at(4))?;
        Err::<(), _>(StoreError::NotFound)
    });
    assert!(failed.is_err());
    assert_eq!(store.read(|tx| tx.household(home)).unwrap().unwrap().progress, at(3));
    go_on(&at(3), 5);
    store.transact(Op::LeaveInterview, |tx| tx.set_progress(home, &at(6))).unwrap();
    assert_eq!(on_disk(), at(6));
    go_on(&at(6), 7);
    store.close().unwrap();
    assert_eq!(on_disk(), at(7));
}
