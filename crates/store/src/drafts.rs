//! Answers as they are given, before they are sealed; and the question worked on last.

use std::collections::BTreeMap;

use rasoat_casework::{Change, Subject, VersionVector};
use rasoat_instrument::{Path, Value};
use rusqlite::{OptionalExtension, params};

use crate::columns::{self, Parsed};
use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// What was answered about a subject and is not sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDraft {
    /// What it is about.
    pub subject: Subject,
    /// The subject's version its author looked at.
    pub seen: VersionVector,
    /// The answers, each as given last.
    pub answers: BTreeMap<Path, Change>,
    /// When the last of them was given: milliseconds since 1970 on the laptop's clock.
    pub saved_at: i64,
}

/// The question worked on last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Where; `None` before the first question.
    pub path: Option<Path>,
    /// When: milliseconds since 1970 on the laptop's clock.
    pub at: i64,
}

impl Reader<'_> {
    /// A subject's draft; `None` where nothing waits to be sealed.
    pub fn draft(&self, subject: &Subject) -> Result<Option<OpenDraft>, StoreError> {
        let begun: Option<(String, i64)> = self
            .connection
            .prepare_cached(include_str!("drafts/get.sql"))?
            .query_row(params![subject.id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let written = match begun {
            Some((seen, began_at)) => Some(self.written(subject, &seen, began_at)?),
            None => None,
        };
        self.with_given(subject.id, written)
    }

    /// A draft as far as its own tables have it.
    fn written(&self, subject: &Subject, seen: &str, began_at: i64) -> Result<OpenDraft, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("drafts/answers.sql"))?;
        let rows = statement.query_map(params![subject.id.as_bytes()], |row| {
            let Parsed(path) = row.get(0)?;
            Ok((path, row.get::<_, Option<String>>(1)?, row.get::<_, i64>(2)?))
        })?;
        let mut draft = OpenDraft {
            subject: subject.clone(),
            seen: serde_json::from_str(seen)?,
            answers: BTreeMap::new(),
            saved_at: began_at,
        };
        for row in rows {
            let (path, value, at): (Path, _, _) = row?;
            let change = match value {
                Some(json) => Change::Set(serde_json::from_str(&json)?),
                None => Change::Removed,
            };
            draft.answers.insert(path, change);
            draft.saved_at = draft.saved_at.max(at);
        }
        Ok(draft)
    }

    /// Every subject with a draft, the one begun first first.
    pub fn drafted(&self) -> Result<Vec<Subject>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("drafts/subjects.sql"))?;
        let found = statement.query_map([], |row| columns::subject(row, 0, 1, 2))?;
        let mut subjects: Vec<Subject> = found.collect::<Result<_, _>>()?;
        subjects.extend(self.begun_since()?);
        Ok(subjects)
    }

    /// The question worked on last in a subject; it is kept when the draft is sealed.
    pub fn cursor(&self, subject: &Subject) -> Result<Option<Cursor>, StoreError> {
        if let Some(since) = self.place_since(subject.id)? {
            return Ok(Some(since));
        }
        let mut statement = self.connection.prepare_cached(include_str!("drafts/cursor.sql"))?;
        let found = statement.query_row(params![subject.id.as_bytes()], |row| {
            let path: Option<Parsed<Path>> = row.get(0)?;
            Ok(Cursor { path: path.map(|Parsed(path)| path), at: row.get(1)? })
        });
        Ok(found.optional()?)
    }
}

impl Tx<'_> {
    /// Keeps one answer (`None`: the place is to hold nothing) and moves the cursor there. Removing an instance (a path
    /// without field) takes the draft's answers inside it along. The first answer begins the draft, with the subject's
    /// version as it stands.
    pub fn put_draft(
        &self,
        subject: &Subject,
        path: &Path,
        value: Option<&Value>,
        now_millis: i64,
    ) -> Result<(), StoreError> {
        let json = value.map(serde_json::to_string).transpose()?;
        self.give(subject, path, json.as_deref(), now_millis)?;
        self.last_place.replace(Some((subject.id, Some(path.clone()))));
        Ok(())
    }

    /// Moves the cursor without an answer.
    pub fn set_cursor(
        &self,
        subject: &Subject,
        path: Option<&Path>,
        now_millis: i64,
    ) -> Result<(), StoreError> {
        let place = Some((subject.id, path.cloned()));
        // Where the answer before it was given it stands already.
        if *self.last_place.borrow() == place {
            return Ok(());
        }
        self.go(subject.id, path, now_millis)?;
        self.last_place.replace(place);
        Ok(())
    }

    /// The draft is in an edit.
    pub(crate) fn clear_draft(&self, subject: &Subject) -> Result<(), StoreError> {
        self.put_given()?;
        let cleared = self
            .connection
            .prepare_cached(include_str!("drafts/clear.sql"))?
            .execute(params![subject.id.as_bytes()])?;
        if cleared > 0 {
            self.note(|changed| changed.drafts = true);
        }
        Ok(())
    }
}
