//! Numbers given out twice by two lives of one database: nothing is dropped, nothing counts twice, nothing claims to have seen
//! what it did not.

use std::collections::BTreeMap;

use rasoat_casework::{Draft, Edit, EditId, Subject, WriterId, fold};
use rasoat_store::{EditCustody, Op, Store, TakenIn};

use crate::support::*;

/// Answers and seals: one edit.
fn edit(store: &Store, home: &Subject, at: &str, value: &str) -> Edit {
    answer(store, home, at, value);
    seal(store, home, NOW).remove(0)
}

fn take(store: &Store, edits: &[Edit]) -> TakenIn {
    store.transact(Op::Sync, |tx| tx.insert_foreign(edits, NOW)).unwrap().0
}

fn value(store: &Store, home: &Subject, at: &str) -> Vec<Option<String>> {
    let document = store.read(|tx| tx.document(home)).unwrap();
    let state = &document.fields[&path(at)];
    state.candidates.iter().map(|found| found.value.as_ref().map(ToString::to_string)).collect()
}

/// The next edit of the same writer after `chain`, as another life of the database seals it.
fn other_life(store: &Store, home: &Subject, at: &str, value: &str) -> Edit {
    let mut chain = store.read(|tx| tx.chain()).unwrap();
    let draft = Draft {
        subject: home.clone(),
        seen: store.read(|tx| tx.version(home)).unwrap(),
        author: "Người Khác".to_owned(),
        instrument: None,
        changes: BTreeMap::from([(path(at), set(value))]),
    };
    chain.seal(draft, NOW + 5).unwrap()
}

fn reissue(store: &Store, writer: WriterId, first: u64) -> Vec<Edit> {
    store.transact(Op::Sync, |tx| tx.reissue_from(writer, first, NOW)).unwrap().0
}

#[test]
fn what_collided_is_issued_anew_and_only_the_new_edits_are_sent_and_count() {
    let (dir, store) = fresh();
    let (home, next) = (interview(1), interview(2));
    let first = edit(&store, &home, "address", "Nà Lùng");
    let writer = first.id.writer;
    let taken = other_life(&store, &home, "address", "Khuổi Mạ");
    let second = edit(&store, &home, "address", "Nà Phai");
    let third = edit(&store, &home, "floor_area", "40");
    let fourth = edit(&store, &next, "floor_area", "50");
    let anew = reissue(&store, writer, 2);
    let [two, three, four] = anew.as_slice() else { panic!("three edits, not {}", anew.len()) };
    assert_ne!(two.id.writer, writer);
    assert_eq!((two.id.seq, two.prev, three.prev), (1, None, Some(two.hash())));
    for (new, old) in [(two, &second), (three, &third), (four, &fourth)] {
        assert_eq!((&new.changes, &new.subject, &new.author), (&old.changes, &old.subject, &old.author));
        assert!(new.at > old.at);
    }
    // What came before the collision was seen; what others have under the colliding numbers was not. What is named is an edit
    // of the subject, so that whoever gets these knows whether it is there.
    let named = |edit: &Edit| edit.seen.0.clone().into_iter().collect::<Vec<_>>();
    assert_eq!(named(two), [(writer, 1)]);
    assert_eq!(BTreeMap::from_iter(named(three)), BTreeMap::from([(writer, 1), (two.id.writer, 1)]));
    assert_eq!(named(four), []);
    let mut waiting = vec![first.clone()];
    waiting.extend(anew.clone());
    assert_eq!(store.read(|tx| tx.unsent(usize::MAX)).unwrap(), waiting);
    assert_eq!(value(&store, &home, "address"), [Some("Nà Phai".to_owned())]);
    // Doing it again does nothing.
    assert_eq!(reissue(&store, writer, 2), []);

    // The edit that has the number comes: both answers stand, here as anywhere else.
    let here = take(&store, std::slice::from_ref(&taken));
    assert_eq!((here.forked.as_slice(), here.reissued, here.new_writer), (&[taken.id][..], 0, None));
    let mut both = value(&store, &home, "address");
    both.sort();
    assert_eq!(both, [Some("Khuổi Mạ".to_owned()), Some("Nà Phai".to_owned())]);
    let elsewhere = fold([&first, &taken, two, three]);
    let document = store.read(|tx| tx.document(&home)).unwrap();
    assert_eq!(document.fields, elsewhere.fields);
    assert_eq!(document.version, elsewhere.version);
    assert_eq!(store.read(|tx| tx.version(&home)).unwrap(), elsewhere.version);
    store.close().unwrap();
    let store = reopen(dir.path());
    assert_eq!(store.read(|tx| tx.document(&home)).unwrap().fields, elsewhere.fields);
}

#[test]
fn an_edit_issued_anew_after_a_later_one_was_does_not_pass_for_having_seen_it() {
    let (_dir, store) = fresh();
    let home = interview(1);
    let first = edit(&store, &home, "address", "Nà Lùng");
    let earlier = edit(&store, &home, "address", "Nà Phai");
    let later = edit(&store, &home, "address", "Khuổi Mạ");
    let writer = first.id.writer;
    let later_anew = reissue(&store, writer, later.id.seq).remove(0);
    let earlier_anew = reissue(&store, writer, earlier.id.seq).remove(0);
    assert_ne!(earlier_anew.id.writer, later_anew.id.writer);
    assert!(!earlier_anew.seen.contains(later_anew.id));
    assert!(value(&store, &home, "address").contains(&Some("Khuổi Mạ".to_owned())));
}

#[test]
fn a_later_number_of_our_own_shows_an_older_copy_and_what_waits_is_issued_anew_at_once() {
    let (_dir, store) = fresh();
    let home = interview(1);
    let first = edit(&store, &home, "address", "Nà Lùng");
    let taken = other_life(&store, &home, "address", "Khuổi Mạ");
    let second = edit(&store, &home, "floor_area", "40");
    let result = take(&store, std::slice::from_ref(&taken));
    assert_eq!((result.forked.as_slice(), result.reissued), (&[taken.id][..], 1));
    let writer = result.new_writer.unwrap();
    assert_ne!(writer, first.id.writer);
    let stored = store.read(|tx| tx.edits_of(&home)).unwrap();
    let ids: Vec<EditId> = stored.iter().map(|stored| stored.edit.id).collect();
    assert_eq!(ids, [first.id, EditId { writer, seq: 1 }, taken.id]);
    assert_eq!(stored[1].edit.changes, second.changes);
    assert_eq!(stored[1].custody, EditCustody::Unsent);
    assert_eq!(value(&store, &home, "address"), [Some("Khuổi Mạ".to_owned())]);
    // From now on the new writer writes, and has seen all that is here.
    let third = edit(&store, &home, "address", "Nà Phai");
    assert_eq!(third.id, EditId { writer, seq: 2 });
    assert!(third.seen.contains(taken.id));
    assert_eq!(value(&store, &home, "address"), [Some("Nà Phai".to_owned())]);
}

#[test]
fn a_draft_that_saw_a_colliding_edit_has_seen_the_one_issued_anew() {
    let (_dir, store) = fresh();
    let home = interview(1);
    let first = edit(&store, &home, "address", "Nà Lùng");
    let taken = other_life(&store, &home, "address", "Khuổi Mạ");
    edit(&store, &home, "address", "Nà Phai");
    answer(&store, &home, "address", "Bản Chu");
    let anew = reissue(&store, first.id.writer, 2).remove(0);
    let draft = store.read(|tx| tx.draft(&home)).unwrap().unwrap();
    assert!(draft.seen.contains(first.id) && draft.seen.contains(anew.id) && !draft.seen.contains(taken.id));
    take(&store, std::slice::from_ref(&taken));
    seal(&store, &home, NOW);
    let mut both = value(&store, &home, "address");
    both.sort();
    assert_eq!(both, [Some("Bản Chu".to_owned()), Some("Khuổi Mạ".to_owned())]);
}

#[test]
fn an_edit_issued_anew_in_vain_counts_again_once_it_comes_back() {
    let (_dir, store) = fresh();
    let home = interview(1);
    let first = edit(&store, &home, "address", "Nà Lùng");
    let anew = reissue(&store, first.id.writer, 1).remove(0);
    assert_eq!((anew.seen.0.len(), store.read(|tx| tx.edits_of(&home)).unwrap().len()), (0, 1));
    let taken = take(&store, std::slice::from_ref(&first));
    assert_eq!((taken.known, taken.new), (1, 0));
    assert_eq!(store.read(|tx| tx.edits_of(&home)).unwrap().len(), 2);
    assert_eq!(value(&store, &home, "address"), [Some("Nà Lùng".to_owned())]);
}

#[test]
fn settling_sees_everything_and_leaves_a_draft_as_it_is() {
    let (_dir, store) = fresh();
    let home = interview(1);
    let first = edit(&store, &home, "address", "Nà Lùng");
    let mut foreign = other_life(&store, &home, "address", "Khuổi Mạ");
    foreign.id = EditId { writer: WriterId(uuid::Uuid::from_u128(9)), seq: 1 };
    foreign.prev = None;
    foreign.seen.0.clear();
    answer(&store, &home, "phone", "0912345678");
    take(&store, std::slice::from_ref(&foreign));
    assert_eq!(value(&store, &home, "address").len(), 2);
    let changes = BTreeMap::from([(path("address"), set("Nà Lùng"))]);
    let settled =
        store.transact(Op::Settle, |tx| tx.settle(&home, changes, "Người Thử", None, NOW)).unwrap().0;
    assert!(settled[0].seen.contains(first.id) && settled[0].seen.contains(foreign.id));
    assert_eq!(settled[0].changes.len(), 1);
    assert_eq!(value(&store, &home, "address"), [Some("Nà Lùng".to_owned())]);
    let draft = store.read(|tx| tx.draft(&home)).unwrap().unwrap();
    assert!(!draft.seen.contains(foreign.id));
    assert_eq!(draft_texts(&store, &home), BTreeMap::from([("phone".to_owned(), "0912345678".to_owned())]));
    // Sealed, it names the edit of the same hand that it follows, and still not what it did not see.
    let sealed = seal(&store, &home, NOW).remove(0);
    assert!(sealed.seen.contains(settled[0].id) && !sealed.seen.contains(foreign.id));
}
