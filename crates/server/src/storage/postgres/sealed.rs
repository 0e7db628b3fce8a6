//! Answers as the database holds them: sealed with the server's storage key, so that neither the database's files nor a dump of it
//! tell what a household answered. What lists are made of (names, villages, masked numbers, classes) lies open in columns.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};

use crate::random;
use crate::storage::StorageError;

/// Bytes of the nonce before what is sealed.
const NONCE: usize = 24;
const CONTEXT: &str = "rasoat server 2026 what the database holds";

/// What is sealed: one kind does not pass for another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Batch,
    Edit,
    Aside,
    Enrolment,
    Snapshot,
    Attachment,
    SecondFactor,
    Request,
    Cases,
    /// That the key is the database's.
    Check,
}

impl Kind {
    fn tag(self) -> &'static [u8] {
        match self {
            Self::Batch => b"batch",
            Self::Edit => b"edit",
            Self::Aside => b"aside",
            Self::Enrolment => b"enrolment",
            Self::Snapshot => b"snapshot",
            Self::Attachment => b"attachment",
            Self::SecondFactor => b"second factor",
            Self::Request => b"request",
            Self::Cases => b"cases",
            Self::Check => b"check",
        }
    }
}

/// Seals and opens.
pub(super) struct Sealer(XChaCha20Poly1305);

impl Sealer {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&blake3::derive_key(CONTEXT, key).into()))
    }

    pub(super) fn seal(&self, kind: Kind, bytes: &[u8]) -> Result<Vec<u8>, StorageError> {
        let nonce: [u8; NONCE] = random::bytes().map_err(|_| StorageError::Failed(-1))?;
        let payload = Payload { msg: bytes, aad: kind.tag() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| StorageError::Failed(-1))?;
        let mut all = Vec::with_capacity(NONCE + sealed.len());
        all.extend_from_slice(&nonce);
        all.extend_from_slice(&sealed);
        Ok(all)
    }

    pub(super) fn open(&self, kind: Kind, sealed: &[u8]) -> Result<Vec<u8>, StorageError> {
        let damaged = StorageError::Damaged("sealed");
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(damaged)?;
        self.0.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: kind.tag() }).map_err(|_| damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_as_its_kind_alone() {
        let sealer = Sealer::new(&[7; 32]);
        let sealed = sealer.seal(Kind::Batch, b"answers").unwrap();
        assert!(!sealed.windows(7).any(|bytes| bytes == b"answers"));
        assert_ne!(sealer.seal(Kind::Batch, b"answers").unwrap(), sealed);
        assert_eq!(sealer.open(Kind::Batch, &sealed).as_deref(), Ok(b"answers".as_slice()));
        let damaged = Err(StorageError::Damaged("sealed"));
        assert_eq!(sealer.open(Kind::Edit, &sealed), damaged);
        assert_eq!(Sealer::new(&[8; 32]).open(Kind::Batch, &sealed), damaged);
        assert_eq!(sealer.open(Kind::Batch, &sealed[..20]), damaged);
    }
}
