//! Taking in bundles: all of one in one transaction, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rasoat_casework::{CommuneCode, DeviceId, Edit, EditId, Subject};
use rasoat_exchange::{
    Accepted, Batch, BatchError, Bundle, BundleError, BundleIdentity, Content, Entry, Limits, Manifest,
    Signature, SignedBatch, SignedNews, SignedReceipt, VerdictCode,
};
use rasoat_store::{
    Act, AttachmentOrigin, BatchOrigin, BatchState, BundleRecord, Direction, KeptMessage, Op, Reader,
    StoreError, Tx,
};
use uuid::Uuid;

use super::devices::{DeviceBook, Signer};
use super::{MOST_HOUSEHOLDS, Work, household_of, kept, names_of, party, signed};
use crate::app::{App, Opened};
use crate::error::AppError;
use crate::moment::rfc3339;
use crate::profile::keep_files;
use crate::projection::is_meta;
use crate::refresh;
use crate::retention;
use crate::rounds;
use crate::start::{count, read_file};
use crate::sync::stored;
use crate::take_in;
use crate::updates;
use crate::view::{BundleImportView, ImportedBatchView, ImportedHouseholdView};

/// Bytes of files that no edit here names.
const MOST_UNNAMED_BYTES: u64 = 256 * 1024 * 1024;

/// What came of one edit.
#[derive(Clone)]
enum Fate {
    New,
    Known,
    Waiting,
    Refused(&'static str),
}

/// Edits of others on their way in, each with what came of it.
#[derive(Default)]
struct Fates(BTreeMap<EditId, (Edit, Fate)>);

impl App {
    /// Takes in a bundle: another laptop's edits, or the answer of the province. Any number of times, in any order.
    pub fn bundle_import(&self, path: &str) -> Result<BundleImportView, AppError> {
        self.need_room()?;
        let opened = self.need_open()?;
        let work = opened.bundles.begin()?;
        work.phase("reading", 0)?;
        let most = Limits::BUNDLE.compressed;
        let file = read_file(Path::new(path), most as u64).map_err(|error| match error.code.as_str() {
            "file_too_large" => AppError::new("bundle_too_large"),
            _ => error,
        })?;
        let bundle = open_by_any(&opened, &file)?;
        let now = self.now();
        // Nobody answers meanwhile: what is open in memory was opened from documents that change now.
        let mut open = opened.interviews.lock();
        let (view, _) = opened.store.transact(Op::ImportBundle, |tx| {
            let mut intake = Intake { opened: &opened, tx, work: &work, now, book: DeviceBook::read(tx)? };
            intake.take_in(&bundle)
        })?;
        open.clear();
        drop(open);
        self.go_over_now(&opened, false)?;
        self.wake().notify_waiters();
        tracing::info!(
            reply = view.reply,
            households = view.households.len(),
            confirmed = view.confirmed,
            "took in a bundle"
        );
        Ok(view)
    }
}

/// Opens a bundle that was sealed to this laptop, by whichever of its keys.
fn open_by_any(opened: &Opened, file: &[u8]) -> Result<Bundle, AppError> {
    let mut bundle = Err(BundleError::OtherRecipient);
    for key in opened.profile.keys() {
        bundle = Bundle::open(file, &BundleIdentity::of(key)?, Limits::BUNDLE);
        if !matches!(bundle, Err(BundleError::OtherRecipient)) {
            break;
        }
    }
    Ok(bundle?)
}

struct Intake<'a> {
    opened: &'a Opened,
    tx: &'a Tx<'a>,
    work: &'a Work<'a>,
    now: i64,
    book: DeviceBook,
}

impl Intake<'_> {
    fn take_in(&mut self, bundle: &Bundle) -> Result<BundleImportView, AppError> {
        let Manifest { created_at_millis, creator, entries, .. } = &bundle.manifest;
        let mut view = BundleImportView {
            from: party(self.opened, &self.book, *creator),
            made_at: rfc3339(*created_at_millis),
            ..BundleImportView::default()
        };
        let mut fates = Fates::default();
        let mut touched = BTreeSet::new();
        match &bundle.content {
            Content::Edits(batches) => self.take_batches(batches, &mut fates, &mut view)?,
            Content::Reply(reply) => {
                view.reply = true;
                self.work.phase("taking_in", reply.receipts.len() + reply.news.len())?;
                for (entry, receipt) in entries.iter().zip(&reply.receipts) {
                    self.take_receipt(entry, receipt, &mut view)?;
                    self.work.step(1)?;
                }
                for news in &reply.news {
                    self.take_news(news, &mut touched, &mut view)?;
                    self.work.step(1)?;
                }
                let all = count(reply.receipts.len() + reply.news.len());
                if view.unverified == all {
                    return Err(AppError::new("bundle_unverified"));
                }
            }
        }
        // A key or an edit that came may be what earlier batches waited for.
        self.read_waiting(&mut fates)?;
        self.take_files(bundle, &mut view)?;
        for (edit, fate) in fates.0.values() {
            if matches!(fate, Fate::New) {
                self.touch(edit, &mut touched)?;
            }
        }
        for (commune, household) in &touched {
            refresh::household(&self.opened.profile, self.tx, (commune, *household), self.now)?;
            self.work.go_on()?;
        }
        self.report(&fates, &mut view)?;
        self.record(bundle, &view)?;
        Ok(view)
    }

    /// Keeps files for the province. One that no edit here names may belong to a batch that cannot be read here, or comes in
    /// another part: of those, so many bytes.
    fn take_files(&self, bundle: &Bundle, view: &mut BundleImportView) -> Result<(), AppError> {
        self.work.phase("taking_in", bundle.files.len())?;
        for (file, content) in bundle.manifest.files.iter().zip(&bundle.files) {
            let is_here = self.tx.attachment(file.name)?.is_some_and(|stored| stored.is_whole());
            if !is_here {
                self.tx.put_attachment(file.name, content, AttachmentOrigin::Collected, self.now)?;
                if self.tx.unnamed_attachment_bytes()? > MOST_UNNAMED_BYTES {
                    self.tx.forget_attachment(file.name)?;
                    view.attachments_left_out += 1;
                } else {
                    view.attachments += 1;
                }
            }
            self.work.step(1)?;
        }
        Ok(())
    }

    fn take_batches(
        &self,
        batches: &[SignedBatch],
        fates: &mut Fates,
        view: &mut BundleImportView,
    ) -> Result<(), AppError> {
        self.work.phase("taking_in", batches.len())?;
        for batch in batches {
            let refused = |code: &str, passed_on| ImportedBatchView {
                device: party(self.opened, &self.book, batch.device.0),
                code: code.to_owned(),
                passed_on,
            };
            match self.book.signer(self.opened, batch.device) {
                // It may have been signed before: only the province can tell, and decides.
                Signer::Revoked => {
                    self.tx.keep_batch(&kept(batch), BatchOrigin::Collected, BatchState::Closed, self.now)?;
                    view.batches.push(refused("device_revoked", true));
                }
                Signer::Unknown => {
                    self.tx.keep_batch(&kept(batch), BatchOrigin::Collected, BatchState::Closed, self.now)?;
                    view.batches.push(refused("unknown_device", true));
                }
                Signer::Known(keys) => match batch.open_by_any(&keys) {
                    Ok(opened) => self.take_batch(batch, &opened, fates)?,
                    Err(error @ (BatchError::BadSignature | BatchError::OtherDevice)) => {
                        view.batches.push(refused(error.code(), false));
                    }
                    Err(error) => {
                        // Genuine; what this program cannot read, the province may.
                        self.tx.keep_batch(
                            &kept(batch),
                            BatchOrigin::Collected,
                            BatchState::Closed,
                            self.now,
                        )?;
                        view.batches.push(refused(error.code(), true));
                    }
                },
            }
            self.work.step(1)?;
        }
        Ok(())
    }

    fn take_batch(&self, signed: &SignedBatch, batch: &Batch, fates: &mut Fates) -> Result<(), AppError> {
        let record = kept(signed);
        // Our own edits come back: they wait for their receipt here already. After an old copy was restored they do not.
        let ours = signed.device == self.opened.profile.enrolled.device;
        let here = |edit: &Edit| self.tx.has_edit(edit.id, &edit.subject);
        if ours && batch.edits.iter().map(here).collect::<Result<Vec<_>, _>>()?.into_iter().all(|here| here) {
            fates.0.extend(batch.edits.iter().map(|edit| (edit.id, (edit.clone(), Fate::Known))));
            return Ok(());
        }
        self.tx.keep_batch(&record, BatchOrigin::Collected, BatchState::Waiting, self.now)?;
        self.read(&record.hash, signed.device, batch, fates, true)?;
        Ok(())
    }

    /// Collected batches of which something was not here yet, until nothing more can be taken in.
    fn read_waiting(&self, fates: &mut Fates) -> Result<(), AppError> {
        loop {
            let mut new = false;
            for record in self.tx.unread_batches()? {
                let (hash, device) = (record.hash, record.device);
                if let Signer::Known(keys) = self.book.signer(self.opened, device)
                    && let Ok(batch) = signed(record).open_by_any(&keys)
                {
                    new |= self.read(&hash, device, &batch, fates, false)?;
                }
                self.work.go_on()?;
            }
            if !new {
                return Ok(());
            }
        }
    }

    /// Takes in what of a batch can be taken in, and says whether anything was new. `brought`: the batch is of this bundle,
    /// and all that comes of it is to be told.
    fn read(
        &self,
        hash: &[u8; 32],
        device: DeviceId,
        batch: &Batch,
        fates: &mut Fates,
        brought: bool,
    ) -> Result<bool, AppError> {
        let (mut new, mut waits) = (false, false);
        for edit in &batch.edits {
            let fate = if !self.in_scope(device, edit) {
                Fate::Refused(VerdictCode::as_str(VerdictCode::OutOfScope))
            } else if !self.tx.has_edit(edit.id, &edit.subject)? && !self.tx.has_what_was_seen(edit)? {
                waits = true;
                Fate::Waiting
            } else {
                let taken = self.tx.insert_foreign(std::slice::from_ref(edit), self.now)?;
                match (taken.new, taken.forked.is_empty()) {
                    (1.., _) => Fate::New,
                    (0, false) => Fate::Refused(VerdictCode::as_str(VerdictCode::ForkedSeq)),
                    (0, true) => Fate::Known,
                }
            };
            let is_new = matches!(fate, Fate::New);
            new |= is_new;
            // What was new a moment ago is known when its batch is looked at again.
            let was_new = matches!(fates.0.get(&edit.id), Some((_, Fate::New)));
            if is_new || (brought && !was_new) {
                fates.0.insert(edit.id, (edit.clone(), fate));
            }
        }
        let state = if waits { BatchState::Waiting } else { BatchState::Taken };
        self.tx.note_batch(hash, &ids(batch), state)?;
        // The receipt may have been here before the batch.
        if let Some(KeptMessage { bytes, signature }) = self.tx.receipt_kept(hash)? {
            self.settle(hash, &SignedReceipt { bytes, signature: Signature::from_bytes(signature) })?;
        }
        Ok(new)
    }

    /// Whether an edit is within the communes of its laptop and of this one.
    fn in_scope(&self, device: DeviceId, edit: &Edit) -> bool {
        let commune = &edit.subject.commune;
        let theirs = self.book.device(device).is_none_or(|device| device.communes.contains(commune));
        theirs && self.opened.profile.communes.contains_key(commune)
    }

    fn take_receipt(
        &self,
        entry: &Entry,
        signed: &SignedReceipt,
        view: &mut BundleImportView,
    ) -> Result<(), AppError> {
        let enrolled = &self.opened.profile.enrolled;
        let server = &enrolled.server;
        let receipt = match signed.open(&server.verify_key) {
            Ok(receipt) => receipt,
            Err(_) => {
                view.unverified += 1;
                return Ok(());
            }
        };
        view.receipts += 1;
        let hash = receipt.batch.0;
        match self.tx.batch_origin(&hash)? {
            Some(BatchOrigin::Own) => {
                let edits = self.tx.edits_of_batch(&hash)?;
                let mut receipt = stored(signed, &receipt, &edits);
                // What did not connect to what the province has is carried again, behind what it lacks.
                let broken = VerdictCode::as_str(VerdictCode::BrokenChain);
                receipt.refused.retain(|refusal| refusal.code != broken);
                let applied = self.tx.apply_receipt(&receipt, self.now)?;
                view.confirmed += applied.confirmed;
                view.refused += applied.refused;
                self.settle(&hash, signed)?;
            }
            Some(BatchOrigin::Collected) => self.settle(&hash, signed)?,
            None => {}
        }
        if entry.device != enrolled.device {
            let message = KeptMessage { bytes: signed.bytes.clone(), signature: signed.signature.to_bytes() };
            self.tx.keep_receipt(&hash, entry.device, &message, receipt.server_time_millis)?;
            view.receipts_kept += 1;
        }
        Ok(())
    }

    /// Notes a receipt's word on a kept batch.
    fn settle(&self, hash: &[u8; 32], signed: &SignedReceipt) -> Result<(), AppError> {
        let server = &self.opened.profile.enrolled.server;
        if let Ok(receipt) = signed.open(&server.verify_key) {
            let settled = receipt.verdicts.iter().all(|verdict| verdict.code != VerdictCode::BrokenChain);
            let accepted = match &receipt.accepted {
                Accepted::All(_) => None,
                Accepted::Edits(ranges) => Some(ranges.as_slice()),
            };
            self.tx.settle_batch(hash, accepted, settled)?;
        }
        Ok(())
    }

    fn take_news(
        &mut self,
        signed: &SignedNews,
        touched: &mut BTreeSet<(CommuneCode, Uuid)>,
        view: &mut BundleImportView,
    ) -> Result<(), AppError> {
        let enrolled = &self.opened.profile.enrolled;
        let news = match signed.open(&enrolled.server.verify_key) {
            Ok(news) if news.server == enrolled.server.id => news,
            Ok(_) | Err(_) => {
                view.unverified += 1;
                return Ok(());
            }
        };
        let communes = &self.opened.profile.communes;
        let changes: Vec<Edit> = news
            .changes
            .iter()
            .filter(|edit| communes.contains_key(&edit.subject.commune))
            .cloned()
            .collect();
        if !changes.is_empty() {
            view.changes += self.tx.insert_foreign(&changes, self.now)?.new;
        }
        for edit in &changes {
            self.touch(edit, touched)?;
        }
        take_in::unread(self.tx, &news.unread)?;
        let (instruments, standards) = keep_files(self.tx, &news.instruments, &news.standards)?;
        view.instruments += instruments;
        view.standards += standards;
        if retention::take_word(self.tx, news.retention.as_ref(), news.made_at_millis)? {
            updates::take_guidance(&self.opened.profile, self.tx, &news.guidance)?;
        }
        if let Some(opened) = &news.opened {
            rounds::keep(self.tx, opened)?;
        }
        let learnt = self.book.learn_all(news.made_at_millis, &news.devices, &news.revoked);
        self.book.keep(self.tx)?;
        view.devices += learnt.devices;
        view.revoked.extend(learnt.revoked.into_iter().filter(|name| !name.is_empty()));
        view.this_device_revoked |= self.book.revoked_at(enrolled.device).is_some();
        let message = KeptMessage { bytes: signed.bytes.clone(), signature: signed.signature.to_bytes() };
        self.tx.keep_news(&signed.hash(), &message, news.made_at_millis)?;
        Ok(())
    }

    fn touch(&self, edit: &Edit, touched: &mut BTreeSet<(CommuneCode, Uuid)>) -> Result<(), StoreError> {
        if let Some(household) = household_of(self.tx, edit)? {
            touched.insert((edit.subject.commune.clone(), household));
        }
        Ok(())
    }

    fn report(&self, fates: &Fates, view: &mut BundleImportView) -> Result<(), AppError> {
        let conflicting = conflicting(self.tx, fates)?;
        let mut households: BTreeMap<Uuid, ImportedHouseholdView> = BTreeMap::new();
        for (edit, fate) in fates.0.values() {
            let Some(id) = household_of(self.tx, edit)? else { continue };
            let household = households.entry(id).or_default();
            match fate {
                Fate::New => household.new += 1,
                Fate::Known => household.known += 1,
                Fate::Waiting => household.waiting += 1,
                Fate::Refused(code) => *household.refused.entry((*code).to_owned()).or_default() += 1,
            }
            household.conflicting += u32::from(conflicting.contains(&edit.id));
        }
        view.more_households = count(households.len().saturating_sub(MOST_HOUSEHOLDS));
        for (id, mut household) in households.into_iter().take(MOST_HOUSEHOLDS) {
            household.id = id.to_string();
            (household.head_name, household.village_name) = names_of(self.tx, id)?;
            view.households.push(household);
        }
        Ok(())
    }

    fn record(&self, bundle: &Bundle, view: &BundleImportView) -> Result<(), StoreError> {
        let entries = &bundle.manifest.entries;
        let edits = entries.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.edits));
        let record = BundleRecord {
            direction: Direction::In,
            at: self.now,
            name: String::new(),
            parties: Some(view.from.clone()).filter(|from| !from.is_empty()).into_iter().collect(),
            edits: u32::try_from(edits).unwrap_or(u32::MAX),
            households: count(view.households.len()).saturating_add(view.more_households),
        };
        let batches: Vec<[u8; 32]> = entries.iter().map(|entry| entry.batch.0).collect();
        let counts = [("edits", record.edits), ("households", record.households)];
        let counts = counts.map(|(name, count)| (name, count.to_string()));
        self.tx.audit(Act::ImportBundle, &counts, self.now)?;
        self.tx.record_bundle(&record, &batches)
    }
}

fn ids(batch: &Batch) -> Vec<EditId> {
    let unreadable = batch.unreadable.iter().map(|edit| edit.id);
    batch.edits.iter().map(|edit| edit.id).chain(unreadable).collect()
}

/// Of the new edits, those that stand against another's.
fn conflicting(reader: &Reader<'_>, fates: &Fates) -> Result<BTreeSet<EditId>, StoreError> {
    let new = fates.0.values().filter(|(_, fate)| matches!(fate, Fate::New)).map(|(edit, _)| edit);
    let ids: BTreeSet<EditId> = new.clone().map(|edit| edit.id).collect();
    let subjects: BTreeSet<&Subject> = new.map(|edit| &edit.subject).collect();
    let mut found = BTreeSet::new();
    for subject in subjects {
        let document = reader.document(subject)?;
        let conflicts = document.fields.iter().filter(|(path, state)| state.in_conflict() && !is_meta(path));
        for (_, state) in conflicts {
            let stand = state.candidates.iter().map(|candidate| candidate.edit);
            found.extend(stand.filter(|edit| ids.contains(edit)));
        }
    }
    Ok(found)
}
