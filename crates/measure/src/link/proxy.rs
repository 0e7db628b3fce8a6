//! A link between a laptop and the province: it counts what passes, and may be slow, far, and cut again and again.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::generated::Dice;

/// What fits a packet on most links, in bytes.
const PACKET: usize = 1400;
/// Packets on their way at the same time; more wait where they come from.
const UNDER_WAY: usize = 4096;
/// How late a packet is that was lost and sent again.
const LATE: Duration = Duration::from_millis(1500);

/// How a link is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Link {
    /// Bits per second, up and down; `None` for as many as come.
    pub(crate) rates: Option<(f64, f64)>,
    /// There and back, once for each connection made and once for each question and its answer.
    pub(crate) round_trip: Duration,
    /// Every connection is cut once so many bytes have passed, in both directions together.
    pub(crate) cut_after: Option<u64>,
    /// One packet in so many comes late, as when it is lost and sent again; 0 for none.
    pub(crate) late: u64,
    /// The laptop speaks TLS.
    pub(crate) tls: bool,
}

impl Link {
    /// As slow as EDGE is in the mountains.
    pub(crate) const EDGE: Self = Self::slow((200_000.0, 240_000.0), 840);
    /// As slow as GPRS.
    pub(crate) const GPRS: Self = Self::slow((20_000.0, 40_000.0), 1000);

    const fn slow(rates: (f64, f64), round_trip_millis: u64) -> Self {
        let round_trip = Duration::from_millis(round_trip_millis);
        Self { rates: Some(rates), round_trip, cut_after: None, late: 0, tls: false }
    }

    /// The same, losing one packet in twenty.
    pub(crate) fn with_loss(self) -> Self {
        Self { late: 20, ..self }
    }

    /// The same, with TLS over it.
    pub(crate) fn with_tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// Quick, near, and cut every so many bytes.
    pub(crate) fn cut_after(bytes: u64) -> Self {
        Self { cut_after: Some(bytes), ..Self::default() }
    }
}

/// Bytes that passed, HTTP's own included, and connections that were made.
pub(crate) struct Counts {
    up: AtomicU64,
    down: AtomicU64,
    connections: AtomicU64,
    /// Decides which packets are late.
    dice: Mutex<Dice>,
}

/// What passed in a while.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Passed {
    pub(crate) up: u64,
    pub(crate) down: u64,
    pub(crate) connections: u64,
}

/// A link in use. Dropping it ends it.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    link: Arc<Mutex<Link>>,
    counts: Arc<Counts>,
    accepting: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxy {
    /// A link to a server, quick and whole. `seed` decides which packets are late if any are.
    pub(crate) async fn start(server: SocketAddr, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let counts = Arc::new(Counts {
            up: AtomicU64::new(0),
            down: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            dice: Mutex::new(Dice::new(seed)),
        });
        let link = Arc::new(Mutex::new(Link::default()));
        let (counting, now) = (Arc::clone(&counts), Arc::clone(&link));
        let accepting = tokio::spawn(async move {
            while let Ok((laptop, _)) = listener.accept().await {
                counting.connections.fetch_add(1, Ordering::Relaxed);
                let link = *now.lock().unwrap_or_else(PoisonError::into_inner);
                tokio::spawn(carry(link, laptop, server, Arc::clone(&counting)));
            }
        });
        Ok(Self { address, link, counts, accepting })
    }

    /// How connections made from now on are.
    pub(crate) fn become_like(&self, link: Link) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }

    /// What passed since the last time.
    pub(crate) fn take(&self) -> Passed {
        Passed {
            up: self.counts.up.swap(0, Ordering::Relaxed),
            down: self.counts.down.swap(0, Ordering::Relaxed),
            connections: self.counts.connections.swap(0, Ordering::Relaxed),
        }
    }
}

/// How much may still pass before the cut, and who is told.
struct Allowance {
    left: AtomicU64,
    cut: Notify,
}

impl Allowance {
    /// How much of `wanted` may pass.
    fn spend(&self, wanted: u64) -> u64 {
        let before = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| Some(left.saturating_sub(wanted)));
        before.unwrap_or(0).min(wanted)
    }
}

async fn carry(link: Link, laptop: TcpStream, server: SocketAddr, counts: Arc<Counts>) {
    tokio::time::sleep(link.round_trip).await;
    let Ok(server) = TcpStream::connect(server).await else { return };
    if laptop.set_nodelay(true).is_err() || server.set_nodelay(true).is_err() {
        return;
    }
    let allowance =
        Arc::new(Allowance { left: AtomicU64::new(link.cut_after.unwrap_or(u64::MAX)), cut: Notify::new() });
    let (from_laptop, to_laptop) = laptop.into_split();
    let (from_server, to_server) = server.into_split();
    let (up, down) = link.rates.unzip();
    let way = |rate| Way { rate, delay: link.round_trip / 2, late: link.late };
    let both = async {
        tokio::join!(
            one_way(from_laptop, to_server, way(up), &allowance, (&counts.up, &counts.dice)),
            one_way(from_server, to_laptop, way(down), &allowance, (&counts.down, &counts.dice)),
        );
    };
    // Both sockets close at once when this ends.
    tokio::select! { () = both => {}, () = allowance.cut.notified() => {} }
}

/// One direction.
#[derive(Clone, Copy)]
struct Way {
    rate: Option<f64>,
    delay: Duration,
    late: u64,
}

async fn one_way(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    Way { rate, delay, late }: Way,
    allowance: &Allowance,
    (count, dice): (&AtomicU64, &Mutex<Dice>),
) {
    let (sender, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let leaving = async move {
        let mut free = Instant::now();
        let mut packet = vec![0; PACKET];
        while let Ok(length) = from.read(&mut packet).await {
            if length == 0 {
                break;
            }
            free = free.max(Instant::now());
            if let Some(rate) = rate {
                free += Duration::from_secs_f64(length as f64 * 8.0 / rate);
                sleep_until(free).await;
            }
            // What comes behind it waits for it: the stream is in order.
            if late > 0 && dice.lock().unwrap_or_else(PoisonError::into_inner).one_in(late) {
                free += LATE;
                sleep_until(free).await;
            }
            let passed = allowance.spend(length as u64);
            count.fetch_add(passed, Ordering::Relaxed);
            let whole = passed == length as u64;
            let bytes = packet[..usize::try_from(passed).unwrap_or(length)].to_vec();
            if sender.send((free + delay, bytes)).await.is_err() || !whole {
                break;
            }
        }
    };
    let coming = async {
        while let Some((at, bytes)) = arriving.recv().await {
            sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        if allowance.left.load(Ordering::SeqCst) == 0 {
            allowance.cut.notify_one();
        }
        // Whoever is done says so; the other direction goes on.
        to.shutdown().await.ok();
    };
    tokio::join!(leaving, coming);
}
