//! Enrolled laptops.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, DeviceId};
use rasoat_exchange::{Succession, VerifyKey};
use rusqlite::{Row, Transaction, params};

use super::{commune_of, hash_of, laptops, uuid_of};
use crate::storage::{Device, DeviceActivity, Health, StorageError};

pub(super) fn add(tx: &Transaction<'_>, device: &Device) -> Result<(), StorageError> {
    let id = device.id.0.as_bytes();
    tx.prepare_cached(include_str!("sql/add_device.sql"))?.execute(params![
        id,
        device.key.to_bytes(),
        device.name,
        device.surveyor,
        device.enrolled_at,
        device.expires_at,
        device.revoked_at,
        device.bundle_recipient.as_ref().map(ToString::to_string)
    ])?;
    let mut statement = tx.prepare_cached(include_str!("sql/add_device_commune.sql"))?;
    for commune in &device.communes {
        statement.execute(params![commune.as_str(), id])?;
    }
    laptops::begin_reach(tx, device.id, &device.communes)
}

pub(super) fn one(tx: &Transaction<'_>, id: DeviceId) -> Result<Option<Device>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/device.sql"))?;
    let mut rows = statement.query([id.0.as_bytes()])?;
    match rows.next()? {
        Some(row) => Ok(Some(read(tx, row)?.device)),
        None => Ok(None),
    }
}

pub(super) fn all(tx: &Transaction<'_>) -> Result<Vec<DeviceActivity>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/devices.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(tx, row)?);
    }
    Ok(found)
}

fn read(tx: &Transaction<'_>, row: &Row<'_>) -> Result<DeviceActivity, StorageError> {
    let id = uuid_of(&row.get::<_, Vec<u8>>(0)?)?;
    let key = hash_of(&row.get::<_, Vec<u8>>(1)?)?;
    let recipient: Option<String> = row.get(9)?;
    let health: Option<String> = row.get(10)?;
    Ok(DeviceActivity {
        device: Device {
            id: DeviceId(id),
            key: VerifyKey::from_bytes(key).map_err(|_| StorageError::Damaged("key"))?,
            former: former(tx, id.as_bytes())?,
            name: row.get(2)?,
            surveyor: row.get(3)?,
            communes: communes(tx, id.as_bytes())?,
            enrolled_at: row.get(4)?,
            expires_at: row.get(5)?,
            revoked_at: row.get(6)?,
            bundle_recipient: recipient
                .map(|text| text.parse().map_err(|_| StorageError::Damaged("recipient")))
                .transpose()?,
        },
        last_seen_at: row.get(7)?,
        edits: u64::try_from(row.get::<_, i64>(8)?).map_err(|_| StorageError::Damaged("count"))?,
        health: health.as_deref().map(Health::of_text).transpose()?,
    })
}

fn former(tx: &Transaction<'_>, device: &[u8; 16]) -> Result<Vec<VerifyKey>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/former_keys.sql"))?;
    let mut rows = statement.query([device])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let key = VerifyKey::from_bytes(hash_of(&row.get::<_, Vec<u8>>(0)?)?);
        found.push(key.map_err(|_| StorageError::Damaged("key"))?);
    }
    Ok(found)
}

pub(super) fn succeed(
    tx: &Transaction<'_>,
    old: VerifyKey,
    new: &Succession,
    now: i64,
) -> Result<bool, StorageError> {
    let id = new.device.0.as_bytes();
    let keys = params![id, old.to_bytes(), new.key.to_bytes(), new.recipient.to_string()];
    if tx.prepare_cached(include_str!("sql/succeed_device.sql"))?.execute(keys)? == 0 {
        return Ok(false);
    }
    let number = i64::try_from(new.number).map_err(|_| StorageError::Damaged("number"))?;
    tx.prepare_cached(include_str!("sql/put_former_key.sql"))?.execute(params![
        id,
        number,
        old.to_bytes(),
        now
    ])?;
    Ok(true)
}

fn communes(tx: &Transaction<'_>, device: &[u8; 16]) -> Result<BTreeSet<CommuneCode>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/device_communes.sql"))?;
    let mut rows = statement.query([device])?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        found.insert(commune_of(&row.get::<_, String>(0)?)?);
    }
    Ok(found)
}

pub(super) fn revoke(tx: &Transaction<'_>, id: DeviceId, now: i64) -> Result<bool, StorageError> {
    Ok(tx.prepare_cached(include_str!("sql/revoke_device.sql"))?.execute(params![id.0.as_bytes(), now])? > 0)
}

pub(super) fn widen(
    tx: &Transaction<'_>,
    id: DeviceId,
    communes: &BTreeSet<CommuneCode>,
) -> Result<bool, StorageError> {
    if one(tx, id)?.is_none() {
        return Ok(false);
    }
    let mut statement = tx.prepare_cached(include_str!("sql/add_device_commune.sql"))?;
    for commune in communes {
        statement.execute(params![commune.as_str(), id.0.as_bytes()])?;
    }
    laptops::begin_reach(tx, id, communes)?;
    Ok(true)
}

pub(super) fn note_seen(
    tx: &Transaction<'_>,
    id: DeviceId,
    now: i64,
    edits: u32,
    health: Option<&Health>,
) -> Result<(), StorageError> {
    let health = health.map(Health::to_text).transpose()?;
    let mut statement = tx.prepare_cached(include_str!("sql/note_seen.sql"))?;
    statement.execute(params![id.0.as_bytes(), now, edits, health])?;
    laptops::forget_enrolment_file(tx, id)
}

/// Refused edits whose places are kept, by device.
pub(super) fn refusals(tx: &Transaction<'_>) -> Result<BTreeMap<DeviceId, u32>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/refusals_by_device.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next()? {
        found.insert(DeviceId(uuid_of(&row.get::<_, Vec<u8>>(0)?)?), row.get(1)?);
    }
    Ok(found)
}
