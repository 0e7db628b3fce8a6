//! A secret wrapped by a passphrase: Argon2id makes a key, XChaCha20-Poly1305 closes the box. Bytes in, bytes out.
//!
//! Salt and nonce are passed in: this crate knows no randomness, no file and nothing of what the secret is for.

mod costs;
mod spoken;
mod wrapped;

pub use costs::{Trial, costs_for};
pub use spoken::spoken_number;
pub use wrapped::WrappedSecret;

use argon2::{Algorithm, Argon2, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Bytes of a salt. Random for each wrapping.
pub const SALT_BYTES: usize = 16;
/// Bytes of a nonce. Random for each wrapping.
pub const NONCE_BYTES: usize = 24;
/// The longest secret that is wrapped, in bytes.
pub const MAX_SECRET_BYTES: usize = 4096;
/// The longest passphrase, in bytes of UTF-8.
pub const MAX_PASSPHRASE_BYTES: usize = 1024;

const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 4;

/// What guessing one passphrase costs (Argon2id, RFC 9106). Kept with the wrapped secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB: from 8 for each lane up to 262,144 (256 MiB).
    pub m_cost: u32,
    /// Passes over the memory, 1–16.
    pub t_cost: u32,
    /// Lanes, 1–4.
    pub p: u32,
}

impl Params {
    /// For a laptop with 4 GB of memory: 64 MiB, three passes, one lane (RFC 9106 §4, the second choice, with fewer lanes).
    pub const LAPTOP: Self = Self { m_cost: 64 * 1024, t_cost: 3, p: 1 };

    /// Whether the costs are within what any of our programs accepts: a file that names more must not take the memory.
    pub fn are_bounded(&self) -> bool {
        (1..=MAX_LANES).contains(&self.p)
            && (1..=MAX_PASSES).contains(&self.t_cost)
            && (8 * self.p..=MAX_MEMORY_KIB).contains(&self.m_cost)
    }
}

/// The secret cannot be wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    /// The costs are out of bounds.
    #[error("costs out of bounds")]
    Params,
    /// The secret or the passphrase is longer than allowed, or the passphrase is empty.
    #[error("secret or passphrase of a length that is not allowed")]
    Length,
}

/// The secret cannot be had back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapError {
    /// The bytes are whole; the passphrase is another.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The bytes are not what was written.
    #[error("damaged")]
    Damaged,
    /// Written by a newer program.
    #[error("newer format {0}")]
    NewerFormat(u8),
}

impl UnwrapError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongPassphrase => "wrong_passphrase",
            Self::Damaged => "damaged",
            Self::NewerFormat(_) => "newer_format",
        }
    }
}

/// Wraps a secret. The passphrase is brought to Unicode NFC, so that it opens whichever way the keyboard composes
/// Vietnamese. `salt` and `nonce` must be random and never used twice.
pub fn wrap(
    secret: &[u8],
    passphrase: &str,
    salt: [u8; SALT_BYTES],
    nonce: [u8; NONCE_BYTES],
    params: Params,
) -> Result<WrappedSecret, WrapError> {
    if secret.len() > MAX_SECRET_BYTES || passphrase.is_empty() || passphrase.len() > MAX_PASSPHRASE_BYTES {
        return Err(WrapError::Length);
    }
    let key = key_of(passphrase, &salt, params).ok_or(WrapError::Params)?;
    let aad = wrapped::header(params, &salt, &nonce);
    let ciphertext = XChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &aad })
        .map_err(|_| WrapError::Length)?;
    Ok(WrappedSecret { params, salt, nonce, ciphertext })
}

/// Opens a wrapped secret. Takes the time and memory its [`Params`] name, which are bounded.
pub fn unwrap(wrapped: &WrappedSecret, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    if passphrase.is_empty() || passphrase.len() > MAX_PASSPHRASE_BYTES {
        return Err(UnwrapError::WrongPassphrase);
    }
    let key = key_of(passphrase, &wrapped.salt, wrapped.params).ok_or(UnwrapError::Damaged)?;
    let aad = wrapped::header(wrapped.params, &wrapped.salt, &wrapped.nonce);
    XChaCha20Poly1305::new(&Key::from(*key))
        .decrypt(&XNonce::from(wrapped.nonce), Payload { msg: &wrapped.ciphertext, aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| UnwrapError::WrongPassphrase)
}

fn key_of(passphrase: &str, salt: &[u8; SALT_BYTES], params: Params) -> Option<Zeroizing<[u8; 32]>> {
    if !params.are_bounded() {
        return None;
    }
    let costs = argon2::Params::new(params.m_cost, params.t_cost, params.p, Some(32)).ok()?;
    let passphrase: Zeroizing<String> = Zeroizing::new(passphrase.nfc().collect());
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, costs)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
        .ok()?;
    Some(key)
}
