//! Writing bundles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rasoat_casework::{DeviceId, Edit, EditId};
use rasoat_exchange::{
    Batch, Bundle, BundleRecipient, MAX_BUNDLE_ENTRIES, MAX_BUNDLE_NEWS, Signature, SignedBatch, SignedNews,
    SignedReceipt,
};
use rasoat_store::{
    BatchOrigin, BatchState, BundleRecord, Carry, Direction, KeptMessage, Op, Reader, StoreError, Tx,
};
use uuid::Uuid;

use super::devices::{DeviceBook, Signer};
use super::{MOST_HOUSEHOLDS, PROVINCE, Work, file, household_of, kept, recipients, signed};
use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::parse_village;
use crate::start::count;
use crate::sync::dictionary;
use crate::view::{BundleChoice, BundleExportForm, BundleExportView, BundleFileView, BundleHouseholdView};

/// Edits of one batch, at most: one batch is one receipt, and what one receipt says is all of it or less.
const BATCH_EDITS: usize = 500;
const BATCH_BYTES: usize = 64 * 1024;
/// Files of one minute in one folder.
const MOST_NAMES: u32 = 1000;

/// Whom to write for.
struct To {
    province: bool,
    devices: Vec<DeviceId>,
    names: Vec<String>,
    keys: Vec<(DeviceId, BundleRecipient)>,
    all: Vec<BundleRecipient>,
}

/// What is to be written.
#[derive(Default)]
struct Cargo {
    own: Vec<SignedBatch>,
    others: Vec<SignedBatch>,
    edits: u32,
    /// Edits by household.
    households: BTreeMap<Uuid, u32>,
    replies: Vec<Reply>,
}

struct Reply {
    device: DeviceId,
    name: String,
    receipts: Vec<SignedReceipt>,
    news: Vec<SignedNews>,
}

/// A file to be.
struct Sealed {
    kind: String,
    device_name: String,
    bytes: Vec<u8>,
    record: BundleRecord,
    batches: Vec<[u8; 32]>,
    reply: bool,
}

impl App {
    /// Writes what was chosen into files that the recipients alone can open, and reads them back. Each file is there whole; if
    /// anything fails or it is cancelled, none is there.
    pub fn bundle_export(&self, form: BundleExportForm) -> Result<BundleExportView, AppError> {
        let opened = self.need_open()?;
        let work = opened.bundles.begin()?;
        work.phase("packing", 0)?;
        let carry = match &form.choice {
            BundleChoice::Unsent => Carry::Unsent,
            BundleChoice::Village { village } => {
                let (commune, village) = parse_village(village)?;
                Carry::Village(commune, village)
            }
            // Whole milliseconds; what is beyond every clock saturates.
            BundleChoice::Since { millis } => Carry::Since(millis.trunc() as i64),
        };
        let now = self.now();
        let (cargo, to) = {
            let (found, _) = opened.store.transact(Op::ExportBundle, |tx| {
                let book = DeviceBook::read(tx)?;
                let to = address(&opened, &book, &form.recipients)?;
                Ok::<_, AppError>((load(&opened, tx, &book, &carry, &to, now)?, to))
            })?;
            found
        };
        let sealed = self.seal(&opened, &work, &cargo, &to, now)?;
        if sealed.is_empty() {
            return Err(AppError::new("bundle_nothing"));
        }
        let written = write_all(&work, Path::new(&form.folder), sealed, now)?;
        opened.store.transact(Op::ExportBundle, |tx| {
            written.iter().try_for_each(|(one, name)| {
                let record = BundleRecord { name: name.clone(), ..one.record.clone() };
                tx.record_bundle(&record, &one.batches)
            })
        })?;
        let files: Vec<BundleFileView> = written
            .into_iter()
            .map(|(one, name)| BundleFileView { name, bytes: count(one.bytes.len()), reply: one.reply })
            .collect();
        tracing::info!(files = files.len(), edits = cargo.edits, "wrote a bundle");
        let mut households = opened.store.read(|reader| household_views(reader, &cargo.households))?;
        let more_households = count(households.len().saturating_sub(MOST_HOUSEHOLDS));
        households.truncate(MOST_HOUSEHOLDS);
        Ok(BundleExportView {
            files,
            edits: cargo.edits,
            passed_on: count(cargo.others.len()),
            receipts: count(cargo.replies.iter().map(|reply| reply.receipts.len()).sum()),
            households,
            more_households,
        })
    }

    fn seal(
        &self,
        opened: &Opened,
        work: &Work<'_>,
        cargo: &Cargo,
        to: &To,
        now: i64,
    ) -> Result<Vec<Sealed>, AppError> {
        let enrolled = &opened.profile.enrolled;
        let record = |parties: Vec<String>, edits, households| BundleRecord {
            direction: Direction::Out,
            at: now,
            name: String::new(),
            parties,
            edits,
            households,
        };
        let mut sealed = Vec::new();
        let batches: Vec<SignedBatch> = cargo.own.iter().chain(&cargo.others).cloned().collect();
        if !batches.is_empty() {
            let most = self.options().bundle_part_bytes;
            let parts = Bundle::parts_of_batches(batches, enrolled.device, now, most)?;
            work.phase("packing", parts.len())?;
            for part in parts {
                let edits =
                    part.manifest.entries.iter().fold(0, |sum: u64, one| sum.saturating_add(one.edits));
                sealed.push(Sealed {
                    kind: String::new(),
                    device_name: enrolled.device_name.clone(),
                    bytes: part.seal(&to.all)?,
                    record: record(
                        to.names.clone(),
                        u32::try_from(edits).unwrap_or(u32::MAX),
                        count(cargo.households.len()),
                    ),
                    batches: part.manifest.entries.iter().map(|entry| entry.batch.0).collect(),
                    reply: false,
                });
                work.step(1)?;
            }
        }
        for Reply { device, name, receipts, news } in &cargo.replies {
            let receipts: Vec<_> = receipts.iter().map(|receipt| (*device, receipt.clone())).collect();
            let bundle = Bundle::of_reply(receipts, news.clone(), enrolled.device.0, now)?;
            let recipient: Vec<BundleRecipient> =
                to.keys.iter().filter(|(id, _)| id == device).map(|(_, key)| key.clone()).collect();
            sealed.push(Sealed {
                kind: "reply-".to_owned(),
                device_name: name.clone(),
                bytes: bundle.seal(&recipient)?,
                record: record(vec![name.clone()], 0, 0),
                batches: Vec::new(),
                reply: true,
            });
            work.go_on()?;
        }
        Ok(sealed)
    }
}

fn address(opened: &Opened, book: &DeviceBook, chosen: &[String]) -> Result<To, AppError> {
    let known = recipients(opened, book);
    let mut to =
        To { province: false, devices: Vec::new(), names: Vec::new(), keys: Vec::new(), all: Vec::new() };
    for id in chosen.iter().collect::<BTreeSet<_>>() {
        let found = known.iter().find(|(view, _)| view.id == *id);
        let (view, key) = found.ok_or_else(|| AppError::new("bundle_no_recipient"))?;
        to.names.push(view.name.clone());
        to.all.push(key.clone());
        if id == PROVINCE {
            to.province = true;
        } else {
            let device = DeviceId(id.parse().map_err(|_| AppError::new("bundle_no_recipient"))?);
            to.devices.push(device);
            to.keys.push((device, key.clone()));
        }
    }
    if to.all.is_empty() { Err(AppError::new("bundle_no_recipient")) } else { Ok(to) }
}

fn load(
    opened: &Opened,
    tx: &Tx<'_>,
    book: &DeviceBook,
    carry: &Carry,
    to: &To,
    now: i64,
) -> Result<Cargo, AppError> {
    let edits = tx.edits_to_carry(carry)?;
    let mut cargo = Cargo { edits: count(edits.len()), ..Cargo::default() };
    for edit in &edits {
        note(tx, &mut cargo.households, edit)?;
    }
    cargo.own = own_batches(opened, tx, edits, now)?;
    // What others brought is for the province. Another laptop may not be meant to see it.
    if to.province && to.devices.is_empty() {
        cargo.others = tx.batches_to_carry(carry)?.into_iter().map(signed).collect();
        for batch in &cargo.others {
            if let Signer::Known(keys) = book.signer(opened, batch.device)
                && let Ok(batch) = batch.open_by_any(&keys)
            {
                batch.edits.iter().try_for_each(|edit| note(tx, &mut cargo.households, edit))?;
            }
        }
    }
    for device in &to.devices {
        cargo.replies.extend(reply_for(opened, tx, book, *device)?);
    }
    Ok(cargo)
}

fn note(reader: &Reader<'_>, households: &mut BTreeMap<Uuid, u32>, edit: &Edit) -> Result<(), StoreError> {
    if let Some(household) = household_of(reader, edit)? {
        *households.entry(household).or_default() += 1;
    }
    Ok(())
}

/// The edits in signed batches: those that were made before as they are, new ones for the rest.
fn own_batches(
    opened: &Opened,
    tx: &Tx<'_>,
    edits: Vec<Edit>,
    now: i64,
) -> Result<Vec<SignedBatch>, AppError> {
    let device = opened.profile.enrolled.device;
    let mut left: BTreeSet<EditId> = edits.iter().map(|edit| edit.id).collect();
    let mut batches = Vec::new();
    for (batch, ids) in tx.own_batches(device)? {
        if !ids.is_empty() && ids.iter().all(|id| left.contains(id)) {
            left.retain(|id| !ids.contains(id));
            batches.push(signed(batch));
        }
    }
    let mut chosen: Vec<Edit> = Vec::new();
    let mut bytes = 0;
    let mut pieces = Vec::new();
    for edit in edits.into_iter().filter(|edit| left.contains(&edit.id)) {
        let length = edit.to_bytes().len();
        if !chosen.is_empty() && (bytes + length > BATCH_BYTES || chosen.len() == BATCH_EDITS) {
            pieces.push(std::mem::take(&mut chosen));
            bytes = 0;
        }
        bytes += length;
        chosen.push(edit);
    }
    pieces.extend(Some(chosen).filter(|chosen| !chosen.is_empty()));
    for piece in pieces {
        let batch = Batch::build(&piece, device).map_err(|error| AppError::new(error.code()))?;
        let batch = SignedBatch::sign(&batch, &opened.profile.key, dictionary(tx)?);
        let record = kept(&batch);
        let ids: Vec<EditId> = piece.iter().map(|edit| edit.id).collect();
        tx.keep_batch(&record, BatchOrigin::Own, BatchState::Taken, now)?;
        tx.note_batch(&record.hash, &ids, BatchState::Taken)?;
        batches.push(batch);
    }
    Ok(batches)
}

/// What lies here for a laptop from the province; `None` when nothing does.
fn reply_for(
    opened: &Opened,
    reader: &Reader<'_>,
    book: &DeviceBook,
    device: DeviceId,
) -> Result<Option<Reply>, AppError> {
    let Some(known) = book.device(device) else { return Ok(None) };
    let most = u32::try_from(MAX_BUNDLE_ENTRIES).unwrap_or(u32::MAX);
    let receipts = reader
        .receipts_to_carry(device, most)?
        .into_iter()
        .map(|kept| SignedReceipt { bytes: kept.bytes, signature: Signature::from_bytes(kept.signature) });
    let server = opened.profile.enrolled.server.verify_key;
    let news = reader.news()?.into_iter().map(|KeptMessage { bytes, signature }| SignedNews {
        bytes,
        signature: Signature::from_bytes(signature),
    });
    // News of communes that the laptop has nothing to do with stay here.
    let meant = |news: &SignedNews| {
        let opened = news.open(&server);
        opened.is_ok_and(|news| news.communes.iter().all(|commune| known.communes.contains(commune)))
    };
    let mut news: Vec<SignedNews> = news.filter(meant).collect();
    news.drain(..news.len().saturating_sub(MAX_BUNDLE_NEWS));
    let reply = Reply { device, name: known.name.clone(), receipts: receipts.collect(), news };
    Ok(Some(reply).filter(|reply| !reply.receipts.is_empty() || !reply.news.is_empty()))
}

/// All files, or none.
fn write_all(
    work: &Work<'_>,
    folder: &Path,
    sealed: Vec<Sealed>,
    now: i64,
) -> Result<Vec<(Sealed, String)>, AppError> {
    // Written, then read.
    work.phase("writing", sealed.iter().map(|one| 2 * one.bytes.len()).sum())?;
    let mut written: Vec<(Sealed, String)> = Vec::new();
    for one in sealed {
        let name = file::remove_torn(folder, &one.kind, &one.device_name)
            .and_then(|()| free_name(folder, &one, now));
        let done = name.and_then(|name| {
            file::write_whole(folder, &name, &one.bytes, &mut |more| work.step(more)).map(|()| name)
        });
        match done {
            Ok(name) => written.push((one, name)),
            Err(error) => {
                written.iter().for_each(|(_, name)| file::remove(folder, name));
                return Err(error);
            }
        }
    }
    Ok(written)
}

/// A name that no file there has: nothing is written over.
fn free_name(folder: &Path, one: &Sealed, now: i64) -> Result<String, AppError> {
    for number in 1..=MOST_NAMES {
        let name = file::file_name(&one.kind, &one.device_name, now, number);
        let taken = folder.join(&name).try_exists().map_err(|error| file::of_stick(&error))?;
        if !taken {
            return Ok(name);
        }
    }
    Err(AppError::new("stick_failed"))
}

fn household_views(
    reader: &Reader<'_>,
    households: &BTreeMap<Uuid, u32>,
) -> Result<Vec<BundleHouseholdView>, StoreError> {
    let mut views = Vec::new();
    for (id, edits) in households {
        let (head_name, village_name) = super::names_of(reader, *id)?;
        views.push(BundleHouseholdView { id: id.to_string(), head_name, village_name, edits: *edits });
    }
    Ok(views)
}
