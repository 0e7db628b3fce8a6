//! The HTTP carrier: one POST for an exchange, every way it can fail told apart.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rasoat_exchange::{
    CONTENT_TYPE, CarrierError, Door, Limits, PROBLEM_CONTENT_TYPE, Problem, ProblemCode, SyncProtocol,
};
use reqwest::header::{CONTENT_TYPE as CONTENT_TYPE_HEADER, RETRY_AFTER};
use reqwest::{Body, Certificate, Client, Response, StatusCode, Url};

use crate::plan::RETRY_AFTER_S;
use crate::progress::{Movement, NotedBody};

/// Without one byte for this long, a connection is dead. A slow one is not.
const STALL: Duration = Duration::from_secs(30);
/// The longest body of a refusal that is read.
const LONGEST_PROBLEM: usize = 64 * 1024;

/// Carries exchanges to the province over HTTPS; over plain HTTP only on the same machine.
#[derive(Debug, Clone)]
pub struct HttpCarrier {
    client: Client,
    addresses: Vec<Url>,
    stall: Duration,
    out: Arc<AtomicU64>,
}

impl HttpCarrier {
    /// For the addresses of an enrolment, to be tried in this order. Addresses that are no `https` URL, nor `http` on
    /// loopback, are passed over; with none left every exchange fails with [`CarrierError::NoAddress`].
    pub fn new<S: AsRef<str>>(addresses: impl IntoIterator<Item = S>) -> Result<Self, CarrierError> {
        Self::build(addresses, STALL, None)
    }

    /// The same for a province whose certificate is signed by this one (DER) and by no authority that the machine knows; only
    /// what this one signed is believed.
    pub fn trusting<S: AsRef<str>>(
        addresses: impl IntoIterator<Item = S>,
        certificate: &[u8],
    ) -> Result<Self, CarrierError> {
        let certificate = Certificate::from_der(certificate).map_err(|_| CarrierError::Tls)?;
        Self::build(addresses, STALL, Some(certificate))
    }

    /// The same with another patience for a connection on which nothing moves.
    pub fn with_stall<S: AsRef<str>>(
        addresses: impl IntoIterator<Item = S>,
        stall: Duration,
    ) -> Result<Self, CarrierError> {
        Self::build(addresses, stall, None)
    }

    fn build<S: AsRef<str>>(
        addresses: impl IntoIterator<Item = S>,
        stall: Duration,
        certificate: Option<Certificate>,
    ) -> Result<Self, CarrierError> {
        let addresses: Vec<Url> =
            addresses.into_iter().filter_map(|address| endpoint(address.as_ref())).collect();
        // A portal's redirect must be seen as what it is, and a body is never sent twice behind the caller's back. A
        // connection that is not made is told from one that stalls by being given up earlier.
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(stall / 2);
        let local = addresses.iter().all(is_loopback);
        let builder = if local { builder.no_proxy() } else { builder };
        let builder = match certificate {
            Some(certificate) => builder.tls_certs_only([certificate]),
            None => builder,
        };
        let client = builder.build().map_err(|_| CarrierError::Tls)?;
        Ok(Self { client, addresses, stall, out: Arc::default() })
    }

    async fn post_to(&self, address: &Url, request: Bytes) -> Result<Vec<u8>, CarrierError> {
        let movement = Movement::begin(Arc::clone(&self.out));
        let sending = self
            .client
            .post(address.clone())
            .body(Body::wrap(NotedBody::new(request, movement.clone())))
            .send();
        let response = tokio::select! {
            response = sending => response.map_err(|error| cause_of(&error))?,
            () = movement.stalled(self.stall) => return Err(CarrierError::Stalled),
        };
        self.read(response).await
    }

    async fn read(&self, response: Response) -> Result<Vec<u8>, CarrierError> {
        let status = response.status();
        let kind = content_type(&response);
        if status == StatusCode::OK && kind == CONTENT_TYPE {
            return self.body(response, Limits::DEFAULT.compressed).await;
        }
        let stranger = CarrierError::NotTheProvince { status: status.as_u16(), html: kind == "text/html" };
        if (status.is_client_error() || status.is_server_error()) && kind == PROBLEM_CONTENT_TYPE {
            let retry_after = retry_after(&response);
            let body = match self.body(response, LONGEST_PROBLEM).await {
                Err(CarrierError::AnswerTooLarge) => return Err(stranger),
                body => body?,
            };
            let mut problem: Problem = serde_json::from_slice(&body).map_err(|_| stranger)?;
            if let Some(seconds) = retry_after {
                problem.params.insert(RETRY_AFTER_S.to_owned(), seconds.to_string());
            }
            return Err(CarrierError::Refused(problem));
        }
        // A proxy in front of the province may be the one to find the body too large.
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Err(CarrierError::Refused(ProblemCode::BodyTooLarge.into()));
        }
        Err(stranger)
    }

    async fn body(&self, mut response: Response, most: usize) -> Result<Vec<u8>, CarrierError> {
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Err(CarrierError::AnswerTooLarge);
        }
        let mut body = Vec::new();
        loop {
            let piece = tokio::time::timeout(self.stall, response.chunk()).await;
            match piece.map_err(|_| CarrierError::Stalled)?.map_err(|_| CarrierError::CutOff)? {
                Some(piece) if body.len() + piece.len() > most => return Err(CarrierError::AnswerTooLarge),
                Some(piece) => body.extend_from_slice(&piece),
                None => return Ok(body),
            }
        }
    }
}

impl SyncProtocol for HttpCarrier {
    /// Tries the addresses in order until one leads to the province. If none does, the error is of the first that led
    /// anywhere.
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        let request = Bytes::from(request);
        let mut failure = None;
        for base in &self.addresses {
            let mut address = base.clone();
            address.set_path(&format!("{}{}", base.path().trim_end_matches('/'), door.path()));
            let error = match self.post_to(&address, request.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            tracing::debug!(code = error.code(), "an address failed");
            if !leads_elsewhere(&error) {
                return Err(error);
            }
            if !matches!(failure, Some(ref known) if *known != CarrierError::Unreachable) {
                failure = Some(error);
            }
        }
        Err(failure.unwrap_or(CarrierError::NoAddress))
    }

    fn bytes_out(&self) -> u64 {
        self.out.load(Ordering::Relaxed)
    }
}

/// Whether another address may still lead to the province.
fn leads_elsewhere(error: &CarrierError) -> bool {
    match error {
        CarrierError::Unreachable | CarrierError::Tls | CarrierError::NotTheProvince { .. } => true,
        CarrierError::Stalled
        | CarrierError::CutOff
        | CarrierError::Refused(_)
        | CarrierError::AnswerTooLarge
        | CarrierError::NoAddress => false,
    }
}

fn endpoint(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let usable = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    usable.then_some(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn content_type(response: &Response) -> String {
    let header = response.headers().get(CONTENT_TYPE_HEADER).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Seconds after which a server wants to be asked again. A date in its place is passed over: the clocks of laptops are wrong.
fn retry_after(response: &Response) -> Option<u32> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// Tells apart what reqwest reports as one error.
fn cause_of(error: &reqwest::Error) -> CarrierError {
    let mut causes: Vec<&(dyn Error + 'static)> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause);
        next = inner(cause).or_else(|| cause.source());
    }
    if error.is_connect() {
        // The TLS layer wraps its own errors as invalid data, and a handshake cut short as an unexpected end.
        let mut io = causes.iter().filter_map(|cause| cause.downcast_ref::<io::Error>());
        let tls =
            io.any(|cause| matches!(cause.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof));
        return if tls { CarrierError::Tls } else { CarrierError::Unreachable };
    }
    let mut http = causes.iter().filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    if http.any(|cause| cause.is_parse()) {
        CarrierError::NotTheProvince { status: 0, html: false }
    } else {
        CarrierError::CutOff
    }
}

/// What an I/O error is wrapped around: its own `source` passes over that.
fn inner<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let inner = cause.downcast_ref::<io::Error>()?.get_ref()?;
    Some(inner)
}
