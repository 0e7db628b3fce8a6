//! The record of exchanges with the province, for the sync screen.

use std::collections::BTreeMap;

use rasoat_casework::EditId;
use rusqlite::{Row, params};

use crate::columns::seq_column;
use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// Exchanges kept; older ones are forgotten.
const KEPT: u32 = 500;

/// One exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// When it began: milliseconds since 1970 on the laptop's clock.
    pub began_at: i64,
    /// Edits sent.
    pub sent: u32,
    /// Edits confirmed.
    pub confirmed: u32,
    /// Bytes sent.
    pub bytes_up: u32,
    /// Bytes received.
    pub bytes_down: u32,
    /// What went wrong: code and parameters (never personal data).
    pub problem: Option<(String, BTreeMap<String, String>)>,
}

impl Reader<'_> {
    /// The latest exchanges with their numbers, the newest first.
    pub fn exchanges(&self, limit: u32) -> Result<Vec<(i64, Exchange)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("exchanges/list.sql"))?;
        let mut rows = statement.query(params![limit])?;
        let mut exchanges = Vec::new();
        while let Some(row) = rows.next()? {
            exchanges.push((row.get(7)?, read_exchange(row)?));
        }
        Ok(exchanges)
    }
}

pub(crate) fn read_exchange(row: &Row<'_>) -> Result<Exchange, StoreError> {
    let problem = match (row.get(5)?, row.get::<_, Option<String>>(6)?) {
        (Some(code), Some(params)) => Some((code, serde_json::from_str(&params)?)),
        _ => None,
    };
    Ok(Exchange {
        began_at: row.get(0)?,
        sent: row.get(1)?,
        confirmed: row.get(2)?,
        bytes_up: row.get(3)?,
        bytes_down: row.get(4)?,
        problem,
    })
}

impl Tx<'_> {
    /// Notes an exchange that ended, and the edits that it was about.
    pub fn record_exchange(
        &self,
        exchange: &Exchange,
        about: impl Iterator<Item = EditId>,
    ) -> Result<(), StoreError> {
        let problem = exchange.problem.as_ref();
        let row = params![
            exchange.began_at,
            exchange.sent,
            exchange.confirmed,
            exchange.bytes_up,
            exchange.bytes_down,
            problem.map(|(code, _)| code),
            problem.map(|(_, params)| serde_json::to_string(params)).transpose()?,
        ];
        let number: i64 = self
            .connection
            .prepare_cached(include_str!("exchanges/insert.sql"))?
            .query_row(row, |row| row.get(0))?;
        let mut statement = self.connection.prepare_cached(include_str!("exchanges/edit.sql"))?;
        for edit in about {
            statement.execute(params![number, edit.writer.0.as_bytes(), seq_column(edit.seq)?])?;
        }
        self.connection.prepare_cached(include_str!("exchanges/forget_old.sql"))?.execute(params![KEPT])?;
        self.note(|changed| changed.sync = true);
        Ok(())
    }
}
