//! Pairs of households that may be one, in an order that what comes in leaves as it is.

use super::tx::{Params, Tx, commune, get};
use super::{households, listing};
use crate::storage::{DuplicateRow, HouseholdKeyRef, PairPlace, PairQuery, StorageError};

pub(super) async fn in_order(
    tx: &Tx<'_>,
    query: &PairQuery,
) -> Result<Vec<(PairPlace, DuplicateRow)>, StorageError> {
    let PairPlace(first, second) = query.after.unwrap_or(PairPlace::BEGINNING);
    let (communes, limit) = (listing::communes(query.communes.as_ref()), i64::from(query.limit));
    let asked: Params<'_> = &[&first, &second, &communes, &limit];
    let found = tx.rows(include_str!("sql/pairs_in_order.sql"), asked).await?;
    let key = |row, at| Ok::<_, StorageError>(HouseholdKeyRef::new(commune(row, at)?, get(row, at + 1)?));
    let mut keys = Vec::with_capacity(found.len() * 2);
    for row in &found {
        keys.extend([key(row, 3)?, key(row, 5)?]);
    }
    let households = households::several(tx, &keys).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        let shared = serde_json::from_str(get(row, 2)?).map_err(|_| StorageError::Damaged("pair"))?;
        if let (Some(first), Some(second)) = (households.get(&key(row, 3)?), households.get(&key(row, 5)?)) {
            let pair = DuplicateRow { first: first.clone(), second: second.clone(), shared };
            rows.push((PairPlace(get(row, 0)?, get(row, 1)?), pair));
        }
    }
    Ok(rows)
}
