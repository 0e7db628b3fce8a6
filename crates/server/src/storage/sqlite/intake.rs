//! Taking in a batch.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{DeviceId, Edit, EditHash, EditId, SubjectKind};
use rasoat_exchange::{Signature, SignedReceipt, Verdict, VerdictCode};
use rusqlite::{OptionalExtension as _, Transaction, params};
use uuid::Uuid;

use super::{devices, hash_of, uuid_of};
use crate::storage::{Arrival, Arriving, Judgement, Outcome, SignReceipt, StorageError, judge};

/// What an earlier arrival of the same batch came to.
struct Before {
    outcome: [u8; 32],
    refused: bool,
    receipt: SignedReceipt,
}

pub(super) fn accept(
    tx: &Transaction<'_>,
    arrival: &Arrival,
    sign: &SignReceipt,
) -> Result<SignedReceipt, StorageError> {
    let before = receipt_of(tx, &arrival.batch.0)?;
    if let Some(before) = before.as_ref().filter(|before| !before.refused) {
        devices::note_seen(tx, arrival.device, arrival.received_at, 0)?;
        return Ok(before.receipt.clone());
    }
    // What was refused may fit by now: the scope was widened, the link before it came in.
    let (outcome, stored) = take_in(tx, arrival)?;
    devices::note_seen(tx, arrival.device, arrival.received_at, stored)?;
    if let Some(before) = before.filter(|before| before.outcome == outcome.digest()) {
        return Ok(before.receipt);
    }
    let receipt = sign(&outcome);
    tx.prepare_cached(include_str!("sql/put_batch.sql"))?.execute(params![
        arrival.batch.0,
        arrival.device.0.as_bytes(),
        arrival.signature.to_bytes(),
        arrival.received_at,
        i64::try_from(arrival.edits.len()).unwrap_or(i64::MAX),
        outcome.digest(),
        outcome.refuses(),
        receipt.bytes,
        receipt.signature.to_bytes()
    ])?;
    Ok(receipt)
}

fn receipt_of(tx: &Transaction<'_>, batch: &[u8; 32]) -> Result<Option<Before>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/batch.sql"))?;
    let mut rows = statement.query([batch])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Before {
        outcome: hash_of(&row.get::<_, Vec<u8>>(0)?)?,
        refused: row.get(1)?,
        receipt: signed_receipt(row.get(2)?, row.get(3)?)?,
    }))
}

fn signed_receipt(bytes: Vec<u8>, signature: Vec<u8>) -> Result<SignedReceipt, StorageError> {
    let signature = signature.try_into().map_err(|_| StorageError::Damaged("signature"))?;
    Ok(SignedReceipt { bytes, signature: Signature::from_bytes(signature) })
}

pub(super) fn receipts_of(
    tx: &Transaction<'_>,
    device: DeviceId,
    limit: u32,
) -> Result<Vec<SignedReceipt>, StorageError> {
    let mut statement = tx.prepare_cached(include_str!("sql/receipts_of.sql"))?;
    let mut rows = statement.query(params![device.0.as_bytes(), limit])?;
    let mut receipts = Vec::new();
    while let Some(row) = rows.next()? {
        receipts.push(signed_receipt(row.get(0)?, row.get(1)?)?);
    }
    receipts.reverse();
    Ok(receipts)
}

pub(super) fn known(tx: &Transaction<'_>, edits: Vec<EditId>) -> Result<BTreeSet<EditId>, StorageError> {
    let mut known = BTreeSet::new();
    for id in edits {
        if stored_hash(tx, id)?.is_some() {
            known.insert(id);
        }
    }
    Ok(known)
}

fn take_in(tx: &Transaction<'_>, arrival: &Arrival) -> Result<(Outcome, u32), StorageError> {
    let mut outcome = Outcome::default();
    let mut stored = 0;
    let mut edits: Vec<&Arriving> = arrival.edits.iter().collect();
    edits.sort_by_key(|arriving| arriving.id());
    for arriving in edits {
        let id = arriving.id();
        let bytes = arriving.bytes();
        let hash = EditHash::of(&bytes);
        let judgement = {
            let mut failure = None;
            let judgement = judge(arriving, hash, stored_hash(tx, id)?, |id, hash| {
                link_is_known(tx, id, hash).unwrap_or_else(|error| {
                    failure = Some(error);
                    false
                })
            });
            failure.map_or(Ok(judgement), Err)?
        };
        match (judgement, arriving) {
            (Judgement::Known, _) => outcome.accepted.push(id),
            (Judgement::Store, Arriving::Edit { edit, .. }) => {
                store(tx, arrival, edit, hash, &bytes)?;
                stored += 1;
                outcome.accepted.push(id);
            }
            (Judgement::Store, Arriving::Unreadable(_)) => {}
            (Judgement::KeepPlace(code), _) => {
                let at = params![
                    id.writer.0.as_bytes(),
                    seq(id)?,
                    hash.0,
                    code.as_str(),
                    arrival.device.0.as_bytes(),
                    arrival.received_at
                ];
                tx.prepare_cached(include_str!("sql/put_refusal.sql"))?.execute(at)?;
                outcome.verdicts.push(verdict(id, code, arriving));
            }
            (Judgement::Refuse(code), _) => outcome.verdicts.push(verdict(id, code, arriving)),
        }
        if outcome.accepted.last() == Some(&id) && matches!(arriving, Arriving::Edit { unscored: true, .. }) {
            outcome.verdicts.push(verdict(id, VerdictCode::StoredUnscored, arriving));
        }
    }
    Ok((outcome, stored))
}

fn verdict(edit: EditId, code: VerdictCode, arriving: &Arriving) -> Verdict {
    let params = match (code, arriving) {
        (VerdictCode::OutOfScope, Arriving::Edit { edit, .. }) => {
            BTreeMap::from([("commune".to_owned(), edit.subject.commune.as_str().to_owned())])
        }
        (VerdictCode::Unreadable, Arriving::Unreadable(unreadable)) => {
            BTreeMap::from([("reason".to_owned(), unreadable.code.to_owned())])
        }
        (_, _) => BTreeMap::new(),
    };
    Verdict { edit, code, params }
}

fn seq(id: EditId) -> Result<i64, StorageError> {
    i64::try_from(id.seq).map_err(|_| StorageError::Damaged("seq"))
}

fn stored_hash(tx: &Transaction<'_>, id: EditId) -> Result<Option<EditHash>, StorageError> {
    let Ok(seq) = i64::try_from(id.seq) else { return Ok(None) };
    let found: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("sql/stored_hash.sql"))?
        .query_row(params![id.writer.0.as_bytes(), seq], |row| row.get(0))
        .optional()?;
    found.map(|bytes| hash_of(&bytes).map(EditHash)).transpose()
}

fn link_is_known(tx: &Transaction<'_>, id: EditId, hash: EditHash) -> Result<bool, StorageError> {
    let Ok(seq) = i64::try_from(id.seq) else { return Ok(false) };
    let mut statement = tx.prepare_cached(include_str!("sql/link.sql"))?;
    Ok(statement.query_row(params![id.writer.0.as_bytes(), seq, hash.0], |row| row.get(0))?)
}

fn store(
    tx: &Transaction<'_>,
    arrival: &Arrival,
    edit: &Edit,
    hash: EditHash,
    bytes: &[u8],
) -> Result<(), StorageError> {
    let (writer, seq) = (edit.id.writer.0.as_bytes(), seq(edit.id)?);
    tx.prepare_cached(include_str!("sql/put_edit.sql"))?.execute(params![
        edit.subject.commune.as_str(),
        writer,
        seq,
        hash.0,
        kind_text(edit.subject.kind),
        edit.subject.id.as_bytes(),
        arrival.device.0.as_bytes(),
        arrival.batch.0,
        arrival.received_at,
        bytes
    ])?;
    tx.prepare_cached(include_str!("sql/forget_refusal.sql"))?.execute(params![writer, seq, hash.0])?;
    note_household(tx, edit)
}

fn kind_text(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Household => "household",
        SubjectKind::Interview => "interview",
        SubjectKind::Case => "case",
        SubjectKind::Remark => "remark",
    }
}

/// Finds the household an edit is about, remembers which interview is whose, and marks the household as stale.
pub(super) fn note_household(tx: &Transaction<'_>, edit: &Edit) -> Result<(), StorageError> {
    let commune = edit.subject.commune.as_str();
    let household = match edit.subject.kind {
        SubjectKind::Household => Some(edit.subject.id),
        SubjectKind::Interview => match crate::assess::household_named_by(edit) {
            Some(named) => {
                tx.prepare_cached(include_str!("sql/put_interview.sql"))?.execute(params![
                    commune,
                    edit.subject.id.as_bytes(),
                    named.as_bytes()
                ])?;
                household_of(tx, commune, edit.subject.id)?
            }
            None => household_of(tx, commune, edit.subject.id)?,
        },
        SubjectKind::Case | SubjectKind::Remark => None,
    };
    if let Some(household) = household {
        tx.prepare_cached(include_str!("sql/mark_stale.sql"))?
            .execute(params![commune, household.as_bytes()])?;
    }
    Ok(())
}

pub(super) fn household_of(
    tx: &Transaction<'_>,
    commune: &str,
    interview: Uuid,
) -> Result<Option<Uuid>, StorageError> {
    let found: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("sql/household_of.sql"))?
        .query_row(params![commune, interview.as_bytes()], |row| row.get(0))
        .optional()?;
    found.map(|bytes| uuid_of(&bytes)).transpose()
}
