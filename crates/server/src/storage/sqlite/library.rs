//! Instruments, standards, code lists and villages.

use std::collections::BTreeSet;

use rasoat_casework::{AreaType, CommuneCode};
use rasoat_exchange::enrolment::{InstrumentFiles, StandardFile, UnitsFiles};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{commune_of, hash_of};
use crate::hex;
use crate::storage::{StorageError, VillageRow};

fn hash_bytes(text: &str) -> Result<[u8; 32], StorageError> {
    hex::parse(text).ok_or(StorageError::Damaged("hash"))
}

pub(super) fn put_instrument(
    tx: &Transaction<'_>,
    files: &InstrumentFiles,
    now: i64,
) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/put_instrument.sql"))?.execute(params![
        hash_bytes(&files.hash)?,
        files.id,
        files.version,
        files.survey,
        files.choices,
        files.settings,
        serde_json::to_string(&files.files).map_err(|_| StorageError::Damaged("files"))?,
        now
    ])?;
    Ok(())
}

pub(super) fn instruments(tx: &Transaction<'_>) -> Result<Vec<InstrumentFiles>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/instruments.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(InstrumentFiles {
            hash: hex::of(&hash_of::<32>(&row.get::<_, Vec<u8>>(0)?)?),
            id: row.get(1)?,
            version: row.get(2)?,
            survey: row.get(3)?,
            choices: row.get(4)?,
            settings: row.get(5)?,
            files: serde_json::from_str(&row.get::<_, String>(6)?)
                .map_err(|_| StorageError::Damaged("files"))?,
        });
    }
    Ok(found)
}

pub(super) fn put_standard(tx: &Transaction<'_>, file: &StandardFile, now: i64) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/put_standard.sql"))?.execute(params![
        hash_bytes(&file.hash)?,
        file.id,
        file.toml,
        now
    ])?;
    Ok(())
}

pub(super) fn standards(tx: &Transaction<'_>) -> Result<Vec<StandardFile>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/standards.sql"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(StandardFile {
            hash: hex::of(&hash_of::<32>(&row.get::<_, Vec<u8>>(0)?)?),
            id: row.get(1)?,
            toml: row.get(2)?,
        });
    }
    Ok(found)
}

pub(super) fn put_units(tx: &Transaction<'_>, files: &UnitsFiles, now: i64) -> Result<(), StorageError> {
    tx.prepare_cached(include_str!("sql/put_units.sql"))?.execute(params![
        files.version,
        files.units_csv,
        files.old_to_new_csv,
        now
    ])?;
    Ok(())
}

pub(super) fn units(tx: &Transaction<'_>) -> Result<Option<UnitsFiles>, StorageError> {
    let found = tx.prepare_cached(include_str!("sql/units.sql"))?.query_row([], |row| {
        Ok(UnitsFiles { version: row.get(0)?, units_csv: row.get(1)?, old_to_new_csv: row.get(2)? })
    });
    Ok(found.optional()?)
}

fn area_text(area: AreaType) -> &'static str {
    match area {
        AreaType::Rural => "rural",
        AreaType::Urban => "urban",
    }
}

pub(super) fn put_villages(tx: &Transaction<'_>, villages: &[VillageRow]) -> Result<(), StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/put_village.sql"))?;
    for village in villages {
        statement.execute(params![
            village.commune.as_str(),
            village.id.as_str(),
            village.name,
            area_text(village.area),
            village.households
        ])?;
    }
    Ok(())
}

pub(super) fn villages(
    tx: &Transaction<'_>,
    communes: Option<&BTreeSet<CommuneCode>>,
) -> Result<Vec<VillageRow>, StorageError> {
    let codes = communes.map(|all| all.iter().map(CommuneCode::as_str).collect::<Vec<_>>());
    let codes = codes.map(|codes| serde_json::json!(codes).to_string());
    let mut statement = tx.prepare_cached(include_str!("sql/villages.sql"))?;
    let mut rows = statement.query([codes])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(VillageRow {
            commune: commune_of(&row.get::<_, String>(0)?)?,
            id: row.get::<_, String>(1)?.parse().map_err(|_| StorageError::Damaged("village"))?,
            name: row.get(2)?,
            area: if row.get::<_, String>(3)? == area_text(AreaType::Urban) {
                AreaType::Urban
            } else {
                AreaType::Rural
            },
            households: row.get(4)?,
        });
    }
    Ok(found)
}
