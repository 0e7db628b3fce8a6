//! A laptop with reviewed households in its store, that sends them over a link as the product does.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use rasoat_app::App;
use rasoat_casework::{Edit, InstrumentHash};
use rasoat_exchange::{CarrierError, Door, EnrolmentFile, SyncProtocol};
use rasoat_store::{Op, Store};
use rasoat_sync::HttpCarrier;
use rasoat_testkit::laptop::{self, PASSPHRASE};
use rasoat_testkit::province::Province;
use rasoat_testkit::reviewed::Reviewer;
use secrecy::SecretString;
use tempfile::TempDir;

use super::proxy::{Link, Proxy};
use super::tls::TlsEnd;

/// A laptop at one end of a link, with a province of its own at the other.
pub(crate) struct Laptop {
    pub(crate) app: App,
    pub(crate) proxy: Proxy,
    pub(crate) reviewer: Reviewer,
    store: Store,
    _tls: Option<TlsEnd>,
    _province: Province,
    _folder: TempDir,
}

/// Makes a connection for each request: no figure is better for one that was there before.
struct Fresh {
    address: String,
    /// Whose TLS is believed.
    certificate: Option<Vec<u8>>,
}

impl Fresh {
    fn carrier(&self) -> Result<HttpCarrier, CarrierError> {
        match &self.certificate {
            Some(certificate) => HttpCarrier::trusting([&self.address], certificate),
            None => HttpCarrier::new([&self.address]),
        }
    }
}

impl SyncProtocol for Fresh {
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        self.carrier()?.post(door, request).await
    }
}

impl Laptop {
    /// Enrols a laptop that has been in touch with its province once, and puts it behind a link.
    pub(crate) async fn enrol(link: Link, seed: u64) -> Result<Self> {
        let province = Province::start().await?;
        let server: SocketAddr =
            province.url("").trim_start_matches("http://").parse().context("the province's address")?;
        let tls = if link.tls { Some(TlsEnd::start(server).await?) } else { None };
        let proxy = Proxy::start(tls.as_ref().map_or(server, |tls| tls.address), seed).await?;
        let handover = province.enrol("may-07").await?;
        let folder = tempfile::tempdir()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", proxy.address);
        let carrier = Fresh { address, certificate: tls.as_ref().map(|tls| tls.certificate.clone()) };
        let data: PathBuf = folder.path().join("laptop");
        let app = laptop::start_with(&data, province.clock.reader(), Some(Arc::new(carrier)))
            .map_err(|error| anyhow::anyhow!(error.code))?;
        laptop::enrol(&app, &handover).map_err(|error| anyhow::anyhow!(error.code))?;
        let enrolment = EnrolmentFile::read(&std::fs::read(&handover.file)?)?;
        let files = enrolment.instruments.first().context("no form")?;
        let definition = crate::ingest::form(files)?;
        let reviewer = Reviewer::new(seed, definition, hash_of(&files.hash)?);
        let store = Store::open(&data, &SecretString::from(PASSPHRASE.to_owned()), province.clock.now())?;
        let laptop = Self { app, proxy, reviewer, store, _tls: tls, _province: province, _folder: folder };
        ensure!(laptop.send(1).await?.is_some(), "the province does not answer");
        laptop.proxy.become_like(link);
        laptop.proxy.take();
        Ok(laptop)
    }

    /// Reviews further households. With `lines`, the lines of their list go along.
    pub(crate) fn review(&mut self, count: usize, lines: bool) -> Result<Vec<Edit>> {
        let mut sealed = Vec::new();
        for _ in 0..count {
            let (line, interview) = self.reviewer.household();
            if lines {
                sealed.extend(self.seal(&line)?);
            }
            sealed.extend(self.seal(&interview)?);
        }
        Ok(sealed)
    }

    /// Corrects one answer of an interview.
    pub(crate) fn correct(&mut self, interview: &Edit) -> Result<()> {
        let correction = self.reviewer.correction(interview);
        self.seal(&correction).map(|_| ())
    }

    fn seal(&self, edit: &Edit) -> Result<Vec<Edit>> {
        let (sealed, _) = self.store.transact(Op::SignOff, |tx| {
            tx.seal(&edit.subject, edit.changes.clone(), &edit.author, edit.instrument, edit.at.millis)
        })?;
        Ok(sealed)
    }

    /// Edits that the province has not confirmed.
    pub(crate) fn waiting(&self) -> Result<u32> {
        Ok(self.store.read(|reader| reader.unsent_count())?)
    }

    /// Sends until all is confirmed, trying again at once however often the link fails; says after how many tries, or `None`
    /// after `most`.
    pub(crate) async fn send(&self, most: u32) -> Result<Option<u32>> {
        for tried in 1..=most {
            self.app.sync_now().await.map_err(|error| anyhow::anyhow!(error.code))?;
            if self.waiting()? == 0 {
                return Ok(Some(tried));
            }
        }
        Ok(None)
    }
}

fn hash_of(hex: &str) -> Result<InstrumentHash> {
    let mut hash = [0; 32];
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2).context("no hash")?, 16)?;
    }
    Ok(InstrumentHash(hash))
}
