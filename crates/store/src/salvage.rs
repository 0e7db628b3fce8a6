//! What a database that is being replaced holds and the backup does not: brought over as far as it can be read.
//!
//! Each page carries a code of its content, so that what can be read is what was written. Where a page cannot, the rows around it
//! are looked for in ever smaller parts. The database that is read is not changed, not even its log.

use std::path::Path;

use rusqlite::{Connection, params};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::keys::{DataKey, hex};

/// Parts that could not be read, after which looking for what lies between them ends.
const MOST_HOLES: u32 = 400;
/// Where the last number of a table cannot be read, it is looked for up to here.
const FURTHEST: i64 = 1 << 22;

/// What was brought over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brought {
    /// Sealed edits.
    pub edits: u32,
    /// Answers that are not sealed.
    pub answers: u32,
    /// Photos and other files.
    pub files: u32,
    /// Whether all of it could be read.
    pub whole: bool,
}

/// Tables of which the rows have numbers, so that they can be read in parts; each after what it refers to.
const NUMBERED: [(&str, &str, &str); 4] = [
    ("edits", include_str!("salvage/last_edit.sql"), include_str!("salvage/edits.sql")),
    ("batches", include_str!("salvage/last_batch.sql"), include_str!("salvage/batches.sql")),
    ("files", include_str!("salvage/last_attachment.sql"), include_str!("salvage/attachments.sql")),
    ("pieces", include_str!("salvage/last_piece.sql"), include_str!("salvage/pieces.sql")),
];

/// Tables that are read as a whole; those before the numbered ones, which refer to them, and those after.
const BEFORE: [&str; 2] = [include_str!("salvage/receipts.sql"), include_str!("salvage/writers.sql")];
const AFTER: [&str; 4] = [
    include_str!("salvage/carried.sql"),
    include_str!("salvage/forks.sql"),
    include_str!("salvage/names.sql"),
    include_str!("salvage/cursors.sql"),
];

struct Lost<'a> {
    into: &'a Connection,
    path: String,
    key: Zeroizing<String>,
    holes: u32,
}

/// Brings over into `into` what the database at `path` holds beyond it. `None` where nothing of it can be read.
pub(crate) fn bring_over(
    into: &Connection,
    path: &Path,
    key: &DataKey,
) -> Result<Option<Brought>, StoreError> {
    let Some(path) = read_only(path) else { return Ok(None) };
    let mut text = Zeroizing::new(String::with_capacity(80));
    for part in ["x'", Zeroizing::new(hex(key.expose_secret())).as_str(), "'"] {
        text.push_str(part);
    }
    let mut lost = Lost { into, path, key: text, holes: 0 };
    if lost.attach().is_err() {
        return Ok(None);
    }
    let brought = lost.bring();
    // The connection is closed next, and with it whatever it has open.
    let _ = lost.detach();
    let brought = brought?;
    if brought.edits > 0 || brought.answers > 0 {
        into.execute_batch(include_str!("salvage/lists_are_stale.sql"))?;
    }
    Ok(Some(brought))
}

impl Lost<'_> {
    fn bring(&mut self) -> Result<Brought, StoreError> {
        let mut brought = Brought { whole: true, ..Brought::default() };
        brought.whole &= self.look_for_given()?;
        for sql in BEFORE {
            brought.whole &= self.all(sql)?.is_some();
        }
        let mut edits_whole = true;
        for (table, last, sql) in NUMBERED {
            let end: Option<i64> = self.into.query_row(last, [], |row| row.get(0)).ok();
            if end.is_none() {
                self.again()?;
            }
            let holes = self.holes;
            let rows = self.part(sql, 1, end.unwrap_or(FURTHEST))?;
            let whole = end.is_some() && self.holes == holes;
            brought.whole &= whole;
            match table {
                "edits" => (brought.edits, edits_whole) = (rows, whole),
                "files" => brought.files = rows,
                _ => {}
            }
        }
        for sql in AFTER {
            brought.whole &= self.all(sql)?.is_some();
        }
        let fresh = self.into.query_row(include_str!("salvage/fresh_answers.sql"), [], |row| row.get(0));
        if let Ok(fresh) = fresh {
            // A draft that is not there any more was sealed: its edit is here, if all edits are.
            let sql = if edits_whole {
                include_str!("salvage/drafts.sql")
            } else {
                include_str!("salvage/drafts_over.sql")
            };
            let taken = self.all(sql)?.is_some();
            brought.answers = if taken { fresh } else { 0 };
            brought.whole &= taken;
        } else {
            self.again()?;
            brought.whole = false;
        }
        Ok(brought)
    }

    /// Gives what waits to be put to drafts a name under which it can be asked for, whether there is such a table or not. Says
    /// whether that is known.
    fn look_for_given(&mut self) -> Result<bool, StoreError> {
        let found: Option<bool> =
            self.into.query_row(include_str!("salvage/has_given.sql"), [], |row| row.get(0)).ok();
        if found.is_none() {
            self.again()?;
        }
        self.into.execute_batch(match found {
            Some(true) => include_str!("salvage/lost_given.sql"),
            Some(false) | None => include_str!("salvage/no_given.sql"),
        })?;
        Ok(found.is_some())
    }

    /// Runs statements as one; `None` where what they read cannot be read.
    fn all(&mut self, sql: &str) -> Result<Option<()>, StoreError> {
        let ran = self.into.execute_batch(&format!("BEGIN; {sql} COMMIT;"));
        match ran {
            Ok(()) => Ok(Some(())),
            Err(error) => {
                drop(self.into.execute_batch("ROLLBACK"));
                self.passes_over(error.into())?;
                Ok(None)
            }
        }
    }

    /// Brings over the rows of numbers `from` to `to`, in halves where they cannot be read together. Says how many are new.
    fn part(&mut self, sql: &str, from: i64, to: i64) -> Result<u32, StoreError> {
        let mut parts = vec![(from, to)];
        let mut rows = 0_usize;
        while let Some((from, to)) = parts.pop() {
            if from > to {
                continue;
            }
            match self.into.execute(sql, params![from, to]) {
                Ok(new) => rows += new,
                Err(error) => {
                    self.passes_over(error.into())?;
                    if self.holes > MOST_HOLES {
                        break;
                    }
                    if from < to {
                        let middle = from + (to - from) / 2;
                        // The one taken out next comes last: edits are sent in the order in which they come here.
                        parts.push((middle + 1, to));
                        parts.push((from, middle));
                    }
                }
            }
        }
        Ok(u32::try_from(rows).unwrap_or(u32::MAX))
    }

    /// Whether what went wrong lies in what is read: then it is a hole. A full disk is not.
    fn passes_over(&mut self, error: StoreError) -> Result<(), StoreError> {
        if matches!(error, StoreError::DiskFull | StoreError::ReadOnly) {
            return Err(error);
        }
        self.holes += 1;
        self.again()
    }

    /// A page that is not as it was written closes the whole file to SQLCipher: it is opened again.
    fn again(&mut self) -> Result<(), StoreError> {
        self.detach()?;
        self.attach()
    }

    fn attach(&self) -> Result<(), StoreError> {
        self.into.execute(include_str!("salvage/attach.sql"), params![self.path, self.key.as_str()])?;
        // A file that this key does not open shows itself at the first read.
        let read = self.into.query_row(include_str!("salvage/look.sql"), [], |_| Ok(()));
        if read.is_err() {
            self.detach()?;
        }
        Ok(read?)
    }

    fn detach(&self) -> Result<(), StoreError> {
        Ok(self.into.execute_batch(include_str!("salvage/detach.sql"))?)
    }
}

/// The address by which SQLite opens a file and changes nothing of it (`https://sqlite.org/uri.html`); `None` for a path that
/// is no text.
fn read_only(path: &Path) -> Option<String> {
    let text = path.to_str()?.replace('\\', "/");
    let mut address = String::from(if text.starts_with('/') { "file:" } else { "file:///" });
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/:._-~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push('%');
            address.push_str(&hex(&[byte]));
        }
    }
    address.push_str("?mode=ro");
    Some(address)
}
