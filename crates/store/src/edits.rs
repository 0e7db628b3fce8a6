//! Sealed edits: only ever added, each with where it is.

use std::collections::BTreeMap;

use rasoat_casework::{Document, Edit, EditHash, EditId, Subject, VersionVector, WriterId, fold};
use rusqlite::{OptionalExtension, Row, params};

use crate::columns;
use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// Where one edit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditCustody {
    /// Only on this machine.
    Unsent,
    /// The province confirmed it.
    Confirmed {
        /// Milliseconds since 1970 on the server's clock.
        server_time_millis: i64,
    },
    /// The province refused it; it is kept here.
    Refused {
        /// Why.
        code: String,
        /// Parameters of the sentence.
        params: BTreeMap<String, String>,
    },
    /// Another writer made it; it came from the province.
    Foreign,
    /// Another writer made it; it was brought on a stick, and no receipt for it was seen.
    Collected,
}

/// An edit with where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEdit {
    /// The edit.
    pub edit: Edit,
    /// Where it is.
    pub custody: EditCustody,
}

/// What came of taking in edits of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Edits that were not known.
    pub new: u32,
    /// Edits that were known.
    pub known: u32,
    /// Edits that claim a number another edit has: kept, and folded with the rest.
    pub forked: Vec<EditId>,
    /// The edits show a later number of our own writer than we know, or another edit under one of its numbers: this
    /// database is an older copy. A new writer has been started.
    pub new_writer: Option<WriterId>,
    /// Edits of our own that collided and were issued anew.
    pub reissued: u32,
}

impl Reader<'_> {
    /// Every edit of a subject, in the order they came here.
    pub fn edits_of(&self, subject: &Subject) -> Result<Vec<StoredEdit>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("edits/of_subject.sql"))?;
        let rows = statement
            .query_map(params![subject.id.as_bytes()], read_parts)?
            .collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(StoredEdit::try_from).collect()
    }

    /// What the edits of a subject come to.
    pub fn document(&self, subject: &Subject) -> Result<Document, StoreError> {
        let edits = self.edits_of(subject)?;
        let mut document = fold(edits.iter().map(|stored| &stored.edit));
        // What was erased was seen all the same.
        document.version.merge(&self.version(subject)?);
        Ok(document)
    }

    /// For each writer the last number known of a subject.
    pub fn version(&self, subject: &Subject) -> Result<VersionVector, StoreError> {
        let mut version = VersionVector::default();
        let mut statement = self.connection.prepare_cached(include_str!("edits/version.sql"))?;
        for id in statement.query_map(params![subject.id.as_bytes()], |row| columns::edit_id(row, 0, 1))? {
            version.insert(id?);
        }
        Ok(version)
    }

    /// The last edit of a writer, up to a number of its, that speaks of a subject.
    pub(crate) fn last_of(&self, subject: &[u8; 16], up_to: EditId) -> Result<Option<EditId>, StoreError> {
        let EditId { writer, seq } = up_to;
        let mut statement = self.connection.prepare_cached(include_str!("edits/last_of.sql"))?;
        let up_to = params![subject, writer.0.as_bytes(), columns::seq_column(seq)?];
        let last: Option<i64> = statement.query_row(up_to, |row| row.get(0))?;
        Ok(last.and_then(|seq| u64::try_from(seq).ok()).map(|seq| EditId { writer, seq }))
    }

    /// The next edits to send, in the order of their chain, whose bytes together stay within `limit_bytes`; at least one
    /// if any waits.
    pub fn unsent(&self, limit_bytes: usize) -> Result<Vec<Edit>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("edits/unsent.sql"))?;
        let mut rows = statement.query([])?;
        let mut edits = Vec::new();
        let mut taken = 0_usize;
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(0)?;
            taken = taken.saturating_add(bytes.len());
            if taken > limit_bytes && !edits.is_empty() {
                break;
            }
            edits.push(read_edit(&bytes)?);
        }
        Ok(edits)
    }

    /// Whether the province confirmed an edit of ours.
    pub fn is_confirmed(&self, edit: EditId) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("edits/is_confirmed.sql"))?;
        Ok(statement.exists(params![edit.writer.0.as_bytes(), columns::seq_column(edit.seq)?])?)
    }

    /// Edits that wait to be sent.
    pub fn unsent_count(&self) -> Result<u32, StoreError> {
        Ok(self
            .connection
            .prepare_cached(include_str!("edits/unsent_count.sql"))?
            .query_row([], |row| row.get(0))?)
    }
}

impl Tx<'_> {
    /// Takes in edits of other writers, any number of times. The clock follows theirs. Where they show that numbers of our
    /// own were given out twice, what waits under those numbers is issued anew.
    pub fn insert_foreign(&self, edits: &[Edit], now_millis: i64) -> Result<TakenIn, StoreError> {
        let mut taken = TakenIn::default();
        let mut chain = self.chain()?;
        let mut collided: BTreeMap<WriterId, u64> = BTreeMap::new();
        for edit in edits {
            let bytes = edit.to_bytes();
            let hash = EditHash::of(&bytes);
            let mut note_collision = || {
                let first = collided.entry(edit.id.writer).or_insert(edit.id.seq);
                *first = (*first).min(edit.id.seq);
            };
            match self.hash_of(edit.id)? {
                Some(known) if known == hash => {
                    self.forget_reissued(edit.id)?;
                    taken.known += 1;
                }
                Some(_) if self.is_known_fork(edit.id, hash)? => taken.known += 1,
                Some(_) => {
                    note_collision();
                    self.insert_fork(edit, hash, &bytes, now_millis)?;
                    taken.forked.push(edit.id);
                }
                None => {
                    if edit.id.writer == chain.writer {
                        note_collision();
                    }
                    self.insert_edit(edit, hash, &bytes, "foreign", now_millis)?;
                    taken.new += 1;
                }
            }
            chain.observe(edit.at);
        }
        self.keep_chain(&chain)?;
        for (writer, first) in collided {
            let anew = self.reissue_from(writer, first, now_millis)?;
            taken.reissued = taken.reissued.saturating_add(u32::try_from(anew.len()).unwrap_or(u32::MAX));
        }
        let writer = self.chain()?.writer;
        taken.new_writer = (writer != chain.writer).then_some(writer);
        if taken.new > 0 || !taken.forked.is_empty() {
            self.note(|changed| changed.edits = true);
        }
        Ok(taken)
    }

    /// Lets refused edits be sent again, after what they were refused for was put right. Says how many.
    pub fn send_refused_again(&self) -> Result<u32, StoreError> {
        let count =
            self.connection.prepare_cached(include_str!("edits/refused_to_unsent.sql"))?.execute([])?;
        self.note(|changed| changed.sync = true);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Lets edits be sent again that the province confirmed and has lost since, of one writer or of all, with what it refused
    /// for lacking them, and the files that are here. Says how many edits.
    pub fn send_confirmed_again(&self, writer: Option<WriterId>) -> Result<u32, StoreError> {
        let writer = writer.map(|WriterId(writer)| *writer.as_bytes());
        let count = self
            .connection
            .prepare_cached(include_str!("edits/confirmed_to_unsent.sql"))?
            .execute(params![writer])?;
        self.send_attachments_again()?;
        self.note(|changed| changed.sync = true);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    pub(crate) fn insert_edit(
        &self,
        edit: &Edit,
        EditHash(hash): EditHash,
        bytes: &[u8],
        custody: &str,
        now_millis: i64,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("edits/insert.sql"))?.execute(params![
            edit.id.writer.0.as_bytes(),
            columns::seq_column(edit.id.seq)?,
            hash,
            edit.subject.commune.as_str(),
            columns::subject_kind(edit.subject.kind),
            edit.subject.id.as_bytes(),
            bytes,
            now_millis,
            custody
        ])?;
        self.say_changed(edit.subject.id);
        self.note_attachments(edit)
    }

    fn insert_fork(
        &self,
        edit: &Edit,
        EditHash(hash): EditHash,
        bytes: &[u8],
        now_millis: i64,
    ) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("edits/insert_fork.sql"))?.execute(params![
            edit.id.writer.0.as_bytes(),
            columns::seq_column(edit.id.seq)?,
            hash,
            edit.subject.id.as_bytes(),
            bytes,
            now_millis
        ])?;
        self.say_changed(edit.subject.id);
        self.note_attachments(edit)
    }

    fn hash_of(&self, id: EditId) -> Result<Option<EditHash>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("edits/hash.sql"))?;
        let found: Option<[u8; 16]> = statement
            .query_row(params![id.writer.0.as_bytes(), columns::seq_column(id.seq)?], |row| row.get(0))
            .optional()?;
        Ok(found.map(EditHash))
    }

    fn is_known_fork(&self, id: EditId, EditHash(hash): EditHash) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("edits/is_fork.sql"))?;
        Ok(statement.exists(params![id.writer.0.as_bytes(), columns::seq_column(id.seq)?, hash])?)
    }
}

/// A row of `edits/of_subject.sql`.
struct Parts {
    bytes: Vec<u8>,
    custody: String,
    server_time: Option<i64>,
    code: Option<String>,
    params: Option<String>,
}

fn read_parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    Ok(Parts {
        bytes: row.get(0)?,
        custody: row.get(1)?,
        server_time: row.get(2)?,
        code: row.get(3)?,
        params: row.get(4)?,
    })
}

impl TryFrom<Parts> for StoredEdit {
    type Error = StoreError;

    fn try_from(parts: Parts) -> Result<Self, StoreError> {
        let custody = match parts.custody.as_str() {
            "unsent" => EditCustody::Unsent,
            "confirmed" => {
                EditCustody::Confirmed { server_time_millis: parts.server_time.ok_or(StoreError::Damaged)? }
            }
            "refused" => EditCustody::Refused {
                code: parts.code.ok_or(StoreError::Damaged)?,
                params: serde_json::from_str(parts.params.as_deref().unwrap_or("{}"))?,
            },
            "foreign" => EditCustody::Foreign,
            "collected" => EditCustody::Collected,
            _ => return Err(StoreError::Damaged),
        };
        Ok(Self { edit: read_edit(&parts.bytes)?, custody })
    }
}

pub(crate) fn read_edit(bytes: &[u8]) -> Result<Edit, StoreError> {
    Edit::from_bytes(bytes).map_err(|_| StoreError::Damaged)
}
