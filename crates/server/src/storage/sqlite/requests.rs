//! Requests of people whose data are held, and which laptops hold a household.

use rasoat_casework::DeviceId;
use rusqlite::{Row, Transaction, params};

use super::{commune_of, uuid_of};
use crate::storage::{HeldBy, HouseholdKeyRef, NewRequestAct, RequestAct, StorageError};

pub(super) fn last(tx: &Transaction<'_>) -> Result<u64, StorageError> {
    let mut last = tx.prepare_cached(include_str!("sql/last_request_act.sql"))?;
    Ok(last.query_row([], |row| row.get::<_, i64>(0))?.cast_unsigned())
}

/// `false` where something else was done meanwhile.
pub(super) fn put(tx: &Transaction<'_>, new: &NewRequestAct) -> Result<bool, StorageError> {
    let mut step = tx.prepare_cached(include_str!("sql/last_request_step.sql"))?;
    let before: u32 = step.query_row([new.request.as_bytes()], |row| row.get(0))?;
    if before != new.over {
        return Ok(false);
    }
    tx.prepare_cached(include_str!("sql/put_request_act.sql"))?.execute(params![
        (last(tx)? + 1).cast_signed(),
        new.household.commune.as_str(),
        new.household.household.as_bytes(),
        new.request.as_bytes(),
        before + 1,
        new.act,
        new.content.as_bytes(),
        new.done_by,
        new.done_at
    ])?;
    Ok(true)
}

pub(super) fn acts(tx: &Transaction<'_>) -> Result<Vec<RequestAct>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/request_acts.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(act(row)?);
    }
    Ok(found)
}

fn act(row: &Row<'_>) -> Result<RequestAct, StorageError> {
    let content = String::from_utf8(row.get(6)?).map_err(|_| StorageError::Damaged("request"))?;
    let household = uuid_of(&row.get::<_, Vec<u8>>(2)?)?;
    Ok(RequestAct {
        number: row.get::<_, i64>(0)?.cast_unsigned(),
        household: HouseholdKeyRef::new(commune_of(&row.get::<_, String>(1)?)?, household),
        request: uuid_of(&row.get::<_, Vec<u8>>(3)?)?,
        step: row.get(4)?,
        act: row.get(5)?,
        content,
        done_by: row.get(7)?,
        done_at: row.get(8)?,
    })
}

pub(super) fn holders(
    tx: &Transaction<'_>,
    household: &HouseholdKeyRef,
) -> Result<Vec<(DeviceId, HeldBy)>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/holders.sql"))?;
    let mut rows = statement.query(params![household.commune.as_str(), household.household.as_bytes()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let device = DeviceId(uuid_of(&row.get::<_, Vec<u8>>(0)?)?);
        found.push((device, HeldBy::of(row.get(1)?, row.get(2)?, row.get(3)?)));
    }
    Ok(found)
}
