//! One exchange: a request's bytes there, a response's bytes back. Spoken by the HTTP client, and in tests by whatever
//! stands for the province.

use std::future::Future;

use crate::problem::Problem;

/// The oldest protocol this program speaks.
pub const PROTOCOL_MIN: u16 = 1;
/// The newest protocol this program speaks.
pub const PROTOCOL_MAX: u16 = 1;
/// Where the server takes requests.
pub const PATH: &str = "/v1/sync";
/// Of requests and responses.
pub const CONTENT_TYPE: &str = "application/vnd.rasoat";
/// Of refusals.
pub const PROBLEM_CONTENT_TYPE: &str = "application/problem+json";

/// Carries a request to the province and its answer back.
pub trait SyncProtocol {
    /// One exchange: an encoded request in, an encoded response out. An error says nothing of whether the server took
    /// the request: it may have been the answer that was lost.
    fn exchange(&self, request: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, CarrierError>> + Send;

    /// Bytes of requests that have left this machine so far, for showing how far one is; they may still get lost.
    fn bytes_out(&self) -> u64 {
        0
    }

    /// A range of a blob: an encoded [`crate::BlobRequest`] in, an encoded [`crate::BlobAnswer`] out. A carrier that goes
    /// nowhere for them says so.
    fn blob(&self, request: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, CarrierError>> + Send {
        drop(request);
        std::future::ready(Err(CarrierError::NoAddress))
    }

    /// A laptop's new key: an encoded [`crate::SignedSuccession`] in, the province's word out. A carrier that goes nowhere for
    /// them says so.
    fn succeed(&self, request: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, CarrierError>> + Send {
        drop(request);
        std::future::ready(Err(CarrierError::NoAddress))
    }

    /// Something about files: an encoded [`crate::AttachmentRequest`] in, an encoded [`crate::AttachmentAnswer`] out. A
    /// carrier that goes nowhere for them says so.
    fn attachment(&self, request: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, CarrierError>> + Send {
        drop(request);
        std::future::ready(Err(CarrierError::NoAddress))
    }

    /// A range of an enrolment file: an encoded [`crate::EnrolRequest`] in, an encoded [`crate::BlobAnswer`] out. A carrier that
    /// goes nowhere for them says so.
    fn enrolment(&self, request: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, CarrierError>> + Send {
        drop(request);
        std::future::ready(Err(CarrierError::NoAddress))
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
}
