//! A request's bytes there, an answer's bytes back. Spoken by the HTTP client, and in tests by whatever
//! stands for the province.

use std::collections::BTreeMap;
use std::future::Future;

use crate::problem::Problem;

/// The oldest protocol this program speaks.
pub const PROTOCOL_MIN: u16 = 1;
/// The newest protocol this program speaks.
pub const PROTOCOL_MAX: u16 = 2;
/// From this on a request says how the laptop is doing.
pub(crate) const PROTOCOL_WITH_HEALTH: u16 = 2;
/// Of requests and responses.
pub const CONTENT_TYPE: &str = "application/vnd.rasoat";
/// Of refusals.
pub const PROBLEM_CONTENT_TYPE: &str = "application/problem+json";

/// What a request is about: each has a place of its own at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// An encoded [`crate::SyncRequest`]; answered with a [`crate::SyncResponse`].
    Exchange,
    /// A [`crate::BlobRequest`]; answered with a [`crate::BlobAnswer`].
    Blob,
    /// A [`crate::SignedSuccession`]; answered with the province's word that it took the key.
    Key,
    /// A [`crate::EnrolRequest`]; answered with a [`crate::BlobAnswer`].
    Enrolment,
    /// A [`crate::AttachmentRequest`]; answered with a [`crate::AttachmentAnswer`].
    Attachment,
}

impl Door {
    /// The path at the server.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Exchange => "/v1/sync",
            Self::Blob => "/v1/blob",
            Self::Key => "/v1/key",
            Self::Enrolment => "/v1/enrol",
            Self::Attachment => "/v1/attachment",
        }
    }
}

/// Carries a request to the province and its answer back.
pub trait SyncProtocol {
    /// An encoded request in, an encoded answer out. An error says nothing of whether the server took the request: it may have
    /// been the answer that was lost.
    fn post(
        &self,
        door: Door,
        request: Vec<u8>,
    ) -> impl Future<Output = Result<Vec<u8>, CarrierError>> + Send;

    /// Bytes of requests that have left this machine so far, for showing how far one is; they may still get lost.
    fn bytes_out(&self) -> u64 {
        0
    }
}

/// An exchange did not come to its end. Carries no address and nothing of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// No connection: no network, no such name, nobody listening.
    #[error("unreachable")]
    Unreachable,
    /// Connected, then not one byte for as long as is waited for.
    #[error("stalled")]
    Stalled,
    /// Connected, then cut off before the answer was whole.
    #[error("cut off")]
    CutOff,
    /// No secure connection: a certificate that does not hold, often a wrong clock or a portal in between.
    #[error("no secure connection")]
    Tls,
    /// Something answered, but not the province: a sign-in page of a network, a proxy, another program.
    #[error("another server answered with status {status}")]
    NotTheProvince {
        /// HTTP status of what answered; 0 if it did not even speak HTTP.
        status: u16,
        /// Whether it was a web page.
        html: bool,
    },
    /// The province refuses the request.
    #[error("refused: {}", .0.code.as_str())]
    Refused(Problem),
    /// The answer is larger than a laptop takes.
    #[error("answer too large")]
    AnswerTooLarge,
    /// No address to go to, or none that is a URL.
    #[error("no usable address")]
    NoAddress,
}

impl CarrierError {
    /// Stable code for whoever decides what to say; of a refusal, the problem's own.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Stalled => "stalled",
            Self::CutOff => "cut_off",
            Self::Tls => "tls",
            Self::NotTheProvince { .. } => "not_the_province",
            Self::Refused(problem) => problem.code.as_str(),
            Self::AnswerTooLarge => "answer_too_large",
            Self::NoAddress => "no_address",
        }
    }

    /// Parameters of the sentence; never personal.
    pub fn params(&self) -> BTreeMap<String, String> {
        match self {
            Self::NotTheProvince { status, html } => BTreeMap::from([
                ("status".to_owned(), status.to_string()),
                ("html".to_owned(), html.to_string()),
            ]),
            Self::Refused(problem) => problem.params.clone(),
            Self::Unreachable
            | Self::Stalled
            | Self::CutOff
            | Self::Tls
            | Self::AnswerTooLarge
            | Self::NoAddress => BTreeMap::new(),
        }
    }
}
