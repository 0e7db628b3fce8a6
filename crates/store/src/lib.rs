//! The laptop's encrypted SQLite: connection, migrations, one module per table, one door for changes.
//!
//! [`Store::create`] and [`Store::open`] give a [`Store`]; [`Store::transact`] is the only way to change it and
//! [`Store::read`] the way to read it. What `transact` returned for is on the disk; what it did not was not done.
//! This crate knows nothing of networks, of how edits travel, of forms or of standards; the clock is passed in.
//! Nothing it logs or says in an error was stored in it.

mod attachments;
mod attempts;
mod audit;
mod backup;
mod bitmap;
mod blobs;
mod bundles;
mod columns;
mod commits;
mod connection;
mod disclosures;
mod drafts;
mod duplicates;
mod edits;
mod entries;
mod erasure;
mod error;
mod exchanges;
mod files;
mod given;
mod handover;
mod households;
mod imports;
mod keys;
mod later;
mod lists;
mod migrations;
mod paper;
mod place;
mod receipts;
mod recovery;
mod reference;
mod reissue;
mod restore;
mod salvage;
mod seal;
mod search;
mod settings;
mod store;
mod transfers;
mod unread;
mod users;
mod writer;

pub use attachments::{AttachmentCounts, AttachmentOrigin, MovingAttachment, StoredAttachment};
pub use audit::{Act, AuditCheck, AuditDetails, AuditEntry, AuditPage, ChainCheck};
pub use backup::{Backup, BackupProgress, BackupReason, NewBackup};
pub use bundles::{
    BatchOrigin, BatchState, BundleRecord, Carry, Collected, Direction, KeptBatch, KeptMessage,
};
pub use drafts::{Cursor, OpenDraft};
pub use duplicates::PersonKeys;
pub use edits::{EditCustody, StoredEdit, TakenIn};
pub use error::StoreError;
pub use exchanges::Exchange;
pub use files::Claim;
pub use households::{
    Custody, CustodyCounts, HouseholdCustody, HouseholdRow, HouseholdState, NewHousehold, Progress, Resume,
};
pub use imports::{HeadFound, ListImport, ListTaken, ListUndone};
pub use keys::LEAST_PASSPHRASE_CHARS;
pub use lists::{FindingsFilter, HouseholdPage, HouseholdQuery, HouseholdSort, MOST_ROWS};
pub use migrations::SCHEMA_VERSION;
pub use paper::{OperatorCounts, OperatorDay, SecondEntry};
pub use place::{Moved, Place};
pub use rasoat_secrets::Params;
pub use receipts::{Applied, Refusal, StoredReceipt};
pub use recovery::RecoveryParts;
pub use reference::{CommuneRow, VillageProgress, VillageRow};
pub use restore::{Aside, Restore, Restored};
pub use salvage::Brought;
pub use search::SearchWords;
pub use store::{Changed, NewStore, Op, Reader, Store, Tx};
pub use transfers::{HouseholdReceipt, HouseholdRefusal, MovedHousehold};
pub use users::{NewUser, UserId, UserRow};
