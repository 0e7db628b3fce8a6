//! TLS in the server itself, for a province without a proxy in front.

use std::fs;
use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use axum::serve::Listener;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::state::State;

/// Who has not shaken hands by then is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Connections that have shaken hands and wait for the server.
const WAITING: usize = 256;
/// Connections at the same time; whoever comes on top of these waits in the system's queue. So many can shake hands before the first
/// of them is let go.
const CONNECTIONS: usize = 8192;
/// With more connections than these, one is closed as soon as its exchange is answered: who has more to say comes again, and the
/// memory of it is another's meanwhile.
const CROWD: usize = 512;
/// A connection on which nothing moves for so long is closed. Longer than laptops and browsers keep one that they may need again.
const IDLE: Duration = Duration::from_secs(180);
/// How often it is looked whether the certificate was renewed.
const LOOK: Duration = Duration::from_secs(60);
/// After an error of the socket (too many open files, say) nothing is accepted for so long.
const PAUSE: Duration = Duration::from_millis(200);

/// Files of the certificate and its key, PEM, from the server's directory or with a whole path. Renewed files are read within a
/// minute; nothing is started anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate, and those that lead to one that everybody trusts.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// The certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read.
    #[error("{1}: {0}")]
    Io(#[source] io::Error, PathBuf),
    /// Not PEM, nothing in it, or a key that is not the certificate's.
    #[error("{0} holds no certificate and key that belong together")]
    Unusable(PathBuf),
}

/// The certificate in use.
#[derive(Clone)]
pub struct Certificates(Arc<Source>);

struct Source {
    files: TlsFiles,
    every: Duration,
    loaded: Mutex<Loaded>,
}

struct Loaded {
    config: Arc<ServerConfig>,
    changed: Option<(SystemTime, SystemTime)>,
    looked: Instant,
}

impl Certificates {
    /// Reads the files, and looks every minute whether they were renewed.
    ///
    /// # Errors
    /// When they cannot be read or are no certificate with its key.
    pub fn load(files: &TlsFiles, data: &Path) -> Result<Self, TlsError> {
        Self::load_looking(files, data, LOOK)
    }

    /// As [`Certificates::load`], looking as often as the caller says.
    ///
    /// # Errors
    /// As [`Certificates::load`].
    pub fn load_looking(files: &TlsFiles, data: &Path, every: Duration) -> Result<Self, TlsError> {
        let files = TlsFiles { certificate: data.join(&files.certificate), key: data.join(&files.key) };
        let loaded = Loaded { config: read(&files)?, changed: changed(&files), looked: Instant::now() };
        Ok(Self(Arc::new(Source { files, every, loaded: Mutex::new(loaded) })))
    }

    /// The one to answer with now. Renewed files that cannot be used leave the one before in use.
    fn current(&self) -> Arc<ServerConfig> {
        let mut loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if loaded.looked.elapsed() >= self.0.every {
            loaded.looked = Instant::now();
            self.renew(&mut loaded);
        }
        Arc::clone(&loaded.config)
    }

    fn renew(&self, loaded: &mut Loaded) {
        let now = changed(&self.0.files);
        if now.is_none() || now == loaded.changed {
            return;
        }
        match read(&self.0.files) {
            Ok(config) => {
                loaded.config = config;
                loaded.changed = now;
                tracing::info!("certificate renewed");
            }
            Err(error) => tracing::error!(%error, "the renewed certificate cannot be used"),
        }
    }
}

fn changed(files: &TlsFiles) -> Option<(SystemTime, SystemTime)> {
    let of = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
    Some((of(&files.certificate)?, of(&files.key)?))
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let text = |path: &Path| fs::read(path).map_err(|error| TlsError::Io(error, path.to_owned()));
    let unusable = || TlsError::Unusable(files.certificate.clone());
    let (certificate, key) = (text(&files.certificate)?, zeroize::Zeroizing::new(text(&files.key)?));
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&certificate).collect::<Result<_, _>>().map_err(|_| unusable())?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsError::Unusable(files.key.clone()))?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
    config.map(Arc::new).map_err(|_| unusable())
}

/// The places of connections.
#[derive(Debug, Clone)]
pub(crate) struct Crowd(Arc<Semaphore>);

impl Default for Crowd {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(CONNECTIONS)))
    }
}

impl Crowd {
    /// Whether those who were answered should go.
    pub(crate) fn is_large(&self) -> bool {
        CONNECTIONS - self.0.available_permits() > CROWD
    }
}

/// Connections that have shaken hands. One that is slow at it keeps nobody waiting.
pub struct TlsListener {
    incoming: mpsc::Receiver<(Connection, SocketAddr)>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    /// Speaks TLS to whoever connects to the server of that state.
    ///
    /// # Errors
    /// When the socket has no address.
    pub fn over(listener: TcpListener, certificates: Certificates, state: &State) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (ready, incoming) = mpsc::channel(WAITING);
        let Crowd(places) = state.crowd.clone();
        let accepting = tokio::spawn(async move {
            while let Ok(place) = Arc::clone(&places).acquire_owned().await {
                match listener.accept().await {
                    Ok((stream, from)) => {
                        let acceptor = TlsAcceptor::from(certificates.current());
                        let ready = ready.clone();
                        tokio::spawn(async move {
                            if let Some(stream) = shake_hands(acceptor, stream).await {
                                ready.send((Connection::new(stream, place), from)).await.ok();
                            }
                        });
                    }
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
            }
        });
        Ok(Self { incoming, address, accepting })
    }
}

async fn shake_hands(acceptor: TlsAcceptor, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    // Answers are small and wait for nothing to be added.
    stream.set_nodelay(true).ok()?;
    // Whoever fails at it is told by TLS itself, or has gone.
    tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await.ok()?.ok()
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for TlsListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.incoming.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// A connection that has shaken hands. Its place is another's when it is dropped.
pub struct Connection {
    stream: TlsStream<TcpStream>,
    idle: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    fn new(stream: TlsStream<TcpStream>, place: OwnedSemaphorePermit) -> Self {
        Self { stream, idle: Box::pin(tokio::time::sleep(IDLE)), _place: place }
    }

    fn moved(&mut self) {
        self.idle.as_mut().reset(tokio::time::Instant::now() + IDLE);
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                self.moved();
                Poll::Ready(read)
            }
            Poll::Pending => self.idle.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into())),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.moved();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_large_while_there_are_many() {
        let crowd = Crowd::default();
        let enter = || Arc::clone(&crowd.0).try_acquire_owned().unwrap();
        let mut present: Vec<OwnedSemaphorePermit> = (0..CROWD).map(|_| enter()).collect();
        assert!(!crowd.is_large());
        present.push(enter());
        assert!(crowd.is_large());
        present.pop();
        assert!(!crowd.is_large());
    }
}
