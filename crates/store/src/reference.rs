//! What the enrolment brought: communes, villages, and files as they came (forms, standards, code lists).

use rasoat_casework::{AreaType, CommuneCode, VillageId};
use rusqlite::{OptionalExtension, Row, params};

use crate::columns::{self, Parsed};
use crate::error::StoreError;
use crate::store::{Reader, Tx};
use rasoat_casework::sort_key;

/// A commune in this laptop's scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneRow {
    /// Its code.
    pub code: CommuneCode,
    /// Name without the kind.
    pub name: String,
    /// `xã` or `phường`.
    pub kind: String,
}

/// A village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VillageRow {
    /// The commune it lies in.
    pub commune: CommuneCode,
    /// Its id within the commune.
    pub id: VillageId,
    /// Its name.
    pub name: String,
    /// Which income line applies.
    pub area: AreaType,
}

/// A village with how far its households are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VillageProgress {
    /// The village.
    pub village: VillageRow,
    /// Households on the list.
    pub households: u32,
    /// Begun, not signed off.
    pub started: u32,
    /// Signed off.
    pub signed: u32,
}

impl Reader<'_> {
    /// A file of the enrolment, by kind (`instrument`, `standard`, …) and id.
    pub fn reference(&self, kind: &str, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("reference/get.sql"))?;
        Ok(statement.query_row(params![kind, id], |row| row.get(0)).optional()?)
    }

    /// All files of a kind with their ids, in the order of ids.
    pub fn references(&self, kind: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("reference/list.sql"))?;
        let found = statement
            .query_map(params![kind], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// The communes in scope, in Vietnamese order of names.
    pub fn communes(&self) -> Result<Vec<CommuneRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("reference/communes.sql"))?;
        let found = statement.query_map([], |row| {
            let Parsed(code) = row.get(0)?;
            Ok(CommuneRow { code, name: row.get(1)?, kind: row.get(2)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// One village.
    pub fn village(&self, commune: &CommuneCode, id: &VillageId) -> Result<Option<VillageRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("reference/village.sql"))?;
        Ok(statement.query_row(params![commune.as_str(), id.as_str()], read_village).optional()?)
    }

    /// Every village, by commune and name in Vietnamese order, with its counts.
    pub fn villages(&self) -> Result<Vec<VillageProgress>, StoreError> {
        let counts = self.counts_of_villages()?;
        let mut statement = self.connection.prepare_cached(include_str!("reference/villages.sql"))?;
        let found = statement.query_map([], |row| {
            let village = read_village(row)?;
            let counts = counts.of(&village.commune, &village.id);
            Ok(VillageProgress {
                village,
                households: counts.households,
                started: counts.started,
                signed: counts.signed,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps a file of the enrolment.
    pub fn put_reference(&self, kind: &str, id: &str, body: &[u8]) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(include_str!("reference/put.sql"))?
            .execute(params![kind, id, body])?;
        self.note(|changed| changed.reference = true);
        Ok(())
    }

    /// Adds a commune or renames it.
    pub fn put_commune(&self, commune: &CommuneRow) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("reference/put_commune.sql"))?.execute(params![
            commune.code.as_str(),
            commune.name,
            commune.kind,
            sort_key(&commune.name)
        ])?;
        self.connection
            .prepare_cached(include_str!("reference/touch_commune.sql"))?
            .execute(params![commune.code.as_str()])?;
        self.note(|changed| changed.reference = true);
        Ok(())
    }

    /// Forgets a village in which no household is any more; whether there was none.
    pub fn forget_empty_village(&self, commune: &CommuneCode, id: &VillageId) -> Result<bool, StoreError> {
        let forgotten = self
            .connection
            .prepare_cached(include_str!("reference/forget_village.sql"))?
            .execute(params![commune.as_str(), id.as_str()])?;
        self.note(|changed| changed.reference = true);
        Ok(forgotten > 0)
    }

    /// Adds a village or changes its name and area. Its households are found by a new name from then on.
    pub fn put_village(&self, village: &VillageRow) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("reference/put_village.sql"))?.execute(params![
            village.commune.as_str(),
            village.id.as_str(),
            village.name,
            columns::area(village.area),
            sort_key(&village.name)
        ])?;
        self.connection
            .prepare_cached(include_str!("reference/touch_village.sql"))?
            .execute(params![village.commune.as_str(), village.id.as_str()])?;
        self.note(|changed| changed.reference = true);
        Ok(())
    }
}

fn read_village(row: &Row<'_>) -> rusqlite::Result<VillageRow> {
    let Parsed(commune) = row.get(0)?;
    let Parsed(id) = row.get(1)?;
    Ok(VillageRow { commune, id, name: row.get(2)?, area: columns::read_area(row, 3)? })
}
