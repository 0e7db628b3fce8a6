//! What went when and how: which households an exchange or a stick was about, and everything that went of one household.

use std::collections::BTreeMap;

use rusqlite::{Row, params};
use uuid::Uuid;

use crate::columns;
use crate::error::StoreError;
use crate::exchanges::{Exchange, read_exchange};
use crate::store::Reader;

/// A code and its parameters.
type Code = (String, BTreeMap<String, String>);

/// A household that an exchange or a stick was about. Where its edits are is as it is known by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedHousehold {
    /// Its id.
    pub id: Uuid,
    /// Head's name.
    pub head_name: String,
    /// Name of the village.
    pub village_name: String,
    /// Edits of it.
    pub edits: u32,
    /// Of these, what the province has.
    pub confirmed: u32,
    /// Of these, what the province refused.
    pub refused: u32,
    /// Why it refused the latest.
    pub refusal: Option<Code>,
}

/// A receipt for edits of a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdReceipt {
    /// The batch it is for.
    pub batch: [u8; 32],
    /// Milliseconds since 1970 on the server's clock.
    pub server_time: i64,
    /// When it came here, on the laptop's.
    pub received_at: i64,
    /// Edits of the household that it confirms.
    pub edits: u32,
}

/// Edits of a household that the province refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdRefusal {
    /// When its word came here, on the laptop's clock.
    pub received_at: i64,
    /// Why.
    pub why: Code,
    /// How many.
    pub edits: u32,
}

impl Reader<'_> {
    /// The households that an exchange was about, by name.
    pub fn exchanged_households(&self, exchange: i64) -> Result<Vec<MovedHousehold>, StoreError> {
        self.moved(
            concat!(include_str!("transfers/exchanged.sql"), include_str!("transfers/by_household.sql")),
            exchange,
        )
    }

    /// The households that a file on a stick was about, by name; those alone that are on the list here.
    pub fn bundled_households(&self, bundle: i64) -> Result<Vec<MovedHousehold>, StoreError> {
        self.moved(
            concat!(include_str!("transfers/bundled.sql"), include_str!("transfers/by_household.sql")),
            bundle,
        )
    }

    /// The exchanges that were about a household, the earliest first, each with how many edits of it.
    pub fn exchanges_of(&self, household: Uuid, interview: Uuid) -> Result<Vec<(Exchange, u32)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("transfers/exchanges.sql"))?;
        let mut rows = statement.query(params![household.as_bytes(), interview.as_bytes()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((read_exchange(row)?, row.get(7)?));
        }
        Ok(found)
    }

    /// The receipts for edits of a household, the earliest first.
    pub fn receipts_of(&self, household: Uuid, interview: Uuid) -> Result<Vec<HouseholdReceipt>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("transfers/receipts.sql"))?;
        let found = statement.query_map(params![household.as_bytes(), interview.as_bytes()], |row| {
            Ok(HouseholdReceipt {
                batch: row.get(0)?,
                server_time: row.get(1)?,
                received_at: row.get(2)?,
                edits: row.get(3)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// What of a household the province refuses, by why, the earliest first.
    pub fn refusals_of(&self, household: Uuid, interview: Uuid) -> Result<Vec<HouseholdRefusal>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("transfers/refusals.sql"))?;
        let mut rows = statement.query(params![household.as_bytes(), interview.as_bytes()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let why = code(row, 1)?.ok_or(StoreError::Damaged)?;
            found.push(HouseholdRefusal { received_at: row.get(0)?, why, edits: row.get(3)? });
        }
        Ok(found)
    }

    fn moved(&self, sql: &str, number: i64) -> Result<Vec<MovedHousehold>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![number])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(MovedHousehold {
                id: columns::uuid(row, 0)?,
                head_name: row.get(1)?,
                village_name: row.get(2)?,
                edits: row.get(3)?,
                confirmed: row.get(4)?,
                refused: row.get(5)?,
                refusal: code(row, 6)?,
            });
        }
        Ok(found)
    }
}

/// A code in a column, and its parameters as JSON in the next.
fn code(row: &Row<'_>, at: usize) -> Result<Option<Code>, StoreError> {
    let (code, params): (Option<String>, Option<String>) = (row.get(at)?, row.get(at + 1)?);
    let Some(code) = code else { return Ok(None) };
    let params = params.map(|params| serde_json::from_str(&params)).transpose()?.unwrap_or_default();
    Ok(Some((code, params)))
}
