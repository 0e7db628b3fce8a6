//! The key that a laptop and its province have in common, and what is marked with it: requests and answers, shorter than with a
//! signature. It proves nothing to others; what has to be proven (batches, receipts) is signed.

use std::fmt;

use zeroize::Zeroizing;

use crate::keys::SigningKey;
use crate::recipient::{BundleRecipient, secret_scalar};

/// Bytes of a tag: each guess is a request that the server sees fail.
pub(crate) const TAG_BYTES: usize = 12;
const KEY_CONTEXT: &str = "rasoat link 1";

/// A key that two parties have in common and nobody else has: X25519 between the keys of their bundles.
#[derive(Clone)]
pub struct LinkKey(Zeroizing<[u8; 32]>);

/// No common key comes of the other party's recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no common key")]
pub struct LinkError;

/// What a tag is for: one that was made for one purpose says nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Request,
    Response,
    AttachmentRequest,
    AttachmentAnswer,
}

impl LinkKey {
    /// The key between the owner of a signing key and whoever bundles for `other` are sealed to. Both sides come to the same.
    pub fn between(own: &SigningKey, other: &BundleRecipient) -> Result<Self, LinkError> {
        let secret = secret_scalar(own);
        let public = x25519_dalek::x25519(*secret, x25519_dalek::X25519_BASEPOINT_BYTES);
        let theirs = other.to_bytes().ok_or(LinkError)?;
        let shared = Zeroizing::new(x25519_dalek::x25519(*secret, theirs));
        // A point of small order would give a key that anybody knows.
        if shared.iter().all(|byte| *byte == 0) {
            return Err(LinkError);
        }
        let mut hasher = blake3::Hasher::new_derive_key(KEY_CONTEXT);
        let (first, second) = if public < theirs { (public, theirs) } else { (theirs, public) };
        hasher.update(shared.as_slice()).update(&first).update(&second);
        Ok(Self(Zeroizing::new(*hasher.finalize().as_bytes())))
    }

    pub(crate) fn tag(&self, mark: Mark, parts: &[&[u8]]) -> [u8; TAG_BYTES] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(match mark {
            Mark::Request => &b"rasoat request\0"[..],
            Mark::Response => b"rasoat response\0",
            Mark::AttachmentRequest => b"rasoat attachment request\0",
            Mark::AttachmentAnswer => b"rasoat attachment answer\0",
        });
        for part in parts {
            hasher.update(&(part.len() as u64).to_be_bytes()).update(part);
        }
        let mut tag = [0; TAG_BYTES];
        hasher.finalize_xof().fill(&mut tag);
        tag
    }

    /// Takes as long whatever the tag is.
    pub(crate) fn verify(&self, mark: Mark, parts: &[&[u8]], tag: &[u8; TAG_BYTES]) -> bool {
        let differing = self.tag(mark, parts).iter().zip(tag).fold(0, |all, (a, b)| all | (a ^ b));
        differing == 0
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey(…)")
    }
}
