//! What households are counted by in reports.

use rasoat_casework::CommuneCode;
use rusqlite::{Row, Transaction, params};

use super::{commune_of, hash_of, uuid_of};
use crate::storage::{CasesQuery, HouseholdEdits, KeptCases, StorageError};

pub(super) fn read(tx: &Transaction<'_>, query: &CasesQuery) -> Result<Vec<KeptCases>, StorageError> {
    let communes: Option<Vec<&str>> =
        query.communes.as_ref().map(|communes| communes.iter().map(CommuneCode::as_str).collect());
    let communes = communes.map(|codes| serde_json::json!(codes).to_string());
    let mut statement = tx.prepare_cached(include_str!("sql/report_cases.sql"))?;
    let mut rows = statement.query(params![query.number.cast_signed(), communes, query.heads_only])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(kept(row, query.number)?);
    }
    Ok(found)
}

fn kept(row: &Row<'_>, number: u64) -> Result<KeptCases, StorageError> {
    Ok(KeptCases {
        commune: commune_of(&row.get::<_, String>(0)?)?,
        number,
        basis: hash_of(&row.get::<_, Vec<u8>>(1)?)?,
        feed_end: row.get::<_, i64>(2)?.cast_unsigned(),
        made_at: row.get(3)?,
        bytes: row.get(4)?,
    })
}

pub(super) fn put(tx: &Transaction<'_>, kept: &KeptCases) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/put_report_cases.sql"))?.execute(params![
        kept.commune.as_str(),
        kept.number.cast_signed(),
        kept.basis,
        kept.feed_end.cast_signed(),
        kept.made_at,
        kept.bytes
    ])?;
    Ok(())
}

pub(super) fn edits_by_household(
    tx: &Transaction<'_>,
    commune: &CommuneCode,
) -> Result<Vec<HouseholdEdits>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/edits_by_household.sql"))?;
    let mut rows = statement.query([commune.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(HouseholdEdits {
            household: uuid_of(&row.get::<_, Vec<u8>>(0)?)?,
            edits: row.get(1)?,
            is_counted: row.get(2)?,
        });
    }
    Ok(found)
}
