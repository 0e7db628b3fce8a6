//! TLS in front of a server, as a proxy at the province ends it: what it costs on a slow link.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Speaks TLS to whoever connects, and plainly to the server behind. Dropping it ends it.
pub(crate) struct TlsEnd {
    pub(crate) address: SocketAddr,
    /// To be trusted by the laptop, DER.
    pub(crate) certificate: Vec<u8>,
    accepting: JoinHandle<()>,
}

impl Drop for TlsEnd {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl TlsEnd {
    /// With a certificate made at this moment.
    pub(crate) async fn start(server: SocketAddr) -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let certificate: CertificateDer<'static> = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(anyhow::Error::msg)?;
        let config =
            ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.clone()], key)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(async move {
            while let Ok((laptop, _)) = listener.accept().await {
                tokio::spawn(end(acceptor.clone(), laptop, server));
            }
        });
        Ok(Self { address, certificate: certificate.to_vec(), accepting })
    }
}

async fn end(acceptor: TlsAcceptor, laptop: TcpStream, server: SocketAddr) {
    let (Ok(()), Ok(mut server)) = (laptop.set_nodelay(true), TcpStream::connect(server).await) else {
        return;
    };
    if server.set_nodelay(true).is_err() {
        return;
    }
    if let Ok(mut laptop) = acceptor.accept(laptop).await {
        // A link that is cut ends both; there is nobody to tell.
        tokio::io::copy_bidirectional(&mut laptop, &mut server).await.ok();
    }
}
