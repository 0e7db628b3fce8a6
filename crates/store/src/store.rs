//! The store: create, open, and the one door through which everything is changed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rasoat_secrets::Params;
use rusqlite::{Connection, TransactionBehavior};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::commits::{self, CommitNote};
use crate::connection;
use crate::entries::{Said, TouchedRows};
use crate::error::StoreError;
use crate::files;
use crate::households::Progress;
use crate::keys::{DataKey, KeyFile};
use crate::later::Later;
use crate::migrations;
use crate::users::{UserId, tidy_name};

/// What a new store is made with.
pub struct NewStore {
    /// By which its first user chooses themselves once there are several; not encrypted, may be empty.
    pub name: String,
    /// Opens the store from now on; at least [`crate::LEAST_PASSPHRASE_CHARS`] characters.
    pub passphrase: SecretString,
    /// The province's age recipient (`age1…`), to which the data key is sealed for the day the passphrase is forgotten.
    pub recovery_recipient: String,
    /// What guessing one passphrase costs.
    pub costs: Params,
    /// What [`Store::facts`] shows before unlocking: name of the device, round. Not encrypted; nothing personal.
    pub facts: BTreeMap<String, String>,
}

/// What a person did, for the log. Never what they wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Took in an enrolment.
    Enrol,
    /// Took in a list.
    ImportList,
    /// Undid the taking in of a list.
    UndoList,
    /// Added a household that is not on the list.
    AddHousehold,
    /// Opened an interview.
    OpenInterview,
    /// Gave or removed an answer, added or removed a member.
    Answer,
    /// Asked for a file beside the answers, or moved one to or from the province.
    Attachments,
    /// Left a household: the draft is sealed.
    LeaveInterview,
    /// Signed off an interview.
    SignOff,
    /// Opened a signed interview again.
    ReopenInterview,
    /// Exchanged with the province.
    Sync,
    /// Wrote a bundle.
    ExportBundle,
    /// Took in a bundle.
    ImportBundle,
    /// Settled conflicts.
    Settle,
    /// Began or ended the second entry of a paper, or counted how people type.
    Paper,
    /// Accepted or returned an interview.
    Review,
    /// Acted on households' way through the procedure, or assigned them.
    Procedure,
    /// Took a sealed change back.
    Undo,
    /// Kept account of what was done.
    Audit,
    /// Removed what the province has and its term is over for.
    Erase,
    /// Said of households that they are one, or that they are not.
    Duplicates,
    /// Took in a form, a standard, a list or a snapshot that the province had ready.
    Update,
    /// Changed a setting.
    Settings,
    /// Made the rows of lists anew from the documents.
    Rebuild,
    /// Found out where the database is after unlocking.
    SettleIn,
    /// Wrote counts of interviews that had waited.
    Counts,
}

impl Op {
    /// The name in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::ImportList => "import_list",
            Self::UndoList => "undo_list",
            Self::AddHousehold => "add_household",
            Self::OpenInterview => "open_interview",
            Self::Answer => "answer",
            Self::Attachments => "attachments",
            Self::LeaveInterview => "leave_interview",
            Self::SignOff => "sign_off",
            Self::ReopenInterview => "reopen_interview",
            Self::Sync => "sync",
            Self::ExportBundle => "export_bundle",
            Self::ImportBundle => "import_bundle",
            Self::Settle => "settle",
            Self::Paper => "paper",
            Self::Review => "review",
            Self::Procedure => "procedure",
            Self::Undo => "undo",
            Self::Audit => "audit",
            Self::Erase => "erase",
            Self::Duplicates => "duplicates",
            Self::Update => "update",
            Self::Settings => "settings",
            Self::Rebuild => "rebuild",
            Self::SettleIn => "settle_in",
            Self::Counts => "counts",
        }
    }
}

/// Which kinds of things a transaction changed; the screens that show them refresh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    /// Settings.
    pub settings: bool,
    /// Communes, villages, forms, standards.
    pub reference: bool,
    /// Rows of household lists.
    pub households: bool,
    /// Answers that are not sealed.
    pub drafts: bool,
    /// Sealed edits.
    pub edits: bool,
    /// What the province confirmed or refused, and the record of exchanges.
    pub sync: bool,
}

/// An open store. Several threads and several processes may use one database; their transactions take turns.
pub struct Store {
    dir: PathBuf,
    user: UserId,
    key: Mutex<DataKey>,
    connection: Mutex<Connection>,
    touched: TouchedRows,
    pub(crate) later: Later,
    noted: CommitNote,
    /// Transactions that were committed and are not in the database that was opened.
    lost: u64,
    /// Wrong passphrases of who opened it, before the right one.
    wrong_tries: u32,
    /// Whether a look at the whole file found that something is not as it was written.
    pub(crate) damaged: AtomicBool,
}

/// Reads within one transaction: everything read fits together.
pub struct Reader<'c> {
    pub(crate) connection: &'c Connection,
    user: UserId,
}

impl Reader<'_> {
    /// Who opened the database.
    pub fn user(&self) -> UserId {
        self.user
    }
}

/// Reads and changes within one transaction.
pub struct Tx<'c> {
    reader: Reader<'c>,
    changed: Cell<Changed>,
    pub(crate) said: RefCell<Said>,
    /// Of households whose interviews went on: what is to be written later; `None`: it was written.
    pub(crate) said_of_progress: RefCell<BTreeMap<Uuid, Option<Progress>>>,
    /// How many transactions there are with this one.
    pub(crate) number: u64,
    /// Whether what was given in it waits to be put to the drafts.
    pub(crate) has_given: Cell<bool>,
    /// Where the person went last in it.
    pub(crate) last_place: RefCell<Option<(Uuid, Option<rasoat_instrument::Path>)>>,
}

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl Tx<'_> {
    pub(crate) fn note(&self, note: impl FnOnce(&mut Changed)) {
        let mut changed = self.changed.get();
        note(&mut changed);
        self.changed.set(changed);
    }
}

impl Store {
    /// Whether there is a store in the folder.
    pub fn exists(dir: &Path) -> bool {
        files::database(dir).exists()
    }

    /// Makes a store in a folder (which is made if need be) with its first writer. `now_millis`: the laptop's clock.
    pub fn create(dir: &Path, new: NewStore, now_millis: i64) -> Result<Self, StoreError> {
        fs::create_dir_all(dir)?;
        let _lock = files::lock(dir)?;
        if Self::exists(dir) {
            return Err(StoreError::AlreadyExists);
        }
        let name = tidy_name(&new.name);
        let (mut keys, data_key) = KeyFile::new(
            &name,
            new.passphrase.expose_secret(),
            &new.recovery_recipient,
            new.costs,
            new.facts,
        )?;
        let user = keys.holder(None)?.id;
        // Without the database they belong to they are of no use here; but nobody's keys are ever thrown away.
        for stray in [
            files::keys(dir),
            files::beside(&files::database(dir), "-wal"),
            files::beside(&files::database(dir), "-shm"),
        ] {
            files::set_aside(&stray, now_millis)?;
        }
        files::remove(&files::commits(dir))?;
        keys.write(dir)?;
        // The database gets its name when it is whole and its keys are on the disk: a crash before leaves no store.
        let unfinished = files::unfinished_database(dir);
        for left_over in ["", "-wal", "-shm"] {
            files::remove(&files::beside(&unfinished, left_over))?;
        }
        let mut first = connection::create(&unfinished, &data_key)?;
        migrations::initialise(&mut first)?;
        let store = Self::over(dir, data_key, first, user)?;
        store.transact(Op::Enrol, |tx| tx.start_new_writer(now_millis))?;
        let Self { key, connection, .. } = store;
        close(connection)?;
        files::rename(&unfinished, &files::database(dir))?;
        let key = key.into_inner().unwrap_or_else(PoisonError::into_inner);
        let connection = connection::open(&files::database(dir), &key)?;
        Self::over(dir, key, connection, user)
    }

    /// Opens the store of a folder for its only user. `now_millis`: the laptop's clock, by which the waits after wrong tries
    /// are kept.
    pub fn open(dir: &Path, passphrase: &SecretString, now_millis: i64) -> Result<Self, StoreError> {
        Self::open_as(dir, None, passphrase, now_millis)
    }

    /// Opens the store of a folder for a user; `None`: the only one.
    pub fn open_as(
        dir: &Path,
        user: Option<UserId>,
        passphrase: &SecretString,
        now_millis: i64,
    ) -> Result<Self, StoreError> {
        if !Self::exists(dir) {
            return Err(StoreError::Missing);
        }
        let _lock = files::lock(dir)?;
        let mut keys = KeyFile::read(dir)?;
        let wrong_tries = keys.holder(user)?.attempts.wrong();
        let (user, data_key) = keys.open(dir, user, passphrase.expose_secret(), now_millis)?;
        let (connection, data_key) = keys.connect(dir, user, data_key, passphrase)?;
        Ok(Self { wrong_tries, ..Self::over_older(dir, data_key, connection, user)? })
    }

    /// Seconds until a passphrase may be tried, where there is one user only; 0 where there are several.
    pub fn retry_after_s(dir: &Path, now_millis: i64) -> Result<u32, StoreError> {
        let users = Self::users(dir, now_millis)?;
        Ok(if let [only] = users.as_slice() { only.retry_after_s } else { 0 })
    }

    /// Who opened it.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// How many passphrases of who opened it were wrong before the right one.
    pub fn wrong_tries(&self) -> u32 {
        self.wrong_tries
    }

    /// What may be shown before unlocking.
    pub fn facts(dir: &Path) -> Result<BTreeMap<String, String>, StoreError> {
        Ok(KeyFile::read(dir)?.facts)
    }

    /// Replaces what may be shown before unlocking. Not encrypted; nothing personal.
    pub fn set_facts(&self, facts: BTreeMap<String, String>) -> Result<(), StoreError> {
        let _lock = files::lock(&self.dir)?;
        let mut keys = KeyFile::read(&self.dir)?;
        keys.facts = facts;
        keys.write(&self.dir)
    }

    /// Makes changes: all of them, on the disk when this returns, or none. `act` must not use the store but through its
    /// argument.
    pub fn transact<T, E: From<StoreError>>(
        &self,
        op: Op,
        act: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<(T, Changed), E> {
        let mut connection = self.connection();
        let waited = self.later.take(op);
        let done = self.transact_on(&mut connection, op, &waited, act);
        match &done {
            Ok((_, changed)) => tracing::debug!(op = op.as_str(), ?changed, "committed"),
            Err(_) => self.later.put_back(waited),
        }
        done
    }

    /// All of it with what has waited, or nothing.
    fn transact_on<T, E: From<StoreError>>(
        &self,
        connection: &mut Connection,
        op: Op,
        waited: &BTreeMap<Uuid, Progress>,
        act: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<(T, Changed), E> {
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let number = commits::number(&transaction)?.saturating_add(1);
        let tx = Tx {
            reader: Reader { connection: &transaction, user: self.user },
            changed: Cell::default(),
            said: RefCell::default(),
            said_of_progress: RefCell::default(),
            number,
            has_given: Cell::default(),
            last_place: RefCell::default(),
        };
        // Those of a transaction that was rolled back.
        self.touched.take();
        if op == Op::Answer { tx.put_given_if_many() } else { tx.put_given() }?;
        for (household, progress) in waited {
            match tx.set_progress(*household, progress) {
                // It went meanwhile.
                Err(StoreError::NotFound) | Ok(()) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let value = act(&tx)?;
        tx.keep_entries(&self.touched)?;
        tx.count_commit()?;
        let (changed, later) = (tx.changed.get(), tx.said_of_progress.take());
        transaction.commit().map_err(StoreError::from)?;
        self.noted.put(number);
        self.later.note(later);
        Ok((value, changed))
    }

    /// Reads. `act` must not use the store but through its argument.
    pub fn read<T, E: From<StoreError>>(
        &self,
        act: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_later();
        let mut connection = self.connection();
        let transaction = connection.transaction().map_err(StoreError::from)?;
        act(&Reader { connection: &transaction, user: self.user })
    }

    /// Transactions that were committed and are not in the database as it was opened: its log was damaged, or an older file
    /// was put in its place. Known until the store is closed.
    pub fn lost_commits(&self) -> u64 {
        self.lost
    }

    /// How many transactions the database has committed: equal numbers, equal content.
    pub fn commits(&self) -> Result<u64, StoreError> {
        commits::number(&self.connection())
    }

    /// Closes the database and forgets its key.
    pub fn close(self) -> Result<(), StoreError> {
        self.write_later();
        close(self.connection)
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Over a database that an older program may have written.
    pub(crate) fn over_older(
        dir: &Path,
        key: DataKey,
        mut connection: Connection,
        user: UserId,
    ) -> Result<Self, StoreError> {
        migrations::bring_up(&mut connection)?;
        let store = Self::over(dir, key, connection, user)?;
        if store.read(|reader| reader.lacks_lists())? {
            store.transact(Op::Rebuild, |tx| tx.rebuild_lists())?;
        }
        Ok(store)
    }

    fn over(dir: &Path, key: DataKey, connection: Connection, user: UserId) -> Result<Self, StoreError> {
        let touched = TouchedRows::default();
        touched.watch(&connection)?;
        let (noted, known) = CommitNote::open(dir);
        let lost = known.saturating_sub(commits::number(&connection)?);
        if lost > 0 {
            tracing::error!(commits = lost, "what was committed last is not in the database");
        }
        Ok(Self {
            dir: dir.to_owned(),
            user,
            key: Mutex::new(key),
            connection: Mutex::new(connection),
            touched,
            later: Later::default(),
            noted,
            lost,
            wrong_tries: 0,
            damaged: AtomicBool::new(false),
        })
    }

    /// Puts another connection to the same database in the place of one that is of no use any more.
    pub(crate) fn go_on_with(&self, connection: &mut Connection, anew: Connection) -> Result<(), StoreError> {
        self.touched.watch(&anew)?;
        *connection = anew;
        Ok(())
    }

    /// The key that the database is under.
    pub(crate) fn key(&self) -> MutexGuard<'_, DataKey> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever panicked while holding the connection had their transaction rolled back: it can be used on.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn close(connection: Mutex<Connection>) -> Result<(), StoreError> {
    let connection = connection.into_inner().unwrap_or_else(PoisonError::into_inner);
    connection.close().map_err(|(_, error)| error.into())
}

#[cfg(test)]
mod tests;
