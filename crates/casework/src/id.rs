//! Identifiers, parsed once and trusted after.

use std::fmt;
use std::str::FromStr;

use rasoat_instrument::InstanceId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One life of one database. A restored backup starts a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WriterId(pub Uuid);

/// One enrolled laptop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(pub Uuid);

/// Which edit: the writer's `seq`-th, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EditId {
    /// Who wrote it.
    pub writer: WriterId,
    /// Its number in that writer's chain, from 1, without gaps.
    pub seq: u64,
}

/// The text is not an identifier of the kind asked for. Carries no part of the text: it may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a {expected}")]
pub struct IdError {
    /// The kind that was asked for.
    pub expected: &'static str,
}

/// Five digits of a commune-level unit, as text. Means something only together with the version of the code list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommuneCode(String);

/// A village (thôn, bản, khối phố) within its commune: lower-case ASCII slug, 1–60 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VillageId(String);

/// The twelve digits of a citizen ID (CCCD, số định danh cá nhân). Its `Debug` shows the last three only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CitizenId(String);

/// A round of review: its year, 2000–2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Round(pub u16);

/// The province's secret from which household ids are derived, so that an id tells nothing of the person behind it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HouseholdKey(pub [u8; 32]);

impl fmt::Debug for HouseholdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HouseholdKey(…)")
    }
}

/// The id of a household on the official list: equal on every laptop that imports the same line, so that two imports
/// make one household. `identity` is the head's citizen ID or, without one, village, folded name and birth.
pub fn household_id(key: &HouseholdKey, commune: &CommuneCode, identity: &str) -> Uuid {
    let mut hasher = blake3::Hasher::new_keyed(&key.0);
    hasher
        .update(b"household\0")
        .update(commune.as_str().as_bytes())
        .update(b"\0")
        .update(identity.as_bytes());
    uuid_of(&hasher.finalize())
}

/// The id of a household's interview in a round: two people who open the same household write to the same interview, so
/// that what differs is seen as a conflict.
pub fn interview_id(household: Uuid, round: Round) -> Uuid {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"interview\0").update(household.as_bytes()).update(&round.0.to_be_bytes());
    uuid_of(&hasher.finalize())
}

/// The id under which somebody's second entry of an interview from paper is drafted: the same one whenever they come back to it.
pub fn second_entry_id(interview: Uuid, user: Uuid) -> Uuid {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"second entry\0").update(interview.as_bytes()).update(user.as_bytes());
    uuid_of(&hasher.finalize())
}

/// The id of a member carried over from the list: equal on every laptop that imports the same line.
pub fn member_id(key: &HouseholdKey, household: Uuid, identity: &str) -> InstanceId {
    let mut hasher = blake3::Hasher::new_keyed(&key.0);
    hasher.update(b"member\0").update(household.as_bytes()).update(identity.as_bytes());
    short_id(&hasher.finalize())
}

/// The id of a member added while the edit `edit` is being made: two people who add members never collide, and no random
/// bytes are needed. `ordinal` counts the members added in the same edit.
pub fn new_member_id(edit: EditId, ordinal: u32) -> InstanceId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"new member\0").update(edit.writer.0.as_bytes());
    hasher.update(&edit.seq.to_be_bytes()).update(&ordinal.to_be_bytes());
    short_id(&hasher.finalize())
}

pub(crate) fn uuid_of(hash: &blake3::Hash) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Eight letters and digits (40 bits) of a hash: enough among the members of one household.
pub(crate) fn short_id(hash: &blake3::Hash) -> InstanceId {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let text: String =
        hash.as_bytes()[..8].iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
    #[expect(
        clippy::expect_used,
        reason = "eight characters of the alphabet above are always an instance id"
    )]
    text.parse().expect("an instance id")
}

macro_rules! text_id {
    ($name:ident, $what:literal, $fits:expr) => {
        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let fits: fn(&str) -> bool = $fits;
                if fits(text) { Ok(Self(text.to_owned())) } else { Err(IdError { expected: $what }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

text_id!(CommuneCode, "commune code of five digits", |t| t.len() == 5
    && t.bytes().all(|b| b.is_ascii_digit()));
text_id!(VillageId, "village id", |t| (1..=60).contains(&t.len())
    && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
text_id!(CitizenId, "citizen ID of twelve digits", |t| t.len() == 12
    && t.bytes().all(|b| b.is_ascii_digit()));

impl fmt::Display for CommuneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for VillageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl CitizenId {
    /// What a list may show: the birth province and the last four digits.
    pub fn masked(&self) -> String {
        format!("{} •••• {}", &self.0[..3], &self.0[8..])
    }

    /// Whether it may be the number of somebody of that birth (`1984-03-12` or `1987`) and sex (`male`, `female`), as far as they
    /// are known: its fourth digit stands for century and sex, the next two for the year (Decree 137/2015/NĐ-CP, article 13).
    pub fn could_be_of(&self, birth: Option<&str>, sex: Option<&str>) -> bool {
        let digits = self.0.as_bytes();
        let sign = digits[3] - b'0';
        let year = birth.and_then(|birth| birth.get(..4)?.parse::<u16>().ok());
        let of_year = year.is_none_or(|year| {
            u16::from(sign / 2) + 19 == year / 100 && self.0[4..6].parse() == Ok(year % 100)
        });
        let of_sex = match sex {
            Some("male") => sign.is_multiple_of(2),
            Some("female") => !sign.is_multiple_of(2),
            Some(_) | None => true,
        };
        of_year && of_sex
    }

    /// Whether an office may have given it out: what people type to fill the field (one digit all along, no province, no
    /// number of its own) tells nobody apart.
    pub fn could_be_issued(&self) -> bool {
        let one_digit = self.0.bytes().all(|digit| self.0.starts_with(char::from(digit)));
        !one_digit && !self.0.starts_with("000") && !self.0.ends_with("000000")
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId(…{})", &self.0[9..])
    }
}

/// What everything drawn by lot in a household's form follows from: laptop and province must draw alike.
pub fn lot_seed(household: Uuid) -> u64 {
    household.as_u64_pair().1
}
