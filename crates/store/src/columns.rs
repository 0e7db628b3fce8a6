//! Typed columns: what is read back must be what could have been written, or the file is damaged.

use std::str::FromStr;

use rasoat_casework::{AreaType, EditId, Subject, SubjectKind, WriterId};
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use uuid::Uuid;

use crate::error::StoreError;

/// A text column that parses.
pub(crate) struct Parsed<T>(pub(crate) T);

impl<T: FromStr> FromSql for Parsed<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(|_| FromSqlError::InvalidType)
    }
}

pub(crate) fn uuid(row: &Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_bytes(row.get(index)?))
}

/// SQLite's integers hold half of the numbers an edit may have. No honest chain comes near that.
pub(crate) fn seq_column(seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq).map_err(|_| StoreError::TooLarge)
}

pub(crate) fn edit_id(row: &Row<'_>, writer: usize, seq: usize) -> rusqlite::Result<EditId> {
    let number: i64 = row.get(seq)?;
    Ok(EditId {
        writer: WriterId(uuid(row, writer)?),
        seq: u64::try_from(number).map_err(|_| out_of_range(seq))?,
    })
}

pub(crate) fn subject(row: &Row<'_>, commune: usize, kind: usize, id: usize) -> rusqlite::Result<Subject> {
    let Parsed(code) = row.get(commune)?;
    let name: String = row.get(kind)?;
    let known = KINDS.into_iter().find(|known| subject_kind(*known) == name);
    Ok(Subject { commune: code, kind: known.ok_or_else(|| out_of_range(kind))?, id: uuid(row, id)? })
}

const KINDS: [SubjectKind; 4] =
    [SubjectKind::Household, SubjectKind::Interview, SubjectKind::Case, SubjectKind::Remark];

pub(crate) fn subject_kind(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Household => "household",
        SubjectKind::Interview => "interview",
        SubjectKind::Case => "case",
        SubjectKind::Remark => "remark",
    }
}

pub(crate) fn area(area: AreaType) -> &'static str {
    match area {
        AreaType::Rural => "rural",
        AreaType::Urban => "urban",
    }
}

pub(crate) fn read_area(row: &Row<'_>, index: usize) -> rusqlite::Result<AreaType> {
    let name: String = row.get(index)?;
    [AreaType::Rural, AreaType::Urban]
        .into_iter()
        .find(|known| area(*known) == name)
        .ok_or_else(|| out_of_range(index))
}

/// The column holds what is never written there.
pub(crate) fn out_of_range(index: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(index, String::new(), rusqlite::types::Type::Null)
}
