//! The account of what was done: whole, or the first row that is not is named; and the same of edits' chains.

use std::path::Path as FilePath;

use age::x25519::Identity;
use rasoat_store::{Act, Op, Store, StoreError};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::*;

fn note(store: &Store, act: Act, times: u32) {
    for _ in 0..times {
        let details = [("household", Uuid::from_u128(7).to_string())];
        store.transact(Op::Audit, |tx| tx.audit(act, &details, NOW)).unwrap();
    }
}

/// What somebody who has the key and knows SQL does to the closed database.
fn tamper(dir: &FilePath, identity: &Identity, sql: &str) {
    let connection = open_by_hand(dir, identity);
    connection.execute_batch(sql).unwrap();
}

/// A trail of so many rows.
fn trail(rows: u32) -> (TempDir, Store, Identity) {
    let (dir, store, identity) = fresh_with_recovery();
    for number in 0..rows {
        note(&store, if number % 2 == 0 { Act::Undo } else { Act::Settle }, 1);
    }
    (dir, store, identity)
}

fn broken(dir: &FilePath) -> Option<u32> {
    reopen(dir).read(|reader| reader.check_audit()).unwrap().broken
}

#[test]
fn rows_are_numbered_hashed_over_one_another_and_shown_the_latest_first_by_kind() {
    let (_dir, store, _) = trail(5);
    let check = store.read(|reader| reader.check_audit()).unwrap();
    assert_eq!((check.rows, check.broken), (5, None));
    let rows = store.read(|reader| reader.audit_rows()).unwrap();
    assert_eq!(rows.last().unwrap().1, check.head);
    let page = store.read(|reader| reader.audit(&[], 1, 2)).unwrap();
    assert_eq!(page.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [4, 3]);
    let settled = store.read(|reader| reader.audit(&[Act::Settle], 0, 9)).unwrap();
    assert_eq!((settled.total, settled.rows[0].act.as_str()), (2, "settle"));
    assert_eq!(settled.rows[0].user, store.user());
    assert_eq!(settled.rows[0].details["household"], Uuid::from_u128(7).to_string());
}

#[test]
fn what_is_undone_with_its_transaction_leaves_no_row() {
    let (_dir, store, _) = trail(1);
    let failed: Result<_, StoreError> = store.transact(Op::Undo, |tx| {
        tx.audit(Act::Undo, &[], NOW)?;
        Err::<(), _>(StoreError::NotFound)
    });
    assert!(failed.is_err());
    note(&store, Act::Undo, 1);
    let check = store.read(|reader| reader.check_audit()).unwrap();
    assert_eq!((check.rows, check.broken), (2, None));
}

#[test]
fn the_program_itself_cannot_alter_or_delete_a_row() {
    let (dir, store, identity) = trail(3);
    store.close().unwrap();
    let connection = open_by_hand(dir.path(), &identity);
    assert!(connection.execute_batch("DELETE FROM audit WHERE number = 2").is_err());
    assert!(connection.execute_batch("UPDATE audit SET entry = '{}' WHERE number = 2").is_err());
}

#[test]
fn the_first_row_that_was_changed_left_out_added_or_cut_off_is_named() {
    let without_guard = "DROP TRIGGER audit_is_never_altered; DROP TRIGGER audit_is_never_deleted;";
    let cases = [
        ("UPDATE audit SET entry = replace(entry, 'undo', 'print') WHERE number = 3", 3),
        ("UPDATE audit SET hash = zeroblob(32) WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 4", 4),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number >= 5", 5),
        ("UPDATE audit_head SET number = 5, hash = (SELECT hash FROM audit WHERE number = 5)", 6),
        ("INSERT INTO audit (number, entry, hash) SELECT 7, entry, hash FROM audit WHERE number = 6", 7),
        ("UPDATE audit SET number = number + 1 WHERE number = 6", 6),
    ];
    for (sql, first) in cases {
        let (dir, store, identity) = trail(6);
        store.close().unwrap();
        assert_eq!(broken(dir.path()), None);
        tamper(dir.path(), &identity, &format!("{without_guard} {sql}"));
        assert_eq!(broken(dir.path()), Some(first), "{sql}");
    }
}

#[test]
fn an_edit_whose_bytes_or_place_in_its_chain_are_not_as_sealed_is_named() {
    let (dir, store, identity) = fresh_with_recovery();
    let sealed = (1..=4).map(|number: u128| {
        answer(&store, &interview(number), "address", &format!("Nà Lùng {number}"));
        seal(&store, &interview(number), NOW).remove(0)
    });
    let edits: Vec<_> = sealed.collect();
    let check = store.read(|reader| reader.check_chains()).unwrap();
    assert_eq!((check.edits, check.writers, check.broken), (4, 1, None));
    store.close().unwrap();
    let alter = "DROP TRIGGER edits_are_never_altered;";
    let swap = "UPDATE edits SET bytes = (SELECT bytes FROM edits WHERE seq = 4), \
                hash = (SELECT hash FROM edits WHERE seq = 4) WHERE seq = 3";
    tamper(dir.path(), &identity, &format!("{alter} {swap}"));
    let check = reopen(dir.path()).read(|reader| reader.check_chains()).unwrap();
    assert_eq!(check.broken, Some(edits[2].id));
    tamper(dir.path(), &identity, "UPDATE edits SET bytes = substr(bytes, 1, 20) WHERE seq = 2");
    let check = reopen(dir.path()).read(|reader| reader.check_chains()).unwrap();
    assert_eq!(check.broken, Some(edits[1].id));
}
