//! Whom bundles are for: an age identity derived from a signing key, and the recipient that belongs to it.

use std::fmt;
use std::str::FromStr;

use age::secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::bundle::BundleError;
use crate::keys::SigningKey;

const KEY_CONTEXT: &str = "rasoat bundle 1";

/// Opens bundles made for one laptop or one province. The secret is derived from the signing key's seed and says nothing
/// about it.
#[derive(Clone)]
pub struct BundleIdentity(pub(crate) age::x25519::Identity);

/// Whom a bundle is for: an age X25519 recipient, `age1…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BundleRecipient(String);

/// The text is not an age X25519 recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an age recipient")]
pub struct RecipientError;

impl BundleIdentity {
    /// The identity that belongs to a signing key: BLAKE3's key derivation of its seed, so that whoever has the one has the
    /// other, and the identity may be handed out without the key. Fails with [`BundleError::NotSealed`], and only if age
    /// takes another form of keys than it does.
    pub fn of(key: &SigningKey) -> Result<Self, BundleError> {
        let secret = secret_scalar(key);
        let kind = bech32::Hrp::parse("age-secret-key-").map_err(|_| BundleError::NotSealed)?;
        let text = bech32::encode_upper::<bech32::Bech32>(kind, secret.as_slice());
        let text = Zeroizing::new(text.map_err(|_| BundleError::NotSealed)?);
        text.parse().map(Self).map_err(|_| BundleError::NotSealed)
    }

    /// Whom to seal for.
    pub fn recipient(&self) -> BundleRecipient {
        BundleRecipient(self.0.to_public().to_string())
    }

    /// As the age tool reads it: `AGE-SECRET-KEY-1…`.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }
}

/// The secret X25519 scalar that belongs to a signing key.
pub(crate) fn secret_scalar(key: &SigningKey) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(blake3::derive_key(KEY_CONTEXT, key.to_seed().as_slice()))
}

impl BundleRecipient {
    /// The point; `None` only if age takes another form of keys than it does.
    pub(crate) fn to_bytes(&self) -> Option<[u8; 32]> {
        let (_, bytes) = bech32::decode(&self.0).ok()?;
        bytes.try_into().ok()
    }
}

impl fmt::Debug for BundleIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BundleIdentity(…)")
    }
}

impl fmt::Display for BundleRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BundleRecipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        let read = text.parse::<age::x25519::Recipient>().map_err(|_| RecipientError)?;
        Ok(Self(read.to_string()))
    }
}

impl TryFrom<String> for BundleRecipient {
    type Error = RecipientError;

    fn try_from(text: String) -> Result<Self, RecipientError> {
        text.parse()
    }
}

impl From<BundleRecipient> for String {
    fn from(recipient: BundleRecipient) -> Self {
        recipient.0
    }
}
