//! Removing what the province has and its term is over for, so that nothing of it can be read here any more.
//!
//! Rows go in one transaction. Then the file is written anew without them and put under another key; the key before is thrown away
//! as soon as everybody who opens the database has done so once. What a disk may still hold of it is written down in
//! `docs/decisions/0023-retention.md`.

use rusqlite::{Connection, params};
use secrecy::SecretString;
use uuid::Uuid;

use crate::connection;
use crate::error::StoreError;
use crate::files;
use crate::keys::KeyFile;
use crate::store::{Op, Reader, Store, Tx};

/// Whether the file is still to be written anew.
const PENDING: &str = "erasure_pending";

impl Reader<'_> {
    /// Whether the province is known to have everything that is here of these subjects: every edit and file has its receipt or
    /// came from there, nothing is drafted, and no batch is kept that goes along with anything else.
    pub fn may_be_erased(&self, subjects: &[Uuid]) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("erasure/keeps.sql"))?;
        for subject in subjects {
            let keeps: bool = statement.query_row(params![subject.as_bytes()], |row| row.get(0))?;
            if keeps {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Subjects of which only numbers and hashes are left.
    pub fn erased_count(&self) -> Result<u32, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("erasure/count.sql"))?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Whether rows were removed and the file was not written anew since.
    pub fn is_erasure_pending(&self) -> Result<bool, StoreError> {
        Ok(self.setting(PENDING)?.unwrap_or_default())
    }
}

impl Tx<'_> {
    /// Removes a household with all that is here of its subjects; numbers and hashes of its edits stay.
    ///
    /// # Errors
    /// [`StoreError::NotConfirmed`] where the province is not known to have all of it.
    pub fn erase_household(&self, household: Uuid, subjects: &[Uuid]) -> Result<(), StoreError> {
        if !self.may_be_erased(subjects)? {
            return Err(StoreError::NotConfirmed);
        }
        for subject in subjects {
            self.run(include_str!("erasure/note.sql"), subject)?;
            for batch in self.batches_of(subject)? {
                for sql in
                    [include_str!("erasure/forget_batch_edits.sql"), include_str!("erasure/forget_batch.sql")]
                {
                    self.connection.prepare_cached(sql)?.execute(params![batch])?;
                }
            }
            for sql in [
                include_str!("erasure/edits.sql"),
                include_str!("erasure/cursor.sql"),
                include_str!("erasure/names.sql"),
                include_str!("erasure/typists.sql"),
            ] {
                self.run(sql, subject)?;
            }
        }
        for sql in [
            include_str!("erasure/persons.sql"),
            include_str!("erasure/not_same.sql"),
            include_str!("erasure/second_entries.sql"),
            include_str!("erasure/merge_mark.sql"),
            include_str!("erasure/household.sql"),
        ] {
            self.run(sql, &household)?;
        }
        self.note(|changed| {
            changed.households = true;
            changed.edits = true;
        });
        Ok(())
    }

    /// Ends removing households: files that nothing names any more go, and lists are made anew.
    pub fn end_erasure(&self) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("erasure/attachments.sql"))?.execute([])?;
        self.connection.execute_batch(include_str!("erasure/passing.sql"))?;
        self.rebuild_lists()?;
        self.set_setting(PENDING, &true)
    }

    /// The key in use is one that somebody had who is not to read on: the file is to be written anew under another.
    pub fn need_other_key(&self) -> Result<(), StoreError> {
        self.set_setting(PENDING, &true)
    }

    /// Everything that comes from now on is taken in, what was erased before too: another round begins.
    pub fn forget_erased(&self) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("erasure/forget.sql"))?.execute([])?;
        Ok(())
    }

    fn run(&self, sql: &str, id: &Uuid) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.execute(params![id.as_bytes()])?;
        Ok(())
    }

    fn batches_of(&self, subject: &Uuid) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("erasure/batches.sql"))?;
        let found = statement.query_map(params![subject.as_bytes()], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Store {
    /// Writes the file anew without what was removed and puts it under another key. `passphrase`: of who is in, who then opens it
    /// by the new key at once. Says whether all of it was done: not while others have yet to open the database since the last time.
    ///
    /// Wherever it ends, the database opens: by the key before or by the new one.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while somebody reads the file, such as a backup; nothing was done then, and it can be done later.
    pub fn scrub(&self, passphrase: Option<&SecretString>) -> Result<bool, StoreError> {
        let lock = files::lock(self.dir())?;
        let is_rekeyed = self.scrub_file(passphrase)?;
        drop(lock);
        if is_rekeyed {
            self.transact(Op::Erase, |tx| tx.set_setting(PENDING, &false))?;
        }
        Ok(is_rekeyed)
    }

    fn scrub_file(&self, passphrase: Option<&SecretString>) -> Result<bool, StoreError> {
        let mut connection = self.connection();
        if connection::is_alone(&connection)? {
            return Err(StoreError::DiskFull);
        }
        connection.flush_prepared_statement_cache();
        empty_log(&connection)?;
        connection.execute_batch("PRAGMA secure_delete = ON; VACUUM; PRAGMA secure_delete = FAST;")?;
        // Changing the key writes all of it once more: into the room that the log has had.
        empty_log(&connection)?;
        let mut keys = KeyFile::read(self.dir())?;
        let at_hand = passphrase.map(|passphrase| (self.user(), passphrase));
        keys.settle_handover(&self.key(), at_hand)?;
        if keys.is_handing_over() {
            keys.write_if_there_is_room(&files::keys(self.dir()))?;
            return Ok(false);
        }
        let next = keys.begin_handover(&self.key())?;
        keys.write(self.dir())?;
        connection::rekey(&connection, &next)?;
        let file = files::database(self.dir());
        match connection::open_unchecked(&file, &next) {
            Ok(anew) => self.go_on_with(&mut connection, anew)?,
            Err(StoreError::Damaged) => {
                let anew = connection::open_unchecked(&file, &self.key())?;
                self.go_on_with(&mut connection, anew)?;
                keys.settle_handover(&self.key(), at_hand)?;
                keys.write_if_there_is_room(&files::keys(self.dir()))?;
                return Err(StoreError::DiskFull);
            }
            Err(error) => return Err(error),
        }
        keys.end_handover(&next, at_hand)?;
        *self.key() = next;
        keys.write(self.dir())?;
        empty_log(&connection)?;
        Ok(true)
    }
}

/// Brings everything of the log into the file and cuts the log to nothing.
fn empty_log(connection: &Connection) -> Result<(), StoreError> {
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy { Err(StoreError::Busy) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
