//! Where each edit is: only here, confirmed, refused.

use std::collections::BTreeMap;

use rasoat_casework::{Edit, EditId, WriterId};
use rasoat_store::{
    Applied, Custody, CustodyCounts, EditCustody, Exchange, HouseholdQuery, HouseholdState, Op, Progress,
    Refusal, Store, StoredReceipt,
};
use uuid::Uuid;

use crate::support::*;

fn receipt(
    batch: u8,
    accepted: Vec<(WriterId, std::ops::RangeInclusive<u64>)>,
    refused: Vec<Refusal>,
) -> StoredReceipt {
    StoredReceipt {
        batch: [batch; 32],
        bytes: vec![batch, 1, 2],
        accepted,
        refused,
        server_time_millis: NOW + 777,
    }
}

fn refusal(edit: EditId) -> Refusal {
    Refusal {
        edit,
        code: "out_of_scope".to_owned(),
        params: BTreeMap::from([("commune".to_owned(), "06001".to_owned())]),
    }
}

fn custody_of(store: &Store, edit: &Edit) -> EditCustody {
    let stored = store.read(|tx| tx.edits_of(&edit.subject)).unwrap();
    stored.into_iter().find(|stored| stored.edit.id == edit.id).unwrap().custody
}

fn sealed(store: &Store, count: u128) -> Vec<Edit> {
    (1..=count)
        .flat_map(|number| {
            answer(store, &interview(1_000_000 + number), "address", "Nà Lùng");
            seal(store, &interview(1_000_000 + number), NOW)
        })
        .collect()
}

#[test]
fn a_receipt_marks_exactly_the_edits_it_names() {
    let (dir, store) = fresh();
    let edits = sealed(&store, 5);
    let writer = edits[0].id.writer;
    let stranger = WriterId(Uuid::from_u128(99));
    let receipt = receipt(1, vec![(writer, 2..=3), (stranger, 0..=u64::MAX)], vec![refusal(edits[4].id)]);
    let (applied, changed) = store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt, NOW)).unwrap();
    assert_eq!(applied, Applied { confirmed: 2, refused: 1 });
    assert!(changed.sync);
    let (again, _) = store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt, NOW)).unwrap();
    assert_eq!(again, Applied::default(), "the same receipt again changes nothing");

    store.close().unwrap();
    let store = reopen(dir.path());
    let confirmed = EditCustody::Confirmed { server_time_millis: NOW + 777 };
    let refused =
        EditCustody::Refused { code: "out_of_scope".to_owned(), params: refusal(edits[4].id).params };
    let expected = [EditCustody::Unsent, confirmed.clone(), confirmed, EditCustody::Unsent, refused];
    assert_eq!(edits.iter().map(|edit| custody_of(&store, edit)).collect::<Vec<_>>(), expected);
    assert_eq!(store.read(|tx| tx.unsent(usize::MAX)).unwrap(), [edits[0].clone(), edits[3].clone()]);
    assert_eq!(store.read(|tx| tx.receipts(10)).unwrap(), [receipt.bytes]);
}

#[test]
fn a_refused_edit_is_kept_and_may_be_confirmed_later_but_never_the_other_way() {
    let (_dir, store) = fresh();
    let edits = sealed(&store, 1);
    let (writer, id) = (edits[0].id.writer, edits[0].id);
    store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt(1, vec![], vec![refusal(id)]), NOW)).unwrap();
    assert_eq!(store.read(|tx| tx.unsent_count()).unwrap(), 0);
    assert_eq!(store.transact(Op::Sync, |tx| tx.send_refused_again()).unwrap().0, 1);
    assert_eq!(store.read(|tx| tx.unsent(1)).unwrap(), edits);
    store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt(2, vec![(writer, 1..=1)], vec![]), NOW)).unwrap();
    store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt(3, vec![], vec![refusal(id)]), NOW)).unwrap();
    assert_eq!(custody_of(&store, &edits[0]), EditCustody::Confirmed { server_time_millis: NOW + 777 });
}

#[test]
fn unsent_edits_come_in_the_order_of_the_chain_within_the_limit_and_at_least_one() {
    let (_dir, store) = fresh();
    let edits = sealed(&store, 6);
    // The first names no edit before it and is shorter.
    let size = edits[1].to_bytes().len();
    assert_eq!(store.read(|tx| tx.unsent(0)).unwrap(), edits[..1]);
    let some = store.read(|tx| tx.unsent(size * 3 + size / 2)).unwrap();
    assert_eq!(some, edits[..3]);
    assert_eq!(store.read(|tx| tx.unsent(usize::MAX)).unwrap(), edits);
    assert_eq!(store.read(|tx| tx.unsent_count()).unwrap(), 6);
}

#[test]
fn each_household_is_counted_once_by_where_its_answers_are() {
    let (_dir, store) = fresh();
    let homes: Vec<_> = (1..=5).map(|number| household(number, "na-lung", &format!("Hộ {number}"))).collect();
    add(&store, &[village("na-lung", "Nà Lùng")], &homes);
    let edits = sealed(&store, 3);
    let writer = edits[0].id.writer;
    let receipt = receipt(1, vec![(writer, 1..=1)], vec![refusal(edits[1].id)]);
    store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt, NOW)).unwrap();
    answer(&store, &interview(1_000_004), "address", "chưa niêm");
    let counts = store.read(|tx| tx.custody_counts()).unwrap();
    assert_eq!(counts, CustodyCounts { nothing: 1, only_here: 2, confirmed: 1, refused: 1 });

    let list = store.read(|tx| tx.custody_list(10)).unwrap();
    let seen: Vec<_> =
        list.iter().map(|row| (row.household.head_name.as_str(), row.household.custody)).collect();
    assert_eq!(
        seen,
        [
            ("Hộ 2", Custody::Refused),
            ("Hộ 3", Custody::OnlyHere),
            ("Hộ 4", Custody::OnlyHere),
            ("Hộ 1", Custody::Confirmed)
        ]
    );
    assert_eq!(list[0].refusal, Some(("out_of_scope".to_owned(), refusal(edits[1].id).params)));
    assert_eq!((list[1].household.unsent, list[2].household.unsent), (1, 0));
    assert_eq!(list[3].confirmed_at, Some(NOW + 777));

    let query = HouseholdQuery { custody: Some(Custody::OnlyHere), limit: 10, ..HouseholdQuery::default() };
    let page = store.read(|tx| tx.search_households(&query)).unwrap();
    assert_eq!((page.total, page.rows.len()), (2, 2));
}

#[test]
fn work_resumes_at_the_question_worked_on_last_though_the_draft_was_sealed_and_the_clock_went_back() {
    let (dir, store) = fresh();
    let homes: Vec<_> = (1..=3).map(|number| household(number, "na-lung", &format!("Hộ {number}"))).collect();
    add(&store, &[village("na-lung", "Nà Lùng")], &homes);
    assert_eq!(store.read(|tx| tx.resume()).unwrap(), None);
    for (number, state) in
        [(1, HouseholdState::Started), (2, HouseholdState::Started), (3, HouseholdState::Signed)]
    {
        let home = interview(1_000_000 + number);
        let progress = Progress {
            state,
            class: None,
            provisional: true,
            findings: 2,
            warnings: 0,
            answered: 7,
            questions: 90,
        };
        store
            .transact(Op::Answer, |tx| {
                tx.put_draft(
                    &home,
                    &path("floor_area"),
                    Some(&text("40")),
                    NOW - i64::try_from(number).unwrap(),
                )?;
                tx.set_progress(Uuid::from_u128(number), &progress)
            })
            .unwrap();
        seal(&store, &home, NOW);
    }
    store.close().unwrap();
    let store = reopen(dir.path());
    let resume = store.read(|tx| tx.resume()).unwrap().unwrap();
    assert_eq!(resume.household.head_name, "Hộ 2");
    assert_eq!((resume.cursor, resume.at), (Some(path("floor_area")), NOW - 2));
    assert_eq!((resume.household.progress.answered, resume.household.progress.findings), (7, 2));
}

#[test]
fn exchanges_are_recorded_newest_first() {
    let (_dir, store) = fresh();
    let exchange = |began_at, problem| Exchange {
        began_at,
        sent: 3,
        confirmed: 2,
        bytes_up: 900,
        bytes_down: 200,
        problem,
    };
    let failed = exchange(
        NOW,
        Some(("unreachable".to_owned(), BTreeMap::from([("seconds".to_owned(), "30".to_owned())]))),
    );
    let done = exchange(NOW - 5, None);
    for exchange in [&failed, &done] {
        store.transact(Op::Sync, |tx| tx.record_exchange(exchange, std::iter::empty())).unwrap();
    }
    let listed = store.read(|tx| tx.exchanges(50)).unwrap();
    assert_eq!(listed.into_iter().map(|(_, exchange)| exchange).collect::<Vec<_>>(), [done, failed]);
}
