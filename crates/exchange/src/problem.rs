//! Why a server refuses a request as a whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The laptop's program is newer than the server's. Parameters `min` and `max`: what the server speaks.
    ProtocolTooNew,
    /// The laptop's program is too old. Parameters `min` and `max`.
    ProtocolTooOld,
    /// The server does not know the device.
    UnknownDevice,
    /// The device was revoked. Nothing on it is deleted.
    DeviceRevoked,
    /// The request is not signed by the device it names.
    BadSignature,
    /// The body is larger than the server takes. Send less at once.
    BodyTooLarge,
    /// The body is not a request.
    Unreadable,
    /// Made with a dictionary the server does not know. Parameter `newest`: the newest it knows.
    UnknownDictionary,
    /// No enrolment is to be had for the code: it is another, was used, or its time is over.
    UnknownCode,
    /// Try again later.
    ServerBusy,
    /// A refusal that a newer server knows and this program does not.
    #[serde(other)]
    Other,
}

/// The body of a refusal, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong.
    pub code: ProblemCode,
    /// Details for the sentence; never personal.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

impl ProblemCode {
    /// Stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProtocolTooNew => "protocol_too_new",
            Self::ProtocolTooOld => "protocol_too_old",
            Self::UnknownDevice => "unknown_device",
            Self::DeviceRevoked => "device_revoked",
            Self::BadSignature => "bad_signature",
            Self::BodyTooLarge => "body_too_large",
            Self::Unreadable => "unreadable",
            Self::UnknownDictionary => "unknown_dictionary",
            Self::UnknownCode => "unknown_code",
            Self::ServerBusy => "server_busy",
            Self::Other => "other",
        }
    }
}

impl From<ProblemCode> for Problem {
    fn from(code: ProblemCode) -> Self {
        Self { code, params: BTreeMap::new() }
    }
}
