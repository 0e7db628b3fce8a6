//! The running program.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use rasoat_exchange::{BUNDLE_PART_BYTES, CarrierError, Door, SyncProtocol};
use rasoat_store::{Claim, Params, Store, StoreError};
use tokio::sync::Notify;

use crate::backup::BackupState;
use crate::bundle::BundleState;
use crate::error::AppError;
use crate::idle::Sitting;
use crate::interview::Interviews;
use crate::list_import::ListState;
use crate::paper::Tally;
use crate::papers::PapersState;
use crate::practice;
use crate::preferences::Preferences;
use crate::profile::Profile;
use crate::review::LastQueue;
use crate::room::RoomOf;
use crate::sync::SyncState;

/// A program that ends lets go of its folder within this.
const LONGEST_HANDOVER: Duration = Duration::from_secs(2);

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
    /// What guessing a new passphrase costs; `None`: what takes half a second on this machine.
    pub costs: Option<Params>,
    /// A folder outside the data folder, of this machine and account alone, where it is noted how far the database is.
    pub marks: Option<PathBuf>,
    /// Whether a database that was restored or copied is found out; tests of what happens when it is not do without.
    pub finds_copies: bool,
    /// Whether no other program may work in the folder.
    pub alone: bool,
    /// Bytes of batches after which a bundle goes on in another file.
    pub bundle_part_bytes: usize,
    /// Tells how much room a disk has; `None`: the system.
    pub room: Option<RoomOf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            carrier: None,
            costs: None,
            marks: None,
            finds_copies: true,
            alone: false,
            bundle_part_bytes: BUNDLE_PART_BYTES,
            room: None,
        }
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
    /// A database of made-up households, while somebody practises. What goes on by itself does not know of it.
    practice: RwLock<Option<Arc<Opened>>>,
    /// The folder, as long as the program runs.
    claim: Mutex<Option<Claim>>,
    /// What guessing costs, once it was measured.
    tuned: OnceLock<Params>,
    /// What backing up and restoring keep in memory.
    backups: BackupState,
    /// Why the database could not be opened, where a backup in its place would help.
    trouble: Mutex<Option<String>>,
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
    pub(crate) papers: Arc<PapersState>,
    pub(crate) lists: Arc<ListState>,
    pub(crate) sitting: Arc<Sitting>,
    pub(crate) checks: LastQueue,
    pub(crate) tally: Arc<Tally>,
}

impl Opened {
    /// A database of which nothing is open yet.
    pub(crate) fn of(store: Store, profile: Profile, sync: SyncState, sitting: Sitting) -> Self {
        Self {
            store: Arc::new(store),
            profile,
            interviews: Interviews::default(),
            sync: Arc::new(sync),
            bundles: Arc::default(),
            papers: Arc::default(),
            lists: Arc::default(),
            sitting: Arc::new(sitting),
            checks: LastQueue::default(),
            tally: Arc::default(),
        }
    }

    /// The same database under a profile that was read anew: what is open in memory is asked for again.
    pub(crate) fn anew(before: &Self, profile: Profile) -> Self {
        Self {
            store: Arc::clone(&before.store),
            profile,
            interviews: Interviews::since(before.interviews.since.again()),
            sync: Arc::clone(&before.sync),
            bundles: Arc::clone(&before.bundles),
            papers: Arc::clone(&before.papers),
            lists: Arc::clone(&before.lists),
            sitting: Arc::clone(&before.sitting),
            checks: LastQueue::default(),
            tally: Arc::clone(&before.tally),
        }
    }
}

impl App {
    /// Starts with what is in the data folder, which no other program may work in.
    pub fn start(config: AppConfig) -> Result<Self, AppError> {
        Self::start_with(config, Options { alone: true, ..Options::default() })
    }

    /// The same, with what tests replace.
    pub fn start_with(config: AppConfig, options: Options) -> Result<Self, AppError> {
        // A folder that cannot be made or written to is a stage of its own, which says so.
        if let Err(error) = std::fs::create_dir_all(&config.data_dir) {
            tracing::error!(kind = ?error.kind(), "the data folder cannot be made");
        }
        let preferences = Mutex::new(Preferences::read(&config.data_dir));
        tracing::info!(
            enrolled = Store::exists(&config.data_dir),
            version = env!("CARGO_PKG_VERSION"),
            "started"
        );
        let shared = Shared {
            config,
            options,
            preferences,
            open: RwLock::new(None),
            practice: RwLock::default(),
            claim: Mutex::default(),
            tuned: OnceLock::new(),
            backups: BackupState::default(),
            trouble: Mutex::default(),
            wake: Notify::new(),
        };
        let app = Self { shared: Arc::new(shared) };
        // Whoever closes the program and opens it again at once meets the one that is just ending.
        if app.claim(LONGEST_HANDOVER) {
            if let Err(error) = Store::finish_restore(app.data_dir()) {
                tracing::error!(code = error.code(), "a restore that was cut off could not be finished");
            }
            practice::sweep(app.data_dir());
        }
        Ok(app)
    }

    /// Whether no other program works in the folder, or it does not matter. Tries again to have the folder.
    pub(crate) fn is_alone(&self) -> bool {
        self.claim(Duration::ZERO)
    }

    fn claim(&self, longest: Duration) -> bool {
        if !self.shared.options.alone {
            return true;
        }
        let mut claim = self.shared.claim.lock().unwrap_or_else(PoisonError::into_inner);
        if claim.is_some() {
            return true;
        }
        match Claim::of(self.data_dir(), longest) {
            Ok(had) => {
                *claim = Some(had);
                true
            }
            // Where no claim can be written down nobody else has one: what is wrong there, unlocking says.
            Err(error) => error != StoreError::InUse,
        }
    }

    pub(crate) fn need_alone(&self) -> Result<(), AppError> {
        if self.is_alone() { Ok(()) } else { Err(AppError::new("in_use")) }
    }

    pub(crate) fn tuned(&self) -> &OnceLock<Params> {
        &self.shared.tuned
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

    pub(crate) fn backups(&self) -> &BackupState {
        &self.shared.backups
    }

    pub(crate) fn trouble(&self) -> MutexGuard<'_, Option<String>> {
        self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wake(&self) -> &Notify {
        &self.shared.wake
    }

    /// The open database, if it is open.
    pub(crate) fn opened(&self) -> Option<Arc<Opened>> {
        self.shared.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The open database, whether or not somebody practises meanwhile: for what goes on by itself.
    pub(crate) fn need_own(&self) -> Result<Arc<Opened>, AppError> {
        self.opened().ok_or_else(|| AppError::new("locked"))
    }

    /// The open database, unless somebody practises. What sends, writes out or keeps anything asks here, so that nothing of a
    /// practice can be meant.
    ///
    /// # Errors
    /// `locked`, `practice`.
    pub(crate) fn need_open(&self) -> Result<Arc<Opened>, AppError> {
        if self.practice().is_some() {
            return Err(AppError::new("practice"));
        }
        self.need_own()
    }

    /// The practice while there is one, else the open database: for what only shows and answers.
    pub(crate) fn need_desk(&self) -> Result<Arc<Opened>, AppError> {
        self.practice().map_or_else(|| self.need_own(), Ok)
    }

    /// What somebody practises in.
    pub(crate) fn practice(&self) -> Option<Arc<Opened>> {
        self.shared.practice.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a practice in place, or takes it away; answers with the one before.
    pub(crate) fn replace_practice(&self, practice: Option<Opened>) -> Option<Arc<Opened>> {
        let mut place = self.shared.practice.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, practice.map(Arc::new))
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
