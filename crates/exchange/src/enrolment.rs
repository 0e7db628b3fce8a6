//! The enrolment file: all a laptop needs to begin, under the province's signature, its key locked by a one-time code.

use std::collections::BTreeMap;

use rasoat_casework::{AreaType, CommuneCode, DeviceId, HouseholdKey, Round, VillageId};
use rasoat_secrets::{NONCE_BYTES, Params, SALT_BYTES, UnwrapError, WrapError, WrappedSecret};
use serde::{Deserialize, Serialize};

use crate::compress::{deflate, inflate};
use crate::keys::{Label, ServerId, Signature, SigningKey, VerifyKey};
use crate::recipient::BundleRecipient;

const MAGIC: &[u8] = b"RASOAT-ENROLMENT\n";
const FORMAT: u8 = 1;
const LONGEST_FILE: usize = 16 * 1024 * 1024;
const LONGEST_BODY: usize = 64 * 1024 * 1024;
/// Magic, format, server key, length of what follows up to the signature.
const HEADER_BYTES: usize = MAGIC.len() + 1 + 32 + 4;
const SIGNATURE_BYTES: usize = 64;
/// Letters of a one-time code.
const CODE_LETTERS: usize = 16;
const LOOKUP_CONTEXT: &str = "rasoat enrolment lookup 1";
/// Clocks this far behind the file's making are wrong beyond doubt: a day, in milliseconds.
const CLOCK_SLACK_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// All a laptop needs to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The province; pinned from here on.
    pub server: ServerIdentity,
    /// The laptop's id.
    pub device: DeviceId,
    /// What the province calls the laptop.
    pub device_name: String,
    /// Whose laptop it is, as written with each edit. Personal: never logged.
    pub surveyor: String,
    /// What the laptop may see and send.
    pub communes: Vec<CommuneScope>,
    /// The review it is for.
    pub round: Round,
    /// From which ids of households are derived.
    pub household_key: HouseholdKey,
    /// The province's age X25519 recipient (`age1…`) to which the laptop's data key is sealed for recovery.
    pub recovery_recipient: String,
    /// To whom bundles for the province are sealed; `None` in files of before there were bundles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_recipient: Option<BundleRecipient>,
    /// The other laptops of its communes, so that a stick can go from one to the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<KnownDevice>,
    /// The newest dictionary that the province knows ([`crate::Dictionary`]).
    #[serde(default)]
    pub dictionary: u64,
    /// The forms, as sheets.
    pub instruments: Vec<InstrumentFiles>,
    /// The standards.
    pub standards: Vec<StandardFile>,
    /// The procedures of reviews; none in files of before there were any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<StandardFile>,
    /// The administrative units.
    pub units: UnitsFiles,
    /// When it was made, in milliseconds since 1970.
    pub issued_at_millis: i64,
    /// Until when it can be used to begin, in milliseconds since 1970.
    pub expires_at_millis: i64,
    /// The device's key, locked by the one-time code: made by [`seal_seed`].
    pub sealed_seed: Vec<u8>,
}

/// Who the province is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerIdentity {
    /// Stays the same when it moves.
    pub id: ServerId,
    /// For people: `Sở Nông nghiệp và Môi trường …`.
    pub name: String,
    /// Its receipts and answers are signed with this key.
    pub verify_key: VerifyKey,
    /// Where to reach it: `https://…` (or `http://` on loopback), tried in this order.
    pub addresses: Vec<String>,
}

/// Another laptop of the same province.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDevice {
    /// Its id.
    pub id: DeviceId,
    /// What the province calls it.
    pub name: String,
    /// Its batches are signed with this key.
    pub key: VerifyKey,
    /// Keys it had before, the oldest first: batches may still be signed with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<VerifyKey>,
    /// What it may see and send.
    pub communes: Vec<CommuneCode>,
    /// To whom bundles for it are sealed; `None` where it was enrolled before there were bundles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_recipient: Option<BundleRecipient>,
}

impl KnownDevice {
    /// Every key that may have signed a batch of its, the newest first.
    pub fn keys(&self) -> impl Iterator<Item = &VerifyKey> {
        std::iter::once(&self.key).chain(self.former.iter().rev())
    }
}

/// A commune the laptop is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommuneScope {
    /// Its code.
    pub code: CommuneCode,
    /// Its name without the kind.
    pub name: String,
    /// `xã` or `phường`.
    pub kind: String,
    /// Its villages, in the order to list them.
    pub villages: Vec<Village>,
}

/// A village of a commune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Village {
    /// Its id within the commune.
    pub id: VillageId,
    /// Its name.
    pub name: String,
    /// Which income line applies.
    pub area_type: AreaType,
    /// Households that live there; 0 where nobody said.
    #[serde(default, skip_serializing_if = "is_unknown")]
    pub households: u32,
}

fn is_unknown(households: &u32) -> bool {
    *households == 0
}

/// A form as CSV sheets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstrumentFiles {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Hash of its sheets and files, 64 hexadecimal digits.
    pub hash: String,
    /// The survey sheet.
    pub survey: String,
    /// The choices sheet.
    pub choices: String,
    /// The settings sheet.
    pub settings: String,
    /// CSV files of choices and look-up tables beside it, by name.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// A standard, or a procedure, as TOML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardFile {
    /// Its id.
    pub id: String,
    /// Hash of its text, 64 hexadecimal digits.
    pub hash: String,
    /// Its text.
    pub toml: String,
}

/// The code list as CSV.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsFiles {
    /// Names the version: `2025-07-01`.
    pub version: String,
    /// Units.
    pub units_csv: String,
    /// The map from old codes.
    pub old_to_new_csv: String,
}

/// Writes and reads enrolment files.
#[derive(Debug, Clone, Copy)]
pub struct EnrolmentFile;

/// An enrolment file cannot be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentError {
    /// Some other file.
    #[error("not an enrolment file")]
    NotAnEnrolment,
    /// The beginning of one: the copy was cut short.
    #[error("truncated")]
    Truncated,
    /// Not as the province wrote it.
    #[error("damaged")]
    Damaged,
    /// Written by a newer program.
    #[error("newer format {0}")]
    NewerFormat(u8),
    /// More than a file may hold (writing), or claims to (reading).
    #[error("too large")]
    TooLarge,
}

impl EnrolmentError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnEnrolment => "not_an_enrolment",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::NewerFormat(_) => "newer_format",
            Self::TooLarge => "too_large",
        }
    }
}

/// The file is whole, but not to be used here and today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentRefusal {
    /// Its time is over.
    #[error("expired")]
    Expired {
        /// When it ended, in milliseconds since 1970.
        at_millis: i64,
    },
    /// The laptop belongs to another server.
    #[error("of another server")]
    OtherServer {
        /// The server the laptop is pinned to.
        pinned: ServerId,
    },
}

impl EnrolmentRefusal {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired { .. } => "expired",
            Self::OtherServer { .. } => "other_server",
        }
    }
}

/// The laptop's clock is before the file was made. To be said; never a reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockWrong {
    /// By how much it is behind at least, in milliseconds.
    pub behind_millis: i64,
}

/// The device's key cannot be unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// The code is another.
    #[error("wrong code")]
    WrongCode,
    /// What is locked is not a key for this server.
    #[error("damaged")]
    Damaged,
    /// Locked by a newer program.
    #[error("newer format {0}")]
    NewerFormat(u8),
}

impl SeedError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongCode => "wrong_code",
            Self::Damaged => "damaged",
            Self::NewerFormat(_) => "newer_format",
        }
    }
}

impl EnrolmentFile {
    /// The file's bytes, signed by the server whose key the enrolment names.
    pub fn write(enrolment: &Enrolment, server: &SigningKey) -> Result<Vec<u8>, EnrolmentError> {
        let mut body = Vec::new();
        ciborium::into_writer(enrolment, &mut body).map_err(|_| EnrolmentError::TooLarge)?;
        let packed = deflate(&body).ok_or(EnrolmentError::TooLarge)?;
        if body.len() > LONGEST_BODY || packed.len() > LONGEST_FILE - HEADER_BYTES - SIGNATURE_BYTES {
            return Err(EnrolmentError::TooLarge);
        }
        let length = u32::try_from(packed.len()).map_err(|_| EnrolmentError::TooLarge)?;
        let mut file = MAGIC.to_vec();
        file.push(FORMAT);
        file.extend_from_slice(&server.verify_key().to_bytes());
        file.extend_from_slice(&length.to_be_bytes());
        file.extend_from_slice(&packed);
        let signature = server.sign(Label::Enrolment, &[&file]);
        file.extend_from_slice(&signature.to_bytes());
        Ok(file)
    }

    /// Reads a file. Nothing is inflated before the signature holds; that the signing key is the province's is known once
    /// the code opens [`Enrolment::open_seed`].
    pub fn read(file: &[u8]) -> Result<Enrolment, EnrolmentError> {
        if !file.starts_with(MAGIC) {
            let beginning = MAGIC.starts_with(file);
            return Err(if beginning { EnrolmentError::Truncated } else { EnrolmentError::NotAnEnrolment });
        }
        match file.get(MAGIC.len()) {
            None => return Err(EnrolmentError::Truncated),
            Some(&FORMAT) => {}
            Some(&newer) if newer > FORMAT => return Err(EnrolmentError::NewerFormat(newer)),
            Some(_) => return Err(EnrolmentError::Damaged),
        }
        let (header, rest) = file.split_at_checked(HEADER_BYTES).ok_or(EnrolmentError::Truncated)?;
        let (key, length) = (&header[MAGIC.len() + 1..HEADER_BYTES - 4], &header[HEADER_BYTES - 4..]);
        let length = u32::from_be_bytes(length.try_into().map_err(|_| EnrolmentError::Damaged)?) as usize;
        if length > LONGEST_FILE {
            return Err(EnrolmentError::Damaged);
        }
        if rest.len() < length + SIGNATURE_BYTES {
            return Err(EnrolmentError::Truncated);
        }
        let (packed, signature) = rest.split_at(length);
        let signature = signature.try_into().map_err(|_| EnrolmentError::Damaged)?;
        let key = key.try_into().map_err(|_| EnrolmentError::Damaged)?;
        let key = VerifyKey::from_bytes(key).map_err(|_| EnrolmentError::Damaged)?;
        let signed = &file[..HEADER_BYTES + length];
        if !key.verify(Label::Enrolment, &[signed], &Signature::from_bytes(signature)) {
            return Err(EnrolmentError::Damaged);
        }
        let body = inflate(packed, LONGEST_BODY).map_err(|_| EnrolmentError::Damaged)?;
        let enrolment: Enrolment =
            ciborium::from_reader(body.as_slice()).map_err(|_| EnrolmentError::Damaged)?;
        if enrolment.server.verify_key == key { Ok(enrolment) } else { Err(EnrolmentError::Damaged) }
    }
}

impl Enrolment {
    /// Whether to use the file on a laptop whose clock shows `now_millis` and that belongs to `pinned`, if to any. What is
    /// wrong with the clock beside, is said.
    pub fn check(
        &self,
        now_millis: i64,
        pinned: Option<ServerId>,
    ) -> Result<Option<ClockWrong>, EnrolmentRefusal> {
        if let Some(pinned) = pinned.filter(|pinned| *pinned != self.server.id) {
            return Err(EnrolmentRefusal::OtherServer { pinned });
        }
        if now_millis > self.expires_at_millis {
            return Err(EnrolmentRefusal::Expired { at_millis: self.expires_at_millis });
        }
        let behind_millis = self.issued_at_millis.saturating_sub(now_millis);
        Ok((behind_millis > CLOCK_SLACK_MILLIS).then_some(ClockWrong { behind_millis }))
    }

    /// Unlocks the device's key. The code may be typed in lower case, with or without the hyphens.
    pub fn open_seed(&self, code: &str) -> Result<SigningKey, SeedError> {
        let wrapped = WrappedSecret::from_bytes(&self.sealed_seed).map_err(seed_error)?;
        let secret = rasoat_secrets::unwrap(&wrapped, &plain_code(code)).map_err(seed_error)?;
        let (seed, server) = secret.split_at_checked(32).ok_or(SeedError::Damaged)?;
        // The code vouches for the server: whoever does not know it cannot put another server's key here.
        if server != self.server.verify_key.to_bytes() {
            return Err(SeedError::Damaged);
        }
        let seed = zeroize::Zeroizing::new(<[u8; 32]>::try_from(seed).map_err(|_| SeedError::Damaged)?);
        Ok(SigningKey::from_seed(*seed))
    }
}

/// Locks a device's key by a one-time code, for [`Enrolment::sealed_seed`]. `salt` and `nonce` are random.
pub fn seal_seed(
    device: &SigningKey,
    server: &VerifyKey,
    code: &str,
    salt: [u8; SALT_BYTES],
    nonce: [u8; NONCE_BYTES],
    params: Params,
) -> Result<Vec<u8>, WrapError> {
    let mut secret = zeroize::Zeroizing::new(device.to_seed().to_vec());
    secret.extend_from_slice(&server.to_bytes());
    rasoat_secrets::wrap(&secret, &plain_code(code), salt, nonce, params).map(|wrapped| wrapped.to_bytes())
}

/// A one-time code of 80 random bits for people to type: `7K3M-Q0ZP-…`, four groups of four, without I, L, O and U.
pub fn code_from(random: [u8; 10]) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = random.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letters =
        (0..CODE_LETTERS).map(|index| char::from(LETTERS[(bits >> (75 - 5 * index) & 31) as usize]));
    letters.enumerate().fold(String::new(), |mut code, (index, letter)| {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        code.push(letter);
        code
    })
}

/// What a laptop shows of a code to fetch its enrolment file. It does not lead back to the code and opens nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EnrolmentLookup(pub [u8; 16]);

impl EnrolmentLookup {
    /// Of a code however it was typed; `None` for what is no code.
    pub fn of(code: &str) -> Option<Self> {
        let plain = zeroize::Zeroizing::new(plain_code(code));
        if plain.len() != CODE_LETTERS {
            return None;
        }
        let key = zeroize::Zeroizing::new(blake3::derive_key(LOOKUP_CONTEXT, plain.as_bytes()));
        let mut lookup = [0; 16];
        lookup.copy_from_slice(&key[..16]);
        Some(Self(lookup))
    }
}

impl std::fmt::Debug for EnrolmentLookup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("EnrolmentLookup")
    }
}

/// As it was made, however it was typed.
fn plain_code(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase());
    letters
        .map(|letter| match letter {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

fn seed_error(error: UnwrapError) -> SeedError {
    match error {
        UnwrapError::WrongPassphrase => SeedError::WrongCode,
        UnwrapError::Damaged => SeedError::Damaged,
        UnwrapError::NewerFormat(format) => SeedError::NewerFormat(format),
    }
}
