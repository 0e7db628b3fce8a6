//! What households are counted by in reports.

use rasoat_casework::CommuneCode;
use tokio_postgres::Row;

use super::sealed::Kind;
use super::tx::{Params, Tx, column, commune, count, get, hash, number};
use crate::storage::{CasesQuery, HouseholdEdits, KeptCases, StorageError};

pub(super) async fn read(tx: &Tx<'_>, query: &CasesQuery) -> Result<Vec<KeptCases>, StorageError> {
    let of = column(query.number);
    let rows = match &query.communes {
        Some(communes) => {
            let codes: Vec<&str> = communes.iter().map(CommuneCode::as_str).collect();
            tx.rows(include_str!("sql/report_cases.sql"), &[&of, &codes, &query.heads_only]).await?
        }
        None => tx.rows(include_str!("sql/all_report_cases.sql"), &[&of, &query.heads_only]).await?,
    };
    rows.iter().map(|row| kept(tx, row, query)).collect()
}

fn kept(tx: &Tx<'_>, row: &Row, query: &CasesQuery) -> Result<KeptCases, StorageError> {
    let bytes = if query.heads_only { Vec::new() } else { tx.sealer.open(Kind::Cases, get(row, 4)?)? };
    Ok(KeptCases {
        commune: commune(row, 0)?,
        number: query.number,
        basis: hash(row, 1)?,
        feed_end: number(row, 2)?,
        made_at: get(row, 3)?,
        bytes,
    })
}

pub(super) async fn put(tx: &Tx<'_>, kept: &KeptCases) -> Result<(), StorageError> {
    let bytes = tx.sealer.seal(Kind::Cases, &kept.bytes)?;
    let row: Params<'_> = &[
        &kept.commune.as_str(),
        &column(kept.number),
        &kept.basis.as_slice(),
        &column(kept.feed_end),
        &kept.made_at,
        &bytes,
    ];
    tx.execute(include_str!("sql/put_report_cases.sql"), row).await?;
    Ok(())
}

pub(super) async fn edits_by_household(
    tx: &Tx<'_>,
    commune: &CommuneCode,
) -> Result<Vec<HouseholdEdits>, StorageError> {
    let rows = tx.rows(include_str!("sql/edits_by_household.sql"), &[&commune.as_str()]).await?;
    let edits = |row| {
        let (household, edits, is_counted) = (get(row, 0)?, count(row, 1)?, get(row, 2)?);
        Ok(HouseholdEdits { household, edits, is_counted })
    };
    rows.iter().map(edits).collect()
}
