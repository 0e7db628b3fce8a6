//! Requests of people whose data are held, and which laptops hold a household.

use rasoat_casework::DeviceId;
use tokio_postgres::Row;

use super::sealed::Kind;
use super::tx::{Params, Tx, column, commune, count, device, get, number, text};
use crate::storage::{HeldBy, HouseholdKeyRef, NewRequestAct, RequestAct, StorageError};

pub(super) async fn last(tx: &Tx<'_>, (): &()) -> Result<u64, StorageError> {
    number(&tx.sure(include_str!("sql/last_request_act.sql"), &[]).await?, 0)
}

/// `false` where something else was done meanwhile.
pub(super) async fn put(tx: &Tx<'_>, new: &NewRequestAct) -> Result<bool, StorageError> {
    tx.rows(include_str!("sql/lock_request_acts.sql"), &[]).await?;
    let before = tx.sure(include_str!("sql/last_request_step.sql"), &[&new.request]).await?;
    if count(&before, 0)? != new.over {
        return Ok(false);
    }
    let next = last(tx, &()).await? + 1;
    let content = tx.sealer.seal(Kind::Request, new.content.as_bytes())?;
    let row: Params<'_> = &[
        &column(next),
        &new.household.commune.as_str(),
        &new.household.household,
        &new.request,
        &(i64::from(new.over) + 1),
        &new.act,
        &content,
        &text(&new.done_by),
        &new.done_at,
    ];
    tx.execute(include_str!("sql/put_request_act.sql"), row).await?;
    Ok(true)
}

pub(super) async fn acts(tx: &Tx<'_>, (): &()) -> Result<Vec<RequestAct>, StorageError> {
    let rows = tx.rows(include_str!("sql/request_acts.sql"), &[]).await?;
    rows.iter().map(|row| act(tx, row)).collect()
}

fn act(tx: &Tx<'_>, row: &Row) -> Result<RequestAct, StorageError> {
    let content = tx.sealer.open(Kind::Request, get(row, 6)?)?;
    Ok(RequestAct {
        number: number(row, 0)?,
        household: HouseholdKeyRef::new(commune(row, 1)?, get(row, 2)?),
        request: get(row, 3)?,
        step: count(row, 4)?,
        act: get(row, 5)?,
        content: String::from_utf8(content).map_err(|_| StorageError::Damaged("request"))?,
        done_by: get(row, 7)?,
        done_at: get(row, 8)?,
    })
}

pub(super) async fn holders(
    tx: &Tx<'_>,
    household: &HouseholdKeyRef,
) -> Result<Vec<(DeviceId, HeldBy)>, StorageError> {
    let asked: Params<'_> = &[&household.commune.as_str(), &household.household];
    let holder = |row: &Row| Ok((device(row, 0)?, HeldBy::of(get(row, 1)?, get(row, 2)?, get(row, 3)?)));
    tx.rows(include_str!("sql/holders.sql"), asked).await?.iter().map(holder).collect()
}
