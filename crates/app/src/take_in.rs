//! Taking in what comes down, by whatever carrier: edits of others, and what to do where numbers collide.

use std::collections::BTreeMap;

use rasoat_casework::{Edit, EditId, WriterId};
use rasoat_exchange::{Receipt, UnreadableEdit, VerdictCode};
use rasoat_store::{Op, Store, StoreError, TakenIn, Tx};

use crate::error::AppError;
use crate::profile::Profile;
use crate::sync::CURSOR;
use crate::{refresh, retention};

/// A new writer has begun of which the province does not know.
const UNANNOUNCED: &str = "unannounced_writer";
/// The edit for which everything before it was last sent again.
const SENT_AGAIN: &str = "sent_again";

/// Takes in edits of others and brings the lines of their households up, in the caller's transaction. Interviews open in
/// memory are to be forgotten while that transaction is held: they were opened from documents that change.
pub(crate) fn changes(
    profile: &Profile,
    tx: &Tx<'_>,
    edits: &[Edit],
    now_millis: i64,
) -> Result<TakenIn, AppError> {
    let taken = tx.insert_foreign(edits, now_millis)?;
    if taken.new > 0 || !taken.forked.is_empty() || taken.reissued > 0 {
        for (commune, household) in refresh::touched(tx, edits)? {
            refresh::household(profile, tx, (&commune, household), now_millis)?;
        }
    }
    Ok(taken)
}

/// Keeps edits of others that this program is too old to read.
pub(crate) fn unread(tx: &Tx<'_>, edits: &[UnreadableEdit]) -> Result<(), StoreError> {
    edits.iter().try_for_each(|edit| tx.keep_unread(&edit.bytes))
}

/// Takes in what an older program could not read and this one can.
pub(crate) fn read_again(profile: &Profile, store: &Store, now_millis: i64) -> Result<(), AppError> {
    if !store.read(|reader| reader.has_unread())? {
        return Ok(());
    }
    store.transact(Op::Sync, |tx| {
        let edits = tx.take_unread()?;
        changes(profile, tx, &edits, now_millis).map(|_| ())
    })?;
    Ok(())
}

/// A database that was found to be restored or copied asks from the beginning: the province may have what it has lost.
pub(crate) fn begin_anew(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.set_setting(UNANNOUNCED, &true)?;
    retention::forget_heard(tx)?;
    tx.set_setting(CURSOR, &[] as &[u8])
}

/// Whether the province has just heard of a new writer that began here. Until then it took the database for the only one of
/// this laptop and withheld what its other copy sent meanwhile: it is asked from the beginning once more.
pub(crate) fn is_announced(tx: &Tx<'_>) -> Result<bool, StoreError> {
    if tx.setting(UNANNOUNCED)? != Some(true) {
        return Ok(false);
    }
    let announced = tx.is_confirmed(EditId { writer: tx.chain()?.writer, seq: 1 })?;
    if announced {
        tx.set_setting(UNANNOUNCED, &false)?;
    }
    Ok(announced)
}

/// Sends again what the province confirmed, where it refused something for lacking that: it was restored from before. Issues
/// anew the edits that it refused because their numbers, or the numbers before them, are taken: this database was copied or
/// restored. Says how many edits are on their way again.
pub(crate) fn collisions<'a>(
    tx: &Tx<'_>,
    receipts: impl IntoIterator<Item = &'a Receipt>,
    now_millis: i64,
) -> Result<u32, StoreError> {
    let mut first: BTreeMap<WriterId, (u64, VerdictCode)> = BTreeMap::new();
    for verdict in receipts.into_iter().flat_map(|receipt| &receipt.verdicts) {
        if matches!(verdict.code, VerdictCode::ForkedSeq | VerdictCode::BrokenChain) {
            let found = (verdict.edit.seq, verdict.code);
            let earliest = first.entry(verdict.edit.writer).or_insert(found);
            *earliest = (*earliest).min(found);
        }
    }
    let mut again = 0_u32;
    for (writer, (seq, code)) in first {
        let lacked = EditId { writer, seq: seq.saturating_sub(1) };
        // Once: where it is refused again although all before it was sent, something else is in its place.
        let is_lost = code == VerdictCode::BrokenChain
            && tx.is_confirmed(lacked)?
            && tx.setting(SENT_AGAIN)? != Some((writer, seq));
        let count = if is_lost {
            tracing::warn!("the province lacks what it had confirmed");
            tx.set_setting(SENT_AGAIN, &(writer, seq))?;
            tx.send_confirmed_again(Some(writer))?
        } else {
            crate::start::count(tx.reissue_from(writer, seq, now_millis)?.len())
        };
        again = again.saturating_add(count);
    }
    Ok(again)
}
