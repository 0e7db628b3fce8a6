//! What encryption costs: the store's own statements on a commune's database as it is, and on the same rows in plain SQLite.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use rasoat_store::{BackupReason, NewBackup};
use rusqlite::{Connection, params};
use serde_json::json;

use super::laptop::{Laptop, Province};
use super::timed_ok;
use crate::figure::{Figures, quantile};

const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -65536; PRAGMA foreign_keys = ON;";

pub(super) fn measure(figures: &Figures, laptop: &Laptop, province: &Province) -> Result<()> {
    let key = data_key(laptop, &province.recovery()?)?;
    let folder = laptop.dir().join("encrypted");
    let new = NewBackup { number: 1, made_at_millis: 0, reason: BackupReason::Asked };
    laptop.store.backup_to(&folder, new, |_| std::ops::ControlFlow::Continue(()))?;
    let encrypted_file = folder.join("rasoat.db");
    let plain_file = laptop.dir().join("plain.db");
    let encrypted = Connection::open(&encrypted_file)?;
    encrypted.execute_batch(&format!("PRAGMA key = \"{key}\"; {SETTINGS}"))?;
    decrypted(&plain_file, &encrypted_file, &key)?;
    let plain = Connection::open(&plain_file)?;
    plain.execute_batch(SETTINGS)?;
    let household: [u8; 16] = plain.query_row("SELECT id FROM households LIMIT 1", [], |row| row.get(0))?;

    let (mut with, mut without) = (Times::default(), Times::default());
    for round in 0..i64::try_from(figures.rounds(2_000))? {
        for (connection, times) in [(&encrypted, &mut with), (&plain, &mut without)] {
            times.answers.push(timed_ok(|| answer(connection, &household, round))?.0);
            times.searches.push(timed_ok(|| search(connection, round))?.0);
        }
    }
    let median = |times: &mut Vec<f64>| quantile(times, 0.5);
    let sum = |times: &Times| times.answers.iter().chain(&times.searches).sum::<f64>();
    figures.note(
        "store.cipher_cost_ratio",
        sum(&with) / sum(&without),
        "times plain SQLite",
        json!({ "what": "time of the same answers and searches, with encryption to without", "households": laptop.households,
            "rounds": with.answers.len(), "answer_median_us": median(&mut with.answers),
            "plain_answer_median_us": median(&mut without.answers),
            "search_median_us": median(&mut with.searches), "plain_search_median_us": median(&mut without.searches),
            "bytes": std::fs::metadata(&encrypted_file)?.len(), "plain_bytes": std::fs::metadata(&plain_file)?.len() }),
    );
    Ok(())
}

#[derive(Default)]
struct Times {
    answers: Vec<f64>,
    searches: Vec<f64>,
}

/// The key, as the province opens it for somebody who forgot their passphrase.
fn data_key(laptop: &Laptop, recovery: &str) -> Result<String> {
    let identity: age::x25519::Identity =
        recovery.trim().parse().map_err(|error: &str| anyhow!("no identity: {error}"))?;
    let keys: serde_json::Value = serde_json::from_slice(&std::fs::read(laptop.data().join("rasoat.keys"))?)?;
    let sealed = keys["recovery"]["sealed"].as_str().context("a sealed key")?;
    let bytes: Vec<u8> = (0..sealed.len() / 2)
        .map(|at| u8::from_str_radix(&sealed[at * 2..at * 2 + 2], 16))
        .collect::<Result<_, _>>()?;
    let opened = age::decrypt(&identity, &bytes)?;
    Ok(format!("x'{}'", opened.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

/// The same schema and rows without encryption.
fn decrypted(file: &Path, encrypted: &Path, key: &str) -> Result<()> {
    let plain = Connection::open(file)?;
    plain.execute(
        &format!("ATTACH DATABASE ?1 AS sealed KEY \"{key}\""),
        params![encrypted.to_str().context("a readable path")?],
    )?;
    let schema: Vec<(String, String, String)> = plain
        .prepare(
            "SELECT type, name, sql FROM sealed.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let (tables, others): (Vec<_>, Vec<_>) = schema.into_iter().partition(|(kind, ..)| kind == "table");
    for (_, name, sql) in &tables {
        plain.execute_batch(sql)?;
        let columns: Vec<String> = plain
            .prepare("SELECT name FROM pragma_table_info(?1)")?
            .query_map([name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let columns = columns.join(", ");
        plain.execute_batch(&format!(
            "INSERT INTO main.{name} ({columns}) SELECT {columns} FROM sealed.{name}"
        ))?;
    }
    for (_, _, sql) in &others {
        plain.execute_batch(sql)?;
    }
    Ok(())
}

/// What is written of an answer.
fn answer(connection: &Connection, household: &[u8; 16], round: i64) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    let (path, value) = (format!("question_{}", round % 90), format!("\"answer {round}\""));
    transaction
        .prepare_cached(include_str!("../../../store/src/commits/number.sql"))?
        .query_row([], |_| Ok(()))?;
    transaction.prepare_cached(include_str!("../../../store/src/given/append.sql"))?.execute(params![
        round,
        household,
        path,
        value,
        false,
        1,
        None::<&str>
    ])?;
    transaction.commit()?;
    Ok(())
}

/// What is read for a page of a search.
fn search(connection: &Connection, round: i64) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    for term in [".nguyen", ".thi", "^n", "=state:signed"] {
        read(&transaction, include_str!("../../../store/src/lists/term.sql"), &[&term])?;
    }
    read(&transaction, include_str!("../../../store/src/lists/pieces.sql"), &[&"place"])?;
    for row in 0..50 {
        let number = (round * 61 + row * 37) % 3_000 + 1;
        let row = concat!(
            include_str!("../../../store/src/households/columns.sql"),
            include_str!("../../../store/src/households/row.sql"),
            include_str!("../../../store/src/lists/of_number.sql")
        );
        read(&transaction, row, &[&number])?;
    }
    Ok(())
}

fn read(connection: &Connection, sql: &str, params: &[&dyn rusqlite::ToSql]) -> Result<usize> {
    let mut statement = connection.prepare_cached(sql)?;
    let last = statement.column_count() - 1;
    let mut rows = statement.query(params)?;
    let mut length = 0;
    while let Some(row) = rows.next()? {
        length += usize::from(row.get_ref(last)?.data_type() != rusqlite::types::Type::Null);
    }
    Ok(length)
}
