//! The audit log's chain: each line holds a hash over itself and the hash of the line before.
//!
//! BLAKE3 over: the hash before (32 bytes; zeros for the first line of the chain), the line's number and its time (8 bytes each, the
//! highest first), then actor, act and object, each as the number of its bytes (4 bytes, the highest first) and its UTF-8.
//! Whoever holds the database's key can make a whole new chain: what `rasoat-server audit check` says is the end is therefore
//! written down elsewhere, and compared.

use super::{AuditEntry, AuditLine};

/// What stands for the line before the first.
pub const FIRST_PREVIOUS: [u8; 32] = [0; 32];

/// The hash of a line.
pub fn audit_hash(previous: &[u8; 32], number: u64, entry: &AuditEntry) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous).update(&number.to_be_bytes()).update(&entry.at.to_be_bytes());
    for field in [&entry.actor, &entry.act, &entry.object] {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        hasher.update(&length.to_be_bytes()).update(field.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// Where the chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditBreak {
    /// This line is not what was written, or one before it was taken out or put in.
    Line(u64),
    /// Lines are missing at the end: the chain went as far as this.
    End(u64),
}

/// Goes along the lines in their order.
#[derive(Debug, Default)]
pub struct AuditWalk {
    last: Option<(u64, [u8; 32])>,
    before: u64,
    /// Lines looked at.
    pub lines: u64,
    /// Of them, those of before there was a chain.
    pub unchained: u64,
}

impl AuditWalk {
    /// Looks at the next line.
    ///
    /// # Errors
    /// Where it does not follow the line before.
    pub fn step(&mut self, line: &AuditLine) -> Result<(), AuditBreak> {
        self.lines += 1;
        let broken = Err(AuditBreak::Line(line.number));
        match (self.last, line.hash) {
            (None, None) => self.unchained += 1,
            (Some(_), None) => return broken,
            (last, Some(hash)) => {
                // The first line of the chain follows those of before by its number.
                let (number, previous) = last.unwrap_or((self.before, FIRST_PREVIOUS));
                if line.number != number + 1 || audit_hash(&previous, line.number, &line.entry) != hash {
                    return broken;
                }
                self.last = Some((line.number, hash));
            }
        }
        self.before = line.number;
        Ok(())
    }

    /// Whether all was there up to the head.
    ///
    /// # Errors
    /// [`AuditBreak::End`] where the last line is not the head.
    pub fn end(self, head: Option<(u64, [u8; 32])>) -> Result<Self, AuditBreak> {
        if self.last == head { Ok(self) } else { Err(AuditBreak::End(head.map_or(0, |(number, _)| number))) }
    }
}
