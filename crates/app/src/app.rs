//! The running program.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use rasoat_exchange::{BUNDLE_PART_BYTES, CarrierError, Door, SyncProtocol};
use rasoat_store::{Params, Store};
use tokio::sync::Notify;

use crate::bundle::BundleState;
use crate::error::AppError;
use crate::interview::Interviews;
use crate::preferences::Preferences;
use crate::profile::Profile;
use crate::sync::SyncState;

/// What the program is started with.
pub struct AppConfig {
    /// Folder of the database, its keys, backups and the log.
    pub data_dir: PathBuf,
    /// Milliseconds since 1970 on the laptop's clock.
    pub now: Arc<dyn Fn() -> i64 + Send + Sync>,
}

/// Carries requests: [`SyncProtocol`] as an object.
pub trait Carrier: Send + Sync {
    /// An encoded request in, an encoded answer out.
    fn carry<'a>(&'a self, door: Door, request: Vec<u8>) -> Carried<'a>;
    /// Bytes of requests that have left this machine so far.
    fn out(&self) -> u64;
}

/// A request under way.
pub(crate) type Carried<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, CarrierError>> + Send + 'a>>;

impl<T: SyncProtocol + Send + Sync> Carrier for T {
    fn carry<'a>(&'a self, door: Door, request: Vec<u8>) -> Carried<'a> {
        Box::pin(self.post(door, request))
    }

    fn out(&self) -> u64 {
        self.bytes_out()
    }
}

/// What differs between the product and tests.
pub struct Options {
    /// Carries exchanges; `None`: HTTP to the addresses of the enrolment.
    pub carrier: Option<Arc<dyn Carrier>>,
    /// What guessing a passphrase costs in a new database.
    pub costs: Params,
    /// Bytes of batches after which a bundle goes on in another file.
    pub bundle_part_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { carrier: None, costs: Params::LAPTOP, bundle_part_bytes: BUNDLE_PART_BYTES }
    }
}

/// The running program; cheap to clone, shared by all commands.
#[derive(Clone)]
pub struct App {
    shared: Arc<Shared>,
}

struct Shared {
    config: AppConfig,
    options: Options,
    preferences: Mutex<Preferences>,
    open: RwLock<Option<Arc<Opened>>>,
    /// Woken when something new is to be sent, or the database was opened.
    wake: Notify,
}

/// The open database, with what is read from it once.
pub(crate) struct Opened {
    pub(crate) store: Arc<Store>,
    pub(crate) profile: Profile,
    pub(crate) interviews: Interviews,
    pub(crate) sync: Arc<SyncState>,
    pub(crate) bundles: Arc<BundleState>,
}

impl App {
    /// Starts with what is in the data folder.
    pub fn start(config: AppConfig) -> Result<Self, AppError> {
        Self::start_with(config, Options::default())
    }

    /// The same, with what tests replace.
    pub fn start_with(config: AppConfig, options: Options) -> Result<Self, AppError> {
        std::fs::create_dir_all(&config.data_dir)?;
        let preferences = Mutex::new(Preferences::read(&config.data_dir));
        tracing::info!(
            enrolled = Store::exists(&config.data_dir),
            version = env!("CARGO_PKG_VERSION"),
            "started"
        );
        let shared = Shared { config, options, preferences, open: RwLock::new(None), wake: Notify::new() };
        Ok(Self { shared: Arc::new(shared) })
    }

    pub(crate) fn now(&self) -> i64 {
        (self.shared.config.now)()
    }

    pub(crate) fn data_dir(&self) -> &std::path::Path {
        &self.shared.config.data_dir
    }

    pub(crate) fn options(&self) -> &Options {
        &self.shared.options
    }

    pub(crate) fn preferences(&self) -> MutexGuard<'_, Preferences> {
        self.shared.preferences.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wake(&self) -> &Notify {
        &self.shared.wake
    }

    /// The open database, if it is open.
    pub(crate) fn opened(&self) -> Option<Arc<Opened>> {
        self.shared.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The open database.
    pub(crate) fn need_open(&self) -> Result<Arc<Opened>, AppError> {
        self.opened().ok_or_else(|| AppError::new("locked"))
    }

    /// Puts the same database with what was read from it anew in place, unless it was closed or replaced meanwhile.
    pub(crate) fn replace_open_of(
        &self,
        store: &Arc<Store>,
        anew: impl FnOnce(&Opened) -> Result<Opened, AppError>,
    ) -> Result<(), AppError> {
        let mut open = self.shared.open.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = open.as_ref().filter(|open| Arc::ptr_eq(&open.store, store)) {
            *open = Some(Arc::new(anew(before)?));
        }
        Ok(())
    }

    /// Puts another database (or none) in place; what uses the one before ends on its own.
    pub(crate) fn replace_open(&self, opened: Option<Opened>) {
        let mut open = self.shared.open.write().unwrap_or_else(PoisonError::into_inner);
        *open = opened.map(Arc::new);
        drop(open);
        self.shared.wake.notify_waiters();
    }
}
