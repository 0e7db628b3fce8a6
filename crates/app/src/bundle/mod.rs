//! Bundles: what waits, as files on a stick, and what others and the province brought on one.
//!
//! A stick confirms nothing: what was written to one waits as before, until a receipt says otherwise.

pub(crate) mod devices;
mod export;
pub(crate) mod file;
mod import;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rasoat_casework::{DeviceId, Edit, SubjectKind};
use rasoat_exchange::{BundleError, BundleRecipient, Signature, SignedBatch};
use rasoat_instrument::{Path, Value};
use rasoat_store::{BundleRecord, Direction, KeptBatch, Reader, StoreError};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::attachments::files_view;
use crate::bundle::devices::DeviceBook;
use crate::error::AppError;
use crate::household::village_key;
use crate::moment::rfc3339;
use crate::start::count;
use crate::view::{
    BundleProgressView, BundleRecipientView, BundleRecordView, BundleStatusView, BundleVillageView,
};

/// How screens name the province among recipients.
const PROVINCE: &str = "province";
/// As many files and households as the screen shows.
const MOST_RECORDS: u32 = 20;
const MOST_HOUSEHOLDS: usize = 200;

/// What writing and taking in keep in memory.
#[derive(Default)]
pub(crate) struct BundleState {
    /// One at a time.
    running: AtomicBool,
    cancelled: AtomicBool,
    progress: Mutex<Option<Progress>>,
}

#[derive(Clone, Copy)]
struct Progress {
    phase: &'static str,
    done: usize,
    total: usize,
}

/// Work under way; it ends with this.
pub(crate) struct Work<'a>(&'a BundleState);

impl BundleState {
    pub(crate) fn begin(&self) -> Result<Work<'_>, AppError> {
        if self.running.swap(true, Ordering::AcqRel) {
            return Err(AppError::new("bundle_busy"));
        }
        self.cancelled.store(false, Ordering::Release);
        Ok(Work(self))
    }

    fn progress(&self) -> MutexGuard<'_, Option<Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work<'_> {
    /// Begins a part of the work.
    fn phase(&self, phase: &'static str, total: usize) -> Result<(), AppError> {
        *self.0.progress() = Some(Progress { phase, done: 0, total });
        self.go_on()
    }

    /// So much more of it is done.
    fn step(&self, more: usize) -> Result<(), AppError> {
        if let Some(progress) = &mut *self.0.progress() {
            progress.done += more;
        }
        self.go_on()
    }

    fn go_on(&self) -> Result<(), AppError> {
        if self.0.cancelled.load(Ordering::Acquire) { Err(AppError::new("bundle_cancelled")) } else { Ok(()) }
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        *self.0.progress() = None;
        self.0.running.store(false, Ordering::Release);
    }
}

impl App {
    /// What the bundle screen begins with.
    pub fn bundle_status(&self) -> Result<BundleStatusView, AppError> {
        let opened = self.need_open()?;
        let enrolled = &opened.profile.enrolled;
        opened.store.read(|reader| {
            let book = DeviceBook::read(reader)?;
            let collected = reader.collected()?;
            Ok(BundleStatusView {
                recipients: recipients(&opened, &book).into_iter().map(|(view, _)| view).collect(),
                villages: reader
                    .villages()?
                    .into_iter()
                    .map(|progress| BundleVillageView {
                        id: village_key(&progress.village.commune, &progress.village.id),
                        name: progress.village.name,
                    })
                    .collect(),
                unsent_edits: reader.unsent_count()?,
                files: files_view(reader)?,
                households_on_stick: reader.households_on_sticks()?,
                collected_devices: collected.devices,
                collected_batches: collected.batches,
                collected_households: collected.households,
                revoked_at: book.revoked_at(enrolled.device).map(rfc3339),
                bundles: reader.bundles(MOST_RECORDS)?.into_iter().map(record_view).collect(),
            })
        })
    }

    /// How far writing or taking in is; `None` while there is neither.
    pub fn bundle_progress(&self) -> Result<Option<BundleProgressView>, AppError> {
        let opened = self.need_open()?;
        let progress = *opened.bundles.progress();
        Ok(progress.map(|progress| BundleProgressView {
            phase: progress.phase.to_owned(),
            done: count(progress.done),
            total: count(progress.total),
        }))
    }

    /// Ends writing or taking in; nothing of it is left.
    pub fn bundle_cancel(&self) -> Result<(), AppError> {
        self.need_open()?.bundles.cancelled.store(true, Ordering::Release);
        Ok(())
    }
}

/// Everybody who can open bundles of this laptop, the province first.
fn recipients(opened: &Opened, book: &DeviceBook) -> Vec<(BundleRecipientView, BundleRecipient)> {
    let enrolled = &opened.profile.enrolled;
    let province = enrolled.bundle_recipient.clone().map(|recipient| {
        (BundleRecipientView { id: PROVINCE.to_owned(), name: enrolled.server.name.clone() }, recipient)
    });
    let others = book
        .devices
        .iter()
        .filter(|device| device.id != enrolled.device && book.revoked_at(device.id).is_none());
    let others = others.filter_map(|device| {
        let view = BundleRecipientView { id: device.id.0.to_string(), name: device.name.clone() };
        Some((view, device.bundle_recipient.clone()?))
    });
    province.into_iter().chain(others).collect()
}

fn record_view((number, record): (i64, BundleRecord)) -> BundleRecordView {
    BundleRecordView {
        number: u32::try_from(number).unwrap_or(u32::MAX),
        at: rfc3339(record.at),
        written: record.direction == Direction::Out,
        name: record.name,
        parties: record.parties,
        edits: record.edits,
        households: record.households,
    }
}

fn kept(signed: &SignedBatch) -> KeptBatch {
    KeptBatch {
        hash: signed.batch_hash().0,
        device: signed.device,
        bytes: signed.bytes.clone(),
        signature: signed.signature.to_bytes(),
    }
}

fn signed(kept: KeptBatch) -> SignedBatch {
    SignedBatch { bytes: kept.bytes, signature: Signature::from_bytes(kept.signature), device: kept.device }
}

/// The household an edit is about; `None` for a case, a remark, and an interview of which nobody here said whose it is.
fn household_of(reader: &Reader<'_>, edit: &Edit) -> Result<Option<Uuid>, StoreError> {
    match edit.subject.kind {
        SubjectKind::Household => Ok(Some(edit.subject.id)),
        SubjectKind::Interview => match named_by(edit) {
            Some(named) => Ok(Some(named)),
            None => reader.household_named(edit.subject.id),
        },
        SubjectKind::Case | SubjectKind::Remark => Ok(None),
    }
}

/// The head's and the village's name, where the household is on the list.
fn names_of(reader: &Reader<'_>, household: Uuid) -> Result<(String, String), StoreError> {
    let row = reader.household(household)?;
    Ok(row.map(|row| (row.head_name, row.village_name)).unwrap_or_default())
}

fn named_by(edit: &Edit) -> Option<Uuid> {
    let path = Path::field("meta_household").ok()?;
    match edit.changes.get(&path) {
        Some(rasoat_casework::Change::Set(Value::Text(id))) => id.parse().ok(),
        Some(rasoat_casework::Change::Set(_) | rasoat_casework::Change::Removed) | None => None,
    }
}

/// A party of a bundle by the name it has here; empty where it is not known.
fn party(opened: &Opened, book: &DeviceBook, id: Uuid) -> String {
    let enrolled = &opened.profile.enrolled;
    if id == enrolled.server.id.0 {
        enrolled.server.name.clone()
    } else if id == enrolled.device.0 {
        enrolled.device_name.clone()
    } else {
        book.name(DeviceId(id))
    }
}

impl From<BundleError> for AppError {
    fn from(error: BundleError) -> Self {
        match error {
            BundleError::NotABundle => Self::new("not_a_bundle"),
            BundleError::NewerFormat => Self::new("bundle_newer_format"),
            BundleError::OtherRecipient => Self::new("bundle_other_recipient"),
            BundleError::Truncated => Self::new("bundle_truncated"),
            BundleError::Damaged => Self::new("bundle_damaged"),
            BundleError::TooLarge => Self::new("bundle_too_large"),
            BundleError::Empty => Self::new("bundle_empty"),
            BundleError::NotSealed => Self::new("bundle_not_sealed"),
        }
    }
}
