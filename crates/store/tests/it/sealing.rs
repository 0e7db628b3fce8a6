//! From a draft to a chained edit.

use std::collections::BTreeMap;

use rasoat_casework::{Change, Edit, EditId, Hlc, VersionVector, WriterId};
use rasoat_store::{EditCustody, Op, StoreError};
use uuid::Uuid;

use crate::support::*;

#[test]
fn a_draft_becomes_one_edit_and_is_gone() {
    let (_dir, store) = fresh();
    let home = interview(1);
    answer(&store, &home, "address", "Nà Lùng");
    answer(&store, &home, "members.m1.full_name", "Nông Văn Thử");
    let extra = BTreeMap::from([(path("meta_state"), set("signed")), (path("address"), set("Khuổi Mạ"))]);
    let (edits, _) = store.transact(Op::SignOff, |tx| tx.seal(&home, extra, "Người Thử", None, NOW)).unwrap();
    let [edit] = edits.as_slice() else { panic!("one edit, not {}", edits.len()) };
    assert_eq!(edit.changes.len(), 3);
    assert_eq!(edit.changes[&path("address")], set("Khuổi Mạ"), "what is given when sealing wins");
    assert_eq!((edit.id.seq, edit.prev, edit.author.as_str()), (1, None, "Người Thử"));
    assert!(draft_texts(&store, &home).is_empty());
    assert_eq!(store.read(|tx| tx.drafted()).unwrap(), []);
    let document = store.read(|tx| tx.document(&home)).unwrap();
    assert_eq!(document.get(&path("members.m1.full_name")), Some(&text("Nông Văn Thử")));
}

#[test]
fn edits_are_chained_by_number_and_hash_over_a_restart() {
    let (dir, store) = fresh();
    let mut edits: Vec<Edit> = Vec::new();
    for number in 1..=3 {
        answer(&store, &interview(number), "address", "Nà Lùng");
        edits.extend(seal(&store, &interview(number), NOW));
    }
    store.close().unwrap();
    let store = reopen(dir.path());
    answer(&store, &interview(1), "address", "Khuổi Mạ");
    edits.extend(seal(&store, &interview(1), NOW));
    assert_eq!(edits.iter().map(|edit| edit.id.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    for pair in edits.windows(2) {
        assert_eq!(pair[1].prev, Some(pair[0].hash()));
        assert_eq!(pair[1].id.writer, pair[0].id.writer);
    }
    assert!(
        edits[3].seen.contains(edits[0].id) && !edits[3].seen.contains(edits[1].id),
        "seen is of the subject alone"
    );
    assert_eq!(store.read(|tx| tx.unsent(usize::MAX)).unwrap(), edits);
}

#[test]
fn logical_time_never_goes_back_though_the_clock_does() {
    let (dir, store) = fresh();
    let home = interview(1);
    let mut times: Vec<Hlc> = Vec::new();
    for (turn, now) in [NOW, NOW - 86_400_000, 0, NOW - 1].into_iter().enumerate() {
        answer(&store, &home, "address", &format!("lần {turn}"));
        times.push(seal(&store, &home, now)[0].at);
    }
    store.close().unwrap();
    let store = reopen(dir.path());
    answer(&store, &home, "address", "sau khi mở lại");
    times.push(seal(&store, &home, 5)[0].at);
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
}

#[test]
fn what_already_holds_is_not_sealed_again() {
    let (_dir, store) = fresh();
    let home = interview(1);
    answer(&store, &home, "address", "Nà Lùng");
    seal(&store, &home, NOW);
    answer(&store, &home, "address", "Khuổi Mạ");
    answer(&store, &home, "address", "Nà Lùng");
    assert_eq!(seal(&store, &home, NOW), []);
    assert!(draft_texts(&store, &home).is_empty());
    assert_eq!(seal(&store, &interview(2), NOW), [], "no draft, no edit");
}

#[test]
fn a_removed_member_takes_the_answers_inside_along_and_nobody_elses() {
    let (_dir, store) = fresh();
    let home = interview(1);
    for at in ["members.m1.full_name", "members.m1.birth", "members.m10.full_name"] {
        answer(&store, &home, at, "1987");
    }
    let remove = |member: &str| {
        store.transact(Op::Answer, |tx| tx.put_draft(&home, &path(member), None, NOW)).unwrap();
    };
    remove("members.m1");
    assert_eq!(
        draft_texts(&store, &home).into_keys().collect::<Vec<_>>(),
        ["members.m1", "members.m10.full_name"]
    );
    let edits = seal(&store, &home, NOW);
    assert_eq!(
        edits[0].changes.keys().map(ToString::to_string).collect::<Vec<_>>(),
        ["members.m10.full_name"]
    );
    remove("members.m10");
    assert_eq!(seal(&store, &home, NOW)[0].changes[&path("members.m10")], Change::Removed);
    let document = store.read(|tx| tx.document(&home)).unwrap();
    assert!(document.values().is_empty());
}

#[test]
fn a_draft_too_large_for_one_edit_becomes_several_of_one_chain() {
    let (_dir, store) = fresh();
    let home = interview(1);
    let long = "dài ".repeat(20_000);
    let put = |tx: &rasoat_store::Tx<'_>| -> Result<(), StoreError> {
        (0..10).try_for_each(|number| {
            tx.put_draft(&home, &path(&format!("note_{number}")), Some(&text(long.trim())), NOW)
        })
    };
    store.transact(Op::Answer, put).unwrap();
    let edits = seal(&store, &home, NOW);
    assert!(edits.len() > 1);
    assert_eq!(edits.iter().map(|edit| edit.changes.len()).sum::<usize>(), 10);
    assert_eq!(store.read(|tx| tx.document(&home)).unwrap().values().len(), 10);
}

#[test]
fn an_answer_too_large_for_any_edit_is_refused_and_the_draft_stays() {
    let (_dir, store) = fresh();
    let home = interview(1);
    answer(&store, &home, "note", &"dài ".repeat(200_000));
    let refused = store.transact(Op::LeaveInterview, |tx| tx.seal(&home, BTreeMap::new(), "N", None, NOW));
    assert_eq!(refused.unwrap_err(), StoreError::TooLarge);
    assert_eq!(draft_texts(&store, &home).len(), 1);
}

fn foreign(seq: u64, writer: u128, value: &str, at_millis: i64) -> Edit {
    Edit {
        id: EditId { writer: WriterId(Uuid::from_u128(writer)), seq },
        prev: None,
        subject: interview(1),
        seen: VersionVector::default(),
        at: Hlc { millis: at_millis, counter: 0 },
        author: "Người Khác".to_owned(),
        instrument: None,
        changes: BTreeMap::from([(path("address"), set(value))]),
    }
}

#[test]
fn edits_of_others_come_in_any_number_of_times_and_disagreement_is_a_conflict() {
    let (_dir, store) = fresh();
    let home = interview(1);
    answer(&store, &home, "address", "Nà Lùng");
    let theirs = [foreign(1, 7, "Khuổi Mạ", NOW + 60_000)];
    for round in 0..3 {
        let (taken, changed) = store.transact(Op::Sync, |tx| tx.insert_foreign(&theirs, NOW)).unwrap();
        assert_eq!((taken.new, taken.known), if round == 0 { (1, 0) } else { (0, 1) });
        assert_eq!(changed.edits, round == 0);
    }
    let ours = seal(&store, &home, NOW);
    assert!(ours[0].at > theirs[0].at, "logical time follows what was seen");
    let document = store.read(|tx| tx.document(&home)).unwrap();
    assert_eq!(document.conflicts(), [&path("address")], "the draft was begun before theirs came");
    assert_eq!(store.read(|tx| tx.unsent(usize::MAX)).unwrap(), ours, "what came from others is not sent");

    answer(&store, &home, "address", "Nà Lùng");
    assert_eq!(seal(&store, &home, NOW).len(), 1, "saying again what is in conflict settles it");
    assert!(store.read(|tx| tx.document(&home)).unwrap().conflicts().is_empty());
}

#[test]
fn two_edits_under_one_number_are_both_kept() {
    let (_dir, store) = fresh();
    let edits = [foreign(1, 7, "Nà Lùng", NOW), foreign(1, 7, "Khuổi Mạ", NOW)];
    for _ in 0..2 {
        store.transact(Op::Sync, |tx| tx.insert_foreign(&edits, NOW)).unwrap();
    }
    let stored = store.read(|tx| tx.edits_of(&interview(1))).unwrap();
    assert_eq!(
        stored.iter().map(|stored| &stored.edit).collect::<Vec<_>>(),
        edits.iter().collect::<Vec<_>>()
    );
    assert!(stored.iter().all(|stored| stored.custody == EditCustody::Foreign));
}

#[test]
fn a_database_that_learns_it_is_an_older_copy_writes_as_a_new_writer() {
    let (dir, store) = fresh();
    let home = interview(1);
    answer(&store, &home, "address", "Nà Lùng");
    seal(&store, &home, NOW);
    let backup = crash_copy(dir.path(), store);
    let store = reopen(dir.path());
    answer(&store, &home, "address", "Khuổi Mạ");
    let later = seal(&store, &home, NOW);

    let restored = reopen(backup.path());
    let (taken, _) = restored.transact(Op::Sync, |tx| tx.insert_foreign(&later, NOW)).unwrap();
    let fresh_writer = taken.new_writer.expect("a new writer");
    answer(&restored, &home, "address", "Bản Mới");
    let edits = seal(&restored, &home, NOW);
    assert_eq!((edits[0].id, edits[0].prev), (EditId { writer: fresh_writer, seq: 1 }, None));
    assert!(edits[0].at > later[0].at);
    assert_eq!(restored.read(|tx| tx.document(&home)).unwrap().get(&path("address")), Some(&text("Bản Mới")));
}
