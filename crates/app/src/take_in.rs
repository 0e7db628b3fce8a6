//! Taking in what comes down, by whatever carrier: edits of others, and what to do where numbers collide.

use std::collections::BTreeMap;

use rasoat_casework::{Edit, WriterId};
use rasoat_exchange::{Receipt, UnreadableEdit, VerdictCode};
use rasoat_store::{Op, Store, StoreError, TakenIn, Tx};

use crate::error::AppError;
use crate::profile::Profile;
use crate::refresh;

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

/// Issues anew the edits that the province refused because their numbers, or the numbers before them, are taken: this
/// database was copied or restored. Says how many.
pub(crate) fn collisions<'a>(
    tx: &Tx<'_>,
    receipts: impl IntoIterator<Item = &'a Receipt>,
    now_millis: i64,
) -> Result<u32, StoreError> {
    let mut first: BTreeMap<WriterId, u64> = BTreeMap::new();
    for verdict in receipts.into_iter().flat_map(|receipt| &receipt.verdicts) {
        if matches!(verdict.code, VerdictCode::ForkedSeq | VerdictCode::BrokenChain) {
            let seq = first.entry(verdict.edit.writer).or_insert(verdict.edit.seq);
            *seq = (*seq).min(verdict.edit.seq);
        }
    }
    let mut reissued = 0_u32;
    for (writer, seq) in first {
        let edits = tx.reissue_from(writer, seq, now_millis)?;
        reissued = reissued.saturating_add(crate::start::count(edits.len()));
    }
    Ok(reissued)
}
