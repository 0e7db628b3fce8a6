//! What travels on sticks: batches kept as they were signed, and what is known of where they went.

use rasoat_casework::{DeviceId, Edit, EditId, SubjectKind};
use rasoat_store::{
    BatchOrigin, BatchState, BundleRecord, Carry, Collected, Direction, EditCustody, KeptBatch, KeptMessage,
    Op, Store, StoreError, StoredReceipt,
};
use uuid::Uuid;

use crate::support::*;

fn device(number: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(number))
}

fn batch(name: u8, of: u128) -> KeptBatch {
    KeptBatch { hash: [name; 32], device: device(of), bytes: vec![name; 3], signature: [name; 64] }
}

fn message(name: u8) -> KeptMessage {
    KeptMessage { bytes: vec![name; 3], signature: [name; 64] }
}

fn written(at: i64) -> BundleRecord {
    BundleRecord {
        direction: Direction::Out,
        at,
        name: "rasoat-may07-20261123-0800-1.rasoat".to_owned(),
        parties: vec!["Sở".to_owned()],
        edits: 1,
        households: 1,
    }
}

fn keep(store: &Store, batch: &KeptBatch, origin: BatchOrigin, state: BatchState, edits: &[EditId]) -> bool {
    let (new, _) = store
        .transact(Op::ImportBundle, |tx| {
            let new = tx.keep_batch(batch, origin, state, NOW)?;
            tx.note_batch(&batch.hash, edits, state)?;
            Ok::<_, StoreError>(new)
        })
        .unwrap();
    new
}

/// One edit of a household's interview.
fn visit(store: &Store, number: u128, now: i64) -> Edit {
    let subject = interview(number + 1_000_000);
    answer(store, &subject, "address", &format!("Ngõ {now}"));
    seal(store, &subject, now).remove(0)
}

fn two_villages() -> (tempfile::TempDir, Store) {
    let (dir, store) = fresh();
    let households = [household(1, "na-pan", "Lý Văn Một"), household(2, "pac-cap", "Lý Văn Hai")];
    add(&store, &[village("na-pan", "Nà Pàn"), village("pac-cap", "Pác Cáp")], &households);
    (dir, store)
}

fn seqs(edits: &[Edit]) -> Vec<u64> {
    edits.iter().map(|edit| edit.id.seq).collect()
}

#[test]
fn a_village_takes_what_comes_before_it_along_and_a_date_takes_what_was_confirmed_too() {
    let (_dir, store) = two_villages();
    let edits: Vec<Edit> =
        [(2, 0), (1, 1), (2, 2)].iter().map(|(number, at)| visit(&store, *number, NOW + at)).collect();
    let chosen = |carry: Carry| seqs(&store.read(|tx| tx.edits_to_carry(&carry)).unwrap());
    let village = |id: &str| Carry::Village(commune(), id.parse().unwrap());
    assert_eq!(chosen(Carry::Unsent), [1, 2, 3]);
    assert_eq!(chosen(village("na-pan")), [1, 2]);
    assert_eq!(chosen(village("pac-cap")), [1, 2, 3]);
    assert_eq!(chosen(village("khong-co")), [0u64; 0]);
    // What was never sent goes before what was sealed since.
    assert_eq!(chosen(Carry::Since(NOW + 1)), [1, 2, 3]);
    let receipt = StoredReceipt {
        batch: [9; 32],
        bytes: vec![1],
        accepted: vec![(edits[0].id.writer, 1..=2)],
        refused: Vec::new(),
        server_time_millis: NOW,
    };
    store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt, NOW)).unwrap();
    assert_eq!(chosen(Carry::Unsent), [3]);
    assert_eq!(chosen(village("na-pan")), [0u64; 0]);
    assert_eq!(chosen(Carry::Since(NOW + 1)), [2, 3]);
    assert_eq!(chosen(Carry::Since(NOW + 3)), [0u64; 0]);
}

#[test]
fn batches_are_kept_as_they_were_signed_and_collected_ones_until_a_receipt_settles_them() {
    let (dir, store) = two_villages();
    let id = |seq| EditId { writer: rasoat_casework::WriterId(Uuid::from_u128(77)), seq };
    assert!(keep(&store, &batch(1, 5), BatchOrigin::Own, BatchState::Taken, &[id(1)]));
    assert!(keep(&store, &batch(2, 6), BatchOrigin::Collected, BatchState::Taken, &[id(2), id(3)]));
    assert!(keep(&store, &batch(3, 7), BatchOrigin::Collected, BatchState::Closed, &[]));
    assert!(!keep(&store, &batch(2, 6), BatchOrigin::Collected, BatchState::Taken, &[id(2)]));
    store.close().unwrap();
    let store = reopen(dir.path());
    let carried = |carry: Carry| store.read(|tx| tx.batches_to_carry(&carry)).unwrap();
    assert_eq!(carried(Carry::Unsent), [batch(2, 6), batch(3, 7)]);
    assert_eq!(carried(Carry::Since(NOW)), [batch(2, 6), batch(3, 7)]);
    assert_eq!(carried(Carry::Since(NOW + 1)), []);
    assert_eq!(store.read(|tx| tx.own_batches(device(5))).unwrap(), [(batch(1, 5), vec![id(1)])]);
    assert_eq!(store.read(|tx| tx.own_batches(device(6))).unwrap(), []);
    assert_eq!(store.read(|tx| tx.unread_batches()).unwrap(), [batch(3, 7)]);
    assert_eq!(store.read(|tx| tx.batch_origin(&[2; 32])).unwrap(), Some(BatchOrigin::Collected));
    assert_eq!(store.read(|tx| tx.batch_origin(&[8; 32])).unwrap(), None);
    let waiting = store.read(|tx| tx.collected()).unwrap();
    assert_eq!(waiting, Collected { batches: 2, devices: 2, households: 0 });

    let settle = |settled| {
        let accepted = [(id(2).writer, 2..=3)];
        store.transact(Op::ImportBundle, |tx| tx.settle_batch(&[2; 32], Some(&accepted), settled)).unwrap();
    };
    settle(false);
    assert_eq!(carried(Carry::Unsent).len(), 2);
    settle(true);
    assert_eq!(carried(Carry::Unsent), [batch(3, 7)]);
    assert_eq!(carried(Carry::Since(NOW)).len(), 2);
}

#[test]
fn a_verified_batch_stands_in_place_of_one_that_only_claimed_to_be_it() {
    let (_dir, store) = fresh();
    let genuine = batch(1, 5);
    let claimed = KeptBatch { device: device(6), signature: [0; 64], ..genuine.clone() };
    let unread = || store.read(|tx| tx.unread_batches()).unwrap();
    keep(&store, &claimed, BatchOrigin::Collected, BatchState::Closed, &[]);
    assert_eq!(unread(), std::slice::from_ref(&claimed));
    keep(&store, &genuine, BatchOrigin::Collected, BatchState::Waiting, &[]);
    assert_eq!(unread(), std::slice::from_ref(&genuine));
    store
        .transact(Op::ImportBundle, |tx| {
            tx.keep_batch(&claimed, BatchOrigin::Collected, BatchState::Closed, NOW)
        })
        .unwrap();
    assert_eq!(unread(), [genuine]);
}

#[test]
fn a_household_is_on_a_stick_once_all_that_waits_of_it_is_and_turns_green_by_none() {
    let (_dir, store) = two_villages();
    let first = visit(&store, 1, NOW);
    visit(&store, 2, NOW);
    let since = || -> Vec<Option<i64>> {
        let list = store.read(|tx| tx.custody_list(10)).unwrap();
        list.into_iter().map(|one| one.on_stick_since).collect()
    };
    assert_eq!(since(), [None, None]);
    keep(&store, &batch(1, 5), BatchOrigin::Own, BatchState::Taken, &[first.id]);
    // Made, but written to no stick.
    assert_eq!(since(), [None, None]);
    let record =
        |at| store.transact(Op::ExportBundle, |tx| tx.record_bundle(&written(at), &[[1; 32]])).unwrap();
    record(NOW + 10);
    record(NOW + 20);
    assert_eq!(since(), [Some(NOW + 10), None]);
    assert_eq!(store.read(|tx| tx.households_on_sticks()).unwrap(), 1);
    let counts = store.read(|tx| tx.custody_counts()).unwrap();
    assert_eq!((counts.only_here, counts.confirmed), (2, 0));
    visit(&store, 1, NOW + 30);
    assert_eq!(since(), [None, None]);
    assert_eq!(store.read(|tx| tx.households_on_sticks()).unwrap(), 0);
    // A file that came in is not one that was written.
    let came = BundleRecord { direction: Direction::In, name: String::new(), ..written(NOW) };
    store.transact(Op::ImportBundle, |tx| tx.record_bundle(&came, &[[1; 32]])).unwrap();
    let files = store.read(|tx| tx.bundles(2)).unwrap();
    assert_eq!(files.into_iter().map(|(_, file)| file).collect::<Vec<_>>(), [came, written(NOW + 20)]);
}

#[test]
fn an_edit_of_others_is_confirmed_by_its_receipt_and_not_by_the_stick() {
    let (_dir, other) = two_villages();
    let edit = visit(&other, 1, NOW);
    let (_dir, store) = two_villages();
    store.transact(Op::ImportBundle, |tx| tx.insert_foreign(std::slice::from_ref(&edit), NOW)).unwrap();
    let custody = || store.read(|tx| tx.edits_of(&edit.subject)).unwrap().remove(0).custody;
    assert_eq!(custody(), EditCustody::Foreign);
    keep(&store, &batch(1, 5), BatchOrigin::Collected, BatchState::Taken, &[edit.id]);
    assert_eq!(custody(), EditCustody::Collected);
    assert_eq!(store.read(|tx| tx.collected()).unwrap().households, 1);
    let accepted = [(edit.id.writer, 1..=1)];
    store.transact(Op::ImportBundle, |tx| tx.settle_batch(&[1; 32], Some(&accepted), true)).unwrap();
    assert_eq!(custody(), EditCustody::Foreign);
}

#[test]
fn what_an_author_had_seen_is_here_or_not() {
    let (_dir, other) = two_villages();
    let edits = [visit(&other, 1, NOW), visit(&other, 2, NOW), visit(&other, 1, NOW + 1)];
    let (_dir, store) = two_villages();
    let ready = |edit: &Edit| store.read(|tx| tx.has_what_was_seen(edit)).unwrap();
    // The second household's edit has nothing to do with the first's.
    assert_eq!(edits.each_ref().map(ready), [true, true, false]);
    store.transact(Op::ImportBundle, |tx| tx.insert_foreign(&edits[..1], NOW)).unwrap();
    assert!(ready(&edits[2]));
    assert!(store.read(|tx| tx.has_edit(edits[0].id, &edits[0].subject)).unwrap());
    let elsewhere = subject(SubjectKind::Household, 1);
    assert!(!store.read(|tx| tx.has_edit(edits[0].id, &elsewhere)).unwrap());
}

#[test]
fn receipts_and_news_for_others_are_kept_newest_first_and_old_news_go() {
    let (_dir, store) = fresh();
    let receipt = |name: u8, content: u8, at: i64| {
        store
            .transact(Op::ImportBundle, |tx| tx.keep_receipt(&[name; 32], device(5), &message(content), at))
            .unwrap();
    };
    receipt(1, 10, NOW);
    receipt(2, 20, NOW + 1);
    // An older one replaces none, a newer one does.
    receipt(2, 21, NOW);
    receipt(1, 11, NOW + 2);
    let found = store.read(|tx| tx.receipts_to_carry(device(5), 9)).unwrap();
    assert_eq!(found, [message(11), message(20)]);
    assert_eq!(store.read(|tx| tx.receipts_to_carry(device(6), 9)).unwrap(), []);
    assert_eq!(store.read(|tx| tx.receipt_kept(&[1; 32])).unwrap(), Some(message(11)));
    for name in 0..12 {
        let made = NOW + i64::from(name);
        store.transact(Op::ImportBundle, |tx| tx.keep_news(&[name; 32], &message(name), made)).unwrap();
    }
    let kept: Vec<u8> = store.read(|tx| tx.news()).unwrap().iter().map(|news| news.bytes[0]).collect();
    assert_eq!(kept, (4..12).collect::<Vec<u8>>());
}
