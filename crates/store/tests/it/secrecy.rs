//! What a stranger with the laptop sees, and who gets in.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rasoat_store::{NewStore, Store, StoreError};

use crate::support::*;

const SECRETS: [&str; 4] = ["Nông Thị Bí Mật", "020099004417", "ngõ không ai biết", "mật khẩu không ghi ra"];

/// How a text may stand in a file: UTF-8 and UTF-16, composed or not, also folded.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let folded = rasoat_casework::fold_name(text);
    let mut spellings = Vec::new();
    for text in [text, folded.as_str()] {
        spellings.push(text.as_bytes().to_vec());
        spellings.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        spellings.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        // The longest word alone: lists keep words.
        spellings.extend(text.split(' ').max_by_key(|word| word.len()).map(|word| word.as_bytes().to_vec()));
    }
    // Short words occur in any random bytes.
    spellings.retain(|bytes| bytes.len() >= 5);
    spellings
}

fn all_bytes(dir: &Path) -> Vec<(String, Vec<u8>)> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

#[test]
fn no_file_holds_a_readable_name_number_answer_or_the_passphrase() {
    let dir = tempfile::tempdir().unwrap();
    let new = NewStore { passphrase: passphrase(SECRETS[3]), ..new_store() };
    let store = Store::create(dir.path(), new, NOW).unwrap();
    let mut home = household(1, "na-lung", SECRETS[0]);
    home.citizen_id = Some(SECRETS[1].parse().unwrap());
    add(&store, &[village("na-lung", "Nà Lùng")], &[home]);
    for number in 0..50 {
        answer(&store, &interview(number), "full_name", SECRETS[0]);
        answer(&store, &interview(number), "citizen_id", SECRETS[1]);
        answer(&store, &interview(number), "address", SECRETS[2]);
        if number % 2 == 0 {
            seal(&store, &interview(number), NOW);
        }
    }
    let open = all_bytes(dir.path());
    assert!(
        open.iter().any(|(name, bytes)| name == "rasoat.db-wal" && bytes.len() > 10_000),
        "the WAL holds the changes"
    );
    store.close().unwrap();
    let closed = all_bytes(dir.path());
    assert!(closed.iter().any(|(name, bytes)| name == "rasoat.db" && bytes.len() > 50_000));
    for (name, bytes) in open.iter().chain(&closed) {
        assert!(!bytes.starts_with(b"SQLite format 3"), "{name} is not encrypted");
        for spelling in SECRETS.iter().flat_map(|secret| spellings(secret)) {
            assert!(
                !bytes.windows(spelling.len()).any(|window| window == spelling),
                "{name} holds something readable"
            );
        }
    }
}

#[test]
fn the_passphrase_opens_whichever_way_the_keyboard_composes_it() {
    let (dir, store) = fresh();
    store.close().unwrap();
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(PASSPHRASE).collect();
    assert_ne!(decomposed, PASSPHRASE);
    assert!(Store::open(dir.path(), &passphrase(&decomposed), NOW).is_ok());
}

#[test]
fn wrong_passphrases_slow_down_over_restarts_and_a_right_one_clears_the_count() {
    let (dir, store) = fresh();
    store.close().unwrap();
    let mut now = NOW;
    let mut waits = Vec::new();
    for _ in 0..5 {
        // Each try reads everything from the files, as after a restart.
        let Err(StoreError::WrongPassphrase { retry_after_s }) =
            Store::open(dir.path(), &passphrase("không phải nó"), now)
        else {
            panic!("a wrong passphrase is refused as such")
        };
        assert_eq!(Store::retry_after_s(dir.path(), now).unwrap(), retry_after_s);
        waits.push(retry_after_s);
        if retry_after_s > 0 {
            let early = Store::open(dir.path(), &passphrase(PASSPHRASE), now + 999).err().unwrap();
            assert_eq!(early, StoreError::TryLater { retry_after_s }, "even the right one must wait");
        }
        now += i64::from(retry_after_s) * 1000;
    }
    assert_eq!(waits, [0, 0, 2, 5, 15]);
    Store::open(dir.path(), &passphrase(PASSPHRASE), now).unwrap().close().unwrap();
    assert_eq!(Store::retry_after_s(dir.path(), now).unwrap(), 0);
    let wrong = Store::open(dir.path(), &passphrase("không phải nó"), now).err().unwrap();
    assert_eq!(wrong, StoreError::WrongPassphrase { retry_after_s: 0 }, "counting begins anew");
}

#[test]
fn a_weak_passphrase_or_an_unusable_recipient_makes_no_store() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |new: NewStore| Store::create(dir.path(), new, NOW).err().unwrap();
    let weak = StoreError::WeakPassphrase { least_chars: 8 };
    // Seven characters, though more bytes and, decomposed, more code points.
    assert_eq!(refused(NewStore { passphrase: passphrase("mưa rào"), ..new_store() }), weak);
    assert_eq!(
        refused(NewStore { passphrase: passphrase(&"đ".repeat(600)), ..new_store() }),
        StoreError::LongPassphrase { most_bytes: 1024 }
    );
    assert_eq!(
        refused(NewStore { recovery_recipient: "age1không".to_owned(), ..new_store() }),
        StoreError::UnusableKeys
    );
    assert!(!Store::exists(dir.path()));
    assert_eq!(Store::open(dir.path(), &passphrase(PASSPHRASE), NOW).err(), Some(StoreError::Missing));
    assert!(Store::create(dir.path(), new_store(), NOW).is_ok());
    assert_eq!(refused(new_store()), StoreError::AlreadyExists);
}

#[test]
fn the_province_opens_the_database_with_its_recovery_key_alone() {
    let (dir, store, identity) = fresh_with_recovery();
    answer(&store, &interview(1), "address", "Nà Lùng");
    store.close().unwrap();

    let connection = open_by_hand(dir.path(), &identity);
    let answers: i64 =
        connection.query_row("SELECT count(*) FROM draft_answers", [], |row| row.get(0)).unwrap();
    assert_eq!(answers, 1);
}

#[cfg(unix)]
#[test]
fn other_accounts_of_the_machine_cannot_read_the_key_file() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, store) = fresh();
    store.close().unwrap();
    reopen(dir.path()).close().unwrap();
    let mode = fs::metadata(dir.path().join("rasoat.keys")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn facts_may_be_read_before_unlocking_and_changed_after() {
    let dir = tempfile::tempdir().unwrap();
    let facts = BTreeMap::from([("device_name".to_owned(), "Máy 07".to_owned())]);
    let store = Store::create(dir.path(), NewStore { facts: facts.clone(), ..new_store() }, NOW).unwrap();
    assert_eq!(Store::facts(dir.path()).unwrap(), facts);
    let renewed = BTreeMap::from([("device_name".to_owned(), "Máy 08".to_owned())]);
    store.set_facts(renewed.clone()).unwrap();
    store.close().unwrap();
    assert_eq!(Store::facts(dir.path()).unwrap(), renewed);
    assert!(Store::open(dir.path(), &passphrase(PASSPHRASE), NOW).is_ok());
}

#[test]
fn errors_say_nothing_of_what_was_stored() {
    let (_dir, store) = fresh();
    let mut home = household(1, "na-lung", SECRETS[0]);
    home.citizen_id = Some(SECRETS[1].parse().unwrap());
    add(&store, &[], &[home.clone()]);
    // The same interview under another household breaks a constraint.
    home.id = uuid::Uuid::from_u128(2);
    let refused = store.transact(rasoat_store::Op::ImportList, |tx| tx.upsert_household(&home)).unwrap_err();
    assert_eq!(refused.code(), "refused");
    let said = format!("{refused} {refused:?}");
    assert!(SECRETS.iter().all(|secret| !said.contains(secret)), "{}", refused.code());
}
