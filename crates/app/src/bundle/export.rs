//! Writing bundles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rasoat_casework::{DeviceId, Edit, EditId};
use rasoat_exchange::{
    Attachment, Batch, Bundle, BundlePart, BundleRecipient, MAX_BUNDLE_ENTRIES, MAX_BUNDLE_NEWS, Signature,
    SignedBatch, SignedNews, SignedReceipt,
};
use rasoat_store::{
    Act, BatchOrigin, BatchState, BundleRecord, Carry, Direction, KeptMessage, MovingAttachment, Op, Reader,
    StoreError, Tx,
};
use uuid::Uuid;

use super::devices::{DeviceBook, Signer};
use super::{MOST_HOUSEHOLDS, PROVINCE, Work, file, household_of, kept, recipients, signed};
use crate::app::{App, Opened};
use crate::attachments::attachment;
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
    files: Vec<Attachment>,
}

struct Reply {
    device: DeviceId,
    name: String,
    receipts: Vec<SignedReceipt>,
    news: Vec<SignedNews>,
}

/// A file to be.
enum Draft<'a> {
    /// Batches and files beside their answers.
    Part(BundlePart),
    /// Receipts and news.
    Reply(&'a Reply),
}

/// A file, ready to be written.
struct Sealed {
    kind: &'static str,
    device_name: String,
    bytes: Vec<u8>,
    record: BundleRecord,
    batches: Vec<[u8; 32]>,
    reply: bool,
}

/// A file that is written.
struct Written {
    view: BundleFileView,
    hash: blake3::Hash,
    record: BundleRecord,
    batches: Vec<[u8; 32]>,
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
                let mut cargo = load(&opened, tx, &book, &carry, &to, now)?;
                if form.with_files {
                    cargo.files = files_to_carry(tx, &carry)?.iter().map(attachment).collect();
                }
                Ok::<_, AppError>((cargo, to))
            })?;
            found
        };
        let written = self.write_all(&opened, &work, Path::new(&form.folder), &cargo, &to, now)?;
        opened.store.transact(Op::ExportBundle, |tx| {
            let counts = [("files", written.len()), ("edits", cargo.edits as usize)];
            tx.audit(Act::ExportBundle, &counts.map(|(name, count)| (name, count.to_string())), now)?;
            written.iter().try_for_each(|one| tx.record_bundle(&one.record, &one.batches))
        })?;
        let files: Vec<BundleFileView> = written.into_iter().map(|one| one.view).collect();
        tracing::info!(files = files.len(), edits = cargo.edits, "wrote a bundle");
        let mut households = opened.store.read(|reader| household_views(reader, &cargo.households))?;
        let more_households = count(households.len().saturating_sub(MOST_HOUSEHOLDS));
        households.truncate(MOST_HOUSEHOLDS);
        Ok(BundleExportView {
            files,
            edits: cargo.edits,
            attachments: count(cargo.files.len()),
            passed_on: count(cargo.others.len()),
            receipts: count(cargo.replies.iter().map(|reply| reply.receipts.len()).sum()),
            households,
            more_households,
        })
    }

    /// All files, or none. Each is written before the next is made: what is in memory is one of them.
    fn write_all(
        &self,
        opened: &Opened,
        work: &Work<'_>,
        folder: &Path,
        cargo: &Cargo,
        to: &To,
        now: i64,
    ) -> Result<Vec<Written>, AppError> {
        let batches: Vec<SignedBatch> = cargo.own.iter().chain(&cargo.others).cloned().collect();
        let bytes = batches.iter().map(|batch| batch.bytes.len()).sum::<usize>()
            + cargo.files.iter().map(|file| file.size as usize).sum::<usize>();
        let parts = Bundle::divide(batches, cargo.files.clone(), self.options().bundle_part_bytes);
        let drafts: Vec<Draft<'_>> =
            parts.into_iter().map(Draft::Part).chain(cargo.replies.iter().map(Draft::Reply)).collect();
        if drafts.is_empty() {
            return Err(AppError::new("bundle_nothing"));
        }
        // Written, then read.
        work.phase("writing", 2 * bytes)?;
        let mut written: Vec<Written> = Vec::new();
        for draft in drafts {
            let sealed = seal(opened, cargo, to, draft, now);
            match sealed.and_then(|one| one.map(|one| write(work, folder, one, now)).transpose()) {
                Ok(one) => written.extend(one),
                Err(error) => return Err(undone(folder, &written, error)),
            }
        }
        match check(work, folder, &written) {
            Ok(()) => Ok(written),
            Err(error) => Err(undone(folder, &written, error)),
        }
    }
}

/// Whether all of it lies there at the end: a stick may have been pulled after its first file.
fn check(work: &Work<'_>, folder: &Path, written: &[Written]) -> Result<(), AppError> {
    work.phase("checking", written.iter().map(|one| one.view.bytes as usize).sum())?;
    written
        .iter()
        .try_for_each(|one| file::check_there(folder, &one.view.name, &one.hash, &mut |more| work.step(more)))
}

/// Nothing of it is left there.
fn undone(folder: &Path, written: &[Written], error: AppError) -> AppError {
    written.iter().for_each(|one| file::remove(folder, &one.view.name));
    error
}

/// The files that go with what is carried. A file whose edit arrived long ago still waits for the province.
fn files_to_carry(reader: &Reader<'_>, carry: &Carry) -> Result<Vec<MovingAttachment>, StoreError> {
    match carry {
        Carry::Unsent => reader.attachments_waiting(true),
        Carry::Village(commune, village) => reader.attachments_waiting_of(commune, village),
        Carry::Since(millis) => reader.attachments_since(*millis),
    }
}

/// `None`: nothing of it can be carried.
fn seal(
    opened: &Opened,
    cargo: &Cargo,
    to: &To,
    draft: Draft<'_>,
    now: i64,
) -> Result<Option<Sealed>, AppError> {
    let enrolled = &opened.profile.enrolled;
    let record = |parties: Vec<String>, edits, households| BundleRecord {
        direction: Direction::Out,
        at: now,
        name: String::new(),
        parties,
        edits,
        households,
    };
    match draft {
        Draft::Part(BundlePart { batches, files }) => {
            let mut contents = Vec::with_capacity(files.len());
            for file in files {
                let content = opened.store.read(|reader| reader.attachment_content(file.name))?;
                // What is not what its name says stays here: it would spoil the whole bundle for the others.
                contents.extend(
                    content.filter(|content| file.name.check(content).is_ok()).map(|content| (file, content)),
                );
            }
            if batches.is_empty() && contents.is_empty() {
                return Ok(None);
            }
            let part = Bundle::of_edits(batches, contents, enrolled.device, now)?;
            let edits = part.manifest.entries.iter().fold(0, |sum: u64, one| sum.saturating_add(one.edits));
            let edits = u32::try_from(edits).unwrap_or(u32::MAX);
            Ok(Some(Sealed {
                kind: "",
                device_name: enrolled.device_name.clone(),
                bytes: part.seal(&to.all)?,
                record: record(to.names.clone(), edits, count(cargo.households.len())),
                batches: part.manifest.entries.iter().map(|entry| entry.batch.0).collect(),
                reply: false,
            }))
        }
        Draft::Reply(Reply { device, name, receipts, news }) => {
            let receipts: Vec<_> = receipts.iter().map(|receipt| (*device, receipt.clone())).collect();
            let bundle = Bundle::of_reply(receipts, news.clone(), enrolled.device.0, now)?;
            let recipient: Vec<BundleRecipient> =
                to.keys.iter().filter(|(id, _)| id == device).map(|(_, key)| key.clone()).collect();
            Ok(Some(Sealed {
                kind: "reply-",
                device_name: name.clone(),
                bytes: bundle.seal(&recipient)?,
                record: record(vec![name.clone()], 0, 0),
                batches: Vec::new(),
                reply: true,
            }))
        }
    }
}

fn write(work: &Work<'_>, folder: &Path, one: Sealed, now: i64) -> Result<Written, AppError> {
    file::remove_torn(folder, one.kind, &one.device_name)?;
    let name = free_name(folder, &one, now)?;
    file::write_whole(folder, &name, &one.bytes, &mut |more| work.step(more))?;
    let view = BundleFileView { name: name.clone(), bytes: count(one.bytes.len()), reply: one.reply };
    let hash = blake3::hash(&one.bytes);
    Ok(Written { view, hash, record: BundleRecord { name, ..one.record }, batches: one.batches })
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

/// A name that no file there has: nothing is written over.
fn free_name(folder: &Path, one: &Sealed, now: i64) -> Result<String, AppError> {
    for number in 1..=MOST_NAMES {
        let name = file::file_name(one.kind, &one.device_name, now, number);
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
