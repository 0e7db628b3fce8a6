//! Lists that were taken in, and what a list finds households by.

use rasoat_casework::{Birth, CitizenId, CommuneCode, Document, Subject, VillageId, fold};
use rusqlite::{OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use crate::columns::{self, Parsed};
use crate::edits::read_edit;
use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// What taking in a list came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListTaken {
    /// When, milliseconds since 1970 on the laptop's clock.
    pub at: i64,
    /// Who.
    pub author: String,
    /// The file's name without folder.
    pub file: String,
    /// Households added.
    pub new: u32,
    /// Households changed.
    pub updated: u32,
    /// Households the same.
    pub unchanged: u32,
    /// Households left out.
    pub left_out: u32,
}

/// What undoing it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUndone {
    /// When, milliseconds since 1970 on the laptop's clock.
    pub at: i64,
    /// Who.
    pub author: String,
    /// Households that are as they were before.
    pub households: u32,
    /// Households that were kept, because somebody had worked on them since.
    pub kept: u32,
}

/// A list that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListImport {
    /// By which it is named.
    pub number: i64,
    /// What came of it.
    pub taken: ListTaken,
    /// What came of undoing it, if it was undone.
    pub undone: Option<ListUndone>,
    first_edit: i64,
    last_edit: i64,
}

/// A household found by its head or by a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadFound {
    /// The household.
    pub household: Uuid,
    /// Where in the commune it lives.
    pub village: VillageId,
    /// Whether the person is its head.
    pub is_head: bool,
    /// The person's birth.
    pub birth: Option<Birth>,
    /// The person's citizen ID.
    pub citizen_id: Option<CitizenId>,
}

impl Reader<'_> {
    /// The number of the edit that came last; 0 where there is none.
    pub fn last_edit(&self) -> Result<i64, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/last_edit.sql"))?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// The lists that were taken in, the last one first.
    pub fn list_imports(&self, limit: u32) -> Result<Vec<ListImport>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/list.sql"))?;
        let found = statement.query_map(params![limit], read_import)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// One of them.
    pub fn list_import(&self, number: i64) -> Result<Option<ListImport>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/get.sql"))?;
        Ok(statement.query_row(params![number], read_import).optional()?)
    }

    /// The households that a list added or changed, in its order.
    pub fn households_of_import(&self, import: &ListImport) -> Result<Vec<(CommuneCode, Uuid)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/households.sql"))?;
        let found = statement.query_map(params![import.first_edit, import.last_edit], |row| {
            let Parsed(commune) = row.get(0)?;
            Ok((commune, columns::uuid(row, 1)?))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Whether anything was written about a household or its interview since a list was taken in, other than what was undone,
    /// or somebody is at work on it.
    pub fn is_touched_since(
        &self,
        import: &ListImport,
        household: Uuid,
        interview: Uuid,
    ) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/is_touched.sql"))?;
        let places = params![import.last_edit, household.as_bytes(), interview.as_bytes()];
        Ok(statement.query_row(places, |row| row.get(0))?)
    }

    /// What a household's edits came to before a list was taken in.
    pub fn document_before(&self, import: &ListImport, household: &Subject) -> Result<Document, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/edits_before.sql"))?;
        let bytes = statement
            .query_map(params![household.id.as_bytes(), import.first_edit], |row| row.get::<_, Vec<u8>>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        let edits = bytes.iter().map(|bytes| read_edit(bytes)).collect::<Result<Vec<_>, _>>()?;
        Ok(fold(&edits))
    }

    /// Whether any household of a commune is known.
    pub fn knows_commune(&self, commune: &CommuneCode) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/knows_commune.sql"))?;
        Ok(statement.query_row(params![commune.as_str()], |row| row.get(0))?)
    }

    /// The households of a commune that have a code.
    pub fn with_code(&self, commune: &CommuneCode, code: &str) -> Result<Vec<Uuid>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/with_code.sql"))?;
        let found = statement.query_map(params![commune.as_str(), code], |row| columns::uuid(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Whoever has a citizen ID in a commune.
    pub fn with_citizen_id(
        &self,
        commune: &CommuneCode,
        id: &CitizenId,
    ) -> Result<Vec<HeadFound>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/with_citizen_id.sql"))?;
        let found = statement.query_map(params![commune.as_str(), id.as_str()], read_head)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The heads of a commune that have a folded name.
    pub fn heads_named(&self, commune: &CommuneCode, name: &str) -> Result<Vec<HeadFound>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("imports/heads_named.sql"))?;
        let found = statement.query_map(params![commune.as_str(), name], read_head)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Records that a list was taken in, by the edits after `last_before`. Nothing where there are none.
    pub fn record_list(&self, taken: &ListTaken, last_before: i64) -> Result<(), StoreError> {
        let last = self.last_edit()?;
        if last == last_before {
            return Ok(());
        }
        self.connection.prepare_cached(include_str!("imports/record.sql"))?.execute(named_params! {
            ":at": taken.at,
            ":author": taken.author,
            ":file": taken.file,
            ":new": taken.new,
            ":updated": taken.updated,
            ":unchanged": taken.unchanged,
            ":left_out": taken.left_out,
            ":first_edit": last_before + 1,
            ":last_edit": last,
        })?;
        self.note(|changed| changed.households = true);
        Ok(())
    }

    /// Records that a list was undone, by the edits after `last_before`.
    pub fn record_undo(&self, number: i64, undone: &ListUndone, last_before: i64) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("imports/record_undo.sql"))?.execute(named_params! {
            ":number": number,
            ":at": undone.at,
            ":author": undone.author,
            ":households": undone.households,
            ":kept": undone.kept,
            ":first_edit": last_before + 1,
            ":last_edit": self.last_edit()?,
        })?;
        self.note(|changed| changed.households = true);
        Ok(())
    }
}

fn read_import(row: &Row<'_>) -> rusqlite::Result<ListImport> {
    let undone_at: Option<i64> = row.get(10)?;
    let undone = match undone_at {
        Some(at) => {
            Some(ListUndone { at, author: row.get(11)?, households: row.get(12)?, kept: row.get(13)? })
        }
        None => None,
    };
    Ok(ListImport {
        number: row.get(0)?,
        taken: ListTaken {
            at: row.get(1)?,
            author: row.get(2)?,
            file: row.get(3)?,
            new: row.get(4)?,
            updated: row.get(5)?,
            unchanged: row.get(6)?,
            left_out: row.get(7)?,
        },
        first_edit: row.get(8)?,
        last_edit: row.get(9)?,
        undone,
    })
}

fn read_head(row: &Row<'_>) -> rusqlite::Result<HeadFound> {
    let Parsed(village) = row.get(1)?;
    let birth: Option<Parsed<Birth>> = row.get(3)?;
    let citizen_id: Option<Parsed<CitizenId>> = row.get(4)?;
    Ok(HeadFound {
        household: columns::uuid(row, 0)?,
        village,
        is_head: row.get(2)?,
        birth: birth.map(|Parsed(birth)| birth),
        citizen_id: citizen_id.map(|Parsed(id)| id),
    })
}
