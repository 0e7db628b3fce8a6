//! A store in a temporary folder, and generated people.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path as FilePath;

use rasoat_casework::{AreaType, Change, CommuneCode, Edit, Subject, SubjectKind, VillageId};
use rasoat_instrument::{Path, Value};
use rasoat_store::{
    BackupReason, CommuneRow, NewBackup, NewHousehold, NewStore, Op, Params, Restore, Restored, SearchWords,
    Store, StoreError, Tx, VillageRow,
};
use secrecy::SecretString;
use tempfile::TempDir;
use uuid::Uuid;

/// 2026-11-23T08:00:00+07:00.
pub(crate) const NOW: i64 = 1_795_395_600_000;
pub(crate) const PASSPHRASE: &str = "mưa rào tháng sáu";
/// As cheap as it gets: what a guess costs is tested where keys are derived.
pub(crate) const CHEAP: Params = Params { m_cost: 8, t_cost: 1, p: 1 };

pub(crate) const NEW_BACKUP: NewBackup =
    NewBackup { number: 1, made_at_millis: NOW, reason: BackupReason::Asked };

/// Makes a backup of a store in a folder.
pub(crate) fn back_up(store: &Store, folder: &FilePath) {
    let made = store.backup_to(folder, NEW_BACKUP, |_| ControlFlow::Continue(()));
    made.expect("a backup").expect("not stopped");
}

/// Puts a backup in the place of a folder's database.
pub(crate) fn restore(dir: &FilePath, from: &FilePath) -> Result<Restored, StoreError> {
    let plan = Restore {
        from,
        user: None,
        passphrase: &passphrase(PASSPHRASE),
        aside: "20261123-0800",
        now_millis: NOW,
    };
    Store::restore(dir, &plan, |_| ControlFlow::Continue(())).map(|restored| restored.expect("not stopped"))
}

pub(crate) fn passphrase(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

pub(crate) fn new_store() -> NewStore {
    NewStore {
        name: String::new(),
        passphrase: passphrase(PASSPHRASE),
        recovery_recipient: age::x25519::Identity::generate().to_public().to_string(),
        costs: CHEAP,
        facts: BTreeMap::new(),
    }
}

/// A new store, and the folder that goes when the test ends.
pub(crate) fn fresh() -> (TempDir, Store) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let store = Store::create(dir.path(), new_store(), NOW).expect("a new store");
    (dir, store)
}

/// A new store, and the province's key that opens it by way of a recovery.
pub(crate) fn fresh_with_recovery() -> (TempDir, Store, age::x25519::Identity) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let identity = age::x25519::Identity::generate();
    let new = NewStore { recovery_recipient: identity.to_public().to_string(), ..new_store() };
    let store = Store::create(dir.path(), new, NOW).expect("a new store");
    (dir, store, identity)
}

/// The database's key in hexadecimal, as the province opens it.
pub(crate) fn key_of(dir: &FilePath, identity: &age::x25519::Identity) -> String {
    let keys = std::fs::read(dir.join("rasoat.keys")).expect("the key file");
    let keys: serde_json::Value = serde_json::from_slice(&keys).expect("its JSON");
    let sealed = keys["recovery"]["sealed"].as_str().expect("a sealed key");
    let digits = |at| u8::from_str_radix(&sealed[at..at + 2], 16).expect("hex");
    let sealed: Vec<u8> = (0..sealed.len()).step_by(2).map(digits).collect();
    let key = age::decrypt(identity, &sealed).expect("the key");
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The database of a closed store, opened without the program.
pub(crate) fn open_by_hand(dir: &FilePath, identity: &age::x25519::Identity) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(dir.join("rasoat.db")).expect("the database");
    let key = key_of(dir, identity);
    connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).expect("its key");
    connection
}

pub(crate) fn reopen(dir: &FilePath) -> Store {
    Store::open(dir, &passphrase(PASSPHRASE), NOW).expect("the store opens again")
}

/// As after a power cut: nothing is closed, no destructor runs; only the operating system's locks go, with a new copy of
/// the files.
pub(crate) fn crash_copy(dir: &FilePath, store: Store) -> TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder");
    for entry in std::fs::read_dir(dir).expect("the folder") {
        let entry = entry.expect("an entry");
        // The shared memory of the WAL does not survive a power cut.
        if entry.path().is_file() && !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("a copy");
        }
    }
    std::mem::forget(store);
    copy
}

pub(crate) fn commune() -> CommuneCode {
    "06001".parse().expect("a commune code")
}

pub(crate) fn subject(kind: SubjectKind, number: u128) -> Subject {
    Subject { commune: commune(), kind, id: Uuid::from_u128(number) }
}

pub(crate) fn interview(number: u128) -> Subject {
    subject(SubjectKind::Interview, number)
}

pub(crate) fn path(text: &str) -> Path {
    text.parse().expect("a path")
}

pub(crate) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

pub(crate) fn set(value: &str) -> Change {
    Change::Set(text(value))
}

/// One answer in a transaction of its own.
pub(crate) fn answer(store: &Store, subject: &Subject, at: &str, value: &str) {
    store
        .transact(Op::Answer, |tx| tx.put_draft(subject, &path(at), Some(&text(value)), NOW))
        .expect("an answer is kept");
}

/// Seals the draft of a subject.
pub(crate) fn seal(store: &Store, subject: &Subject, now: i64) -> Vec<Edit> {
    store
        .transact(Op::LeaveInterview, |tx| tx.seal(subject, BTreeMap::new(), "Người Thử", None, now))
        .expect("the draft is sealed")
        .0
}

pub(crate) fn draft_texts(store: &Store, subject: &Subject) -> BTreeMap<String, String> {
    let draft = store.read(|tx| tx.draft(subject)).expect("the draft is read");
    draft
        .map(|draft| draft.answers)
        .unwrap_or_default()
        .into_iter()
        .map(|(path, change)| match change {
            Change::Set(value) => (path.to_string(), value.to_string()),
            Change::Removed => (path.to_string(), "-".to_owned()),
        })
        .collect()
}

pub(crate) fn village(id: &str, name: &str) -> VillageRow {
    VillageRow {
        commune: commune(),
        id: id.parse().expect("a village id"),
        name: name.to_owned(),
        area: AreaType::Rural,
    }
}

/// A household whose interview has its number plus a million.
pub(crate) fn household(number: u128, village: &str, head: &str) -> NewHousehold {
    NewHousehold {
        id: Uuid::from_u128(number),
        interview: Uuid::from_u128(number + 1_000_000),
        commune: commune(),
        village: village.parse::<VillageId>().expect("a village id"),
        head_name: head.to_owned(),
        code: None,
        address: None,
        citizen_id: None,
        members: 1,
        previous_class: Some("poor".to_owned()),
        words: SearchWords::default(),
        persons: Vec::new(),
    }
}

pub(crate) fn add(store: &Store, villages: &[VillageRow], households: &[NewHousehold]) {
    let add = |tx: &Tx<'_>| -> Result<(), StoreError> {
        tx.put_commune(&CommuneRow {
            code: commune(), name: "Đoàn Kết".to_owned(), kind: "xã".to_owned()
        })?;
        villages.iter().try_for_each(|village| tx.put_village(village))?;
        households.iter().try_for_each(|household| tx.upsert_household(household))
    };
    store.transact(Op::ImportList, add).expect("the list is taken in");
}
