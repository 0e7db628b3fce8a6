//! Writing in the audit log, and going along its chain.

use crate::state::State;
use crate::storage::{AuditBreak, AuditEntry, AuditWalk, StorageError};

/// Lines read at once.
const AT_ONCE: u32 = 2000;

/// Writes a line: who did what with what.
///
/// # Errors
/// When the storage fails.
pub(crate) async fn note(state: &State, actor: &str, act: &str, object: &str) -> Result<(), StorageError> {
    let (actor, act, object) = (actor.to_owned(), act.to_owned(), object.to_owned());
    state.storage.note_act(AuditEntry { at: state.now(), actor, act, object }).await
}

/// What a check of the audit log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheck {
    /// Lines looked at.
    pub lines: u64,
    /// Of them, those of before there was a chain.
    pub unchained: u64,
    /// Number and hash of the last line, to be written down elsewhere.
    pub head: Option<(u64, String)>,
    /// Where the chain does not hold.
    pub broken: Option<AuditBreak>,
}

/// Goes along all of the audit log.
///
/// # Errors
/// When the storage does not answer.
pub async fn check_audit(state: &State) -> Result<AuditCheck, StorageError> {
    // Lines that come in while this goes on are behind the head, and are not looked at.
    let head = state.storage.audit_head().await?;
    let mut walk = AuditWalk::default();
    let mut broken = None;
    let mut number = 0;
    'all: loop {
        let lines = state.storage.audit_after(number, AT_ONCE).await?;
        let Some(last) = lines.last() else { break };
        number = last.number;
        for line in &lines {
            if head.is_some_and(|(head, _)| line.number > head) {
                break 'all;
            }
            if let Err(found) = walk.step(line) {
                broken = Some(found);
                break 'all;
            }
        }
    }
    let (lines, unchained) = (walk.lines, walk.unchained);
    let broken = broken.or_else(|| walk.end(head).err());
    let head = head.map(|(number, hash)| (number, crate::hex::of(&hash)));
    Ok(AuditCheck { lines, unchained, head, broken })
}
