//! A laptop's new key in place of the one before, said by both of them, and the province's word that it holds.
//!
//! What was signed with a former key before stays signed: only requests go by the newest one.

use rasoat_casework::DeviceId;
use rasoat_casework::cbor::{CborError, Reader, Writer};

use crate::keys::{Label, Signature, SigningKey, VerifyKey};
use crate::recipient::BundleRecipient;
use crate::wire;

/// More than the longest statement with its signatures.
pub const MAX_SUCCESSION_BYTES: usize = 512;

/// How often a device may change its key.
pub const MAX_FORMER_KEYS: usize = 100;

const FORMAT: u64 = 1;
/// Format, device, number, key, recipient, time.
const ITEMS: usize = 6;
const LONGEST_RECIPIENT: usize = 128;

/// Which key comes after which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// Whose.
    pub device: DeviceId,
    /// Which change of the device's key it is, from 1 on.
    pub number: u64,
    /// The new key.
    pub key: VerifyKey,
    /// To whom bundles for the device are sealed from now on.
    pub recipient: BundleRecipient,
    /// The laptop's clock, in milliseconds since 1970.
    pub made_at_millis: i64,
}

/// The statement's bytes as made, signed by the old key and by the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedSuccession {
    bytes: Vec<u8>,
    by_old: Signature,
    by_new: Signature,
}

/// A statement, or the answer to it, cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SuccessionError {
    /// Of a newer format.
    #[error("newer format")]
    NewerFormat,
    /// Not signed by whom it must be.
    #[error("bad signature")]
    BadSignature,
    /// Anything else.
    #[error("unreadable")]
    Unreadable,
}

impl Succession {
    /// Signs a statement: its bytes are made here, once.
    pub fn sign(&self, old: &SigningKey, new: &SigningKey) -> SignedSuccession {
        let mut out = Writer::new();
        out.array(ITEMS).uint(FORMAT).bytes(self.device.0.as_bytes()).uint(self.number);
        out.bytes(&self.key.to_bytes()).text(&self.recipient.to_string()).int(self.made_at_millis);
        let bytes = out.into_bytes();
        SignedSuccession {
            by_old: old.sign(Label::Succession, &[&bytes]),
            by_new: new.sign(Label::Succession, &[&bytes]),
            bytes,
        }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, SuccessionError> {
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, ITEMS)? {
            return Err(SuccessionError::NewerFormat);
        }
        let succession = Self {
            device: wire::read_device(&mut input)?,
            number: input.uint()?,
            key: VerifyKey::from_bytes(input.bytes_of()?).map_err(|_| SuccessionError::Unreadable)?,
            recipient: input.text(LONGEST_RECIPIENT)?.parse().map_err(|_| SuccessionError::Unreadable)?,
            made_at_millis: input.int()?,
        };
        input.end()?;
        Ok(succession)
    }
}

impl SignedSuccession {
    /// `[statement b, by the old key b64, by the new key b64]`.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(3).bytes(&self.bytes).bytes(&self.by_old.to_bytes()).bytes(&self.by_new.to_bytes());
        out.into_bytes()
    }

    /// Reads [`Self::encode`]. It is to be believed after [`Self::open`].
    pub fn decode(bytes: &[u8]) -> Result<Self, SuccessionError> {
        let mut input = Reader::new(bytes);
        input.array_of(3)?;
        let signed = Self {
            bytes: input.bytes(MAX_SUCCESSION_BYTES)?.to_vec(),
            by_old: wire::read_signature(&mut input)?,
            by_new: wire::read_signature(&mut input)?,
        };
        input.end()?;
        Ok(signed)
    }

    /// What it says, if the new key signed it, which may be anybody's: who is meant is looked up by this.
    pub fn claimed(&self) -> Result<Succession, SuccessionError> {
        let succession = Succession::from_bytes(&self.bytes)?;
        if succession.key.verify(Label::Succession, &[&self.bytes], &self.by_new) {
            Ok(succession)
        } else {
            Err(SuccessionError::BadSignature)
        }
    }

    /// What it says, if both keys signed it.
    pub fn open(&self, old: &VerifyKey) -> Result<Succession, SuccessionError> {
        if old.verify(Label::Succession, &[&self.bytes], &self.by_old) {
            self.claimed()
        } else {
            Err(SuccessionError::BadSignature)
        }
    }

    /// The province's answer once the new key is on its disk: `[1, signature b64]`.
    pub fn taken(&self, server: &SigningKey) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(2).uint(FORMAT).bytes(&server.sign(Label::SuccessionTaken, &[&self.bytes]).to_bytes());
        out.into_bytes()
    }

    /// Whether an answer is the pinned province's word that it took this.
    pub fn is_taken(&self, answer: &[u8], server: &VerifyKey) -> Result<(), SuccessionError> {
        let mut input = Reader::new(answer);
        if !wire::read_format(&mut input, FORMAT, 2)? {
            return Err(SuccessionError::NewerFormat);
        }
        let signature = wire::read_signature(&mut input)?;
        input.end()?;
        if server.verify(Label::SuccessionTaken, &[&self.bytes], &signature) {
            Ok(())
        } else {
            Err(SuccessionError::BadSignature)
        }
    }
}

impl From<CborError> for SuccessionError {
    fn from(_: CborError) -> Self {
        Self::Unreadable
    }
}
