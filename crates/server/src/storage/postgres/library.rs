//! Instruments, standards, code lists and villages.

use std::collections::BTreeSet;

use rasoat_casework::{AreaType, CommuneCode};
use rasoat_exchange::enrolment::{InstrumentFiles, StandardFile, UnitsFiles};

use super::tx::{Tx, commune, count, get, hash, text};
use crate::hex;
use crate::storage::{StorageError, VillageRow};

fn hash_bytes(text: &str) -> Result<[u8; 32], StorageError> {
    hex::parse(text).ok_or(StorageError::Damaged("hash"))
}

pub(super) async fn put_instrument(
    tx: &Tx<'_>,
    (form, now): &(InstrumentFiles, i64),
) -> Result<(), StorageError> {
    let files = serde_json::to_string(&form.files).map_err(|_| StorageError::Damaged("files"))?;
    let hash = hash_bytes(&form.hash)?;
    tx.execute(
        include_str!("sql/put_instrument.sql"),
        &[
            &hash.as_slice(),
            &form.id,
            &form.version,
            &form.survey,
            &form.choices,
            &form.settings,
            &files,
            now,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn instruments(tx: &Tx<'_>, (): &()) -> Result<Vec<InstrumentFiles>, StorageError> {
    let mut found = Vec::new();
    for row in tx.rows(include_str!("sql/instruments.sql"), &[]).await? {
        found.push(InstrumentFiles {
            hash: hex::of(&hash::<32>(&row, 0)?),
            id: get(&row, 1)?,
            version: get(&row, 2)?,
            survey: get(&row, 3)?,
            choices: get(&row, 4)?,
            settings: get(&row, 5)?,
            files: serde_json::from_str(get(&row, 6)?).map_err(|_| StorageError::Damaged("files"))?,
        });
    }
    Ok(found)
}

pub(super) async fn put_standard(tx: &Tx<'_>, (file, now): &(StandardFile, i64)) -> Result<(), StorageError> {
    let hash = hash_bytes(&file.hash)?;
    tx.execute(include_str!("sql/put_standard.sql"), &[&hash.as_slice(), &file.id, &file.toml, now]).await?;
    Ok(())
}

pub(super) async fn standards(tx: &Tx<'_>, (): &()) -> Result<Vec<StandardFile>, StorageError> {
    let mut found = Vec::new();
    for row in tx.rows(include_str!("sql/standards.sql"), &[]).await? {
        found.push(StandardFile {
            hash: hex::of(&hash::<32>(&row, 0)?),
            id: get(&row, 1)?,
            toml: get(&row, 2)?,
        });
    }
    Ok(found)
}

pub(super) async fn put_units(tx: &Tx<'_>, (files, now): &(UnitsFiles, i64)) -> Result<(), StorageError> {
    let row: super::tx::Params<'_> = &[&files.version, &files.units_csv, &files.old_to_new_csv, now];
    tx.execute(include_str!("sql/put_units.sql"), row).await?;
    Ok(())
}

pub(super) async fn units(tx: &Tx<'_>, (): &()) -> Result<Option<UnitsFiles>, StorageError> {
    let found = tx.row(include_str!("sql/units.sql"), &[]).await?;
    let read = |row| {
        Ok(UnitsFiles { version: get(&row, 0)?, units_csv: get(&row, 1)?, old_to_new_csv: get(&row, 2)? })
    };
    found.map(read).transpose()
}

fn area_text(area: AreaType) -> &'static str {
    match area {
        AreaType::Rural => "rural",
        AreaType::Urban => "urban",
    }
}

pub(super) async fn put_villages(tx: &Tx<'_>, villages: &[VillageRow]) -> Result<(), StorageError> {
    for village in villages {
        tx.execute(
            include_str!("sql/put_village.sql"),
            &[
                &village.commune.as_str(),
                &village.id.as_str(),
                &text(&village.name),
                &area_text(village.area),
                &i64::from(village.households),
            ],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn villages(
    tx: &Tx<'_>,
    communes: Option<&BTreeSet<CommuneCode>>,
) -> Result<Vec<VillageRow>, StorageError> {
    let codes: Option<Vec<&str>> = communes.map(|all| all.iter().map(CommuneCode::as_str).collect());
    let mut found = Vec::new();
    for row in tx.rows(include_str!("sql/villages.sql"), &[&codes]).await? {
        let is_urban = get::<&str>(&row, 3)? == area_text(AreaType::Urban);
        found.push(VillageRow {
            commune: commune(&row, 0)?,
            id: get::<&str>(&row, 1)?.parse().map_err(|_| StorageError::Damaged("village"))?,
            name: get(&row, 2)?,
            area: if is_urban { AreaType::Urban } else { AreaType::Rural },
            households: count(&row, 4)?,
        });
    }
    Ok(found)
}
