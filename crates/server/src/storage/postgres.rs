//! The storage that grows: PostgreSQL, for a province and beyond. Any number of servers may stand before one database: whatever two of them
//! could do at once is ordered by rows that are locked until the commit, and nothing that is stored is remembered in a process.

mod accounts;
mod attachments;
mod audit;
mod cases;
mod connect;
mod devices;
mod directives;
mod feed;
mod households;
mod import;
mod indexing;
mod intake;
mod kept;
mod known;
mod laptops;
mod library;
mod listing;
mod merges;
mod pairs;
mod queue;
mod reached;
mod requests;
mod rows;
mod sealed;
mod second_factors;
mod settle;
mod tally;
mod tokens;
mod tx;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Object, Pool, PoolError};
use queue::Queue;
use rasoat_casework::{AttachmentName, CommuneCode, DeviceId, EditId};
use rasoat_exchange::{BatchHash, SignedBatch, SignedReceipt, Succession, VerifyKey, enrolment};
use reached::Noting;
use sealed::{Kind, Sealer};
use tokio::sync::mpsc::Receiver;
use tokio_postgres::IsolationLevel;
use tx::{Act, Tx};
use uuid::Uuid;

use super::line::Line;
use super::moved::{Digests, Rows};
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
    refinery::embed_migrations!("src/storage/postgres/migrations");
}

/// An act that met another, or lost its connection before it was committed, is done again so often …
const ATTEMPTS: u32 = 6;
/// … after this, then twice and thrice of it and so on.
const PAUSE: Duration = Duration::from_millis(20);

/// The PostgreSQL storage. Cheap to clone.
#[derive(Clone)]
pub struct Postgres {
    inner: Inner,
    queue: Arc<Queue>,
    noting: Arc<Noting>,
}

/// What an act needs.
#[derive(Clone)]
struct Inner {
    pool: Pool,
    sealer: Arc<Sealer>,
}

impl Postgres {
    /// Opens the database at `postgres://…` and brings it to this version. `key` seals what households answered.
    ///
    /// # Errors
    /// [`StorageError::NotOpened`] for an address that is none, another database than of ours, or another key than it was made with;
    /// [`StorageError::Busy`] when it does not answer.
    pub async fn open(address: &str, key: &[u8; 32]) -> Result<Self, StorageError> {
        let pool = connect::pool(connect::config_of(address)?)?;
        let inner = Inner { pool, sealer: Arc::new(Sealer::new(key)) };
        inner.migrate().await?;
        inner.check_key().await?;
        let queue = Arc::new(Queue::start(&inner));
        let noting = Arc::new(Noting::start(&inner));
        Ok(Self { inner, queue, noting })
    }

    /// Looks whether the database is there and was made with this key; nothing is changed.
    ///
    /// # Errors
    /// As [`Postgres::open`].
    pub(crate) async fn check(address: &str, key: &[u8; 32]) -> Result<(), StorageError> {
        let pool = connect::pool(connect::config_of(address)?)?;
        let inner = Inner { pool, sealer: Arc::new(Sealer::new(key)) };
        let read = inner.read(&(), |tx, ()| {
            Box::pin(
                async move { tx::get(&tx.sure(include_str!("postgres/sql/key_check.sql"), &[]).await?, 0) },
            )
        });
        let kept: Vec<u8> = match read.await {
            // There is no such table, or nothing in it.
            Err(StorageError::Failed(_) | StorageError::Damaged("row")) => {
                return Err(StorageError::NotOpened);
            }
            read => read?,
        };
        inner.sealer.open(Kind::Check, &kept).map(drop).map_err(|_| StorageError::NotOpened)
    }

    /// Takes in every row of another storage, in one transaction that counts if the database then holds what `Digests` says of it.
    /// [`StorageError::Exists`] where it holds anything before, [`StorageError::Damaged`] where it does not hold the same after.
    pub(crate) async fn import(&self, mut rows: Receiver<Rows>) -> Result<Digests, StorageError> {
        let mut client = self.inner.client().await?;
        let transaction = client.transaction().await?;
        let tx = Tx::within(transaction, Arc::clone(&self.inner.sealer));
        import::must_be_empty(&tx).await?;
        let mut given = Digests::new();
        while let Some(rows) = rows.recv().await {
            let digest = given.entry(rows.table).or_default();
            rows.rows.iter().for_each(|row| digest.add(row));
            import::put(&tx, &rows).await?;
        }
        import::finish(&tx).await?;
        if import::digests(&tx).await? != given {
            return Err(StorageError::Damaged("move"));
        }
        tx.commit().await?;
        Ok(given)
    }

    fn write<D: Send + Sync + 'static, T: Send + 'static>(
        &self,
        given: D,
        act: Act<D, T>,
    ) -> Answer<'static, T> {
        let inner = self.inner.clone();
        Box::pin(async move {
            // Goes on when the caller is gone.
            let done = tokio::spawn(async move { inner.write(&given, act).await });
            done.await.unwrap_or(Err(StorageError::Failed(-1)))
        })
    }

    fn read<D: Send + Sync + 'static, T: Send + 'static>(
        &self,
        asked: D,
        act: Act<D, T>,
    ) -> Answer<'static, T> {
        let inner = self.inner.clone();
        Box::pin(async move { inner.read(&asked, act).await })
    }

    fn look<D: Send + Sync + 'static, T: Send + 'static>(
        &self,
        asked: D,
        act: Act<D, T>,
    ) -> Answer<'static, T> {
        let inner = self.inner.clone();
        Box::pin(async move { inner.look(&asked, act).await })
    }
}

impl Inner {
    async fn client(&self) -> Result<Object, StorageError> {
        let taken = self.pool.get().await;
        taken.map_err(
            |error| if let PoolError::Backend(error) = error { error.into() } else { StorageError::Busy },
        )
    }

    /// One at a time, whichever server starts first.
    async fn migrate(&self) -> Result<(), StorageError> {
        let mut client = self.client().await?;
        client.batch_execute("SELECT pg_advisory_lock(7310)").await?;
        let done = migrations::migrations::runner().run_async(&mut **client).await;
        client.batch_execute("SELECT pg_advisory_unlock(7310)").await?;
        done.map(drop).map_err(|_| StorageError::NotOpened)
    }

    async fn check_key(&self) -> Result<(), StorageError> {
        let sealed = self.sealer.seal(Kind::Check, b"rasoat")?;
        let kept: Vec<u8> = self
            .write(&sealed, |tx, sealed| {
                Box::pin(async move {
                    tx.execute(include_str!("postgres/sql/put_key_check.sql"), &[sealed]).await?;
                    tx::get(&tx.sure(include_str!("postgres/sql/key_check.sql"), &[]).await?, 0)
                })
            })
            .await?;
        self.sealer.open(Kind::Check, &kept).map(drop).map_err(|_| StorageError::NotOpened)
    }

    /// One act that writes, all of it or nothing; on disk when this returns.
    async fn write<D: Sync, T>(&self, given: &D, act: Act<D, T>) -> Result<T, StorageError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.write_once(given, act).await {
                Err((StorageError::Busy, Undone::Surely)) if attempt < ATTEMPTS => {
                    tokio::time::sleep(PAUSE * attempt).await;
                }
                done => return done.map_err(|(error, _)| error),
            }
        }
    }

    async fn write_once<D: Sync, T>(&self, given: &D, act: Act<D, T>) -> Result<T, (StorageError, Undone)> {
        let surely = |error| (error, Undone::Surely);
        let mut client = self.client().await.map_err(surely)?;
        let begun = client.build_transaction().isolation_level(IsolationLevel::ReadCommitted).start().await;
        let transaction = begun.map_err(|error| surely(error.into()))?;
        let tx = Tx::within(transaction, Arc::clone(&self.sealer));
        let value = act(&tx, given).await.map_err(surely)?;
        match tx.commit().await {
            Ok(()) => Ok(value),
            // Where the database says so itself it is undone; where the connection broke nobody knows.
            Err(error) if error.as_db_error().is_some() => Err(surely(error.into())),
            Err(error) => Err((error.into(), Undone::Perhaps)),
        }
    }

    /// One transaction that reads one state of the database.
    async fn read<D: Sync, T>(&self, asked: &D, act: Act<D, T>) -> Result<T, StorageError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.read_once(asked, act).await {
                Err(StorageError::Busy) if attempt < ATTEMPTS => {
                    tokio::time::sleep(PAUSE * attempt).await;
                }
                done => return done,
            }
        }
    }

    /// A question of one statement, or of several that need not see the same state of the database: no transaction is begun and ended
    /// around it.
    async fn look<D: Sync, T>(&self, asked: &D, act: Act<D, T>) -> Result<T, StorageError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.look_once(asked, act).await {
                Err(StorageError::Busy) if attempt < ATTEMPTS => {
                    tokio::time::sleep(PAUSE * attempt).await;
                }
                done => return done,
            }
        }
    }

    async fn read_once<D: Sync, T>(&self, asked: &D, act: Act<D, T>) -> Result<T, StorageError> {
        let mut client = self.client().await?;
        let builder = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
        let transaction = builder.read_only(true).start().await?;
        let tx = Tx::within(transaction, Arc::clone(&self.sealer));
        let value = act(&tx, asked).await?;
        tx.commit().await?;
        Ok(value)
    }

    async fn look_once<D: Sync, T>(&self, asked: &D, act: Act<D, T>) -> Result<T, StorageError> {
        let tx = Tx::alone(self.client().await?, Arc::clone(&self.sealer));
        act(&tx, asked).await
    }
}

/// Whether an act that failed left nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Undone {
    Surely,
    Perhaps,
}

impl Storage for Postgres {
    fn put_instrument(&self, files: enrolment::InstrumentFiles, now: i64) -> Answer<'_, ()> {
        self.write((files, now), |tx, given| Box::pin(library::put_instrument(tx, given)))
    }

    fn instruments(&self) -> Answer<'_, Vec<enrolment::InstrumentFiles>> {
        self.read((), |tx, given| Box::pin(library::instruments(tx, given)))
    }

    fn put_standard(&self, file: enrolment::StandardFile, now: i64) -> Answer<'_, ()> {
        self.write((file, now), |tx, given| Box::pin(library::put_standard(tx, given)))
    }

    fn standards(&self) -> Answer<'_, Vec<enrolment::StandardFile>> {
        self.read((), |tx, given| Box::pin(library::standards(tx, given)))
    }

    fn put_units(&self, files: enrolment::UnitsFiles, now: i64) -> Answer<'_, ()> {
        self.write((files, now), |tx, given| Box::pin(library::put_units(tx, given)))
    }

    fn units(&self) -> Answer<'_, Option<enrolment::UnitsFiles>> {
        self.read((), |tx, given| Box::pin(library::units(tx, given)))
    }

    fn put_villages(&self, villages: Vec<VillageRow>) -> Answer<'_, ()> {
        self.write(villages, |tx, given| Box::pin(library::put_villages(tx, given)))
    }

    fn villages_of(&self, communes: Option<BTreeSet<CommuneCode>>) -> Answer<'_, Vec<VillageRow>> {
        self.look(communes, |tx, given| Box::pin(library::villages(tx, given.as_ref())))
    }

    fn add_device(&self, device: Device) -> Answer<'_, ()> {
        self.write(device, |tx, given| Box::pin(devices::add(tx, given)))
    }

    fn device(&self, id: DeviceId) -> Answer<'_, Option<Device>> {
        self.look(id, |tx, given| Box::pin(devices::one(tx, given)))
    }

    fn devices(&self) -> Answer<'_, Vec<DeviceActivity>> {
        self.look((), |tx, given| Box::pin(devices::all(tx, given)))
    }

    fn revoke_device(&self, id: DeviceId, now: i64) -> Answer<'_, bool> {
        self.write((id, now), |tx, given| Box::pin(devices::revoke(tx, given)))
    }

    fn widen_device(&self, id: DeviceId, communes: BTreeSet<CommuneCode>) -> Answer<'_, bool> {
        self.write((id, communes), |tx, given| Box::pin(devices::widen(tx, given)))
    }

    fn note_seen(&self, id: DeviceId, now: i64, health: Option<Health>) -> Answer<'_, ()> {
        self.write((id, now, health), |tx, given| Box::pin(devices::note_seen(tx, given)))
    }

    fn succeed_device(&self, old: VerifyKey, new: Succession, now: i64) -> Answer<'_, bool> {
        self.write((old, new, now), |tx, given| Box::pin(devices::succeed(tx, given)))
    }

    fn note_reach(&self, id: DeviceId, reach: BTreeMap<CommuneCode, Reach>) -> Answer<'_, ()> {
        self.noting.note(id, reach)
    }

    fn held(&self, query: HeldQuery) -> Answer<'_, HeldPage> {
        self.read(query, |tx, given| Box::pin(laptops::held(tx, given)))
    }

    fn put_aside(&self, batch: SignedBatch, edits: u32, now: i64) -> Answer<'_, ()> {
        self.write((batch, edits, now), |tx, given| Box::pin(laptops::put_aside(tx, given)))
    }

    fn aside(&self, device: Option<DeviceId>) -> Answer<'_, Vec<Aside>> {
        self.read(device, |tx, given| Box::pin(laptops::aside(tx, given)))
    }

    fn refuse_aside(&self, device: DeviceId, now: i64) -> Answer<'_, usize> {
        self.write((device, now), |tx, given| Box::pin(laptops::refuse_aside(tx, given)))
    }

    fn forget_aside(&self, batch: BatchHash) -> Answer<'_, bool> {
        self.write(batch, |tx, given| Box::pin(laptops::forget_aside(tx, given)))
    }

    fn put_enrolment_file(&self, row: EnrolmentRow) -> Answer<'_, ()> {
        self.write(row, |tx, given| Box::pin(laptops::put_enrolment_file(tx, given)))
    }

    fn enrolment_range(
        &self,
        lookup: [u8; 16],
        offset: u64,
        length: u32,
        now: i64,
    ) -> Answer<'_, Option<(u64, Vec<u8>)>> {
        self.read((lookup, offset, length, now), |tx, given| Box::pin(laptops::enrolment_range(tx, given)))
    }

    fn accept(&self, arrival: Arrival, sign: SignReceipt) -> Answer<'_, SignedReceipt> {
        self.queue.accept((arrival, sign))
    }

    fn accept_all(
        &self,
        arrivals: Vec<(Arrival, SignReceipt)>,
    ) -> Answer<'_, Vec<Result<SignedReceipt, StorageError>>> {
        self.queue.accept_all(arrivals)
    }

    fn receipts(&self, batches: Vec<BatchHash>) -> Answer<'_, Vec<SignedReceipt>> {
        self.look(batches, |tx, given| Box::pin(intake::receipts(tx, given)))
    }

    fn known(&self, edits: Vec<EditId>) -> Answer<'_, BTreeSet<EditId>> {
        self.look(edits, |tx, given| Box::pin(intake::known(tx, given)))
    }

    fn receipts_of(&self, device: DeviceId, limit: u32) -> Answer<'_, Vec<SignedReceipt>> {
        self.look((device, limit), |tx, given| Box::pin(intake::receipts_of(tx, given)))
    }

    fn feed_ends(&self, communes: Vec<CommuneCode>) -> Answer<'_, BTreeMap<CommuneCode, u64>> {
        self.look(communes, |tx, given| Box::pin(feed::ends(tx, given)))
    }

    fn changes_since(&self, query: FeedQuery) -> Answer<'_, FeedPage> {
        self.look(query, |tx, given| Box::pin(feed::changes_since(tx, given)))
    }

    fn writers_of(&self, device: DeviceId) -> Answer<'_, u32> {
        self.look(device, |tx, given| Box::pin(feed::writers_of(tx, given)))
    }

    fn keep_cursor(&self, hash: [u8; 16], positions: Vec<u8>) -> Answer<'_, ()> {
        self.write((hash, positions), |tx, given| Box::pin(feed::keep_cursor(tx, given)))
    }

    fn kept_cursor(&self, hash: [u8; 16]) -> Answer<'_, Option<Vec<u8>>> {
        self.look(hash, |tx, given| Box::pin(feed::kept_cursor(tx, given)))
    }

    fn put_snapshot(&self, snapshot: Snapshot, bytes: Vec<u8>) -> Answer<'_, ()> {
        self.write((snapshot, bytes), |tx, given| Box::pin(feed::put_snapshot(tx, given)))
    }

    fn snapshots(&self, commune: CommuneCode) -> Answer<'_, Vec<Snapshot>> {
        self.look(commune, |tx, given| Box::pin(feed::snapshots(tx, given)))
    }

    fn snapshot_range(&self, hash: [u8; 32], offset: u64, length: u32) -> Answer<'_, Option<Vec<u8>>> {
        self.read((hash, offset, length), |tx, given| Box::pin(feed::snapshot_range(tx, given)))
    }

    fn conflicted(&self, commune: CommuneCode, limit: u32) -> Answer<'_, Vec<HouseholdKeyRef>> {
        self.look((commune, limit), |tx, given| Box::pin(households::conflicted(tx, given)))
    }

    fn household_of(&self, commune: CommuneCode, interview: Uuid) -> Answer<'_, Option<Uuid>> {
        self.look((commune, interview), |tx, given| Box::pin(households::household_of(tx, given)))
    }

    fn edits_of(&self, household: HouseholdKeyRef) -> Answer<'_, Vec<StoredEdit>> {
        let found = self.edits_of_all(vec![household]);
        Box::pin(async move { Ok(found.await?.pop().unwrap_or_default()) })
    }

    fn edits_of_all(&self, households: Vec<HouseholdKeyRef>) -> Answer<'_, Vec<Vec<StoredEdit>>> {
        self.read(households, |tx, given| Box::pin(households::edits_of_all(tx, given)))
    }

    fn stale_households(&self, limit: u32) -> Answer<'_, Vec<HouseholdKeyRef>> {
        self.look(limit, |tx, given| Box::pin(households::stale(tx, given)))
    }

    fn put_household(&self, row: HouseholdRow) -> Answer<'_, bool> {
        let put = self.put_households(vec![row]);
        Box::pin(async move { Ok(put.await? == 1) })
    }

    fn put_households(&self, rows: Vec<HouseholdRow>) -> Answer<'_, usize> {
        let lines: Vec<Line> = rows.into_iter().map(Line::of).collect();
        self.write(lines, |tx, given| Box::pin(households::put(tx, given)))
    }

    fn forget_projections(&self) -> Answer<'_, ()> {
        self.write((), |tx, given| Box::pin(households::forget(tx, given)))
    }

    fn commune_counts(&self) -> Answer<'_, Vec<CommuneCounts>> {
        self.look((), |tx, given| Box::pin(households::counts(tx, given)))
    }

    fn household_page(&self, query: HouseholdQuery) -> Answer<'_, HouseholdPage> {
        self.read(query, |tx, given| Box::pin(households::page(tx, given)))
    }

    fn household(&self, household: HouseholdKeyRef) -> Answer<'_, Option<HouseholdRow>> {
        self.look(household, |tx, given| Box::pin(households::one(tx, given)))
    }

    fn households(&self, keys: Vec<HouseholdKeyRef>) -> Answer<'_, BTreeMap<HouseholdKeyRef, HouseholdRow>> {
        self.look(keys, |tx, given| Box::pin(households::several(tx, given)))
    }

    fn commune_with(&self, household: Uuid) -> Answer<'_, Option<CommuneCode>> {
        self.look(household, |tx, given| Box::pin(merges::commune_with(tx, given)))
    }

    fn add_account(&self, account: Account, now: i64) -> Answer<'_, ()> {
        self.write((account, now), |tx, given| Box::pin(accounts::add(tx, given)))
    }

    fn account(&self, name: String) -> Answer<'_, Option<Account>> {
        self.look(name, |tx, given| Box::pin(accounts::one(tx, given)))
    }

    fn login_failures(&self, name: String) -> Answer<'_, LoginFailures> {
        self.look(name, |tx, given| Box::pin(accounts::failures(tx, given)))
    }

    fn note_login_failure(&self, name: String, now: i64) -> Answer<'_, ()> {
        self.write((name, now), |tx, given| Box::pin(accounts::note_failure(tx, given)))
    }

    fn forget_login_failures(&self, name: String) -> Answer<'_, ()> {
        self.write(name, |tx, given| Box::pin(accounts::forget_failures(tx, given)))
    }

    fn open_session(
        &self,
        session: OpenSession,
        password_hash: String,
        dead_before: i64,
    ) -> Answer<'_, bool> {
        self.write((session, password_hash, dead_before), |tx, given| {
            Box::pin(accounts::open_session(tx, given))
        })
    }

    fn session(&self, token_hash: [u8; 32]) -> Answer<'_, Option<(OpenSession, Account)>> {
        self.look(token_hash, |tx, given| Box::pin(accounts::session(tx, given)))
    }

    fn note_session_used(&self, token_hash: [u8; 32], now: i64) -> Answer<'_, ()> {
        self.write((token_hash, now), |tx, given| Box::pin(accounts::note_used(tx, given)))
    }

    fn close_session(&self, token_hash: [u8; 32]) -> Answer<'_, ()> {
        self.write(token_hash, |tx, given| Box::pin(accounts::close_session(tx, given)))
    }

    fn note_act(&self, entry: AuditEntry) -> Answer<'_, ()> {
        self.write(entry, |tx, given| Box::pin(audit::note(tx, given)))
    }

    fn acts(&self, limit: u32) -> Answer<'_, Vec<AuditEntry>> {
        self.look(limit, |tx, given| Box::pin(audit::latest(tx, given)))
    }

    fn attachments_named(
        &self,
        communes: Option<Vec<CommuneCode>>,
        names: Vec<AttachmentName>,
    ) -> Answer<'_, Vec<Option<CommuneCode>>> {
        self.read((communes, names), |tx, given| Box::pin(attachments::named_in(tx, given)))
    }

    fn attachments(&self, names: Vec<AttachmentName>) -> Answer<'_, Vec<Option<StoredAttachment>>> {
        self.read(names, |tx, given| Box::pin(attachments::all(tx, given)))
    }

    fn put_attachment_piece(&self, piece: AttachmentPiece) -> Answer<'_, ArrivedPiece> {
        self.write(piece, |tx, given| Box::pin(attachments::put_piece(tx, given)))
    }

    fn settle_attachment(&self, name: AttachmentName, is_whole: bool) -> Answer<'_, ()> {
        self.write((name, is_whole), |tx, given| Box::pin(attachments::settle(tx, given)))
    }

    fn attachment_range(&self, name: AttachmentName, offset: u32, length: u32) -> Answer<'_, Vec<u8>> {
        self.read((name, offset, length), |tx, given| Box::pin(attachments::range(tx, given)))
    }

    fn all_households(&self, after: Option<HouseholdKeyRef>, limit: u32) -> Answer<'_, Vec<HouseholdRow>> {
        self.look((after, limit), |tx, given| Box::pin(households::all(tx, given)))
    }

    fn library_items(&self) -> Answer<'_, LibraryItems> {
        self.read((), |tx, given| Box::pin(versions::all(tx, given)))
    }

    fn library_number(&self) -> Answer<'_, u64> {
        self.look((), |tx, given| Box::pin(versions::number(tx, given)))
    }

    fn change_library(&self, change: LibraryChange) -> Answer<'_, bool> {
        self.write(change, |tx, given| Box::pin(versions::change(tx, given)))
    }

    fn mark_all_stale(&self) -> Answer<'_, ()> {
        self.write((), |tx, given| Box::pin(versions::mark_all_stale(tx, given)))
    }

    fn commune_marks(&self) -> Answer<'_, Vec<CommuneMarks>> {
        self.look((), |tx, given| Box::pin(tally::communes(tx, given)))
    }

    fn village_marks(&self, commune: CommuneCode) -> Answer<'_, Vec<VillageMarks>> {
        self.look(commune, |tx, given| Box::pin(tally::villages(tx, given)))
    }

    fn household_list(&self, query: ListQuery) -> Answer<'_, HouseholdList> {
        self.read(query, |tx, given| Box::pin(listing::list(tx, given)))
    }

    fn index_some(&self, limit: u32) -> Answer<'_, u32> {
        Box::pin(async move {
            // Mostly there is nothing to do: then nobody waits for it.
            if !self.look((), |tx, given| Box::pin(indexing::any(tx, given))).await? {
                return Ok(0);
            }
            self.write(limit, |tx, given| Box::pin(indexing::index_some(tx, given))).await
        })
    }

    fn duplicates(&self, query: DuplicateQuery) -> Answer<'_, DuplicatePage> {
        self.read(query, |tx, given| Box::pin(indexing::duplicates(tx, given)))
    }

    fn put_not_same(&self, one: Uuid, other: Uuid, by: String, now: i64) -> Answer<'_, bool> {
        self.write((one, other, by, now), |tx, given| Box::pin(indexing::put_not_same(tx, given)))
    }

    fn refusals_by_device(&self) -> Answer<'_, BTreeMap<DeviceId, u32>> {
        self.look((), |tx, given| Box::pin(devices::refusals(tx, given)))
    }

    fn accounts(&self) -> Answer<'_, Vec<Account>> {
        self.look((), |tx, given| Box::pin(accounts::all(tx, given)))
    }

    fn put_account(&self, account: Account, keep: Option<[u8; 32]>) -> Answer<'_, bool> {
        self.write((account, keep), |tx, given| Box::pin(accounts::put(tx, given)))
    }

    fn note_logged_in(&self, name: String, now: i64) -> Answer<'_, ()> {
        self.write((name, now), |tx, given| Box::pin(accounts::note_logged_in(tx, given)))
    }

    fn sessions_of(&self, name: String) -> Answer<'_, Vec<OpenSession>> {
        self.look(name, |tx, given| Box::pin(accounts::sessions_of(tx, given)))
    }

    fn close_sessions_of(&self, name: String, keep: Option<[u8; 32]>) -> Answer<'_, ()> {
        self.write((name, keep), |tx, given| Box::pin(accounts::close_sessions_of(tx, given)))
    }

    fn audit_page(&self, query: AuditQuery) -> Answer<'_, AuditPage> {
        self.read(query, |tx, given| Box::pin(audit::page(tx, given)))
    }

    fn audit_after(&self, number: u64, limit: u32) -> Answer<'_, Vec<AuditLine>> {
        self.look((number, limit), |tx, given| Box::pin(audit::after(tx, given)))
    }

    fn audit_head(&self) -> Answer<'_, Option<(u64, [u8; 32])>> {
        self.look((), |tx, given| Box::pin(audit::head(tx, given)))
    }

    fn put_directive(&self, new: NewDirective) -> Answer<'_, Option<u64>> {
        self.write(new, |tx, given| Box::pin(directives::put(tx, given)))
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
            let given = (new, villages, stale);
            let done = storage.write(given, |tx, given| Box::pin(directives::plan_commune(tx, given))).await;
            match done {
                Err(StorageError::Exists) => Ok(false),
                done => done.map(|()| true),
            }
        })
    }

    fn last_directive(&self) -> Answer<'_, u64> {
        self.look((), |tx, given| Box::pin(directives::last(tx, given)))
    }

    fn directives(&self) -> Answer<'_, Vec<Directive>> {
        self.look((), |tx, given| Box::pin(directives::all(tx, given)))
    }

    fn directives_of(&self, kind: DirectiveKind, key: String) -> Answer<'_, Vec<Directive>> {
        self.look((kind, key), |tx, given| Box::pin(directives::history(tx, given)))
    }

    fn lock_round(&self, new: NewDirective, round: u16) -> Answer<'_, Option<RoundSnapshot>> {
        self.write((new, round), |tx, given| Box::pin(directives::lock_round(tx, given)))
    }

    fn round_snapshots(&self) -> Answer<'_, Vec<RoundSnapshot>> {
        self.read((), |tx, given| Box::pin(directives::snapshots(tx, given)))
    }

    fn round_snapshot_page(&self, query: SnapshotQuery) -> Answer<'_, Vec<SnapshotLine>> {
        self.read(query, |tx, given| Box::pin(directives::snapshot_page(tx, given)))
    }

    fn put_second_factor(&self, name: String, secret: Vec<u8>) -> Answer<'_, bool> {
        self.write((name, secret), |tx, given| Box::pin(second_factors::put(tx, given)))
    }

    fn second_factor(&self, name: String) -> Answer<'_, Option<SecondFactor>> {
        self.look(name, |tx, given| Box::pin(second_factors::one(tx, given)))
    }

    fn second_factors(&self) -> Answer<'_, BTreeSet<String>> {
        self.look((), |tx, given| Box::pin(second_factors::all(tx, given)))
    }

    fn confirm_second_factor(
        &self,
        name: String,
        step: i64,
        recovery_codes: Vec<[u8; 32]>,
        now: i64,
    ) -> Answer<'_, bool> {
        let given = (name, step, recovery_codes, now);
        self.write(given, |tx, given| Box::pin(second_factors::confirm(tx, given)))
    }

    fn use_second_step(&self, name: String, step: i64) -> Answer<'_, bool> {
        self.write((name, step), |tx, given| Box::pin(second_factors::use_step(tx, given)))
    }

    fn use_recovery_code(&self, name: String, hash: [u8; 32]) -> Answer<'_, bool> {
        self.write((name, hash), |tx, given| Box::pin(second_factors::use_recovery(tx, given)))
    }

    fn drop_second_factor(&self, name: String) -> Answer<'_, bool> {
        self.write(name, |tx, given| Box::pin(second_factors::forget(tx, given)))
    }

    fn add_token(&self, token: Token) -> Answer<'_, ()> {
        self.write(token, |tx, given| Box::pin(tokens::add(tx, given)))
    }

    fn tokens(&self) -> Answer<'_, Vec<Token>> {
        self.look((), |tx, given| Box::pin(tokens::all(tx, given)))
    }

    fn token(&self, hash: [u8; 32]) -> Answer<'_, Option<Token>> {
        self.look(hash, |tx, given| Box::pin(tokens::one(tx, given)))
    }

    fn revoke_token(&self, id: Uuid, now: i64) -> Answer<'_, bool> {
        self.write((id, now), |tx, given| Box::pin(tokens::revoke(tx, given)))
    }

    fn note_token_used(&self, id: Uuid, day: String, now: i64) -> Answer<'_, bool> {
        self.write((id, day, now), |tx, given| Box::pin(tokens::note_used(tx, given)))
    }

    fn put_request_act(&self, new: NewRequestAct) -> Answer<'_, bool> {
        self.write(new, |tx, given| Box::pin(requests::put(tx, given)))
    }

    fn request_acts(&self) -> Answer<'_, Vec<RequestAct>> {
        self.look((), |tx, given| Box::pin(requests::acts(tx, given)))
    }

    fn last_request_act(&self) -> Answer<'_, u64> {
        self.look((), |tx, given| Box::pin(requests::last(tx, given)))
    }

    fn holders(&self, household: HouseholdKeyRef) -> Answer<'_, Vec<(DeviceId, HeldBy)>> {
        self.read(household, |tx, given| Box::pin(requests::holders(tx, given)))
    }

    fn report_cases(&self, query: CasesQuery) -> Answer<'_, Vec<KeptCases>> {
        self.look(query, |tx, given| Box::pin(cases::read(tx, given)))
    }

    fn put_report_cases(&self, kept: KeptCases) -> Answer<'_, ()> {
        self.write(kept, |tx, given| Box::pin(cases::put(tx, given)))
    }

    fn edits_by_household(&self, commune: CommuneCode) -> Answer<'_, Vec<HouseholdEdits>> {
        self.read(commune, |tx, given| Box::pin(cases::edits_by_household(tx, given)))
    }

    fn open_round(&self, new: NewDirective, before: u16, lock: u64) -> Answer<'_, Option<u64>> {
        self.write((new, before, lock), |tx, given| Box::pin(directives::open_round(tx, given)))
    }

    fn stood(&self, number: u64, households: Vec<HouseholdKeyRef>) -> Answer<'_, Vec<Option<String>>> {
        self.look((number, households), |tx, given| Box::pin(directives::stood(tx, given)))
    }

    fn pairs(&self, query: PairQuery) -> Answer<'_, Vec<(PairPlace, DuplicateRow)>> {
        self.read(query, |tx, given| Box::pin(pairs::in_order(tx, given)))
    }
}
