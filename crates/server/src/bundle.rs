//! Bundles at the province: shown, taken in, and answered. A batch from a stick goes through the same door as a posted one.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, DeviceId, Edit, EditId, SubjectKind};
use rasoat_exchange::{
    BatchHash, Bundle, BundleError, BundleIdentity, Content, Limits, MAX_BUNDLE_ENTRIES, ProblemCode,
    SignedBatch, VerdictCode,
};
use uuid::Uuid;

use crate::data_dir::{DataDir, DataDirError};
use crate::intake::{self, NotOpened};
use crate::project;
use crate::state::State;
use crate::storage::{AuditEntry, StorageError};

/// What became of a bundle. Ids and counts; nobody is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleReport {
    /// One for each batch, in the bundle's order.
    pub batches: Vec<BatchReport>,
    /// One for each household that edits of it were about, by commune and id.
    pub households: BTreeMap<(CommuneCode, Uuid), Counts>,
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
    /// Nothing came in from the laptop yet.
    #[error("nothing_to_reply")]
    NothingToReply,
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
        self.batches.iter().any(|batch| batch.refused.is_some() || batch.counts.refused > 0)
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

/// Takes in a bundle, batch by batch: what is refused stops no other. Any number of times, in any order.
///
/// # Errors
/// When it is no bundle of edits for this server, or the storage fails on the way.
pub async fn import_bundle(state: &State, file: &[u8]) -> Result<BundleReport, BundleFailure> {
    let identity = BundleIdentity::of(&state.signing)?;
    let bundle = Bundle::open(file, &identity, Limits::BUNDLE)?;
    let Content::Edits(batches) = &bundle.content else { return Err(BundleFailure::Reply) };
    let mut report = BundleReport::default();
    for signed in batches {
        take_in(state, signed, &mut report).await?;
    }
    project::catch_up(state).await?;
    note(state, "bundle_imported", bundle.manifest.creator).await?;
    Ok(report)
}

/// A reply for a laptop: the receipts of its batches, whichever way they came.
///
/// # Errors
/// When there is nothing to say, or nobody to say it to.
pub async fn reply_bundle(state: &State, device: DeviceId) -> Result<Vec<u8>, BundleFailure> {
    let row = intake::active_device(state, device).await.map_err(|error| match error {
        NotOpened::Refused(code) => BundleFailure::Device(code),
        NotOpened::Storage(error) => error.into(),
    })?;
    let recipient = row.bundle_recipient.ok_or(BundleFailure::NoRecipient)?;
    let most = u32::try_from(MAX_BUNDLE_ENTRIES).unwrap_or(u32::MAX);
    let receipts = state.storage.receipts_of(device, most).await?;
    if receipts.is_empty() {
        return Err(BundleFailure::NothingToReply);
    }
    let receipts = receipts.into_iter().map(|receipt| (device, receipt)).collect();
    let file = Bundle::of_receipts(receipts, state.config.server_id(), state.now())?.seal(&recipient)?;
    note(state, "bundle_replied", device.0).await?;
    Ok(file)
}

async fn take_in(state: &State, signed: &SignedBatch, report: &mut BundleReport) -> Result<(), StorageError> {
    let mut said = BatchReport {
        batch: signed.batch_hash(),
        device: signed.device,
        counts: Counts::default(),
        verdicts: BTreeMap::new(),
        refused: None,
    };
    match intake::open(state, signed).await {
        Ok(opened) => {
            let edits = opened.batch.edits.clone();
            let unreadable = opened.batch.unreadable.iter().map(|edit| edit.id);
            let ids: BTreeSet<EditId> = edits.iter().map(|edit| edit.id).chain(unreadable).collect();
            let known = state.storage.known(ids.iter().copied().collect()).await?;
            let receipt = intake::store(state, signed, opened, state.now()).await?;
            let receipt = receipt.open(&state.signing.verify_key());
            let receipt = receipt.map_err(|_| StorageError::Damaged("receipt"))?;
            for verdict in &receipt.verdicts {
                *said.verdicts.entry(VerdictCode::as_str(verdict.code)).or_default() += 1;
            }
            let fate = |id: EditId| match (receipt.accepts(id), known.contains(&id)) {
                (true, true) => Counts { known: 1, ..Counts::default() },
                (true, false) => Counts { new: 1, ..Counts::default() },
                (false, _) => Counts { refused: 1, ..Counts::default() },
            };
            for id in ids {
                said.counts.add(fate(id));
            }
            for edit in &edits {
                if let Some(household) = household_of(state, edit).await? {
                    let key = (edit.subject.commune.clone(), household);
                    report.households.entry(key).or_default().add(fate(edit.id));
                }
            }
        }
        Err(NotOpened::Refused(code)) => said.refused = Some(code),
        Err(NotOpened::Storage(error)) => return Err(error),
    }
    report.batches.push(said);
    Ok(())
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

async fn note(state: &State, act: &str, object: Uuid) -> Result<(), StorageError> {
    let entry = AuditEntry {
        at: state.now(),
        actor: "command_line".to_owned(),
        act: act.to_owned(),
        object: object.to_string(),
    };
    state.storage.note_act(entry).await
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.new += other.new;
        self.known += other.known;
        self.refused += other.refused;
    }
}
