//! Several people on one laptop, and the way back in when passphrases are forgotten.

use std::fs;
use std::path::Path;

use rasoat_casework::EditHash;
use rasoat_store::{NewStore, NewUser, Store, StoreError, UserId};

use crate::support::*;

const MAI: &str = "ba con trâu già";
const TAN: &str = "bốn gùi ngô nếp";

fn add_user(store: &Store, name: &str, words: &str) -> Result<UserId, StoreError> {
    let (own, new) = (passphrase(PASSPHRASE), passphrase(words));
    store.add_user(&own, &NewUser { name, passphrase: &new, costs: CHEAP }, NOW)
}

fn open_as(dir: &Path, user: UserId, words: &str) -> Result<Store, StoreError> {
    Store::open_as(dir, Some(user), &passphrase(words), NOW)
}

fn names(dir: &Path) -> Vec<String> {
    Store::users(dir, NOW).unwrap().into_iter().map(|user| user.name).collect()
}

#[test]
fn each_opens_the_same_database_with_a_passphrase_of_their_own() {
    let (dir, store) = fresh();
    answer(&store, &interview(1), "address", "Nà Lùng");
    let mai = add_user(&store, "  Mai ", MAI).unwrap();
    let tan = add_user(&store, "Tân", TAN).unwrap();
    let first = store.user();
    store.close().unwrap();
    assert_eq!(names(dir.path()), ["", "Mai", "Tân"]);
    for (user, words) in [(first, PASSPHRASE), (mai, MAI), (tan, TAN)] {
        let store = open_as(dir.path(), user, words).unwrap();
        assert_eq!(store.user(), user);
        assert_eq!(store.read(|reader| Ok::<_, StoreError>(reader.user())).unwrap(), user);
        assert_eq!(draft_texts(&store, &interview(1))["address"], "Nà Lùng");
    }
    assert_eq!(open_as(dir.path(), mai, TAN).err(), Some(StoreError::WrongPassphrase { retry_after_s: 0 }));
    let unsaid = Store::open(dir.path(), &passphrase(MAI), NOW).err();
    assert_eq!(unsaid, Some(StoreError::UnknownUser), "with several it must be said who");
}

#[test]
fn wrong_tries_of_one_make_no_other_wait_and_are_kept() {
    let (dir, store) = fresh();
    let mai = add_user(&store, "Mai", MAI).unwrap();
    let first = store.user();
    store.close().unwrap();
    for _ in 0..4 {
        drop(open_as(dir.path(), mai, "không phải nó"));
    }
    // Read anew from the file, as after a restart.
    let waits: Vec<u32> =
        Store::users(dir.path(), NOW).unwrap().into_iter().map(|user| user.retry_after_s).collect();
    assert!(waits[0] == 0 && waits[1] > 0, "{waits:?}");
    assert!(matches!(open_as(dir.path(), mai, MAI), Err(StoreError::TryLater { .. })));
    assert!(open_as(dir.path(), first, PASSPHRASE).is_ok());
}

#[test]
fn only_who_knows_a_passphrase_adds_somebody() {
    let (dir, store) = fresh();
    let new = passphrase(MAI);
    let mai = NewUser { name: "Mai", passphrase: &new, costs: CHEAP };
    for wait in [0, 0, 2] {
        let refused = store.add_user(&passphrase("không phải nó"), &mai, NOW).err();
        assert_eq!(refused, Some(StoreError::WrongPassphrase { retry_after_s: wait }));
    }
    let early = store.add_user(&passphrase(PASSPHRASE), &mai, NOW).err();
    assert_eq!(early, Some(StoreError::TryLater { retry_after_s: 2 }));
    assert_eq!(names(dir.path()).len(), 1);
}

#[test]
fn names_are_told_apart_and_can_be_changed() {
    let (dir, store) = fresh();
    let mai = add_user(&store, "Mai", MAI).unwrap();
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd("TÂN").collect();
    let tan = add_user(&store, "Tân", TAN).unwrap();
    assert_eq!(add_user(&store, "mai", TAN).err(), Some(StoreError::NameTaken));
    assert_eq!(store.rename_user(mai, &decomposed).err(), Some(StoreError::NameTaken));
    let long = "dài ".repeat(20);
    for unusable in ["", "   ", long.as_str(), "a\u{7}b"] {
        assert_eq!(store.rename_user(mai, unusable).err(), Some(StoreError::UnusableName), "{unusable:?}");
    }
    store.rename_user(tan, "TÂN").unwrap();
    store.rename_user(store.user(), "Bà  Mai").unwrap();
    assert_eq!(names(dir.path()), ["Bà Mai", "Mai", "TÂN"]);
    let nobody = UserId(uuid::Uuid::from_u128(7));
    assert_eq!(store.rename_user(nobody, "Ai").err(), Some(StoreError::UnknownUser));
}

#[test]
fn somebody_removed_opens_no_more_and_nobody_removes_themselves() {
    let (dir, store) = fresh();
    let mai = add_user(&store, "Mai", MAI).unwrap();
    let remove = |user| store.remove_user(&passphrase(PASSPHRASE), user, NOW);
    assert_eq!(remove(store.user()).err(), Some(StoreError::OwnUser));
    let wrong = store.remove_user(&passphrase("không phải nó"), mai, NOW);
    assert!(matches!(wrong, Err(StoreError::WrongPassphrase { .. })));
    remove(mai).unwrap();
    assert_eq!(remove(mai).err(), Some(StoreError::UnknownUser));
    store.close().unwrap();
    assert_eq!(open_as(dir.path(), mai, MAI).err(), Some(StoreError::UnknownUser));
    // The only one again: nobody need be named.
    reopen(dir.path()).close().unwrap();
}

#[test]
fn a_copy_of_the_key_file_opens_nothing_once_its_owner_was_removed_and_the_key_changed() {
    let (dir, store) = fresh();
    let mai = add_user(&store, "Mai", MAI).unwrap();
    let kept = fs::read(dir.path().join("rasoat.keys")).unwrap();
    store.remove_user(&passphrase(PASSPHRASE), mai, NOW).unwrap();
    store.transact(rasoat_store::Op::Settings, |tx| tx.need_other_key()).unwrap();
    assert!(store.read(|reader| reader.is_erasure_pending()).unwrap());
    assert!(store.scrub(Some(&passphrase(PASSPHRASE))).unwrap());
    answer(&store, &interview(1), "address", "sau đó");
    let stolen = crash_copy(dir.path(), store);
    let today = fs::read(stolen.path().join("rasoat.keys")).unwrap();
    fs::write(stolen.path().join("rasoat.keys"), kept).unwrap();
    assert_eq!(open_as(stolen.path(), mai, MAI).err(), Some(StoreError::Damaged), "of another key");
    fs::write(stolen.path().join("rasoat.keys"), today).unwrap();
    assert_eq!(draft_texts(&reopen(stolen.path()), &interview(1)).len(), 1);
}

#[test]
fn a_passphrase_is_changed_by_who_knows_the_old_one() {
    let (dir, store) = fresh();
    let change =
        |old: &str, new: &str| store.change_passphrase(&passphrase(old), &passphrase(new), CHEAP, NOW);
    assert_eq!(change("không phải nó", MAI).err(), Some(StoreError::WrongPassphrase { retry_after_s: 0 }));
    assert_eq!(change(PASSPHRASE, "ngắn").err(), Some(StoreError::WeakPassphrase { least_chars: 8 }));
    change(PASSPHRASE, MAI).unwrap();
    store.close().unwrap();
    assert!(Store::open(dir.path(), &passphrase(PASSPHRASE), NOW).is_err());
    assert!(Store::open(dir.path(), &passphrase(MAI), NOW).is_ok());
}

#[test]
fn a_laptop_of_before_there_were_users_opens_and_gets_a_key_file_of_this_format() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys-1");
    let dir = tempfile::tempdir().unwrap();
    for name in ["rasoat.db", "rasoat.keys"] {
        fs::copy(from.join(name), dir.path().join(name)).unwrap();
    }
    assert_eq!(names(dir.path()), [""]);
    let wrong = Store::open(dir.path(), &passphrase("không phải nó"), NOW).err();
    assert_eq!(wrong, Some(StoreError::WrongPassphrase { retry_after_s: 0 }));
    let store = reopen(dir.path());
    assert_eq!(draft_texts(&store, &interview(2))["address"], "Khuổi Mạ");
    let sealed: Vec<EditHash> =
        store.read(|tx| tx.edits_of(&interview(1))).unwrap().iter().map(|edit| edit.edit.hash()).collect();
    assert_eq!(sealed.len(), 1);
    let first = store.user();
    let keys: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.path().join("rasoat.keys")).unwrap()).unwrap();
    assert_eq!((&keys["format"], keys["users"].as_array().unwrap().len()), (&2.into(), 1));
    add_user(&store, "Mai", MAI).unwrap();
    store.close().unwrap();
    assert!(open_as(dir.path(), first, PASSPHRASE).is_ok());
}

/// A store whose recovery key is known, closed.
fn recoverable() -> (tempfile::TempDir, age::x25519::Identity) {
    let dir = tempfile::tempdir().unwrap();
    let province = age::x25519::Identity::generate();
    let new = NewStore { recovery_recipient: province.to_public().to_string(), ..new_store() };
    let store = Store::create(dir.path(), new, NOW).unwrap();
    answer(&store, &interview(1), "address", "Nà Lùng");
    store.close().unwrap();
    (dir, province)
}

/// What the province does: opens the key and seals it to who asked.
fn answered(dir: &Path, province: &age::x25519::Identity) -> Vec<u8> {
    let mut answer = Vec::new();
    Store::begin_recovery(dir, |parts| {
        let key = age::decrypt(province, &parts.sealed).unwrap();
        let recipient: age::x25519::Recipient = parts.recipient.parse().unwrap();
        answer = age::encrypt(&recipient, &key).unwrap();
        b"a request".to_vec()
    })
    .unwrap();
    answer
}

fn recover(dir: &Path, answer: &[u8], words: &str) -> Result<Store, StoreError> {
    Store::recover(dir, answer, None, &passphrase(words), CHEAP)
}

#[test]
fn a_forgotten_passphrase_is_replaced_with_the_provinces_help() {
    let (dir, province) = recoverable();
    assert_eq!(Store::begun_recovery(dir.path()).unwrap(), None);
    for _ in 0..6 {
        drop(Store::open(dir.path(), &passphrase("không phải nó"), NOW));
    }
    let answer = answered(dir.path(), &province);
    assert_eq!(Store::begun_recovery(dir.path()).unwrap().as_deref(), Some(b"a request".as_slice()));
    assert_eq!(
        recover(dir.path(), &answer, "ngắn").err(),
        Some(StoreError::WeakPassphrase { least_chars: 8 })
    );
    let store = recover(dir.path(), &answer, MAI).unwrap();
    assert_eq!(draft_texts(&store, &interview(1))["address"], "Nà Lùng");
    store.close().unwrap();
    assert_eq!(Store::retry_after_s(dir.path(), NOW).unwrap(), 0);
    assert!(Store::open(dir.path(), &passphrase(MAI), NOW).is_ok());
    assert!(Store::open(dir.path(), &passphrase(PASSPHRASE), NOW).is_err());
    // What opened the answer is gone with it.
    assert!(!dir.path().join("rasoat.recovery").exists());
    assert_eq!(recover(dir.path(), &answer, TAN).err(), Some(StoreError::NoRecovery));
}

#[test]
fn an_answer_that_is_damaged_older_or_another_laptops_changes_nothing() {
    let (dir, province) = recoverable();
    let (other, others_province) = recoverable();
    let older = answered(dir.path(), &province);
    let newer = answered(dir.path(), &province);
    let foreign = answered(other.path(), &others_province);
    let mut flipped = newer.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for answer in [older.as_slice(), &foreign, &flipped, &newer[..newer.len() / 2], b""] {
        assert_eq!(recover(dir.path(), answer, MAI).err(), Some(StoreError::UnusableAnswer));
    }
    // Sealed to the right recipient, but another key.
    let mut recipient = String::new();
    Store::begin_recovery(dir.path(), |parts| {
        recipient.clone_from(&parts.recipient);
        Vec::new()
    })
    .unwrap();
    let recipient: age::x25519::Recipient = recipient.parse().unwrap();
    for key in [&[7_u8; 32][..], b"short"] {
        let forged = age::encrypt(&recipient, key).unwrap();
        assert_eq!(recover(dir.path(), &forged, MAI).err(), Some(StoreError::UnusableAnswer));
    }
    assert!(Store::open(dir.path(), &passphrase(PASSPHRASE), NOW).is_ok());
}

#[cfg(unix)]
#[test]
fn other_accounts_of_the_machine_cannot_read_what_opens_the_answer() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, province) = recoverable();
    answered(dir.path(), &province);
    let mode = fs::metadata(dir.path().join("rasoat.recovery")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn the_sealed_key_needs_no_more_than_the_folder_and_the_key_file_says_nothing_else() {
    let (dir, store) = fresh();
    add_user(&store, "Mai", MAI).unwrap();
    store.close().unwrap();
    let keys = fs::read_to_string(dir.path().join("rasoat.keys")).unwrap();
    for secret in [PASSPHRASE, MAI] {
        assert!(!keys.contains(secret));
    }
}
