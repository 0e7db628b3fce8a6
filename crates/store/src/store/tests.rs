//! What only happens on broken machines, brought about through the connection.

use std::collections::BTreeMap;
use std::time::Duration;

use rasoat_casework::{Change, Subject, SubjectKind};
use rasoat_instrument::Value;
use uuid::Uuid;

use super::*;

const NOW: i64 = 1_795_395_600_000;

fn fresh() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let new = NewStore {
        name: String::new(),
        passphrase: SecretString::from("mưa rào tháng sáu".to_owned()),
        recovery_recipient: age::x25519::Identity::generate().to_public().to_string(),
        costs: Params { m_cost: 8, t_cost: 1, p: 1 },
        facts: BTreeMap::new(),
    };
    let store = Store::create(dir.path(), new, NOW).unwrap();
    (dir, store)
}

fn home() -> Subject {
    Subject { commune: "06001".parse().unwrap(), kind: SubjectKind::Interview, id: Uuid::from_u128(1) }
}

fn answer(store: &Store, number: usize, length: usize) -> Result<(), StoreError> {
    let value = Value::Text("dài".repeat(length));
    let path = format!("note_{number}").parse().unwrap();
    store.transact(Op::Answer, |tx| tx.put_draft(&home(), &path, Some(&value), NOW)).map(|((), _)| ())
}

fn answers(store: &Store) -> usize {
    store.read(|tx| tx.draft(&home())).unwrap().map_or(0, |draft| draft.answers.len())
}

fn run(store: &Store, sql: &str) -> Result<(), StoreError> {
    Ok(store.connection().execute_batch(sql)?)
}

#[test]
fn a_full_disk_is_said_and_nothing_that_was_kept_is_lost() {
    let (dir, store) = fresh();
    let pages: i64 = store.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    run(&store, &format!("PRAGMA max_page_count = {}", pages + 20)).unwrap();
    let mut kept = 0;
    let failed = loop {
        match answer(&store, kept, 700) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1000, "the disk never fills");
    };
    assert_eq!(failed, StoreError::DiskFull);
    assert!(kept > 3);
    assert_eq!(answers(&store), kept);
    // Sealing gives the draft's room to the edit; this one needs more.
    let more = |number: usize| {
        (format!("more_{number}").parse().unwrap(), Change::Set(Value::Text("dài".repeat(9000))))
    };
    let changes = (0..4).map(more).collect();
    let sealed = store.transact(Op::LeaveInterview, |tx| tx.seal(&home(), changes, "N", None, NOW));
    assert_eq!(sealed.err(), Some(StoreError::DiskFull));
    assert_eq!(answers(&store), kept, "a seal that found no room leaves the draft");
    assert_eq!(store.read(|tx| tx.unsent_count()).unwrap(), 0);

    run(&store, "PRAGMA max_page_count = 1000000").unwrap();
    answer(&store, kept, 700).unwrap();
    drop(store);
    let store = Store::open(dir.path(), &SecretString::from("mưa rào tháng sáu".to_owned()), NOW).unwrap();
    assert_eq!(answers(&store), kept + 1);
}

#[test]
fn a_disk_that_cannot_be_written_to_is_said() {
    let (_dir, store) = fresh();
    answer(&store, 0, 1).unwrap();
    run(&store, "PRAGMA query_only = ON").unwrap();
    assert_eq!(answer(&store, 1, 1), Err(StoreError::ReadOnly));
    assert_eq!(answers(&store), 1);
}

#[test]
fn another_holder_of_the_database_makes_it_busy_not_broken() {
    let (dir, store) = fresh();
    let other = Store::open(dir.path(), &SecretString::from("mưa rào tháng sáu".to_owned()), NOW).unwrap();
    other.connection().busy_timeout(Duration::ZERO).unwrap();
    store
        .transact(Op::Answer, |_| {
            assert_eq!(answer(&other, 0, 1), Err(StoreError::Busy));
            assert_eq!(answers(&other), 0, "reading goes on");
            Ok::<(), StoreError>(())
        })
        .unwrap();
    answer(&other, 0, 1).unwrap();
    assert_eq!(answers(&store), 1);
}

#[test]
fn sealed_edits_can_be_neither_deleted_nor_altered() {
    let (_dir, store) = fresh();
    answer(&store, 0, 1).unwrap();
    store.transact(Op::LeaveInterview, |tx| tx.seal(&home(), BTreeMap::new(), "N", None, NOW)).unwrap();
    for sql in ["DELETE FROM edits", "UPDATE edits SET bytes = x'00'", "UPDATE edits SET seq = 2"] {
        assert!(matches!(run(&store, sql), Err(StoreError::Refused { .. })), "{sql}");
    }
    assert_eq!(store.read(|tx| tx.edits_of(&home())).unwrap().len(), 1);
}

#[test]
fn every_connection_is_durable_and_keeps_temporary_things_in_memory() {
    let (_dir, store) = fresh();
    let pragma = |name: &str| -> String {
        let value: rusqlite::types::Value =
            store.connection().query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap();
        match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Null
            | rusqlite::types::Value::Real(_)
            | rusqlite::types::Value::Blob(_) => {
                panic!("{name} is neither a number nor a text")
            }
        }
    };
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "2", "FULL");
    assert_eq!(pragma("foreign_keys"), "1");
    assert_eq!(pragma("temp_store"), "2", "MEMORY");
    assert_eq!(pragma("secure_delete"), "2", "FAST");
}

#[test]
fn a_store_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Store>();
    let (_dir, store) = fresh();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || (0..5).for_each(|turn| answer(store, thread * 5 + turn, 1).unwrap()));
        }
    });
    assert_eq!(answers(&store), 20);
}

#[test]
fn keys_of_a_database_that_is_gone_are_set_aside_not_overwritten() {
    let (dir, store) = fresh();
    store.close().unwrap();
    let keys = fs::read(files::keys(dir.path())).unwrap();
    fs::remove_file(files::database(dir.path())).unwrap();
    fs::write(files::beside(&files::database(dir.path()), "-wal"), b"an old log").unwrap();
    let new = NewStore {
        name: String::new(),
        passphrase: SecretString::from("một câu khác hẳn".to_owned()),
        recovery_recipient: age::x25519::Identity::generate().to_public().to_string(),
        costs: Params { m_cost: 8, t_cost: 1, p: 1 },
        facts: BTreeMap::new(),
    };
    let store = Store::create(dir.path(), new, NOW).unwrap();
    answer(&store, 0, 1).unwrap();
    assert_eq!(fs::read(dir.path().join(format!("rasoat.keys.{NOW}.old"))).unwrap(), keys);
    assert_eq!(fs::read(dir.path().join(format!("rasoat.db-wal.{NOW}.old"))).unwrap(), b"an old log");
}

fn listed(store: &Store, text: &str) -> usize {
    let query = crate::HouseholdQuery { text: text.to_owned(), limit: 10, ..Default::default() };
    store.read(|reader| reader.search_households(&query)).unwrap().rows.len()
}

#[test]
fn households_of_a_program_before_there_were_lists_are_listed_by_what_their_rows_say() {
    let (dir, store) = fresh();
    let household = crate::NewHousehold {
        id: Uuid::from_u128(5),
        interview: Uuid::from_u128(6),
        commune: "06001".parse().unwrap(),
        village: "na-lung".parse().unwrap(),
        head_name: "Nông Văn Đào".to_owned(),
        code: Some("06001-012".to_owned()),
        address: None,
        citizen_id: Some("020099004417".parse().unwrap()),
        members: 2,
        previous_class: None,
        words: crate::SearchWords::default(),
        persons: Vec::new(),
    };
    store.transact(Op::ImportList, |tx| tx.upsert_household(&household)).unwrap();
    run(
        &store,
        "DELETE FROM household_entries; DELETE FROM household_records; DELETE FROM household_bits;
         DELETE FROM household_numbers; DELETE FROM household_orders; UPDATE households SET unsent = 9;",
    )
    .unwrap();
    assert_eq!(listed(&store, ""), 0);
    drop(store);
    let store = Store::open(dir.path(), &SecretString::from("mưa rào tháng sáu".to_owned()), NOW).unwrap();
    for text in ["", "dao", "06001012", "4417"] {
        assert_eq!(listed(&store, text), 1, "{text}");
    }
    let row = store.read(|reader| reader.household(household.id)).unwrap().unwrap();
    assert_eq!(row.unsent, 0, "counted anew");
}
