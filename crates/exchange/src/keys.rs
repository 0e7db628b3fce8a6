//! Ed25519 keys and signatures (RFC 8032), each signature bound to what was signed by a label.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One province's server, for as long as it keeps its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(pub Uuid);

/// A secret signing key. Wiped from memory when dropped; never shown.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The public half of a key.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VerifyKey(ed25519_dalek::VerifyingKey);

/// A signature, 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// The text or bytes are not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key of 64 hexadecimal digits")]
pub struct KeyError;

/// What a signature is for: one that was made for one purpose says nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Batch,
    Receipt,
    Enrolment,
    News,
    Blob,
    /// A laptop's new key.
    Succession,
    /// The province's word that it has one.
    SuccessionTaken,
}

impl Label {
    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Batch => b"rasoat batch\0",
            Self::Receipt => b"rasoat receipt\0",
            Self::Enrolment => b"rasoat enrolment\0",
            Self::News => b"rasoat news\0",
            Self::Blob => b"rasoat blob\0",
            Self::Succession => b"rasoat succession\0",
            Self::SuccessionTaken => b"rasoat succession taken\0",
        }
    }
}

impl SigningKey {
    /// The key of a seed of 32 random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// The seed, for keeping it wrapped.
    pub fn to_seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, label: Label, parts: &[&[u8]]) -> Signature {
        Signature(self.0.sign(&labelled(label, parts)).to_bytes())
    }
}

impl VerifyKey {
    /// Reads the 32 bytes of a public key.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        ed25519_dalek::VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| KeyError)
    }

    /// The 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// 64 hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether the signature is this key's over the parts, put end to end, for that purpose. Strict (no weak keys, one
    /// valid form for each signature).
    /// For people to compare: the first eight bytes, `A0AF C40F FC10 0944`.
    pub fn fingerprint(self) -> String {
        let bytes = self.0.to_bytes();
        let groups: Vec<String> =
            bytes[..8].chunks_exact(2).map(|pair| format!("{:02X}{:02X}", pair[0], pair[1])).collect();
        groups.join(" ")
    }

    pub(crate) fn verify(&self, label: Label, parts: &[&[u8]], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(&labelled(label, parts), &signature).is_ok()
    }
}

fn labelled(label: Label, parts: &[&[u8]]) -> Vec<u8> {
    let mut message = label.bytes().to_vec();
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}

impl Signature {
    /// A signature read from somewhere; it says nothing until it is verified.
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    pub fn to_bytes(self) -> [u8; 64] {
        self.0
    }
}

impl FromStr for VerifyKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(KeyError);
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| KeyError)?;
        }
        Self::from_bytes(bytes)
    }
}

impl TryFrom<String> for VerifyKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<VerifyKey> for String {
    fn from(key: VerifyKey) -> Self {
        key.to_hex()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl fmt::Debug for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyKey({})", self.to_hex())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(…)")
    }
}
