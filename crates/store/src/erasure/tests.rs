//! The ways between two keys: wherever it is broken off, the database opens with the passphrase.

use std::collections::BTreeMap;
use std::path::Path;

use rasoat_secrets::Params;
use secrecy::SecretString;
use tempfile::TempDir;

use super::*;
use crate::store::NewStore;

const NOW: i64 = 1_795_395_600_000;
const CHEAP: Params = Params { m_cost: 8, t_cost: 1, p: 1 };

fn words() -> SecretString {
    SecretString::from("mưa rào tháng sáu".to_owned())
}

fn fresh() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let new = NewStore {
        name: String::new(),
        passphrase: words(),
        recovery_recipient: age::x25519::Identity::generate().to_public().to_string(),
        costs: CHEAP,
        facts: BTreeMap::new(),
    };
    let store = Store::create(dir.path(), new, NOW).unwrap();
    store.transact(Op::Settings, |tx| tx.set_setting("a", "something")).unwrap();
    (dir, store)
}

/// As a power cut leaves it: the files without the shared memory.
fn cut(dir: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    copy
}

/// Opens twice, because the first time may end what was begun, and says whether the key before still leads anywhere.
fn opens(dir: &Path) -> bool {
    for _ in 0..2 {
        let store = Store::open(dir, &words(), NOW).unwrap();
        let kept: Option<String> = store.read(|reader| reader.setting("a")).unwrap();
        assert_eq!(kept.as_deref(), Some("something"));
        store.close().unwrap();
    }
    KeyFile::read(dir).unwrap().is_handing_over()
}

#[test]
fn broken_off_between_any_two_steps_it_opens_with_the_passphrase() {
    let (dir, store) = fresh();
    let mut keys = KeyFile::read(dir.path()).unwrap();
    let next = keys.begin_handover(&store.key()).unwrap();
    assert!(!opens(cut(dir.path()).path()), "before the key file was written");
    keys.write(dir.path()).unwrap();
    assert!(!opens(cut(dir.path()).path()), "before the database was under the next key");
    connection::rekey(&store.connection(), &next).unwrap();
    assert!(!opens(cut(dir.path()).path()), "with the next key in the log");
    empty_log(&store.connection()).unwrap();
    assert!(!opens(cut(dir.path()).path()), "with the next key in the file");
    keys.end_handover(&next, None).unwrap();
    keys.write(dir.path()).unwrap();
    let copy = cut(dir.path());
    assert!(KeyFile::read(copy.path()).unwrap().is_handing_over());
    assert!(!opens(copy.path()), "once everybody opened it, nothing leads from the key before");
}

#[test]
fn a_transaction_under_way_when_the_key_changes_is_whole_or_not_there() {
    let (dir, store) = fresh();
    store.scrub(Some(&words())).unwrap();
    store.transact(Op::Settings, |tx| tx.set_setting("b", &vec![7_u8; 100_000])).unwrap();
    let copy = cut(dir.path());
    let reopened = Store::open(copy.path(), &words(), NOW).unwrap();
    let kept: Option<Vec<u8>> = reopened.read(|reader| reader.setting("b")).unwrap();
    assert_eq!(kept.map(|kept| kept.len()), Some(100_000));
    assert!(!opens(dir.path()));
}
