//! Answers as they are given, at the end of one table, until the next act that is no answer puts them to the drafts.
//!
//! A row at the end of a table is the least that SQLite can write: mostly one page, where a draft and the place of the person
//! are two, and more where a page is full. Whoever reads a draft or a place sees what was given since.

use std::collections::BTreeMap;

use rasoat_casework::{Change, Subject, VersionVector};
use rasoat_instrument::Path;
use rusqlite::{Connection, Row, ToSql, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::columns::{self, Parsed};
use crate::drafts::{Cursor, OpenDraft};
use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// So many wait at the most: every reader of a draft goes through them.
const MOST: i64 = 500;

/// A row: an answer, or a person who went somewhere.
pub(crate) struct Given {
    pub(crate) subject: Uuid,
    pub(crate) path: Option<Path>,
    /// JSON; `None` where an answer was removed.
    value: Option<String>,
    /// Whether there is no answer in it.
    moved: bool,
    pub(crate) at: i64,
    /// Of the first answer of a draft.
    begins: Option<Begins>,
}

/// What the first answer of a draft says of it.
#[derive(Serialize, Deserialize)]
struct Begins {
    subject: Subject,
    /// The subject's version its author looked at.
    seen: VersionVector,
}

impl Given {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let path: Option<Parsed<Path>> = row.get(1)?;
        let begins: Option<String> = row.get(5)?;
        Ok(Self {
            subject: columns::uuid(row, 0)?,
            path: path.map(|Parsed(path)| path),
            value: row.get(2)?,
            moved: row.get(3)?,
            at: row.get(4)?,
            begins: begins.map(|json| serde_json::from_str(&json)).transpose()?,
        })
    }

    /// The place that it is an answer to.
    fn answered(&self) -> Option<&Path> {
        if self.moved { None } else { self.path.as_ref() }
    }
}

/// Whether with this a whole instance went.
fn removes_instance(path: &Path, value: Option<&str>) -> bool {
    value.is_none() && path.field_name().is_none()
}

/// Whether something waits, of which lists do not know.
pub(crate) fn waits(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(include_str!("given/waits.sql"))?.exists([])?)
}

impl Reader<'_> {
    /// What waits of a subject, the oldest first.
    fn given_of(&self, subject: Uuid) -> Result<Vec<Given>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("given/of_subject.sql"))?;
        let rows = statement.query_and_then(params![subject.as_bytes()], Given::read)?;
        rows.collect()
    }

    /// All that waits, the oldest first.
    pub(crate) fn given(&self) -> Result<Vec<Given>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("given/all.sql"))?;
        let rows = statement.query_and_then([], Given::read)?;
        rows.collect()
    }

    /// A draft, as far as it is written, with what was given since.
    pub(crate) fn with_given(
        &self,
        subject: Uuid,
        mut draft: Option<OpenDraft>,
    ) -> Result<Option<OpenDraft>, StoreError> {
        for given in self.given_of(subject)? {
            let Some(path) = given.answered().cloned() else { continue };
            if let Some(Begins { subject, seen }) = given.begins {
                draft.get_or_insert(OpenDraft {
                    subject,
                    seen,
                    answers: BTreeMap::new(),
                    saved_at: given.at,
                });
            }
            let draft = draft.as_mut().ok_or(StoreError::Damaged)?;
            if removes_instance(&path, given.value.as_deref()) {
                draft.answers.retain(|inside, _| !inside.is_within(&path));
            }
            let change = match given.value {
                Some(json) => Change::Set(serde_json::from_str(&json)?),
                None => Change::Removed,
            };
            draft.answers.insert(path, change);
            draft.saved_at = draft.saved_at.max(given.at);
        }
        Ok(draft)
    }

    /// Subjects of which a draft begins with what waits.
    pub(crate) fn begun_since(&self) -> Result<Vec<Subject>, StoreError> {
        let given = self.given()?.into_iter();
        Ok(given.filter_map(|given| given.begins.map(|begins| begins.subject)).collect())
    }

    /// Where the person went last in a subject, since the drafts were written.
    pub(crate) fn place_since(&self, subject: Uuid) -> Result<Option<Cursor>, StoreError> {
        let last = self.given_of(subject)?.pop();
        Ok(last.map(|Given { path, at, .. }| Cursor { path, at }))
    }
}

impl Tx<'_> {
    /// Keeps an answer (JSON; `None`: the place is to hold nothing). The first of a draft begins it, with the subject's version
    /// as it stands.
    pub(crate) fn give(
        &self,
        subject: &Subject,
        path: &Path,
        value: Option<&str>,
        now_millis: i64,
    ) -> Result<(), StoreError> {
        let begins = if self.has_draft(subject.id)? {
            None
        } else {
            let seen = self.version(subject)?;
            Some(serde_json::to_string(&Begins { subject: subject.clone(), seen })?)
        };
        self.append(params![
            columns::seq_column(self.number)?,
            subject.id.as_bytes(),
            path.to_string(),
            value,
            false,
            now_millis,
            begins
        ])
    }

    /// Keeps where the person went.
    pub(crate) fn go(&self, subject: Uuid, path: Option<&Path>, now_millis: i64) -> Result<(), StoreError> {
        let number = columns::seq_column(self.number)?;
        let (place, no) = (path.map(Path::to_string), None::<&str>);
        self.append(params![number, subject.as_bytes(), place, no, true, now_millis, no])
    }

    fn append(&self, row: &[&dyn ToSql]) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("given/append.sql"))?.execute(row)?;
        self.has_given.set(true);
        self.note(|changed| changed.drafts = true);
        Ok(())
    }

    fn has_draft(&self, subject: Uuid) -> Result<bool, StoreError> {
        let of = params![subject.as_bytes()];
        // Found at once where it is the one that was worked on last.
        Ok(self.connection.prepare_cached(include_str!("given/is_answered.sql"))?.exists(of)?
            || self.connection.prepare_cached(include_str!("drafts/get.sql"))?.exists(of)?)
    }

    /// Puts to the drafts what waits, if it is too much to wait on.
    pub(crate) fn put_given_if_many(&self) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("given/count.sql"))?;
        let waiting: i64 = statement.query_row([], |row| row.get(0))?;
        if waiting >= MOST { self.put_given() } else { Ok(()) }
    }

    /// Puts to the drafts what waits.
    pub(crate) fn put_given(&self) -> Result<(), StoreError> {
        let waiting = self.given()?;
        if waiting.is_empty() {
            return Ok(());
        }
        for (turn, given) in waiting.iter().enumerate() {
            if let Some(path) = given.answered() {
                self.put(given, path)?;
            }
            // Of the places in a subject the last one counts.
            if !waiting.iter().skip(turn + 1).any(|later| later.subject == given.subject) {
                self.connection.prepare_cached(include_str!("drafts/set_cursor.sql"))?.execute(params![
                    given.subject.as_bytes(),
                    given.path.as_ref().map(Path::to_string),
                    given.at
                ])?;
                self.say_changed(given.subject);
            }
        }
        self.connection.prepare_cached(include_str!("given/clear.sql"))?.execute([])?;
        self.has_given.set(false);
        Ok(())
    }

    fn put(&self, given: &Given, path: &Path) -> Result<(), StoreError> {
        let id = given.subject.as_bytes();
        let place = path.to_string();
        if let Some(Begins { subject, seen }) = &given.begins {
            self.connection.prepare_cached(include_str!("drafts/begin.sql"))?.execute(params![
                id,
                subject.commune.as_str(),
                columns::subject_kind(subject.kind),
                serde_json::to_string(seen)?,
                given.at
            ])?;
        }
        if removes_instance(path, given.value.as_deref()) {
            self.connection
                .prepare_cached(include_str!("drafts/forget_inside.sql"))?
                .execute(params![id, place])?;
        }
        self.connection.prepare_cached(include_str!("drafts/put.sql"))?.execute(params![
            id,
            place,
            given.value,
            given.at
        ])?;
        Ok(())
    }
}
