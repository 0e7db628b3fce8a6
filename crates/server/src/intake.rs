//! Taking in a batch, however it was carried: the one door of exchanges and bundles.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use rasoat_casework::{DeviceId, Edit, EditId, SubjectKind};
use rasoat_exchange::{BatchError, LooseBatch, ProblemCode, SignedBatch, SignedReceipt};

use crate::aside;
use crate::metrics::Ended;
use crate::project::Brought;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{Arrival, Arriving, Device, Health, Outcome, SignReceipt, StorageError};

/// The most edits, and the longest batch in bytes, that are kept as one: who wants one of them reads all of them.
const MOST_EDITS_KEPT: usize = 200;
const LONGEST_KEPT: usize = 64 * 1024;

/// A batch whose signature holds, and the laptop that signed it.
pub(crate) struct Opened {
    pub(crate) device: Device,
    pub(crate) batch: LooseBatch,
}

/// A batch that cannot be opened; it gets no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotOpened {
    /// It is not to be taken.
    Refused(ProblemCode),
    /// The storage does not answer.
    Storage(StorageError),
}

/// Verifies a batch by the key of the laptop it names. One of a revoked laptop is refused and put aside.
pub(crate) async fn open(state: &State, signed: &SignedBatch) -> Result<Opened, NotOpened> {
    match active_device(state, signed.device).await {
        Ok(device) => open_by(signed, device).map_err(NotOpened::Refused),
        Err(NotOpened::Refused(ProblemCode::DeviceRevoked)) => {
            aside::put(state, signed).await?;
            Err(NotOpened::Refused(ProblemCode::DeviceRevoked))
        }
        Err(other) => Err(other),
    }
}

/// Verifies a batch by the keys of a laptop.
pub(crate) fn open_by(signed: &SignedBatch, device: Device) -> Result<Opened, ProblemCode> {
    let keys = device.former.iter().rev();
    let batch =
        signed.open_loose_by_any(std::iter::once(&device.key).chain(keys)).map_err(|error| match error {
            BatchError::BadSignature | BatchError::OtherDevice => ProblemCode::BadSignature,
            BatchError::NewerFormat => ProblemCode::ProtocolTooNew,
            BatchError::UnknownDictionary => ProblemCode::UnknownDictionary,
            BatchError::TooLarge | BatchError::TooManyEdits => ProblemCode::BodyTooLarge,
            BatchError::Empty | BatchError::Unreadable => ProblemCode::Unreadable,
        })?;
    Ok(Opened { device, batch })
}

/// A laptop that is known and not revoked.
pub(crate) async fn active_device(state: &State, id: DeviceId) -> Result<Device, NotOpened> {
    let device = state.storage.device(id).await?.ok_or(NotOpened::Refused(ProblemCode::UnknownDevice))?;
    match device.revoked_at {
        Some(_) => Err(NotOpened::Refused(ProblemCode::DeviceRevoked)),
        None => Ok(device),
    }
}

/// Stores an opened batch, on disk when this returns; stored before, it gets the receipt it got then.
pub(crate) async fn store(
    state: &State,
    signed: SignedBatch,
    opened: Opened,
    now: i64,
) -> Result<SignedReceipt, StorageError> {
    let mut arrivals = Vec::new();
    let scoring = Scoring::now(state).await?;
    let mut brought = Brought::new(&scoring);
    look_at(signed, opened, now, &mut arrivals, &mut brought);
    brought.settle(&mut arrivals, usize::MAX);
    let receipts = accept(state, arrivals, &scoring, now).await?;
    receipts.into_iter().next().unwrap_or(Err(StorageError::Failed(-1)))
}

/// Opens and stores the batches of a request, all of them together: on disk when this returns. A batch that cannot be opened, or
/// cannot be stored, stops no other. `said`: what the laptop that brings them says of itself.
pub(crate) async fn take_in(
    state: &State,
    batches: Vec<SignedBatch>,
    said: Option<(DeviceId, Health)>,
    now: i64,
) -> Result<Vec<Result<SignedReceipt, NotOpened>>, StorageError> {
    let mut devices: BTreeMap<DeviceId, Result<Device, ProblemCode>> = BTreeMap::new();
    for batch in &batches {
        if let Entry::Vacant(unknown) = devices.entry(batch.device) {
            unknown.insert(match active_device(state, batch.device).await {
                Ok(device) => Ok(device),
                Err(NotOpened::Refused(code)) => Err(code),
                Err(NotOpened::Storage(error)) => return Err(error),
            });
        }
    }
    for batch in &batches {
        if devices.get(&batch.device) == Some(&Err(ProblemCode::DeviceRevoked)) {
            aside::put(state, batch).await?;
        }
    }
    let scoring = Arc::new(Scoring::now(state).await?);
    let looking = Arc::clone(&scoring);
    let looked_at = tokio::task::spawn_blocking(move || look_at_all(&looking, &devices, batches, now)).await;
    let (mut arrivals, refused) = looked_at.map_err(|_| StorageError::Failed(-1))?;
    if let Some((bringer, health)) = said {
        let own = arrivals.iter_mut().filter(|arrival| arrival.device == bringer);
        own.for_each(|arrival| arrival.health = Some(health.clone()));
    }
    let mut receipts = accept(state, arrivals, &scoring, now).await?.into_iter();
    let mut answer = |refused: Option<ProblemCode>| match refused {
        Some(code) => Err(NotOpened::Refused(code)),
        None => receipts.next().unwrap_or(Err(StorageError::Failed(-1))).map_err(NotOpened::Storage),
    };
    let taken: Vec<_> = refused.into_iter().map(&mut answer).collect();
    for result in &taken {
        state.metrics.batch_ended(match result {
            Ok(_) => Ended::Taken,
            Err(NotOpened::Refused(_)) => Ended::Refused,
            Err(NotOpened::Storage(_)) => Ended::Failed,
        });
    }
    Ok(taken)
}

/// The batches that can be opened, with the lines of the households in them, and for each batch why it cannot.
fn look_at_all(
    scoring: &Scoring,
    devices: &BTreeMap<DeviceId, Result<Device, ProblemCode>>,
    batches: Vec<SignedBatch>,
    now: i64,
) -> (Vec<Arrival>, Vec<Option<ProblemCode>>) {
    let mut arrivals = Vec::with_capacity(batches.len());
    let mut refused = Vec::with_capacity(batches.len());
    let mut brought = Brought::new(scoring);
    for signed in batches {
        let device = devices.get(&signed.device).unwrap_or(&Err(ProblemCode::UnknownDevice));
        match device.clone().and_then(|device| open_by(&signed, device)) {
            Ok(opened) => {
                let number = arrivals.len();
                look_at(signed, opened, now, &mut arrivals, &mut brought);
                // A household's edits are neighbours, at most divided between two batches.
                brought.settle(&mut arrivals, number);
                refused.push(None);
            }
            Err(code) => refused.push(Some(code)),
        }
    }
    brought.settle(&mut arrivals, usize::MAX);
    (arrivals, refused)
}

/// Signs the receipt of an arrival. What is most likely is signed beforehand: while a storage writes, others wait for it.
fn signing(state: &State, arrival: &Arrival, now: i64) -> SignReceipt {
    let (state, hash) = (state.clone(), arrival.batch);
    let likely = likely_outcome(arrival);
    let receipt = state.receipt(hash, &likely, now);
    Arc::new(
        move |outcome| {
            if *outcome == likely { receipt.clone() } else { state.receipt(hash, outcome, now) }
        },
    )
}

/// What becomes of an arrival if nothing is against it.
fn likely_outcome(arrival: &Arrival) -> Outcome {
    let mut accepted: Vec<EditId> = arrival.edits.iter().map(Arriving::id).collect();
    accepted.sort_unstable();
    Outcome { accepted, verdicts: Vec::new() }
}

/// Adds a batch to the arrivals, and its edits within scope to what was `brought`.
fn look_at(
    signed: SignedBatch,
    opened: Opened,
    now: i64,
    arrivals: &mut Vec<Arrival>,
    brought: &mut Brought<'_>,
) {
    let Opened { device, batch } = opened;
    let number = arrivals.len();
    let mut edits = Vec::with_capacity(batch.edits.len() + batch.unreadable.len());
    let is_kept_whole = batch.unreadable.is_empty()
        && batch.edits.len() <= MOST_EDITS_KEPT
        && signed.bytes.len() <= LONGEST_KEPT
        && batch.edits.iter().all(|(edit, _)| device.communes.contains(&edit.head.subject.commune));
    for (place, (edit, hash)) in (0..).zip(batch.edits) {
        let Edit { subject, instrument, .. } = &edit.head;
        let is_known = || instrument.is_some_and(|hash| brought.knows(&hash));
        let out_of_scope = !device.communes.contains(&subject.commune);
        let unscored = subject.kind == SubjectKind::Interview && !is_known();
        edits.push(if is_kept_whole {
            Arriving::in_batch(&edit, hash, place, unscored)
        } else {
            Arriving::alone(&edit, hash, out_of_scope, unscored)
        });
        if !out_of_scope {
            brought.add(number, now, edit);
        }
    }
    edits.extend(batch.unreadable.into_iter().map(Arriving::Unreadable));
    arrivals.push(Arrival {
        batch: signed.batch_hash(),
        bytes: signed.bytes,
        device: device.id,
        signature: signed.signature,
        received_at: now,
        edits,
        lines: Vec::new(),
        health: None,
    });
}

async fn accept(
    state: &State,
    mut arrivals: Vec<Arrival>,
    scoring: &Scoring,
    now: i64,
) -> Result<Vec<Result<SignedReceipt, StorageError>>, StorageError> {
    if !state.library().scores_as(&scoring.library) {
        // Something else was published since: whoever looks next makes the lines.
        arrivals.iter_mut().for_each(|arrival| arrival.lines.clear());
    }
    let sizes: Vec<u64> = arrivals.iter().map(|arrival| arrival.edits.len() as u64).collect();
    let signed = arrivals.into_iter().map(|arrival| (signing(state, &arrival, now), arrival));
    let signed = signed.map(|(sign, arrival)| (arrival, sign));
    let receipts = state.storage.accept_all(signed.collect()).await?;
    if !scoring.still_holds(state).await? {
        state.storage.mark_all_stale().await?;
    }
    let stored = receipts.iter().zip(sizes).filter(|(receipt, _)| receipt.is_ok());
    state.metrics.edits_stored(stored.map(|(_, edits)| edits).sum());
    Ok(receipts)
}

impl From<StorageError> for NotOpened {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}
