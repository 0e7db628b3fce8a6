//! Interviews typed from paper a second time, who typed which, and how people type.
//!
//! A second entry's answers are a draft as any other, of a subject that no edit names: what was typed is on the disk as durably as in
//! an interview, and nothing of it is ever sealed or sent.

use rasoat_casework::Subject;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use crate::columns;
use crate::error::StoreError;
use crate::store::{Reader, Tx};
use crate::users::UserId;

/// A second entry that was begun and not compared yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondEntry {
    /// Its own id, under which its draft is kept.
    pub id: Uuid,
    /// The household whose paper is typed.
    pub household: Uuid,
    /// Who types it.
    pub user: UserId,
}

/// How somebody typed on one day; counts to be added, or as they are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OperatorCounts {
    /// Papers typed to their end.
    pub forms: u32,
    /// Answers given.
    pub answers: u32,
    /// Milliseconds at work, without pauses.
    pub active_ms: i64,
    /// Keys pressed.
    pub keystrokes: u32,
    /// Answers given anew within the same paper.
    pub corrections: u32,
    /// Answers typed a second time and compared.
    pub compared: u32,
    /// Of these, the differing ones.
    pub differing: u32,
    /// Answers of this person that a comparison replaced.
    pub mistakes: u32,
}

/// One person's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorDay {
    /// Who.
    pub user: UserId,
    /// `2026-11-26`, in Vietnam.
    pub day: String,
    /// What they did.
    pub counts: OperatorCounts,
}

impl Reader<'_> {
    /// A second entry by its own id.
    pub fn second_entry(&self, id: Uuid) -> Result<Option<SecondEntry>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("paper/get.sql"))?;
        let found = statement.query_row(params![id.as_bytes()], |row| {
            let (household, user) = (columns::uuid(row, 0)?, UserId(columns::uuid(row, 1)?));
            Ok(SecondEntry { id, household, user })
        });
        Ok(found.optional()?)
    }

    /// The second entries of a household that wait to be compared, the one begun first first.
    pub fn second_entries_of(&self, household: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("paper/of_household.sql"))?;
        let found = statement.query_map(params![household.as_bytes()], |row| columns::uuid(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Who typed an interview from paper on this laptop.
    pub fn paper_typists(&self, interview: Uuid) -> Result<Vec<UserId>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("paper/typists.sql"))?;
        let found = statement.query_map(params![interview.as_bytes()], |row| columns::uuid(row, 0))?;
        Ok(found.map(|user| user.map(UserId)).collect::<Result<_, _>>()?)
    }

    /// How everybody typed, the last day first.
    pub fn operator_days(&self) -> Result<Vec<OperatorDay>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("paper/days.sql"))?;
        let found = statement.query_map([], |row| {
            Ok(OperatorDay {
                user: UserId(columns::uuid(row, 0)?),
                day: row.get(1)?,
                counts: OperatorCounts {
                    forms: row.get(2)?,
                    answers: row.get(3)?,
                    active_ms: row.get(4)?,
                    keystrokes: row.get(5)?,
                    corrections: row.get(6)?,
                    compared: row.get(7)?,
                    differing: row.get(8)?,
                    mistakes: row.get(9)?,
                },
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Begins a second entry; one that is begun already goes on.
    pub fn begin_second_entry(&self, entry: &SecondEntry, now_millis: i64) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("paper/begin.sql"))?.execute(params![
            entry.id.as_bytes(),
            entry.household.as_bytes(),
            entry.user.0.as_bytes(),
            now_millis
        ])?;
        Ok(())
    }

    /// Ends a second entry whose outcome is sealed in this transaction: its draft goes with it.
    pub fn end_second_entry(&self, subject: &Subject) -> Result<(), StoreError> {
        self.clear_draft(subject)?;
        for sql in [include_str!("paper/forget.sql"), include_str!("erasure/cursor.sql")] {
            self.connection.prepare_cached(sql)?.execute(params![subject.id.as_bytes()])?;
        }
        self.forget_unnamed_attachments()
    }

    /// Notes that who opened the database typed an interview from paper.
    pub fn note_paper_typist(&self, interview: Uuid) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(include_str!("paper/note_typist.sql"))?
            .execute(params![interview.as_bytes(), self.user().0.as_bytes()])?;
        Ok(())
    }

    /// Adds to somebody's day.
    pub fn add_to_day(&self, user: UserId, day: &str, counts: &OperatorCounts) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("paper/add_day.sql"))?.execute(params![
            user.0.as_bytes(),
            day,
            counts.forms,
            counts.answers,
            counts.active_ms,
            counts.keystrokes,
            counts.corrections,
            counts.compared,
            counts.differing,
            counts.mistakes
        ])?;
        Ok(())
    }

    /// Forgets how everybody typed.
    pub fn forget_operator_days(&self) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("paper/forget_days.sql"))?.execute([])?;
        Ok(())
    }
}
