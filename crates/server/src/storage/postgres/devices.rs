//! Enrolled laptops.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, DeviceId};
use rasoat_exchange::{Succession, VerifyKey};
use tokio_postgres::Row;

use super::laptops;
use super::tx::{Tx, column, count, device, get, number, text};
use crate::storage::{Device, DeviceActivity, Health, StorageError};

pub(super) async fn add(tx: &Tx<'_>, new: &Device) -> Result<(), StorageError> {
    let recipient = new.bundle_recipient.as_ref().map(ToString::to_string);
    tx.execute(
        include_str!("sql/add_device.sql"),
        &[
            &new.id.0,
            &new.key.to_bytes().as_slice(),
            &text(&new.name),
            &text(&new.surveyor),
            &new.enrolled_at,
            &new.expires_at,
            &new.revoked_at,
            &recipient,
        ],
    )
    .await?;
    add_communes(tx, new.id, &new.communes).await
}

async fn add_communes(
    tx: &Tx<'_>,
    id: DeviceId,
    communes: &BTreeSet<CommuneCode>,
) -> Result<(), StorageError> {
    for commune in communes {
        tx.execute(include_str!("sql/add_device_commune.sql"), &[&commune.as_str(), &id.0]).await?;
    }
    laptops::begin_reach(tx, id, communes).await
}

pub(super) async fn one(tx: &Tx<'_>, id: &DeviceId) -> Result<Option<Device>, StorageError> {
    match tx.row(include_str!("sql/device.sql"), &[&id.0]).await? {
        Some(row) => Ok(Some(read(&row)?.device)),
        None => Ok(None),
    }
}

pub(super) async fn all(tx: &Tx<'_>, (): &()) -> Result<Vec<DeviceActivity>, StorageError> {
    tx.rows(include_str!("sql/devices.sql"), &[]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<DeviceActivity, StorageError> {
    let key = |bytes: &[u8]| {
        let bytes = bytes.try_into().map_err(|_| StorageError::Damaged("key"))?;
        VerifyKey::from_bytes(bytes).map_err(|_| StorageError::Damaged("key"))
    };
    let (former, communes): (Vec<&[u8]>, Vec<&str>) = (get(row, 11)?, get(row, 12)?);
    let code = |code: &str| code.parse().map_err(|_| StorageError::Damaged("commune"));
    let recipient: Option<&str> = get(row, 9)?;
    let health: Option<&str> = get(row, 10)?;
    Ok(DeviceActivity {
        device: Device {
            id: device(row, 0)?,
            key: key(get(row, 1)?)?,
            former: former.into_iter().map(key).collect::<Result<_, _>>()?,
            name: get(row, 2)?,
            surveyor: get(row, 3)?,
            communes: communes.into_iter().map(code).collect::<Result<_, _>>()?,
            enrolled_at: get(row, 4)?,
            expires_at: get(row, 5)?,
            revoked_at: get(row, 6)?,
            bundle_recipient: recipient
                .map(|text| text.parse().map_err(|_| StorageError::Damaged("recipient")))
                .transpose()?,
        },
        last_seen_at: get(row, 7)?,
        edits: number(row, 8)?,
        health: health.map(Health::of_text).transpose()?,
    })
}

pub(super) async fn succeed(
    tx: &Tx<'_>,
    (old, new, now): &(VerifyKey, Succession, i64),
) -> Result<bool, StorageError> {
    let (id, old) = (new.device.0, old.to_bytes());
    let (key, recipient) = (new.key.to_bytes(), new.recipient.to_string());
    let sql = include_str!("sql/succeed_device.sql");
    if tx.execute(sql, &[&id, &old.as_slice(), &key.as_slice(), &recipient]).await? == 0 {
        return Ok(false);
    }
    let number = column(new.number);
    tx.execute(include_str!("sql/put_former_key.sql"), &[&id, &number, &old.as_slice(), now]).await?;
    Ok(true)
}

pub(super) async fn revoke(tx: &Tx<'_>, (id, now): &(DeviceId, i64)) -> Result<bool, StorageError> {
    Ok(tx.execute(include_str!("sql/revoke_device.sql"), &[&id.0, now]).await? > 0)
}

pub(super) async fn widen(
    tx: &Tx<'_>,
    (id, communes): &(DeviceId, BTreeSet<CommuneCode>),
) -> Result<bool, StorageError> {
    if tx.row(include_str!("sql/device.sql"), &[&id.0]).await?.is_none() {
        return Ok(false);
    }
    add_communes(tx, *id, communes).await?;
    Ok(true)
}

/// Who was heard of, when, and what it says of itself.
pub(super) type Seen = (DeviceId, i64, Option<Health>);

pub(super) async fn note_seen(tx: &Tx<'_>, (id, now, health): &Seen) -> Result<(), StorageError> {
    let health = health.as_ref().map(Health::to_text).transpose()?;
    tx.execute(include_str!("sql/note_seen.sql"), &[&id.0, now, &0_i64, &health]).await?;
    tx.execute(include_str!("sql/forget_enrolment_file.sql"), &[&id.0]).await?;
    Ok(())
}

/// Edits that were refused and whose places are kept, by the device that sent them.
pub(super) async fn refusals(tx: &Tx<'_>, (): &()) -> Result<BTreeMap<DeviceId, u32>, StorageError> {
    let rows = tx.rows(include_str!("sql/refusals_by_device.sql"), &[]).await?;
    rows.iter().map(|row| Ok((device(row, 0)?, count(row, 1)?))).collect()
}
