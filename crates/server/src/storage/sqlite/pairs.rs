//! Pairs of households that may be one, in an order that what comes in leaves as it is.

use rusqlite::{Transaction, params};

use super::{commune_of, households, listing, uuid_of};
use crate::storage::{DuplicateRow, HouseholdKeyRef, HouseholdRow, PairPlace, PairQuery, StorageError};

pub(super) fn in_order(
    tx: &Transaction<'_>,
    query: &PairQuery,
) -> Result<Vec<(PairPlace, DuplicateRow)>, StorageError> {
    let PairPlace(first, second) = query.after.unwrap_or(PairPlace::BEGINNING);
    let communes = listing::communes(query.communes.as_ref())?;
    let mut statement = tx.prepare_cached(include_str!("sql/pairs_in_order.sql"))?;
    let mut rows = statement.query(params![first, second, communes, query.limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let household = |at: usize| -> Result<Option<HouseholdRow>, StorageError> {
            let commune = commune_of(&row.get::<_, String>(at)?)?;
            households::one(tx, &HouseholdKeyRef::new(commune, uuid_of(&row.get::<_, Vec<u8>>(at + 1)?)?))
        };
        let shared = serde_json::from_str(&row.get::<_, String>(2)?);
        let shared = shared.map_err(|_| StorageError::Damaged("pair"))?;
        if let (Some(first), Some(second)) = (household(3)?, household(5)?) {
            found.push((PairPlace(row.get(0)?, row.get(1)?), DuplicateRow { first, second, shared }));
        }
    }
    Ok(found)
}
