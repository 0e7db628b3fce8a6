//! Removing what the province has: nothing of it is readable any more, and nothing without its word ever goes.

use std::path::Path as FilePath;

use proptest::prelude::*;
use rasoat_casework::{AttachmentName, Edit, Subject, SubjectKind};
use rasoat_store::{AttachmentOrigin, NewUser, Op, Store, StoreError, StoredReceipt};
use uuid::Uuid;

use crate::support::*;

const SECRET: &str = "Nông Thị Bí Mật Lắm";
const MAI: &str = "gió thổi qua đèo cao";

/// What the province says to these edits, in a batch of its own.
fn confirm(store: &Store, edits: &[Edit], batch: u8) {
    let receipt = StoredReceipt {
        batch: [batch; 32],
        bytes: vec![batch],
        accepted: edits.iter().map(|edit| (edit.id.writer, edit.id.seq..=edit.id.seq)).collect(),
        refused: Vec::new(),
        server_time_millis: NOW,
    };
    store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt, NOW)).unwrap();
}

fn confirm_all(store: &Store) {
    let edits = store.read(|reader| reader.unsent(usize::MAX)).unwrap();
    confirm(store, &edits, 200);
}

/// A household's list line is subject `number`, its interview `number + 100`.
fn of_list(number: u128) -> Subject {
    subject(SubjectKind::Household, number)
}

fn subjects(number: u128) -> [Uuid; 2] {
    [Uuid::from_u128(number), Uuid::from_u128(number + 100)]
}

fn listed(store: &Store, number: u128, name: &str) {
    let mut home = household(number, "na-lung", name);
    home.interview = Uuid::from_u128(number + 100);
    add(store, &[village("na-lung", "Nà Lùng")], &[home]);
}

fn write(store: &Store, of: &Subject, text: &str) -> Vec<Edit> {
    answer(store, of, "address", text);
    seal(store, of, NOW)
}

fn erase(store: &Store, number: u128) -> Result<(), StoreError> {
    let erased = store.transact(Op::Erase, |tx| {
        tx.erase_household(Uuid::from_u128(number), &subjects(number))?;
        tx.end_erasure()
    });
    erased.map(|_| ())
}

/// A photo as an answer, sealed.
fn photograph(store: &Store, of: &Subject, content: &[u8]) -> AttachmentName {
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    jpeg.extend_from_slice(content);
    let name = AttachmentName::of(&jpeg).unwrap();
    store
        .transact(Op::Answer, |tx| {
            tx.put_attachment(name, &jpeg, AttachmentOrigin::Own, NOW)?;
            tx.put_draft(of, &path("photo"), name.to_value().as_ref(), NOW)
        })
        .unwrap();
    seal(store, of, NOW);
    name
}

/// All that the database holds, readable.
fn in_the_clear(dir: &FilePath, identity: &age::x25519::Identity) -> Vec<u8> {
    let connection = open_by_hand(dir, identity);
    let plain = dir.join("plain.db");
    connection
        .execute_batch(&format!(
            "ATTACH DATABASE '{}' AS plain KEY ''; SELECT sqlcipher_export('plain'); DETACH DATABASE plain;",
            plain.display()
        ))
        .unwrap();
    std::fs::read(plain).unwrap()
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

fn opens_with(dir: &FilePath, key: &str) -> bool {
    let connection = rusqlite::Connection::open(dir.join("rasoat.db")).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).unwrap();
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).is_ok()
}

#[test]
fn of_a_removed_household_nothing_is_readable_and_the_key_before_opens_nothing() {
    let (dir, store, identity) = fresh_with_recovery();
    let before = key_of(dir.path(), &identity);
    listed(&store, 1, SECRET);
    listed(&store, 2, "Người Ở Lại");
    write(&store, &of_list(1), SECRET);
    write(&store, &interview(101), SECRET);
    write(&store, &of_list(2), "Khuổi Mạ");
    let photo = photograph(&store, &interview(101), SECRET.as_bytes());
    confirm_all(&store);
    store.transact(Op::Attachments, |tx| tx.confirm_attachment(photo)).unwrap();

    erase(&store, 1).unwrap();
    assert!(store.read(|reader| reader.is_erasure_pending()).unwrap());
    assert!(store.scrub(Some(&passphrase(PASSPHRASE))).unwrap());
    assert!(!store.read(|reader| reader.is_erasure_pending()).unwrap());
    // Written on under the new key.
    write(&store, &of_list(2), "Khuổi Mạ mới");
    let check = store.read(|reader| reader.check_chains()).unwrap();
    assert_eq!((check.edits, check.broken), (5, None));
    store.close().unwrap();

    assert!(!opens_with(dir.path(), &before), "the key before opens it still");
    let plain = in_the_clear(dir.path(), &identity);
    let folded = rasoat_casework::fold_name(SECRET);
    for secret in [SECRET, folded.as_str(), "Bí Mật"] {
        assert!(!holds(&plain, secret.as_bytes()));
    }
    assert!(holds(&plain, "Khuổi Mạ mới".as_bytes()) && holds(&plain, "Người Ở Lại".as_bytes()));
    let store = reopen(dir.path());
    assert!(store.read(|reader| reader.household(Uuid::from_u128(1))).unwrap().is_none());
    assert_eq!(store.read(|reader| reader.attachment(photo)).unwrap(), None);
}

#[test]
fn what_was_removed_is_not_taken_in_again_and_counts_as_seen() {
    let (_dir, store) = fresh();
    listed(&store, 1, SECRET);
    let edits = write(&store, &of_list(1), SECRET);
    confirm_all(&store);
    erase(&store, 1).unwrap();
    let (taken, _) = store.transact(Op::Sync, |tx| tx.insert_foreign(&edits, NOW)).unwrap();
    assert_eq!((taken.new, taken.known, taken.new_writer), (0, 1, None));
    assert!(store.read(|reader| reader.document(&of_list(1))).unwrap().values().is_empty());
    let anew = write(&store, &of_list(1), "Một năm sau");
    assert!(anew[0].seen.contains(edits[0].id), "it would stand in conflict with what it replaces");

    store.transact(Op::Enrol, |tx| tx.forget_erased()).unwrap();
    let (taken, _) = store.transact(Op::Sync, |tx| tx.insert_foreign(&edits, NOW)).unwrap();
    assert_eq!(taken.new, 1, "another round begins with everything");
}

#[test]
fn everybody_opens_it_with_their_own_passphrase_and_then_nothing_leads_from_the_key_before() {
    let (dir, store, identity) = fresh_with_recovery();
    let first = store.user();
    let mai = NewUser { name: "Mai", passphrase: &passphrase(MAI), costs: CHEAP };
    store.rename_user(first, "Tân").unwrap();
    let mai = store.add_user(&passphrase(PASSPHRASE), &mai, NOW).unwrap();
    listed(&store, 1, SECRET);
    write(&store, &of_list(1), SECRET);
    confirm_all(&store);
    erase(&store, 1).unwrap();
    assert!(store.scrub(Some(&passphrase(PASSPHRASE))).unwrap());
    let leads = || std::fs::read_to_string(dir.path().join("rasoat.keys")).unwrap().contains("handover");
    assert!(leads(), "Mai has not been here");
    assert!(!store.scrub(None).unwrap(), "one at a time");
    // A passphrase that is changed and a user who is added meanwhile get the key in use.
    store.change_passphrase(&passphrase(PASSPHRASE), &passphrase("mưa tạnh trời trong"), CHEAP, NOW).unwrap();
    store.close().unwrap();

    let store = Store::open_as(dir.path(), Some(mai), &passphrase(MAI), NOW).unwrap();
    assert!(!leads());
    store.close().unwrap();
    assert!(Store::open_as(dir.path(), Some(mai), &passphrase(MAI), NOW).is_ok());
    assert!(Store::open_as(dir.path(), Some(first), &passphrase("mưa tạnh trời trong"), NOW).is_ok());
    assert!(opens_with(dir.path(), &key_of(dir.path(), &identity)), "the province has the new key");
}

#[test]
fn a_file_that_somebody_reads_is_written_anew_later() {
    let (dir, store, identity) = fresh_with_recovery();
    write(&store, &of_list(1), "Nà Lùng");
    let reading = open_by_hand(dir.path(), &identity);
    reading.execute_batch("BEGIN; SELECT count(*) FROM edits;").unwrap();
    let mut rows = reading.prepare("SELECT count(*) FROM edits").unwrap();
    let _: i64 = rows.query_row([], |row| row.get(0)).unwrap();
    write(&store, &of_list(1), "Khuổi Mạ");
    assert_eq!(store.scrub(None), Err(StoreError::Busy));
    drop(rows);
    reading.close().unwrap();
    assert_eq!(store.scrub(None), Ok(true));
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Draft(u128),
    Seal(u128),
    Photo(u128),
    Confirm(u128),
    ConfirmPhotos,
    Fork(u128),
    Erase(u128),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..7_u8, 1..4_u128).prop_map(|(kind, of)| match kind {
        0 => Step::Draft(of),
        1 => Step::Seal(of),
        2 => Step::Photo(of),
        3 => Step::ConfirmPhotos,
        4 => Step::Fork(of),
        5 => Step::Confirm(of),
        _ => Step::Erase(of),
    });
    prop::collection::vec(step, 1..24)
}

/// What is here of a household that the province has no word on.
#[derive(Debug, Clone, Default)]
struct Owed {
    drafted: bool,
    unsent: Vec<Edit>,
    photos: Vec<AttachmentName>,
    forked: bool,
    gone: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn nothing_that_the_province_has_no_word_on_is_ever_removed(steps in steps()) {
        let (_dir, store) = fresh();
        let mut owed: Vec<Owed> = vec![Owed::default(); 4];
        for number in 1..4 {
            listed(&store, number, "Một Hộ");
        }
        for (at, step) in steps.into_iter().enumerate() {
            let text = format!("lần {at}");
            match step {
                Step::Draft(of) => {
                    answer(&store, &interview(of + 100), "address", &text);
                    owed[of as usize].drafted = true;
                }
                Step::Seal(of) => {
                    let sealed = seal(&store, &interview(of + 100), NOW);
                    owed[of as usize].unsent.extend(sealed);
                    owed[of as usize].drafted = false;
                }
                Step::Photo(of) => {
                    let name = photograph(&store, &interview(of + 100), text.as_bytes());
                    let all = store.read(|reader| reader.edits_of(&interview(of + 100))).unwrap();
                    let unsent = all.into_iter().filter(|one| one.custody == rasoat_store::EditCustody::Unsent);
                    owed[of as usize].unsent = unsent.map(|one| one.edit).collect();
                    owed[of as usize].photos.push(name);
                    owed[of as usize].drafted = false;
                }
                Step::Confirm(of) => {
                    let edits = std::mem::take(&mut owed[of as usize].unsent);
                    confirm(&store, &edits, u8::try_from(at).unwrap());
                }
                Step::ConfirmPhotos => {
                    for name in owed.iter_mut().flat_map(|one| one.photos.drain(..)) {
                        store.transact(Op::Attachments, |tx| tx.confirm_attachment(name)).unwrap();
                    }
                }
                Step::Fork(of) => {
                    let known = store.read(|reader| reader.edits_of(&interview(of + 100))).unwrap();
                    let Some(first) = known.first() else { continue };
                    let mut other = first.edit.clone();
                    other.author = text;
                    // Of another writer's chain, so that none of our own numbers collides.
                    other.id.writer = rasoat_casework::WriterId(Uuid::from_u128(900 + of));
                    let twin = Edit { author: "khác".to_owned(), ..other.clone() };
                    let taken = store.transact(Op::Sync, |tx| tx.insert_foreign(&[other, twin], NOW)).unwrap().0;
                    owed[of as usize].forked |= !taken.forked.is_empty();
                }
                Step::Erase(of) => {
                    let one = &owed[of as usize];
                    let is_owed = one.drafted || !one.unsent.is_empty() || !one.photos.is_empty() || one.forked;
                    let before = store.read(|reader| reader.edits_of(&interview(of + 100))).unwrap();
                    let erased = erase(&store, of);
                    let after = store.read(|reader| reader.edits_of(&interview(of + 100))).unwrap();
                    if is_owed {
                        prop_assert_eq!(erased, Err(StoreError::NotConfirmed));
                        prop_assert_eq!(after, before);
                    } else {
                        prop_assert_eq!(erased, Ok(()));
                        prop_assert!(after.is_empty());
                        owed[of as usize].gone = true;
                    }
                }
            }
            // Whatever was not removed is there to the last edit.
            for number in 1..4_u128 {
                let one = &owed[number as usize];
                let here = store.read(|reader| reader.edits_of(&interview(number + 100))).unwrap();
                for edit in &one.unsent {
                    prop_assert!(here.iter().any(|stored| stored.edit == *edit));
                }
                let row = store.read(|reader| reader.household(Uuid::from_u128(number))).unwrap();
                prop_assert!(row.is_some() || one.gone);
                for name in &one.photos {
                    prop_assert!(store.read(|reader| reader.attachment(*name)).unwrap().is_some());
                }
            }
        }
        prop_assert_eq!(store.read(|reader| reader.check_chains()).unwrap().broken, None);
    }
}
