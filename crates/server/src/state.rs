//! What every request works with.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use rasoat_casework::{Chain, DeviceId, Rights};
use rasoat_exchange::{BundleRecipient, LinkKey, Receipt, SignedReceipt, SigningKey};
use tokio::sync::{Notify, Semaphore};

use crate::admission::Admission;
use crate::answers::Answers;
use crate::cases::Counting;
use crate::data_dir::{Config, DataDir, DataDirError};
use crate::directives::{Said, SayError};
use crate::library::{Library, LibraryError, Shelf, import_shipped};
use crate::metrics::Metrics;
use crate::papers;
use crate::requests::restrict::Restricted;
use crate::storage::{Device, Outcome, Storage, StorageError};
use crate::time::{Clock, system_clock};
use crate::tls::Crowd;
use crate::wrong_codes::WrongCodes;

/// The key of each laptop's link, with the recipient that it was made of.
type Links = BTreeMap<DeviceId, (BundleRecipient, LinkKey)>;

/// A server, opened. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub(crate) dir: Arc<DataDir>,
    pub(crate) config: Arc<Config>,
    pub(crate) storage: Arc<dyn Storage>,
    shelf: Arc<Shelf>,
    pub(crate) signing: Arc<SigningKey>,
    pub(crate) clock: Clock,
    /// Passwords checked at the same time: each takes 19 MiB for a moment, and no more guesses than these slip past the count.
    pub(crate) password_checks: Arc<Semaphore>,
    /// Lets exchanges in.
    pub(crate) admission: Arc<Admission>,
    /// Connections of the server's own TLS.
    pub(crate) crowd: Crowd,
    /// Pieces of files held at the same time.
    pub(crate) pieces: Arc<Semaphore>,
    /// The keys of links in use: each costs two multiplications on the curve.
    links: Arc<Mutex<Links>>,
    /// Held by the request of a device while its batches are taken in.
    pub(crate) taking_in: Arc<Mutex<BTreeMap<DeviceId, Arc<tokio::sync::Mutex<()>>>>>,
    /// Asked for enrolments that there are none of.
    pub(crate) wrong_codes: Arc<WrongCodes>,
    /// Held by whoever brings projections up.
    pub(crate) projecting: Arc<tokio::sync::Mutex<()>>,
    /// Told when edits came in of which there may be no projections yet.
    pub(crate) behind: Arc<Notify>,
    /// Answers about reports.
    pub(crate) answers: Arc<Answers>,
    /// What is being counted anew for reports.
    pub(crate) counting: Arc<Counting>,
    /// What is counted, for whoever watches over the server.
    pub(crate) metrics: Arc<Metrics>,
    /// Whether the server was asked to stop.
    pub(crate) stopping: Arc<AtomicBool>,
    /// Held by whoever makes a snapshot.
    pub(crate) snapshots: Arc<tokio::sync::Mutex<()>>,
    /// Held by whoever reads a file that was uploaded: hostile ones cost time and memory.
    pub(crate) uploads: Arc<Semaphore>,
    /// Papers made at the same time: each holds all of its file.
    pub(crate) papers: Arc<Semaphore>,
    /// In which papers households stand.
    pub(crate) papers_found: Arc<papers::Kept>,
    /// The chain of the edits that this province makes; none before the first. Each run of the server is a writer of its
    /// own, so that a restored storage never gives out a number twice.
    pub(crate) chain: Arc<tokio::sync::Mutex<Option<Chain>>>,
    /// What is processed no further, as it was read last.
    pub(crate) restricted: Arc<Mutex<Arc<Restricted>>>,
    /// What people may ask about the data that are held of them.
    pub(crate) rights: Arc<Rights>,
    /// What the administration has said, as it was read last.
    pub(crate) said: Arc<Mutex<Arc<Said>>>,
}

/// A server cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its directory.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// Its storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Its instruments, standards or code list.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// What was said of the round.
    #[error(transparent)]
    Said(#[from] SayError),
}

impl State {
    /// Opens the server in a directory made by [`crate::init`]: picks the storage, brings it to this version, imports what
    /// this program ships and the storage lacks, and makes the projections that a crash left undone.
    ///
    /// # Errors
    /// When the directory, the storage or anything imported cannot be used.
    pub async fn open(dir: &DataDir) -> Result<Self, OpenError> {
        Self::open_at(dir, system_clock()).await
    }

    /// As [`State::open`], with a clock of the caller's.
    ///
    /// # Errors
    /// As [`State::open`].
    pub async fn open_at(dir: &DataDir, clock: Clock) -> Result<Self, OpenError> {
        let (config, keys) = (dir.config()?, dir.keys()?);
        let storage = crate::boot::storage(dir, &config, &keys).await?;
        import_shipped(&*storage, clock()).await?;
        let library = Library::load(&*storage).await?;
        let state = Self {
            dir: Arc::new(dir.clone()),
            config: Arc::new(config),
            storage,
            shelf: Arc::new(Shelf::new(library)),
            signing: Arc::new(keys.signing),
            clock,
            password_checks: Arc::new(Semaphore::new(2)),
            admission: Arc::default(),
            crowd: Crowd::default(),
            pieces: Arc::new(Semaphore::new(256)),
            links: Arc::default(),
            taking_in: Arc::default(),
            wrong_codes: Arc::default(),
            projecting: Arc::default(),
            behind: Arc::default(),
            answers: Arc::default(),
            counting: Arc::default(),
            metrics: Arc::default(),
            stopping: Arc::default(),
            snapshots: Arc::default(),
            uploads: Arc::new(Semaphore::new(1)),
            papers: Arc::new(Semaphore::new(2)),
            papers_found: Arc::default(),
            chain: Arc::default(),
            said: Arc::default(),
            restricted: Arc::default(),
            rights: Arc::new(crate::library::rights()?),
        };
        crate::project::catch_up(&state).await?;
        crate::retention::take_over(dir, &state).await?;
        Ok(state)
    }

    /// What is worked by: asked for once in each piece of work, so that all of it goes by the same.
    pub(crate) fn library(&self) -> Arc<Library> {
        self.shelf.library()
    }

    /// Notices what was published at another server, some seconds later at most.
    pub(crate) async fn freshen_library(&self) {
        self.shelf.freshen(&*self.storage).await;
    }

    /// Notices at once what was published.
    ///
    /// # Errors
    /// When the storage fails, or what was published cannot be read; the library before stays in use.
    pub(crate) async fn freshen_library_now(&self) -> Result<(), LibraryError> {
        self.shelf.freshen_now(&*self.storage).await
    }

    /// What this server has in common with a laptop; `None` for one that was enrolled before there were bundles.
    pub(crate) fn link(&self, device: &Device) -> Option<LinkKey> {
        /// More are made again.
        const MOST: usize = 10_000;
        let recipient = device.bundle_recipient.as_ref()?;
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, link)) = links.get(&device.id).filter(|(of, _)| of == recipient) {
            return Some(link.clone());
        }
        let link = LinkKey::between(&self.signing, recipient).ok()?;
        if links.len() >= MOST {
            links.clear();
        }
        links.insert(device.id, (recipient.clone(), link.clone()));
        Some(link)
    }

    /// The turn of a device's requests.
    pub(crate) fn turn_of(&self, device: DeviceId) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.taking_in.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever holds a turn, or waits for it, keeps it alive.
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(turns.entry(device).or_default())
    }

    pub(crate) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// The receipt for what became of a batch.
    pub(crate) fn receipt(
        &self,
        batch: rasoat_exchange::BatchHash,
        outcome: &Outcome,
        now: i64,
    ) -> SignedReceipt {
        let receipt = Receipt {
            batch,
            accepted: outcome.receipted(),
            verdicts: outcome.verdicts.clone(),
            server_time_millis: now,
        };
        SignedReceipt::sign(&receipt, &self.signing)
    }
}
