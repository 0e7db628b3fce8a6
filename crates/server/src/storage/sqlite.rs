//! The default storage: one SQLCipher file, opened with a raw key. WAL, `synchronous=FULL`: what was answered is on disk.

mod accounts;
mod attachments;
mod audit;
mod backlog;
mod cases;
mod checkpoint;
mod devices;
mod directives;
mod export;
mod feed;
mod households;
mod indexing;
mod intake;
mod kept;
mod laptops;
mod library;
mod listing;
mod merges;
mod pairs;
mod requests;
mod second_factors;
mod tally;
mod tokens;
mod versions;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use backlog::Backlog;
use intake::Prepared;
use merges::Merges;
use rasoat_casework::{AttachmentName, CommuneCode, DeviceId, EditId};
use rasoat_exchange::{BatchHash, SignedBatch, SignedReceipt, Succession, VerifyKey, enrolment};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::Semaphore;
use uuid::Uuid;
use writer::Writer;
use zeroize::Zeroizing;

use super::line::Line;
use super::moved::Rows;
use super::{
    Account, Answer, Arrival, ArrivedPiece, Aside, AttachmentPiece, AuditEntry, AuditLine, AuditPage,
    AuditQuery, CommuneCounts, Device, DeviceActivity, EnrolmentRow, FeedPage, FeedQuery, Health, HeldPage,
    HeldQuery, HouseholdKeyRef, HouseholdPage, HouseholdQuery, HouseholdRow, LoginFailures, OpenSession,
    Reach, SignReceipt, Snapshot, Storage, StorageError, StoredAttachment, StoredEdit, VillageRow,
};
use super::{CasesQuery, HouseholdEdits, KeptCases};
use super::{CommuneMarks, DuplicatePage, DuplicateQuery, HouseholdList, ListQuery, VillageMarks};
use super::{Directive, DirectiveKind, NewDirective, RoundSnapshot, SnapshotLine, SnapshotQuery};
use super::{DuplicateRow, PairPlace, PairQuery};
use super::{HeldBy, NewRequestAct, RequestAct};
use super::{LibraryChange, LibraryItems};
use super::{SecondFactor, Token};

mod migrations {
    refinery::embed_migrations!("src/storage/sqlite/migrations");
}

/// Connections that read at the same time; each is one blocking thread at most.
const READERS: usize = 4;
/// Pages that the writer keeps, in KiB: each that it must read again is deciphered again.
const WRITER_CACHE_KIB: i64 = 16 * 1024;
/// How long a connection waits for another process (a command line beside the server).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The SQLite storage. Cheap to clone.
#[derive(Clone)]
pub struct Sqlite {
    writer: Arc<Writer>,
    readers: Arc<Mutex<Vec<Connection>>>,
    reading: Arc<Semaphore>,
}

impl Sqlite {
    /// Opens the database, makes it when there is none, and brings it to this version. `key` is SQLCipher's raw key.
    ///
    /// # Errors
    /// [`StorageError::NotOpened`] for a wrong key or another kind of file.
    pub fn open(path: &Path, key: &[u8; 32]) -> Result<Self, StorageError> {
        let mut writer = connect(path, key)?;
        writer.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        migrations::migrations::runner().run(&mut writer).map_err(|_| StorageError::NotOpened)?;
        let readers = (0..READERS).map(|_| connect(path, key)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            writer: Arc::new(Writer::start(writer, connect(path, key)?)?),
            readers: Arc::new(Mutex::new(readers)),
            reading: Arc::new(Semaphore::new(READERS)),
        })
    }

    /// One act that writes, all of it or nothing; on disk when the answer is ready. Goes on when the caller is gone.
    fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Answer<'static, T> {
        self.write_with(move |tx, _| act(tx))
    }

    /// As [`Sqlite::write`], with what still waits to be settled.
    fn write_with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Transaction<'_>, &mut Backlog) -> Result<T, StorageError> + Send + 'static,
    ) -> Answer<'static, T> {
        let writer = Arc::clone(&self.writer);
        Box::pin(async move {
            let (job, answer) = writer::job(act);
            writer.take(job)?;
            answer.await.unwrap_or(Err(StorageError::Failed(-1)))
        })
    }

    /// Hands over every row as of one moment; nobody else writes meanwhile. The storage stays as it is.
    pub(crate) fn export(
        &self,
        mut sink: Box<dyn FnMut(Rows) -> Result<(), StorageError> + Send>,
    ) -> Answer<'static, ()> {
        self.write_with(move |tx, backlog| {
            backlog.settle_all(tx)?;
            export::export(tx, &mut *sink)
        })
    }

    fn put_all<T: Send + 'static>(
        &self,
        rows: Vec<HouseholdRow>,
        say: impl FnOnce(usize) -> T + Send + 'static,
    ) -> Answer<'static, T> {
        let lines: Vec<Line> = rows.into_iter().map(Line::of).collect();
        self.write_with(move |tx, backlog| {
            backlog.settle_all(tx)?;
            let mut merges = Merges::begin(tx)?;
            let mut put = 0;
            let place = households::Place { may_be_stale: true, just_settled: 0 };
            for line in &lines {
                put += usize::from(households::put(tx, &mut merges, line, &place)?);
            }
            merges.settle()?;
            Ok(say(put))
        })
    }

    /// One transaction that reads one state of the database.
    fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Answer<'static, T> {
        let (readers, reading) = (Arc::clone(&self.readers), Arc::clone(&self.reading));
        Box::pin(async move {
            let _permit = reading.acquire_owned().await.map_err(|_| StorageError::Busy)?;
            let done = tokio::task::spawn_blocking(move || {
                let taken = readers.lock().map_err(|_| StorageError::Busy)?.pop();
                let mut connection = taken.ok_or(StorageError::Busy)?;
                let value = connection
                    .transaction_with_behavior(TransactionBehavior::Deferred)
                    .map_err(StorageError::from)
                    .and_then(|transaction| act(&transaction));
                readers.lock().map_err(|_| StorageError::Busy)?.push(connection);
                value
            });
            done.await.unwrap_or(Err(StorageError::Failed(-1)))
        })
    }

    /// As [`Sqlite::read`], of what is made of edits, too: everything that was answered is settled before.
    fn read_settled<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Answer<'static, T> {
        let storage = self.clone();
        Box::pin(async move {
            if storage.read(backlog::any_left).await? {
                storage.write_with(|tx, backlog| backlog.settle_all(tx)).await?;
            }
            storage.read(act).await
        })
    }
}

/// SQLite lets others in as soon as it is ready itself, which is before SQLCipher is: whoever opens a database just then would be told
/// `SQLITE_ERROR`. So the first who comes opens nothing, while the others wait.
fn ready() {
    static READY: Once = Once::new();
    READY.call_once(|| drop(Connection::open_in_memory()));
}

fn connect(path: &Path, key: &[u8; 32]) -> Result<Connection, StorageError> {
    ready();
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let key = Zeroizing::new(format!("x'{}'", Zeroizing::new(crate::hex::of(key)).as_str()));
    connection.pragma_update(None, "key", key.as_str())?;
    // Where the processor has instructions for it, half of what SHA-512 costs, which SQLCipher takes by itself.
    connection.pragma_update(None, "cipher_hmac_algorithm", "HMAC_SHA256")?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))
        .map_err(|_| StorageError::NotOpened)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Copies a database as it is at this moment, while others write to it. `to` is made.
///
/// # Errors
/// As [`Sqlite::open`], and when the disk is full.
pub fn copy(from: &Path, to: &Path, key: &[u8; 32]) -> Result<(), StorageError> {
    if !from.exists() {
        return Err(StorageError::NotOpened);
    }
    let source = connect(from, key)?;
    let mut target = connect(to, key)?;
    {
        let backup = rusqlite::backup::Backup::new(&source, &mut target)?;
        // In one step: a copy in several begins anew whenever somebody has written meanwhile.
        backup.step(-1)?;
    }
    // The copy is one file.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    target.close().map_err(|(_, error)| error.into())
}

/// Reads all of a database.
///
/// # Errors
/// [`StorageError::NotOpened`] for a wrong key or another kind of file, [`StorageError::Damaged`] where it is not as it was written.
pub fn check(path: &Path, key: &[u8; 32]) -> Result<(), StorageError> {
    if !path.exists() {
        return Err(StorageError::NotOpened);
    }
    let connection = connect(path, key)?;
    let said: String = connection.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(StorageError::Damaged("quick_check")) }
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi;
        match error.sqlite_error() {
            // The low byte is the primary number, the rest says more.
            Some(failure) => match failure.extended_code & 0xff {
                ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy,
                ffi::SQLITE_FULL => Self::DiskFull,
                ffi::SQLITE_NOTADB | ffi::SQLITE_CANTOPEN => Self::NotOpened,
                ffi::SQLITE_CONSTRAINT => Self::Exists,
                ffi::SQLITE_CORRUPT => Self::Damaged("database"),
                _ => Self::Failed(failure.extended_code),
            },
            None => Self::Damaged("row"),
        }
    }
}

fn uuid_of(bytes: &[u8]) -> Result<Uuid, StorageError> {
    Uuid::from_slice(bytes).map_err(|_| StorageError::Damaged("uuid"))
}

fn hash_of<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StorageError> {
    bytes.try_into().map_err(|_| StorageError::Damaged("hash"))
}

fn commune_of(text: &str) -> Result<CommuneCode, StorageError> {
    text.parse().map_err(|_| StorageError::Damaged("commune"))
}

impl Storage for Sqlite {
    fn put_instrument(&self, files: enrolment::InstrumentFiles, now: i64) -> Answer<'_, ()> {
        self.write(move |tx| library::put_instrument(tx, &files, now))
    }

    fn instruments(&self) -> Answer<'_, Vec<enrolment::InstrumentFiles>> {
        self.read(library::instruments)
    }

    fn put_standard(&self, file: enrolment::StandardFile, now: i64) -> Answer<'_, ()> {
        self.write(move |tx| library::put_standard(tx, &file, now))
    }

    fn standards(&self) -> Answer<'_, Vec<enrolment::StandardFile>> {
        self.read(library::standards)
    }

    fn put_units(&self, files: enrolment::UnitsFiles, now: i64) -> Answer<'_, ()> {
        self.write(move |tx| library::put_units(tx, &files, now))
    }

    fn units(&self) -> Answer<'_, Option<enrolment::UnitsFiles>> {
        self.read(library::units)
    }

    fn put_villages(&self, villages: Vec<VillageRow>) -> Answer<'_, ()> {
        self.write(move |tx| library::put_villages(tx, &villages))
    }

    fn villages_of(&self, communes: Option<BTreeSet<CommuneCode>>) -> Answer<'_, Vec<VillageRow>> {
        self.read(move |tx| library::villages(tx, communes.as_ref()))
    }

    fn add_device(&self, device: Device) -> Answer<'_, ()> {
        self.write(move |tx| devices::add(tx, &device))
    }

    fn device(&self, id: DeviceId) -> Answer<'_, Option<Device>> {
        self.read(move |tx| devices::one(tx, id))
    }

    fn devices(&self) -> Answer<'_, Vec<DeviceActivity>> {
        self.read(devices::all)
    }

    fn revoke_device(&self, id: DeviceId, now: i64) -> Answer<'_, bool> {
        self.write(move |tx| devices::revoke(tx, id, now))
    }

    fn widen_device(&self, id: DeviceId, communes: BTreeSet<CommuneCode>) -> Answer<'_, bool> {
        self.write(move |tx| devices::widen(tx, id, &communes))
    }

    fn note_seen(&self, id: DeviceId, now: i64, health: Option<Health>) -> Answer<'_, ()> {
        self.write(move |tx| devices::note_seen(tx, id, now, 0, health.as_ref()))
    }

    fn succeed_device(&self, old: VerifyKey, new: Succession, now: i64) -> Answer<'_, bool> {
        self.write(move |tx| devices::succeed(tx, old, &new, now))
    }

    fn note_reach(&self, id: DeviceId, reach: BTreeMap<CommuneCode, Reach>) -> Answer<'_, ()> {
        let storage = self.clone();
        Box::pin(async move {
            // Mostly it is: an exchange need not wait for the writer a second time.
            let known = reach.clone();
            if storage.read(move |tx| laptops::is_reach_noted(tx, id, &known)).await? {
                return Ok(());
            }
            storage.write(move |tx| laptops::note_reach(tx, id, &reach)).await
        })
    }

    fn held(&self, query: HeldQuery) -> Answer<'_, HeldPage> {
        self.read_settled(move |tx| laptops::held(tx, &query))
    }

    fn put_aside(&self, batch: SignedBatch, edits: u32, now: i64) -> Answer<'_, ()> {
        self.write(move |tx| laptops::put_aside(tx, &batch, edits, now))
    }

    fn aside(&self, device: Option<DeviceId>) -> Answer<'_, Vec<Aside>> {
        self.read(move |tx| laptops::aside(tx, device))
    }

    fn refuse_aside(&self, device: DeviceId, now: i64) -> Answer<'_, usize> {
        self.write(move |tx| laptops::refuse_aside(tx, device, now))
    }

    fn forget_aside(&self, batch: BatchHash) -> Answer<'_, bool> {
        self.write(move |tx| laptops::forget_aside(tx, batch))
    }

    fn put_enrolment_file(&self, row: EnrolmentRow) -> Answer<'_, ()> {
        self.write(move |tx| laptops::put_enrolment_file(tx, &row))
    }

    fn enrolment_range(
        &self,
        lookup: [u8; 16],
        offset: u64,
        length: u32,
        now: i64,
    ) -> Answer<'_, Option<(u64, Vec<u8>)>> {
        self.read(move |tx| laptops::enrolment_range(tx, lookup, offset, length, now))
    }

    fn accept(&self, arrival: Arrival, sign: SignReceipt) -> Answer<'_, SignedReceipt> {
        let arrival = Prepared::of((arrival, sign));
        self.write_with(move |tx, backlog| intake::accept(tx, backlog, &arrival))
    }

    fn accept_all(
        &self,
        arrivals: Vec<(Arrival, SignReceipt)>,
    ) -> Answer<'_, Vec<Result<SignedReceipt, StorageError>>> {
        let storage = self.clone();
        let arrivals: Arc<Vec<Prepared>> = Arc::new(arrivals.into_iter().map(Prepared::of).collect());
        Box::pin(async move {
            let all = Arc::clone(&arrivals);
            // One act for all while all goes well, else one for each.
            let done: Result<Vec<_>, _> = storage
                .write_with(move |tx, backlog| {
                    all.iter().map(|arrival| intake::accept(tx, backlog, arrival)).collect()
                })
                .await;
            match done {
                Ok(receipts) => Ok(receipts.into_iter().map(Ok).collect()),
                Err(error) if arrivals.len() <= 1 => Ok(arrivals.iter().map(|_| Err(error)).collect()),
                Err(_) => {
                    let mut receipts = Vec::with_capacity(arrivals.len());
                    for number in 0..arrivals.len() {
                        let all = Arc::clone(&arrivals);
                        let one = storage.write_with(move |tx, backlog| {
                            let arrival = all.get(number).ok_or(StorageError::Failed(-1))?;
                            intake::accept(tx, backlog, arrival)
                        });
                        receipts.push(one.await);
                    }
                    Ok(receipts)
                }
            }
        })
    }

    fn receipts(&self, batches: Vec<BatchHash>) -> Answer<'_, Vec<SignedReceipt>> {
        self.read(move |tx| intake::receipts(tx, &batches))
    }

    fn known(&self, edits: Vec<EditId>) -> Answer<'_, BTreeSet<EditId>> {
        self.read(move |tx| intake::known(tx, edits))
    }

    fn receipts_of(&self, device: DeviceId, limit: u32) -> Answer<'_, Vec<SignedReceipt>> {
        self.read(move |tx| intake::receipts_of(tx, device, limit))
    }

    fn feed_ends(&self, communes: Vec<CommuneCode>) -> Answer<'_, BTreeMap<CommuneCode, u64>> {
        self.read(move |tx| feed::ends(tx, communes))
    }

    fn changes_since(&self, query: FeedQuery) -> Answer<'_, FeedPage> {
        self.read(move |tx| feed::changes_since(tx, &query))
    }

    fn writers_of(&self, device: DeviceId) -> Answer<'_, u32> {
        self.read(move |tx| feed::writers_of(tx, device))
    }

    fn keep_cursor(&self, hash: [u8; 16], positions: Vec<u8>) -> Answer<'_, ()> {
        self.write(move |tx| feed::keep_cursor(tx, hash, &positions))
    }

    fn kept_cursor(&self, hash: [u8; 16]) -> Answer<'_, Option<Vec<u8>>> {
        self.read(move |tx| feed::kept_cursor(tx, hash))
    }

    fn put_snapshot(&self, snapshot: Snapshot, bytes: Vec<u8>) -> Answer<'_, ()> {
        self.write(move |tx| feed::put_snapshot(tx, &snapshot, &bytes))
    }

    fn snapshots(&self, commune: CommuneCode) -> Answer<'_, Vec<Snapshot>> {
        self.read(move |tx| feed::snapshots(tx, &commune))
    }

    fn snapshot_range(&self, hash: [u8; 32], offset: u64, length: u32) -> Answer<'_, Option<Vec<u8>>> {
        self.read(move |tx| feed::snapshot_range(tx, hash, offset, length))
    }

    fn conflicted(&self, commune: CommuneCode, limit: u32) -> Answer<'_, Vec<HouseholdKeyRef>> {
        self.read_settled(move |tx| households::conflicted(tx, &commune, limit))
    }

    fn household_of(&self, commune: CommuneCode, interview: Uuid) -> Answer<'_, Option<Uuid>> {
        self.read_settled(move |tx| backlog::household_of(tx, commune.as_str(), interview))
    }

    fn edits_of(&self, household: HouseholdKeyRef) -> Answer<'_, Vec<StoredEdit>> {
        self.read_settled(move |tx| {
            let edits = households::edits_of_all(tx, &[household])?;
            Ok(edits.into_iter().next().unwrap_or_default())
        })
    }

    fn edits_of_all(&self, households: Vec<HouseholdKeyRef>) -> Answer<'_, Vec<Vec<StoredEdit>>> {
        self.read_settled(move |tx| households::edits_of_all(tx, &households))
    }

    fn stale_households(&self, limit: u32) -> Answer<'_, Vec<HouseholdKeyRef>> {
        self.read_settled(move |tx| households::stale(tx, limit))
    }

    fn put_household(&self, row: HouseholdRow) -> Answer<'_, bool> {
        self.put_all(vec![row], |put| put == 1)
    }

    fn put_households(&self, rows: Vec<HouseholdRow>) -> Answer<'_, usize> {
        self.put_all(rows, |put| put)
    }

    fn forget_projections(&self) -> Answer<'_, ()> {
        self.write_with(|tx, backlog| {
            backlog.settle_all(tx)?;
            households::forget(tx)
        })
    }

    fn commune_counts(&self) -> Answer<'_, Vec<CommuneCounts>> {
        self.read_settled(households::counts)
    }

    fn household_page(&self, query: HouseholdQuery) -> Answer<'_, HouseholdPage> {
        self.read_settled(move |tx| households::page(tx, &query))
    }

    fn household(&self, household: HouseholdKeyRef) -> Answer<'_, Option<HouseholdRow>> {
        self.read_settled(move |tx| households::one(tx, &household))
    }

    fn households(&self, keys: Vec<HouseholdKeyRef>) -> Answer<'_, BTreeMap<HouseholdKeyRef, HouseholdRow>> {
        self.read_settled(move |tx| households::several(tx, &keys))
    }

    fn commune_with(&self, household: Uuid) -> Answer<'_, Option<CommuneCode>> {
        self.read_settled(move |tx| merges::commune_with(tx, household))
    }

    fn add_account(&self, account: Account, now: i64) -> Answer<'_, ()> {
        self.write(move |tx| accounts::add(tx, &account, now))
    }

    fn account(&self, name: String) -> Answer<'_, Option<Account>> {
        self.read(move |tx| accounts::one(tx, &name))
    }

    fn login_failures(&self, name: String) -> Answer<'_, LoginFailures> {
        self.read(move |tx| accounts::failures(tx, &name))
    }

    fn note_login_failure(&self, name: String, now: i64) -> Answer<'_, ()> {
        self.write(move |tx| accounts::note_failure(tx, &name, now))
    }

    fn forget_login_failures(&self, name: String) -> Answer<'_, ()> {
        self.write(move |tx| accounts::forget_failures(tx, &name))
    }

    fn open_session(
        &self,
        session: OpenSession,
        password_hash: String,
        dead_before: i64,
    ) -> Answer<'_, bool> {
        self.write(move |tx| accounts::open_session(tx, &session, &password_hash, dead_before))
    }

    fn session(&self, token_hash: [u8; 32]) -> Answer<'_, Option<(OpenSession, Account)>> {
        self.read(move |tx| accounts::session(tx, &token_hash))
    }

    fn note_session_used(&self, token_hash: [u8; 32], now: i64) -> Answer<'_, ()> {
        self.write(move |tx| accounts::note_used(tx, &token_hash, now))
    }

    fn close_session(&self, token_hash: [u8; 32]) -> Answer<'_, ()> {
        self.write(move |tx| accounts::close_session(tx, &token_hash))
    }

    fn note_act(&self, entry: AuditEntry) -> Answer<'_, ()> {
        self.write(move |tx| audit::note(tx, &entry))
    }

    fn acts(&self, limit: u32) -> Answer<'_, Vec<AuditEntry>> {
        self.read(move |tx| audit::latest(tx, limit))
    }

    fn attachments_named(
        &self,
        communes: Option<Vec<CommuneCode>>,
        names: Vec<AttachmentName>,
    ) -> Answer<'_, Vec<Option<CommuneCode>>> {
        self.read(move |tx| {
            names.into_iter().map(|name| attachments::named_in(tx, communes.as_deref(), name)).collect()
        })
    }

    fn attachments(&self, names: Vec<AttachmentName>) -> Answer<'_, Vec<Option<StoredAttachment>>> {
        self.read(move |tx| names.into_iter().map(|name| attachments::one(tx, name)).collect())
    }

    fn put_attachment_piece(&self, piece: AttachmentPiece) -> Answer<'_, ArrivedPiece> {
        self.write(move |tx| attachments::put_piece(tx, &piece))
    }

    fn settle_attachment(&self, name: AttachmentName, is_whole: bool) -> Answer<'_, ()> {
        self.write(move |tx| match is_whole {
            true => attachments::note_whole(tx, name),
            false => attachments::forget(tx, name),
        })
    }

    fn attachment_range(&self, name: AttachmentName, offset: u32, length: u32) -> Answer<'_, Vec<u8>> {
        self.read(move |tx| attachments::range(tx, name, offset, length))
    }

    fn commune_marks(&self) -> Answer<'_, Vec<CommuneMarks>> {
        self.read_settled(tally::communes)
    }

    fn village_marks(&self, commune: CommuneCode) -> Answer<'_, Vec<VillageMarks>> {
        self.read_settled(move |tx| tally::villages(tx, commune.as_str()))
    }

    fn household_list(&self, query: ListQuery) -> Answer<'_, HouseholdList> {
        self.read_settled(move |tx| listing::list(tx, &query))
    }

    fn index_some(&self, limit: u32) -> Answer<'_, u32> {
        let storage = self.clone();
        Box::pin(async move {
            // Mostly there is nothing to do: then nobody waits for the writer.
            let any =
                |tx: &Transaction<'_>| backlog::exists(tx, include_str!("sqlite/sql/any_unindexed.sql"));
            if !storage.read(any).await? {
                return Ok(0);
            }
            storage.write(move |tx| indexing::index_some(tx, limit)).await
        })
    }

    fn duplicates(&self, query: DuplicateQuery) -> Answer<'_, DuplicatePage> {
        self.read(move |tx| indexing::duplicates(tx, &query))
    }

    fn put_not_same(&self, one: Uuid, other: Uuid, by: String, now: i64) -> Answer<'_, bool> {
        self.write(move |tx| indexing::put_not_same(tx, one, other, &by, now))
    }

    fn refusals_by_device(&self) -> Answer<'_, BTreeMap<DeviceId, u32>> {
        self.read(devices::refusals)
    }

    fn accounts(&self) -> Answer<'_, Vec<Account>> {
        self.read(accounts::all)
    }

    fn put_account(&self, account: Account, keep: Option<[u8; 32]>) -> Answer<'_, bool> {
        self.write(move |tx| accounts::put(tx, &account, keep.as_ref()))
    }

    fn note_logged_in(&self, name: String, now: i64) -> Answer<'_, ()> {
        self.write(move |tx| accounts::note_logged_in(tx, &name, now))
    }

    fn sessions_of(&self, name: String) -> Answer<'_, Vec<OpenSession>> {
        self.read(move |tx| accounts::sessions_of(tx, &name))
    }

    fn close_sessions_of(&self, name: String, keep: Option<[u8; 32]>) -> Answer<'_, ()> {
        self.write(move |tx| accounts::close_sessions_of(tx, &name, keep.as_ref()))
    }

    fn audit_page(&self, query: AuditQuery) -> Answer<'_, AuditPage> {
        self.read(move |tx| audit::page(tx, &query))
    }

    fn audit_after(&self, number: u64, limit: u32) -> Answer<'_, Vec<AuditLine>> {
        self.read(move |tx| audit::after(tx, number, limit))
    }

    fn audit_head(&self) -> Answer<'_, Option<(u64, [u8; 32])>> {
        self.read(audit::head)
    }

    fn put_directive(&self, new: NewDirective) -> Answer<'_, Option<u64>> {
        self.write(move |tx| directives::put(tx, &new))
    }

    fn plan_commune(
        &self,
        new: Vec<NewDirective>,
        villages: Vec<VillageRow>,
        stale: Option<CommuneCode>,
    ) -> Answer<'_, bool> {
        let storage = self.clone();
        Box::pin(async move {
            // What fails is undone: nothing is said in part.
            let done = storage.write(move |tx| directives::plan_commune(tx, &new, &villages, stale.as_ref()));
            match done.await {
                Err(StorageError::Exists) => Ok(false),
                done => done.map(|()| true),
            }
        })
    }

    fn last_directive(&self) -> Answer<'_, u64> {
        self.read(directives::last)
    }

    fn directives(&self) -> Answer<'_, Vec<Directive>> {
        self.read(directives::all)
    }

    fn directives_of(&self, kind: DirectiveKind, key: String) -> Answer<'_, Vec<Directive>> {
        self.read(move |tx| directives::history(tx, kind, &key))
    }

    fn lock_round(&self, new: NewDirective, round: u16) -> Answer<'_, Option<RoundSnapshot>> {
        self.write_with(move |tx, backlog| {
            backlog.settle_all(tx)?;
            directives::lock_round(tx, &new, round)
        })
    }

    fn round_snapshots(&self) -> Answer<'_, Vec<RoundSnapshot>> {
        self.read(directives::snapshots)
    }

    fn round_snapshot_page(&self, query: SnapshotQuery) -> Answer<'_, Vec<SnapshotLine>> {
        self.read_settled(move |tx| directives::snapshot_page(tx, &query))
    }

    fn all_households(&self, after: Option<HouseholdKeyRef>, limit: u32) -> Answer<'_, Vec<HouseholdRow>> {
        self.read_settled(move |tx| households::all(tx, after.as_ref(), limit))
    }

    fn library_items(&self) -> Answer<'_, LibraryItems> {
        self.read(versions::all)
    }

    fn library_number(&self) -> Answer<'_, u64> {
        self.read(versions::number)
    }

    fn change_library(&self, change: LibraryChange) -> Answer<'_, bool> {
        self.write(move |tx| versions::change(tx, &change))
    }

    fn mark_all_stale(&self) -> Answer<'_, ()> {
        self.write(versions::mark_all_stale)
    }

    fn put_second_factor(&self, name: String, secret: Vec<u8>) -> Answer<'_, bool> {
        self.write(move |tx| second_factors::put(tx, &name, &secret))
    }

    fn second_factor(&self, name: String) -> Answer<'_, Option<SecondFactor>> {
        self.read(move |tx| second_factors::one(tx, &name))
    }

    fn second_factors(&self) -> Answer<'_, BTreeSet<String>> {
        self.read(second_factors::all)
    }

    fn confirm_second_factor(
        &self,
        name: String,
        step: i64,
        recovery_codes: Vec<[u8; 32]>,
        now: i64,
    ) -> Answer<'_, bool> {
        self.write(move |tx| second_factors::confirm(tx, &name, step, &recovery_codes, now))
    }

    fn use_second_step(&self, name: String, step: i64) -> Answer<'_, bool> {
        self.write(move |tx| second_factors::use_step(tx, &name, step))
    }

    fn use_recovery_code(&self, name: String, hash: [u8; 32]) -> Answer<'_, bool> {
        self.write(move |tx| second_factors::use_recovery(tx, &name, &hash))
    }

    fn drop_second_factor(&self, name: String) -> Answer<'_, bool> {
        self.write(move |tx| second_factors::forget(tx, &name))
    }

    fn add_token(&self, token: Token) -> Answer<'_, ()> {
        self.write(move |tx| tokens::add(tx, &token))
    }

    fn tokens(&self) -> Answer<'_, Vec<Token>> {
        self.read(tokens::all)
    }

    fn token(&self, hash: [u8; 32]) -> Answer<'_, Option<Token>> {
        self.read(move |tx| tokens::one(tx, &hash))
    }

    fn revoke_token(&self, id: Uuid, now: i64) -> Answer<'_, bool> {
        self.write(move |tx| tokens::revoke(tx, id, now))
    }

    fn note_token_used(&self, id: Uuid, day: String, now: i64) -> Answer<'_, bool> {
        self.write(move |tx| tokens::note_used(tx, id, &day, now))
    }

    fn put_request_act(&self, new: NewRequestAct) -> Answer<'_, bool> {
        self.write(move |tx| requests::put(tx, &new))
    }

    fn request_acts(&self) -> Answer<'_, Vec<RequestAct>> {
        self.read(requests::acts)
    }

    fn last_request_act(&self) -> Answer<'_, u64> {
        self.read(requests::last)
    }

    fn holders(&self, household: HouseholdKeyRef) -> Answer<'_, Vec<(DeviceId, HeldBy)>> {
        self.read_settled(move |tx| requests::holders(tx, &household))
    }

    fn report_cases(&self, query: CasesQuery) -> Answer<'_, Vec<KeptCases>> {
        self.read(move |tx| cases::read(tx, &query))
    }

    fn put_report_cases(&self, kept: KeptCases) -> Answer<'_, ()> {
        self.write(move |tx| cases::put(tx, &kept))
    }

    fn edits_by_household(&self, commune: CommuneCode) -> Answer<'_, Vec<HouseholdEdits>> {
        self.read_settled(move |tx| cases::edits_by_household(tx, &commune))
    }

    fn open_round(&self, new: NewDirective, before: u16, lock: u64) -> Answer<'_, Option<u64>> {
        self.write_with(move |tx, backlog| {
            backlog.settle_all(tx)?;
            directives::open_round(tx, &new, before, lock)
        })
    }

    fn stood(&self, number: u64, households: Vec<HouseholdKeyRef>) -> Answer<'_, Vec<Option<String>>> {
        self.read(move |tx| directives::stood(tx, number, &households))
    }

    fn pairs(&self, query: PairQuery) -> Answer<'_, Vec<(PairPlace, DuplicateRow)>> {
        self.read(move |tx| pairs::in_order(tx, &query))
    }
}

#[cfg(test)]
mod tests {
    use refinery::Target;

    use super::*;

    #[test]
    fn edits_that_were_there_before_the_feed_are_numbered_in_the_order_they_came_in() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrations::migrations::runner().set_target(Target::Version(3)).run(&mut connection).unwrap();
        // Writers and numbers in another order than that of arrival.
        for (commune, writer, seq) in [("00002", 9, 1), ("00001", 5, 1), ("00002", 3, 1), ("00002", 9, 2)] {
            let sql = format!(
                "INSERT INTO edits (commune, writer, seq, hash, kind, subject, device, batch, received_at, bytes)
                 VALUES ('{commune}', x'0{writer}', {seq}, x'00', 'household', x'00', x'00', x'00', 1, x'00')"
            );
            connection.execute_batch(&sql).unwrap();
        }
        migrations::migrations::runner().run(&mut connection).unwrap();
        let mut statement = connection
            .prepare("SELECT hex(writer), seq, number FROM edits ORDER BY commune, number")
            .unwrap();
        let rows: Vec<(String, i64, i64)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let expected = [("05", 1, 1), ("09", 1, 1), ("03", 1, 2), ("09", 2, 3)];
        assert_eq!(rows, expected.map(|(writer, seq, number)| (writer.to_owned(), seq, number)));
    }
}
