//! Where the province keeps what came in: a port, and the adapters behind it.
//!
//! Edits are the truth and only ever added. Everything a page shows is a projection that [`Storage::forget_projections`]
//! throws away and the same code makes again. Nothing here knows of HTTP, instruments or scoring.

mod account;
mod attachment;
mod audit;
mod cases;
mod chain;
mod counted;
mod directive;
pub mod facts;
mod health;
mod indexed;
mod judged;
mod library;
mod line;
mod lists;
pub(crate) mod moved;
mod packed;
mod pages;
pub mod postgres;
mod request;
mod second_factor;
pub mod sqlite;
mod token;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use rasoat_casework::{AttachmentName, CommuneCode, DeviceId, EditId};
use rasoat_exchange::{BatchHash, SignedBatch, SignedReceipt, Succession, VerifyKey, enrolment};
use uuid::Uuid;

pub use attachment::{ArrivedPiece, AttachmentPiece, StoredAttachment};
pub use audit::{AuditBreak, AuditWalk, FIRST_PREVIOUS, audit_hash};
pub use cases::{CasesQuery, HouseholdEdits, KeptCases};
pub use chain::{Arriving, Judgement, Keeping, judge};
pub use directive::{
    Directive, DirectiveKind, NewDirective, RoundSnapshot, SnapshotHash, SnapshotLine, SnapshotQuery,
};
pub use health::Health;
pub use library::{LibraryAct, LibraryChange, LibraryItem, LibraryItems, LibraryKind, LibraryState};
pub use lists::{
    CommuneMarks, DuplicatePage, DuplicateQuery, DuplicateRow, HouseholdList, ListQuery, MOST_MARKS,
    PairPlace, PairQuery, SharedPerson, VillageMarks,
};
pub use request::{NewRequestAct, RequestAct};
pub use second_factor::SecondFactor;
pub use token::Token;
pub use types::{
    Account, Arrival, Aside, AuditEntry, AuditLine, AuditPage, AuditQuery, CommuneCounts, Device,
    DeviceActivity, EnrolmentRow, FeedPage, FeedQuery, FeedStart, HeldBy, HeldHousehold, HeldPage, HeldQuery,
    HouseholdKeyRef, HouseholdPage, HouseholdQuery, HouseholdRow, LoginFailures, OpenSession, Outcome, Reach,
    Snapshot, State, StoredClass, StoredEdit, VillageRow,
};

/// What a storage answers, in time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + Send + 'a>>;

/// Signs the receipt for what became of a batch.
pub type SignReceipt = Arc<dyn Fn(&Outcome) -> SignedReceipt + Send + Sync>;

/// The storage cannot answer. Carries nothing of what was asked or stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Somebody else holds it for too long.
    #[error("storage busy")]
    Busy,
    /// The disk is full; nothing was stored.
    #[error("disk full")]
    DiskFull,
    /// Wrong key, or not a database of ours.
    #[error("storage cannot be opened")]
    NotOpened,
    /// A row with this key exists already.
    #[error("exists already")]
    Exists,
    /// What was read is not what was written.
    #[error("storage damaged: {0}")]
    Damaged(&'static str),
    /// Anything else, by the database's own number.
    #[error("storage failed with number {0}")]
    Failed(i32),
}

/// The province's storage.
pub trait Storage: Send + Sync + 'static {
    /// Adds an instrument unless its hash is known.
    fn put_instrument(&self, files: enrolment::InstrumentFiles, now: i64) -> Answer<'_, ()>;
    /// Every instrument ever imported, latest import last.
    fn instruments(&self) -> Answer<'_, Vec<enrolment::InstrumentFiles>>;
    /// Adds a standard unless its hash is known.
    fn put_standard(&self, file: enrolment::StandardFile, now: i64) -> Answer<'_, ()>;
    /// Every standard ever imported, latest import last.
    fn standards(&self) -> Answer<'_, Vec<enrolment::StandardFile>>;
    /// Adds or replaces a version of the code list.
    fn put_units(&self, files: enrolment::UnitsFiles, now: i64) -> Answer<'_, ()>;
    /// The latest version of the code list by its name; `None` before any was imported.
    fn units(&self) -> Answer<'_, Option<enrolment::UnitsFiles>>;
    /// Adds or replaces villages.
    fn put_villages(&self, villages: Vec<VillageRow>) -> Answer<'_, ()>;
    /// Villages of a commune, in the order of their names.
    fn villages(&self, commune: CommuneCode) -> Answer<'_, Vec<VillageRow>> {
        self.villages_of(Some(BTreeSet::from([commune])))
    }
    /// The same of communes, or of all, commune by commune.
    fn villages_of(&self, communes: Option<BTreeSet<CommuneCode>>) -> Answer<'_, Vec<VillageRow>>;

    /// Enrols a device. [`StorageError::Exists`] when its id is taken.
    fn add_device(&self, device: Device) -> Answer<'_, ()>;
    /// One device.
    fn device(&self, id: DeviceId) -> Answer<'_, Option<Device>>;
    /// Every device, newest enrolment first.
    fn devices(&self) -> Answer<'_, Vec<DeviceActivity>>;
    /// Revokes a device; `false` when there is none or it was revoked before.
    fn revoke_device(&self, id: DeviceId, now: i64) -> Answer<'_, bool>;
    /// Puts a device's next key in place of `old`, which is kept as a former one; `false` when `old` is not its key in use.
    fn succeed_device(&self, old: VerifyKey, new: Succession, now: i64) -> Answer<'_, bool>;
    /// Adds communes to what a device may send and see; `false` when there is no such device.
    fn widen_device(&self, id: DeviceId, communes: BTreeSet<CommuneCode>) -> Answer<'_, bool>;
    /// Notes that a device was heard of, and what it says of itself: its enrolment file is fetched no more.
    fn note_seen(&self, id: DeviceId, now: i64, health: Option<Health>) -> Answer<'_, ()>;
    /// Notes how far a device is in its communes' feeds; what was noted before is never less.
    fn note_reach(&self, id: DeviceId, reach: BTreeMap<CommuneCode, Reach>) -> Answer<'_, ()>;
    /// Households that a device holds or may hold: those that are certain first, then by commune, village, head's name and id.
    fn held(&self, query: HeldQuery) -> Answer<'_, HeldPage>;
    /// Keeps a batch of a revoked device as it was signed, once.
    fn put_aside(&self, batch: SignedBatch, edits: u32, now: i64) -> Answer<'_, ()>;
    /// What was put aside of a device, or of all, in the order it came in.
    fn aside(&self, device: Option<DeviceId>) -> Answer<'_, Vec<Aside>>;
    /// Notes that a device's batches that were put aside are refused; how many that were not before. They stay.
    fn refuse_aside(&self, device: DeviceId, now: i64) -> Answer<'_, usize>;
    /// Forgets a batch that was put aside if all of it is stored; whether it did.
    fn forget_aside(&self, batch: BatchHash) -> Answer<'_, bool>;
    /// Keeps an enrolment file to be fetched until the device is heard of.
    fn put_enrolment_file(&self, row: EnrolmentRow) -> Answer<'_, ()>;
    /// How many bytes an enrolment file has, and some of them; `None` when there is none, its time is over or its device was
    /// revoked.
    fn enrolment_range(
        &self,
        lookup: [u8; 16],
        offset: u64,
        length: u32,
        now: i64,
    ) -> Answer<'_, Option<(u64, Vec<u8>)>>;

    /// Takes in a batch: all of it or, on an error, nothing. On disk when this returns. A batch that was taken in whole is
    /// answered with the receipt it got the first time.
    fn accept(&self, arrival: Arrival, sign: SignReceipt) -> Answer<'_, SignedReceipt>;
    /// Takes in several batches as [`Storage::accept`] does one; what fails for one is no matter for another.
    fn accept_all(
        &self,
        arrivals: Vec<(Arrival, SignReceipt)>,
    ) -> Answer<'_, Vec<Result<SignedReceipt, StorageError>>>;
    /// The receipts of those of the batches that came in.
    fn receipts(&self, batches: Vec<BatchHash>) -> Answer<'_, Vec<SignedReceipt>>;
    /// Those of the edits' numbers that are stored.
    fn known(&self, edits: Vec<EditId>) -> Answer<'_, BTreeSet<EditId>>;
    /// The receipts of a device's batches that came in last, at most `limit`, oldest first.
    fn receipts_of(&self, device: DeviceId, limit: u32) -> Answer<'_, Vec<SignedReceipt>>;
    /// Where each commune's feed ends: the number of the edit that came in last, 0 before the first.
    fn feed_ends(&self, communes: Vec<CommuneCode>) -> Answer<'_, BTreeMap<CommuneCode, u64>>;
    /// Edits of communes in the order they came in, one commune after the other, as far as there is room; at least one if
    /// there are any.
    fn changes_since(&self, query: FeedQuery) -> Answer<'_, FeedPage>;
    /// How many writers began with an edit that this device signed.
    fn writers_of(&self, device: DeviceId) -> Answer<'_, u32>;
    /// Keeps positions that are too many for a cursor, by their hash.
    fn keep_cursor(&self, hash: [u8; 16], positions: Vec<u8>) -> Answer<'_, ()>;
    /// Positions kept under a hash.
    fn kept_cursor(&self, hash: [u8; 16]) -> Answer<'_, Option<Vec<u8>>>;
    /// Keeps a snapshot of a commune; of the earlier ones only the latest stays.
    fn put_snapshot(&self, snapshot: Snapshot, bytes: Vec<u8>) -> Answer<'_, ()>;
    /// The snapshots of a commune, the latest first.
    fn snapshots(&self, commune: CommuneCode) -> Answer<'_, Vec<Snapshot>>;
    /// Bytes of the snapshot of that hash; fewer than asked for at its end.
    fn snapshot_range(&self, hash: [u8; 32], offset: u64, length: u32) -> Answer<'_, Option<Vec<u8>>>;
    /// Households of a commune with a conflict, by village, head's name and id; at most `limit`.
    fn conflicted(&self, commune: CommuneCode, limit: u32) -> Answer<'_, Vec<HouseholdKeyRef>>;
    /// The household an interview is about, once an edit has said so.
    fn household_of(&self, commune: CommuneCode, interview: Uuid) -> Answer<'_, Option<Uuid>>;
    /// Every edit about a household and its interviews, in the order of their chains.
    fn edits_of(&self, household: HouseholdKeyRef) -> Answer<'_, Vec<StoredEdit>>;
    /// As [`Storage::edits_of`] for several households, in their order, all as of one moment.
    fn edits_of_all(&self, households: Vec<HouseholdKeyRef>) -> Answer<'_, Vec<Vec<StoredEdit>>>;
    /// Households whose projection is older than their edits, at most `limit`.
    fn stale_households(&self, limit: u32) -> Answer<'_, Vec<HouseholdKeyRef>>;
    /// Writes a projection made from `row.edits` edits; `false`, and nothing written, when more have come in since.
    fn put_household(&self, row: HouseholdRow) -> Answer<'_, bool>;
    /// As [`Storage::put_household`] for several; how many were written.
    fn put_households(&self, rows: Vec<HouseholdRow>) -> Answer<'_, usize>;
    /// Throws every projection away and marks every household as stale.
    fn forget_projections(&self) -> Answer<'_, ()>;
    /// Counts by commune, without merged and withdrawn households; communes without households are left out.
    fn commune_counts(&self) -> Answer<'_, Vec<CommuneCounts>>;
    /// A page of a commune's households, without those merged into others or withdrawn, by village, head's name and id.
    fn household_page(&self, query: HouseholdQuery) -> Answer<'_, HouseholdPage>;
    /// One household's projection.
    fn household(&self, household: HouseholdKeyRef) -> Answer<'_, Option<HouseholdRow>>;
    /// Those of the households that are known.
    fn households(&self, keys: Vec<HouseholdKeyRef>) -> Answer<'_, BTreeMap<HouseholdKeyRef, HouseholdRow>>;
    /// The commune in which a household is known; the first where it is known in several.
    fn commune_with(&self, household: Uuid) -> Answer<'_, Option<CommuneCode>>;

    /// Adds an account. [`StorageError::Exists`] when its name is taken.
    fn add_account(&self, account: Account, now: i64) -> Answer<'_, ()>;
    /// One account.
    fn account(&self, name: String) -> Answer<'_, Option<Account>>;
    /// Failures to log in under a name since the last success.
    fn login_failures(&self, name: String) -> Answer<'_, LoginFailures>;
    /// Counts one more failure.
    fn note_login_failure(&self, name: String, now: i64) -> Answer<'_, ()>;
    /// Forgets the failures under a name.
    fn forget_login_failures(&self, name: String) -> Answer<'_, ()>;
    /// Opens a session and drops those not used since `dead_before`; `false`, and none is opened, where the account is disabled or
    /// has another password than the one that was checked.
    fn open_session(&self, session: OpenSession, password_hash: String, dead_before: i64)
    -> Answer<'_, bool>;
    /// One session with its account.
    fn session(&self, token_hash: [u8; 32]) -> Answer<'_, Option<(OpenSession, Account)>>;
    /// Notes that a session was used.
    fn note_session_used(&self, token_hash: [u8; 32], now: i64) -> Answer<'_, ()>;
    /// Ends a session.
    fn close_session(&self, token_hash: [u8; 32]) -> Answer<'_, ()>;
    /// Writes a line of the audit log.
    fn note_act(&self, entry: AuditEntry) -> Answer<'_, ()>;
    /// The latest acts, newest first.
    fn acts(&self, limit: u32) -> Answer<'_, Vec<AuditEntry>>;

    /// For each file, the first of the communes (of all, where none are given) with a stored edit that names it.
    fn attachments_named(
        &self,
        communes: Option<Vec<CommuneCode>>,
        names: Vec<AttachmentName>,
    ) -> Answer<'_, Vec<Option<CommuneCode>>>;
    /// What has come of each file.
    fn attachments(&self, names: Vec<AttachmentName>) -> Answer<'_, Vec<Option<StoredAttachment>>>;
    /// Keeps a piece of a file, on disk when this returns.
    fn put_attachment_piece(&self, piece: AttachmentPiece) -> Answer<'_, ArrivedPiece>;
    /// Notes that all of a file is there and is what its name says, or forgets what has come of it.
    fn settle_attachment(&self, name: AttachmentName, is_whole: bool) -> Answer<'_, ()>;
    /// Bytes that have come of a file; fewer than asked for at the end.
    fn attachment_range(&self, name: AttachmentName, offset: u32, length: u32) -> Answer<'_, Vec<u8>>;

    /// Households by commune and mark, as the lines that are written keep them up: nobody counts them all.
    fn commune_marks(&self) -> Answer<'_, Vec<CommuneMarks>>;
    /// Households of a commune by village and mark, villages in Vietnamese order.
    fn village_marks(&self, commune: CommuneCode) -> Answer<'_, Vec<VillageMarks>>;
    /// A page of households over communes, without those merged into others or withdrawn.
    fn household_list(&self, query: ListQuery) -> Answer<'_, HouseholdList>;
    /// Makes some of the households that wait for it findable by words and compares them with others; how many.
    fn index_some(&self, limit: u32) -> Answer<'_, u32>;
    /// A page of the pairs of households that may be one.
    fn duplicates(&self, query: DuplicateQuery) -> Answer<'_, DuplicatePage>;
    /// Notes for good that two households are two; `false` when that was known.
    fn put_not_same(&self, one: Uuid, other: Uuid, by: String, now: i64) -> Answer<'_, bool>;
    /// Edits that were refused and whose places are kept, by the device that sent them.
    fn refusals_by_device(&self) -> Answer<'_, BTreeMap<DeviceId, u32>>;
    /// Every account, by name.
    fn accounts(&self) -> Answer<'_, Vec<Account>>;
    /// Puts role, communes, password and standing in place of what an account had, and ends its sessions but `keep`; `false` when
    /// there is none. In one act: nobody goes on with rights that were taken.
    fn put_account(&self, account: Account, keep: Option<[u8; 32]>) -> Answer<'_, bool>;
    /// Notes when an account logged in.
    fn note_logged_in(&self, name: String, now: i64) -> Answer<'_, ()>;
    /// The sessions of an account, the last used first.
    fn sessions_of(&self, name: String) -> Answer<'_, Vec<OpenSession>>;
    /// Ends the sessions of an account but `keep`.
    fn close_sessions_of(&self, name: String, keep: Option<[u8; 32]>) -> Answer<'_, ()>;
    /// Lines of the audit log, newest first.
    fn audit_page(&self, query: AuditQuery) -> Answer<'_, AuditPage>;
    /// Lines of the audit log after a number, in their order.
    fn audit_after(&self, number: u64, limit: u32) -> Answer<'_, Vec<AuditLine>>;
    /// Number and hash of the last line of the chain; `None` before the first.
    fn audit_head(&self) -> Answer<'_, Option<(u64, [u8; 32])>>;

    /// Adds what the administration says; its number, or `None` where something was said meanwhile that it was not said over.
    fn put_directive(&self, new: NewDirective) -> Answer<'_, Option<u64>>;
    /// Adds several, with villages put in place and every household of a commune to be looked at anew; `false`, and nothing done,
    /// where something was said meanwhile.
    fn plan_commune(
        &self,
        new: Vec<NewDirective>,
        villages: Vec<VillageRow>,
        stale: Option<CommuneCode>,
    ) -> Answer<'_, bool>;
    /// The number of what was said last; 0 before the first.
    fn last_directive(&self) -> Answer<'_, u64>;
    /// What holds: of each kind and key what was said last.
    fn directives(&self) -> Answer<'_, Vec<Directive>>;
    /// All that was ever said of one, newest first.
    fn directives_of(&self, kind: DirectiveKind, key: String) -> Answer<'_, Vec<Directive>>;
    /// As [`Storage::put_directive`], and keeps what every household is counted as at this moment.
    fn lock_round(&self, new: NewDirective, round: u16) -> Answer<'_, Option<RoundSnapshot>>;
    /// What stood when rounds were locked, newest first.
    fn round_snapshots(&self) -> Answer<'_, Vec<RoundSnapshot>>;
    /// Lines of a snapshot beside what is counted now.
    fn round_snapshot_page(&self, query: SnapshotQuery) -> Answer<'_, Vec<SnapshotLine>>;
    /// Every household's projection, those merged and withdrawn too, by commune and id, after one of them; at most `limit`.
    fn all_households(&self, after: Option<HouseholdKeyRef>, limit: u32) -> Answer<'_, Vec<HouseholdRow>>;

    /// Every version of forms, standards, point tables, targets and code lists.
    fn library_items(&self) -> Answer<'_, LibraryItems>;
    /// How often these were changed.
    fn library_number(&self) -> Answer<'_, u64>;
    /// Changes them; `false`, and nothing done, where somebody else did meanwhile.
    fn change_library(&self, change: LibraryChange) -> Answer<'_, bool>;
    /// Has every household scored anew; their lines stay as they are until then.
    fn mark_all_stale(&self) -> Answer<'_, ()>;
    /// Puts the secret of a second factor that is to be confirmed; `false` where one is in force.
    fn put_second_factor(&self, name: String, secret: Vec<u8>) -> Answer<'_, bool>;
    /// The second factor of an account.
    fn second_factor(&self, name: String) -> Answer<'_, Option<SecondFactor>>;
    /// The accounts with a second factor in force.
    fn second_factors(&self) -> Answer<'_, BTreeSet<String>>;
    /// Puts a second factor in force by the code of `step`, with the hashes of its recovery codes; `false` where there is none to
    /// confirm.
    fn confirm_second_factor(
        &self,
        name: String,
        step: i64,
        recovery_codes: Vec<[u8; 32]>,
        now: i64,
    ) -> Answer<'_, bool>;
    /// Uses up the codes of all steps to this one; `false` where this one was.
    fn use_second_step(&self, name: String, step: i64) -> Answer<'_, bool>;
    /// Uses up a recovery code by its hash; `false` where there is none.
    fn use_recovery_code(&self, name: String, hash: [u8; 32]) -> Answer<'_, bool>;
    /// Forgets an account's second factor and its recovery codes; `false` where there is none.
    fn drop_second_factor(&self, name: String) -> Answer<'_, bool>;

    /// Adds a token of another system.
    fn add_token(&self, token: Token) -> Answer<'_, ()>;
    /// Every token, newest first.
    fn tokens(&self) -> Answer<'_, Vec<Token>>;
    /// One token by its hash.
    fn token(&self, hash: [u8; 32]) -> Answer<'_, Option<Token>>;
    /// Revokes a token; `false` where there is none or it was revoked before.
    fn revoke_token(&self, id: Uuid, now: i64) -> Answer<'_, bool>;
    /// Counts a use of a token; whether it is the first of this day.
    fn note_token_used(&self, id: Uuid, day: String, now: i64) -> Answer<'_, bool>;

    /// Adds what is done about a request of a person; `false`, and nothing done, where something else was done meanwhile.
    fn put_request_act(&self, new: NewRequestAct) -> Answer<'_, bool>;
    /// What was done about requests, in order.
    fn request_acts(&self) -> Answer<'_, Vec<RequestAct>>;
    /// The number of what was done last; 0 before the first.
    fn last_request_act(&self) -> Answer<'_, u64>;
    /// The laptops that hold a household or may hold it, and why.
    fn holders(&self, household: HouseholdKeyRef) -> Answer<'_, Vec<(DeviceId, HeldBy)>>;
    /// As [`Storage::put_directive`], where the round of that year is locked by the directive of that number and nothing was said of
    /// it since; and has every line made anew.
    fn open_round(&self, new: NewDirective, before: u16, lock: u64) -> Answer<'_, Option<u64>>;
    /// What households bore at a lock, in the order asked for; `None` where one was not there.
    fn stood(&self, number: u64, households: Vec<HouseholdKeyRef>) -> Answer<'_, Vec<Option<String>>>;
    /// Pairs of households that may be one, each with its place, in the order of their places.
    fn pairs(&self, query: PairQuery) -> Answer<'_, Vec<(PairPlace, DuplicateRow)>>;

    /// What households are counted by in reports, by commune.
    fn report_cases(&self, query: CasesQuery) -> Answer<'_, Vec<KeptCases>>;
    /// Keeps the cases of a commune in place of those before; those of a lock stay as they were kept first.
    fn put_report_cases(&self, kept: KeptCases) -> Answer<'_, ()>;
    /// Every household of a commune with how many edits its line was made from, merged and withdrawn ones too, by id.
    fn edits_by_household(&self, commune: CommuneCode) -> Answer<'_, Vec<HouseholdEdits>>;
}

/// Whether a household's id and commune may be in an answer is decided before a storage is asked; this only names it.
impl HouseholdKeyRef {
    /// Names a household.
    pub fn new(commune: CommuneCode, household: Uuid) -> Self {
        Self { commune, household }
    }
}
