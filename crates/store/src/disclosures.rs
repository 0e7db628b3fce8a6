//! To whom a household's data went from here, and what lies beside it: for whoever asks what is held of them.

use rusqlite::params;
use uuid::Uuid;

use crate::attachments::{MovingAttachment, read_moving};
use crate::bundles::{BundleRecord, read_record};
use crate::error::StoreError;
use crate::store::Reader;

impl Reader<'_> {
    /// When the province confirmed edits of a household (milliseconds since 1970 on its clock), and how many.
    pub fn confirmations_of(&self, household: Uuid, interview: Uuid) -> Result<Vec<(i64, u32)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("disclosures/confirmed.sql"))?;
        let of = params![household.as_bytes(), interview.as_bytes()];
        let found = statement.query_map(of, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The files on sticks that held edits of a household, the oldest first; `edits` are those of the household.
    pub fn bundles_of(&self, household: Uuid, interview: Uuid) -> Result<Vec<BundleRecord>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("disclosures/bundles.sql"))?;
        let mut rows = statement.query(params![household.as_bytes(), interview.as_bytes()])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(read_record(row)?);
        }
        Ok(records)
    }

    /// When an interview of a household was printed here (milliseconds since 1970 on the laptop's clock), the earliest first.
    pub fn prints_of(&self, household: Uuid) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("disclosures/prints.sql"))?;
        let found = statement.query_map([household.to_string()], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The files that sealed edits of a household name; `done` is what of each is here.
    pub fn attachments_of(
        &self,
        household: Uuid,
        interview: Uuid,
    ) -> Result<Vec<MovingAttachment>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("disclosures/attachments.sql"))?;
        let found = statement.query_map(params![household.as_bytes(), interview.as_bytes()], read_moving)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
