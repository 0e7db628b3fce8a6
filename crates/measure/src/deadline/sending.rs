//! Sending, by laptops that do nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::SEED;
use super::laptops::Load;
use crate::ingest::province::Province;

/// A laptop that was told to come again, or was cut off, does so at most so often.
const TRIES: usize = 60;
/// Nothing heard for so long is a cut, as laptops have it.
const STALL: Duration = Duration::from_secs(30);

/// When laptops start.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arrivals {
    /// At any moment of so many seconds; a laptop that is not answered with a receipt has failed.
    Within(f64),
    /// Together; whoever is told to come again does so.
    AtOnce,
}

/// What came of it.
pub(super) struct Sent {
    /// Each laptop's answer with a receipt.
    pub(super) answers: Vec<Option<Answer>>,
    pub(super) failures: usize,
    /// Answers that said when to come again.
    pub(super) told_later: usize,
    /// Connections that ended without an answer.
    pub(super) hung_up: usize,
    /// Until the last one was done.
    pub(super) seconds: f64,
}

/// An answer with a receipt.
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    /// From the laptop's start.
    pub(super) seconds: f64,
}

/// The server's certificate, and whoever trusts it.
#[derive(Clone)]
pub(super) struct Tls(TlsConnector);

impl Tls {
    /// Makes a certificate and has the province use it.
    pub(super) fn make(province: &Province) -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        province.use_tls(&made.cert.pem(), &made.signing_key.serialize_pem())?;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::clone(made.cert.der()))?;
        let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        // Each is a laptop of its own: none goes on with another's session.
        config.resumption = Resumption::disabled();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }
}

/// Has every laptop send its request of that number, and keeps their connections open until the last is done.
pub(super) fn send(
    load: &Arc<Load>,
    number: usize,
    address: &str,
    tls: &Tls,
    arrivals: Arrivals,
) -> Result<Sent> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    runtime.block_on(async {
        let begin = Instant::now();
        let mut sending = JoinSet::new();
        for laptop in 0..load.laptops() {
            let start = match arrivals {
                Arrivals::Within(seconds) => {
                    begin + Duration::from_secs_f64(random.random_range(0.0..seconds))
                }
                Arrivals::AtOnce => begin,
            };
            let sender = Sender {
                load: Arc::clone(load),
                number,
                laptop,
                address: address.to_owned(),
                tls: tls.clone(),
                start,
                arrivals,
                random: ChaCha8Rng::seed_from_u64(random.random()),
            };
            sending.spawn(sender.run());
        }
        let ended = sending.join_all().await;
        let mut answers = Vec::new();
        answers.resize_with(load.laptops(), || None);
        let mut sent =
            Sent { answers, failures: 0, told_later: 0, hung_up: 0, seconds: begin.elapsed().as_secs_f64() };
        // Kept until here.
        let mut connections = Vec::new();
        for ended in ended {
            let ended = ended?;
            sent.failures += usize::from(ended.answer.is_none() || ended.unexpected > 0);
            sent.told_later += ended.told_later;
            sent.hung_up += ended.hung_up;
            *sent.answers.get_mut(ended.laptop).context("no such laptop")? = ended.answer;
            connections.push(ended.connection);
        }
        Ok(sent)
    })
}

struct Sender {
    load: Arc<Load>,
    number: usize,
    laptop: usize,
    address: String,
    tls: Tls,
    start: Instant,
    arrivals: Arrivals,
    random: ChaCha8Rng,
}

#[derive(Default)]
struct Ended {
    laptop: usize,
    answer: Option<Answer>,
    connection: Option<TlsStream<TcpStream>>,
    told_later: usize,
    hung_up: usize,
    /// Answers that are neither a receipt nor say when to come again.
    unexpected: usize,
}

/// One answer.
struct Heard {
    status: u16,
    retry_after: Option<u64>,
    body: Vec<u8>,
    connection: TlsStream<TcpStream>,
}

impl Sender {
    async fn run(mut self) -> Result<Ended> {
        tokio::time::sleep_until(self.start.into()).await;
        let tries = match self.arrivals {
            Arrivals::Within(_) => 1,
            Arrivals::AtOnce => TRIES,
        };
        let mut ended = Ended { laptop: self.laptop, ..Ended::default() };
        for _ in 0..tries {
            let heard = tokio::time::timeout(STALL, self.exchange()).await;
            let wait_s = match heard.map_err(|_| anyhow!("stalled")).and_then(|heard| heard) {
                Ok(heard) if heard.status == 200 => {
                    let seconds = self.start.elapsed().as_secs_f64();
                    if self.load.is_whole(self.laptop, self.number, &heard.body)? {
                        ended.answer = Some(Answer { body: heard.body, seconds });
                        ended.connection = Some(heard.connection);
                    }
                    return Ok(ended);
                }
                Ok(Heard { status: 429 | 503, retry_after: Some(seconds), .. }) => {
                    ended.told_later += 1;
                    seconds as f64
                }
                Ok(_) => {
                    ended.unexpected += 1;
                    return Ok(ended);
                }
                Err(_) => {
                    ended.hung_up += 1;
                    1.0
                }
            };
            // As laptops do: not before, and up to twice as long.
            let wait_s = wait_s * self.random.random_range(1.0..2.0);
            tokio::time::sleep(Duration::from_secs_f64(wait_s)).await;
        }
        Ok(ended)
    }

    async fn exchange(&self) -> Result<Heard> {
        let request = self.load.request(self.laptop, self.number)?;
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("127.0.0.1").map_err(|_| anyhow!("no name"))?;
        let mut connection = self.tls.0.connect(name, stream).await?;
        connection.write_all(&request).await?;
        connection.flush().await?;
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            anyhow::ensure!(connection.read_buf(&mut bytes).await? > 0, "hung up");
        };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let length: usize = header("content-length").context("no length")?.parse()?;
        while bytes.len() < head + length {
            anyhow::ensure!(connection.read_buf(&mut bytes).await? > 0, "hung up");
        }
        let status = text.split(' ').nth(1).context("no status")?.parse()?;
        let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
        Ok(Heard { status, retry_after, body: bytes.split_off(head), connection })
    }
}
