//! Files beside the answers, in pieces: what was put here in answering, brought by a stick, or fetched to be looked at.
//!
//! What a sealed edit names stays until the province has it. What no answer names any more goes when the draft is sealed.

use std::collections::BTreeMap;

use rasoat_casework::{AttachmentName, CommuneCode, Edit, VillageId};
use rusqlite::{OptionalExtension, Row, params};

use crate::columns::Parsed;
use crate::error::StoreError;
use crate::store::{Reader, Tx};

/// Bytes of a piece in the database.
const PIECE: usize = 64 * 1024;

/// How a file came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentOrigin {
    /// Put here in answering.
    Own,
    /// Brought by a stick.
    Collected,
    /// Fetched from the province, to be looked at.
    Wanted,
}

/// A file that is here, or is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAttachment {
    /// How it came.
    pub origin: AttachmentOrigin,
    /// Bytes of the whole; 0 while that is not known.
    pub size: u32,
    /// Bytes that are here.
    pub have: u32,
    /// Bytes that the province was last known to have.
    pub arrived: u32,
    /// Whether the province has all of it.
    pub confirmed: bool,
    /// The province's last word against it.
    pub refusal: Option<String>,
    number: i64,
}

/// A file on its way to somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovingAttachment {
    /// Its name.
    pub name: AttachmentName,
    /// Bytes of the whole; 0 while that is not known.
    pub size: u32,
    /// Bytes of it that are where it goes.
    pub done: u32,
}

/// How much of files waits for the province.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttachmentCounts {
    /// Files.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
    /// Of these, bytes that the province was last known to have.
    pub arrived: u64,
}

impl StoredAttachment {
    /// Whether all of it is here.
    pub fn is_whole(&self) -> bool {
        self.size > 0 && self.have == self.size
    }
}

impl Reader<'_> {
    /// What is known of a file here.
    pub fn attachment(&self, name: AttachmentName) -> Result<Option<StoredAttachment>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("attachments/get.sql"))?;
        let found = statement.query_row([name.to_string()], |row| {
            let origin: String = row.get(1)?;
            let stored = StoredAttachment {
                number: row.get(0)?,
                origin: AttachmentOrigin::Own,
                size: row.get(2)?,
                have: row.get(3)?,
                arrived: row.get(4)?,
                confirmed: row.get(5)?,
                refusal: row.get(6)?,
            };
            Ok((origin, stored))
        });
        let Some((origin, stored)) = found.optional()? else { return Ok(None) };
        let origin = AttachmentOrigin::parse(&origin).ok_or(StoreError::Damaged)?;
        Ok(Some(StoredAttachment { origin, ..stored }))
    }

    /// Bytes of what is here of a file; fewer than asked for at the end, none where there is no such file.
    pub fn attachment_range(
        &self,
        name: AttachmentName,
        offset: u32,
        length: u32,
    ) -> Result<Vec<u8>, StoreError> {
        let Some(stored) = self.attachment(name)? else { return Ok(Vec::new()) };
        let end = offset.saturating_add(length);
        let mut statement = self.connection.prepare_cached(include_str!("attachments/range.sql"))?;
        let mut rows = statement.query(params![stored.number, offset, end])?;
        let mut bytes = Vec::new();
        while let Some(row) = rows.next()? {
            let place: u32 = row.get(0)?;
            let piece = row.get_ref(1)?.as_blob().map_err(|_| StoreError::Damaged)?;
            let from = (offset.saturating_sub(place) as usize).min(piece.len());
            let to = (end.saturating_sub(place) as usize).min(piece.len());
            bytes.extend_from_slice(&piece[from..to]);
        }
        Ok(bytes)
    }

    /// All of a file, if it is all here.
    pub fn attachment_content(&self, name: AttachmentName) -> Result<Option<Vec<u8>>, StoreError> {
        match self.attachment(name)?.filter(StoredAttachment::is_whole) {
            Some(stored) => self.attachment_range(name, 0, stored.size).map(Some),
            None => Ok(None),
        }
    }

    /// The files that the province does not have and an edit here names, the smallest first. `brought`: those too that a stick
    /// brought and no edit that is read here names.
    pub fn attachments_waiting(&self, brought: bool) -> Result<Vec<MovingAttachment>, StoreError> {
        self.moving(include_str!("attachments/waiting.sql"), params![brought])
    }

    /// Of those, the ones of a village.
    pub fn attachments_waiting_of(
        &self,
        commune: &CommuneCode,
        village: &VillageId,
    ) -> Result<Vec<MovingAttachment>, StoreError> {
        let of = params![commune.as_str(), village.as_str()];
        self.moving(include_str!("attachments/waiting_of_village.sql"), of)
    }

    /// The files that were put here or brought since a time, whether the province has them or not.
    pub fn attachments_since(&self, millis: i64) -> Result<Vec<MovingAttachment>, StoreError> {
        self.moving(include_str!("attachments/since.sql"), params![millis])
    }

    /// The files that are wanted here and are not all here, the first that was asked for first.
    pub fn attachments_wanted(&self) -> Result<Vec<MovingAttachment>, StoreError> {
        self.moving(include_str!("attachments/wanted.sql"), params![])
    }

    /// How much waits for the province, of files that an edit here names.
    pub fn attachment_counts(&self) -> Result<AttachmentCounts, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("attachments/sums.sql"))?;
        Ok(statement.query_row([], |row| {
            let (bytes, arrived): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(AttachmentCounts {
                files: row.get(0)?,
                bytes: bytes.unsigned_abs(),
                arrived: arrived.unsigned_abs(),
            })
        })?)
    }

    /// Why the province does not take files that wait, each code with how many.
    pub fn attachment_refusals(&self) -> Result<BTreeMap<String, u32>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("attachments/refusals.sql"))?;
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Bytes of files that a stick brought and that no edit that is read here names.
    pub fn unnamed_attachment_bytes(&self) -> Result<u64, StoreError> {
        let mut statement =
            self.connection.prepare_cached(include_str!("attachments/unnamed_collected.sql"))?;
        let bytes: i64 = statement.query_row([], |row| row.get(0))?;
        Ok(bytes.unsigned_abs())
    }

    fn moving(&self, sql: &str, of: &[&dyn rusqlite::ToSql]) -> Result<Vec<MovingAttachment>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_map(of, read_moving)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps a whole file. What is here of it already stays.
    pub fn put_attachment(
        &self,
        name: AttachmentName,
        content: &[u8],
        origin: AttachmentOrigin,
        now_millis: i64,
    ) -> Result<(), StoreError> {
        let size = u32::try_from(content.len()).map_err(|_| StoreError::TooLarge)?;
        if let Some(stored) = self.attachment(name)? {
            if stored.is_whole() {
                if origin == AttachmentOrigin::Own {
                    self.act(include_str!("attachments/own.sql"), params![name.to_string()])?;
                }
                return Ok(());
            }
            self.forget_attachment(name)?;
        }
        let number = self.insert_attachment(name, origin, (size, size), now_millis)?;
        for (at, piece) in content.chunks(PIECE).enumerate() {
            let place = u32::try_from(at * PIECE).map_err(|_| StoreError::TooLarge)?;
            self.act(include_str!("attachments/put_piece.sql"), params![number, place, piece])?;
        }
        Ok(())
    }

    /// Asks for a file that is not here: it comes with an exchange.
    pub fn want_attachment(&self, name: AttachmentName, now_millis: i64) -> Result<(), StoreError> {
        if self.attachment(name)?.is_none() {
            self.insert_attachment(name, AttachmentOrigin::Wanted, (0, 0), now_millis)?;
        }
        Ok(())
    }

    /// Keeps the piece of a wanted file that begins where what is here ends. `size`: of the whole.
    pub fn put_attachment_piece(
        &self,
        name: AttachmentName,
        size: u32,
        place: u32,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let stored = self.attachment(name)?.ok_or(StoreError::NotFound)?;
        let length = u32::try_from(bytes.len()).map_err(|_| StoreError::TooLarge)?;
        let have = place.checked_add(length).filter(|have| *have <= size).ok_or(StoreError::TooLarge)?;
        if place != stored.have || stored.origin != AttachmentOrigin::Wanted {
            return Err(StoreError::NotFound);
        }
        self.act(include_str!("attachments/put_piece.sql"), params![stored.number, place, bytes])?;
        self.act(include_str!("attachments/grow.sql"), params![name.to_string(), size, have])
    }

    /// Notes how much of a file the province has.
    pub fn note_attachment_arrived(&self, name: AttachmentName, bytes: u32) -> Result<(), StoreError> {
        self.act(include_str!("attachments/note_arrived.sql"), params![name.to_string(), bytes])
    }

    /// Notes that the province has all of a file.
    pub fn confirm_attachment(&self, name: AttachmentName) -> Result<(), StoreError> {
        self.act(include_str!("attachments/confirm.sql"), params![name.to_string()])
    }

    /// The province may have lost what it had: every file that is ours or was brought here waits for it again. What it still has,
    /// it says without being sent it.
    pub(crate) fn send_attachments_again(&self) -> Result<(), StoreError> {
        self.act(include_str!("attachments/send_again.sql"), params![])
    }

    /// Notes why the province does not take a file. It stays here.
    pub fn refuse_attachment(&self, name: AttachmentName, code: &str) -> Result<(), StoreError> {
        self.act(include_str!("attachments/refuse.sql"), params![name.to_string(), code])
    }

    /// Forgets a file.
    pub fn forget_attachment(&self, name: AttachmentName) -> Result<(), StoreError> {
        self.act(include_str!("attachments/forget.sql"), params![name.to_string()])
    }

    /// Of the files that the province has, only the latest stay, as many as fit into so many bytes.
    pub fn make_room_for_attachments(&self, bytes: u64) -> Result<(), StoreError> {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.act(include_str!("attachments/make_room.sql"), params![bytes])
    }

    /// Notes the files that a sealed edit names: from here on they stay until the province has them.
    pub(crate) fn note_attachments(&self, edit: &Edit) -> Result<(), StoreError> {
        for name in AttachmentName::in_edit(edit) {
            let of = params![name.to_string(), edit.subject.id.as_bytes()];
            self.act(include_str!("attachments/name.sql"), of)?;
        }
        Ok(())
    }

    /// Forgets files that were put here in answering and that no answer names any more.
    pub(crate) fn forget_unnamed_attachments(&self) -> Result<(), StoreError> {
        self.act(include_str!("attachments/forget_unnamed.sql"), params![])
    }

    fn insert_attachment(
        &self,
        name: AttachmentName,
        origin: AttachmentOrigin,
        (size, have): (u32, u32),
        now_millis: i64,
    ) -> Result<i64, StoreError> {
        self.note(|changed| changed.sync = true);
        let mut statement = self.connection.prepare_cached(include_str!("attachments/insert.sql"))?;
        let row = params![name.to_string(), origin.as_str(), size, have, now_millis];
        Ok(statement.query_row(row, |row| row.get(0))?)
    }

    fn act(&self, sql: &str, with: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
        if self.connection.prepare_cached(sql)?.execute(with)? > 0 {
            self.note(|changed| changed.sync = true);
        }
        Ok(())
    }
}

impl AttachmentOrigin {
    fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Collected => "collected",
            Self::Wanted => "wanted",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Own, Self::Collected, Self::Wanted].into_iter().find(|origin| origin.as_str() == text)
    }
}

pub(crate) fn read_moving(row: &Row<'_>) -> rusqlite::Result<MovingAttachment> {
    let Parsed(name) = row.get(0)?;
    Ok(MovingAttachment { name, size: row.get(1)?, done: row.get(2)? })
}
