//! Bundles at the province: shown, taken in, and answered. A batch from a stick goes through the same door as a posted one.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, DeviceId, Edit, EditId, SubjectKind};
use rasoat_exchange::{
    AttachmentRefusal, AttachmentState, BatchHash, Bundle, BundleError, BundleIdentity, Content, Limits,
    MAX_BUNDLE_ENTRIES, ProblemCode, SignedBatch, SignedReceipt, VerdictCode,
};
use uuid::Uuid;

use crate::attachments::{self, Bringer};
use crate::audit;
use crate::data_dir::{DataDir, DataDirError};
use crate::enrol::COMMAND_LINE;
use crate::intake::{self, NotOpened, Opened};
use crate::news;
use crate::project;
use crate::state::State;
use crate::storage::{Device, StorageError};

/// What became of a bundle. Ids and counts; nobody is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleReport {
    /// One for each batch, in the bundle's order.
    pub batches: Vec<BatchReport>,
    /// One for each household that edits of it were about, by commune and id.
    pub households: BTreeMap<(CommuneCode, Uuid), Counts>,
    /// Its files.
    pub files: FileCounts,
}

/// What became of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// Stored.
    pub new: u32,
    /// Stored before.
    pub known: u32,
    /// Named by no edit that is stored: to be brought again after the edits.
    pub unnamed: u32,
    /// Not stored, each code with how many.
    pub refused: BTreeMap<&'static str, u32>,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchReport {
    /// Which.
    pub batch: BatchHash,
    /// The laptop it names.
    pub device: DeviceId,
    /// Its edits; all zero when it was refused as a whole.
    pub counts: Counts,
    /// Why edits were refused, and what else the receipt says, each code with how many.
    pub verdicts: BTreeMap<&'static str, u32>,
    /// Why it was refused as a whole: it gets no receipt.
    pub refused: Option<ProblemCode>,
}

/// What became of edits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Stored.
    pub new: u32,
    /// Stored before.
    pub known: u32,
    /// Not stored.
    pub refused: u32,
}

/// A bundle cannot be taken in or made.
#[derive(Debug, thiserror::Error)]
pub enum BundleFailure {
    /// The file.
    #[error("{}", .0.code())]
    File(#[from] BundleError),
    /// A reply, which is for a laptop.
    #[error("reply_for_a_laptop")]
    Reply,
    /// The laptop a reply is for is not known or was revoked.
    #[error("{}", .0.as_str())]
    Device(ProblemCode),
    /// The laptop was enrolled before there were bundles: nothing is known that it could open.
    #[error("no_recipient")]
    NoRecipient,
    /// The storage. Batches before the failure are stored; the same bundle may be taken in again.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The keys.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
}

impl BundleReport {
    /// Whether anything was not stored.
    pub fn refuses(&self) -> bool {
        let edits = self.batches.iter().any(|batch| batch.refused.is_some() || batch.counts.refused > 0);
        edits || self.files.unnamed > 0 || !self.files.refused.is_empty()
    }

    /// Whether anything was stored that was not before.
    pub fn brings_news(&self) -> bool {
        self.files.new > 0 || self.batches.iter().any(|batch| batch.counts.new > 0)
    }

    /// Whether edits wait for others that come before them, or files for the edits that name them: to be taken in again after
    /// those.
    pub fn waits(&self) -> bool {
        self.files.unnamed > 0 || self.batches.iter().any(BatchReport::waits)
    }
}

impl BatchReport {
    fn waits(&self) -> bool {
        self.verdicts.contains_key(VerdictCode::BrokenChain.as_str())
    }
}

/// Opens a bundle for the server in a directory; nothing is applied.
///
/// # Errors
/// When it is no bundle for this server.
pub fn show_bundle(dir: &DataDir, file: &[u8]) -> Result<Bundle, BundleFailure> {
    Ok(Bundle::open(file, &bundle_identity(dir)?, Limits::BUNDLE)?)
}

/// What opens bundles for the server in a directory.
///
/// # Errors
/// When its keys cannot be read.
pub fn bundle_identity(dir: &DataDir) -> Result<BundleIdentity, BundleFailure> {
    Ok(BundleIdentity::of(&dir.keys()?.signing)?)
}

/// Takes in a bundle, batch by batch: what is refused stops no other. Any number of times, in any order, that of the batches
/// inside included.
///
/// # Errors
/// When it is no bundle of edits for this server, or the storage fails on the way.
pub async fn import_bundle(state: &State, file: &[u8]) -> Result<BundleReport, BundleFailure> {
    let identity = BundleIdentity::of(&state.signing)?;
    let bundle = Bundle::open(file, &identity, Limits::BUNDLE)?;
    let Content::Edits(batches) = &bundle.content else { return Err(BundleFailure::Reply) };
    let mut taken = Vec::with_capacity(batches.len());
    for signed in batches {
        taken.push(take_in(state, signed, None).await?);
    }
    // What did not connect may do so after what came behind it.
    let mut stored = taken.len() > 1;
    while stored && taken.iter().any(|one| one.report.waits()) {
        stored = false;
        for (signed, one) in batches.iter().zip(&mut taken).filter(|(_, one)| one.report.waits()) {
            let before = one.report.counts.new;
            *one = take_in(state, signed, Some(std::mem::take(&mut one.known))).await?;
            stored |= one.report.counts.new > before;
        }
    }
    project::catch_up(state).await?;
    audit::note(state, COMMAND_LINE, "bundle_imported", &bundle.manifest.creator.to_string()).await?;
    Ok(BundleReport { files: take_in_files(state, &bundle).await?, ..report_of(taken) })
}

/// Takes in batches of a revoked laptop that were put aside, as if it were not revoked, in any order.
pub(crate) async fn take_in_aside(
    state: &State,
    device: &Device,
    batches: &[SignedBatch],
) -> Result<BundleReport, StorageError> {
    let mut taken: Vec<Taken> = batches.iter().map(Taken::nothing).collect();
    let mut todo: Vec<usize> = (0..batches.len()).collect();
    loop {
        let mut stored = false;
        for number in &todo {
            let (Some(signed), Some(one)) = (batches.get(*number), taken.get_mut(*number)) else { continue };
            match intake::open_by(signed, device.clone()) {
                Ok(opened) => {
                    *one = take_in_opened(state, signed, opened, None).await?;
                    stored |= one.report.counts.new > 0;
                }
                Err(code) => one.report.refused = Some(code),
            }
        }
        todo.retain(|number| taken.get(*number).is_some_and(|one| one.report.waits()));
        if todo.is_empty() || !stored {
            break;
        }
    }
    project::catch_up(state).await?;
    Ok(report_of(taken))
}

fn report_of(taken: Vec<Taken>) -> BundleReport {
    let mut report = BundleReport::default();
    for one in taken {
        for (household, counts) in one.households {
            report.households.entry(household).or_default().add(counts);
        }
        report.batches.push(one.report);
    }
    report
}

/// A reply for a laptop: the receipts of its batches, whichever way they came, those of the laptops whose communes are all its
/// own too, for it to pass on, and the news.
///
/// # Errors
/// When there is nobody to say it to.
pub async fn reply_bundle(state: &State, device: DeviceId) -> Result<Vec<u8>, BundleFailure> {
    let row = intake::active_device(state, device).await.map_err(|error| match error {
        NotOpened::Refused(code) => BundleFailure::Device(code),
        NotOpened::Storage(error) => error.into(),
    })?;
    let recipient = row.bundle_recipient.clone().ok_or(BundleFailure::NoRecipient)?;
    let receipts = receipts_for(state, &row).await?;
    let news = news::of(state, &row).await?;
    let bundle = Bundle::of_reply(receipts, news, state.config.server_id().0, state.now())?;
    let file = bundle.seal(&[recipient])?;
    audit::note(state, COMMAND_LINE, "bundle_replied", &device.0.to_string()).await?;
    Ok(file)
}

/// Files come after the edits: what names them is stored by now, or is not in this bundle.
async fn take_in_files(state: &State, bundle: &Bundle) -> Result<FileCounts, StorageError> {
    let mut counts = FileCounts::default();
    let bringer = Bringer { device: DeviceId(bundle.manifest.creator), communes: None };
    for (file, content) in bundle.manifest.files.iter().zip(&bundle.files) {
        let before = attachments::states(state, &bringer, &[*file]).await?;
        if before == [AttachmentState::Whole] {
            counts.known += 1;
            continue;
        }
        match attachments::put_whole(state, &bringer, *file, content).await? {
            AttachmentState::Whole => counts.new += 1,
            AttachmentState::Unnamed => counts.unnamed += 1,
            AttachmentState::Refused(refusal) => *counts.refused.entry(refusal.code()).or_default() += 1,
            AttachmentState::Part(_) => {
                *counts.refused.entry(AttachmentRefusal::Damaged.code()).or_default() += 1;
            }
        }
    }
    Ok(counts)
}

/// As many as a bundle holds, the laptop's own before others'.
async fn receipts_for(
    state: &State,
    device: &Device,
) -> Result<Vec<(DeviceId, SignedReceipt)>, StorageError> {
    let others = state.storage.devices().await?.into_iter().map(|known| known.device);
    let others = others.filter(|other| other.id != device.id && other.communes.is_subset(&device.communes));
    let ids: Vec<DeviceId> = std::iter::once(device.id).chain(others.map(|other| other.id)).collect();
    let mut receipts = Vec::new();
    for id in ids {
        let left = u32::try_from(MAX_BUNDLE_ENTRIES - receipts.len()).unwrap_or_default();
        receipts.extend(state.storage.receipts_of(id, left).await?.into_iter().map(|receipt| (id, receipt)));
    }
    Ok(receipts)
}

/// What became of one batch.
struct Taken {
    report: BatchReport,
    households: Vec<((CommuneCode, Uuid), Counts)>,
    /// Its edits that were stored before this bundle came.
    known: BTreeSet<EditId>,
}

impl Taken {
    fn nothing(signed: &SignedBatch) -> Self {
        let report = BatchReport {
            batch: signed.batch_hash(),
            device: signed.device,
            counts: Counts::default(),
            verdicts: BTreeMap::new(),
            refused: None,
        };
        Self { report, households: Vec::new(), known: BTreeSet::new() }
    }
}

/// `known`: from an earlier try of the same bundle.
async fn take_in(
    state: &State,
    signed: &SignedBatch,
    known: Option<BTreeSet<EditId>>,
) -> Result<Taken, StorageError> {
    match intake::open(state, signed).await {
        Ok(opened) => take_in_opened(state, signed, opened, known).await,
        Err(NotOpened::Refused(code)) => {
            let mut taken = Taken::nothing(signed);
            taken.report.refused = Some(code);
            Ok(taken)
        }
        Err(NotOpened::Storage(error)) => Err(error),
    }
}

async fn take_in_opened(
    state: &State,
    signed: &SignedBatch,
    opened: Opened,
    known: Option<BTreeSet<EditId>>,
) -> Result<Taken, StorageError> {
    let mut taken = Taken::nothing(signed);
    let edits: Vec<Edit> = opened.batch.edits.iter().map(|(edit, _)| edit.clone().into_edit()).collect();
    let unreadable = opened.batch.unreadable.iter().map(|edit| edit.id);
    let ids: BTreeSet<EditId> = edits.iter().map(|edit| edit.id).chain(unreadable).collect();
    taken.known = match known {
        Some(known) => known,
        None => state.storage.known(ids.iter().copied().collect()).await?,
    };
    let receipt = intake::store(state, signed.clone(), opened, state.now()).await?;
    let receipt = receipt.open(&state.signing.verify_key());
    let receipt = receipt.map_err(|_| StorageError::Damaged("receipt"))?;
    for verdict in &receipt.verdicts {
        *taken.report.verdicts.entry(VerdictCode::as_str(verdict.code)).or_default() += 1;
    }
    let fate = |id: EditId| match (receipt.accepts(id), taken.known.contains(&id)) {
        (true, true) => Counts { known: 1, ..Counts::default() },
        (true, false) => Counts { new: 1, ..Counts::default() },
        (false, _) => Counts { refused: 1, ..Counts::default() },
    };
    for id in ids {
        taken.report.counts.add(fate(id));
    }
    for edit in &edits {
        if let Some(household) = household_of(state, edit).await? {
            taken.households.push(((edit.subject.commune.clone(), household), fate(edit.id)));
        }
    }
    Ok(taken)
}

/// The household an edit is about; `None` for a case, a remark, and an interview of which no edit said whose it is.
async fn household_of(state: &State, edit: &Edit) -> Result<Option<Uuid>, StorageError> {
    match edit.subject.kind {
        SubjectKind::Household => Ok(Some(edit.subject.id)),
        SubjectKind::Interview => match crate::assess::household_named_by(edit) {
            Some(named) => Ok(Some(named)),
            None => state.storage.household_of(edit.subject.commune.clone(), edit.subject.id).await,
        },
        SubjectKind::Case | SubjectKind::Remark => Ok(None),
    }
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.new += other.new;
        self.known += other.known;
        self.refused += other.refused;
    }
}
