//! Locking by itself when nobody is there. Everything that was answered is on the disk already.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use rasoat_store::{Op, Reader, StoreError, Tx};

use crate::app::App;
use crate::backup::{LOST, RESTORED};
use crate::error::AppError;
use crate::take_in;
use crate::view::{AppStateView, RestoredView};

const LOCK_AFTER: &str = "lock_after_minutes";
/// A database that was restored or copied, until the person has seen the word of it.
const MOVED: &str = "restored_or_copied";
const USUAL_MINUTES: u32 = 15;
/// What may be chosen; 0: never.
const CHOICES: [u32; 5] = [5, 15, 30, 60, 0];
/// A laptop that slept is looked at again soon after it woke: sleeping does not count for timers.
const LONGEST_LOOK: Duration = Duration::from_secs(30);
const SHORTEST_LOOK: Duration = Duration::from_secs(1);

/// Somebody at the open program.
pub(crate) struct Sitting {
    active_at: AtomicI64,
    lock_after_minutes: AtomicU32,
    pub(crate) moved: AtomicBool,
}

impl Sitting {
    pub(crate) fn read(reader: &Reader<'_>, now_millis: i64) -> Result<Self, StoreError> {
        Ok(Self {
            active_at: AtomicI64::new(now_millis),
            lock_after_minutes: AtomicU32::new(reader.setting(LOCK_AFTER)?.unwrap_or(USUAL_MINUTES)),
            moved: AtomicBool::new(reader.setting(MOVED)?.unwrap_or(false)),
        })
    }

    pub(crate) fn lock_after_minutes(&self) -> u32 {
        self.lock_after_minutes.load(Ordering::Relaxed)
    }

    /// Milliseconds until it locks; `None`: never.
    fn left_millis(&self, now_millis: i64) -> Option<i64> {
        let minutes = self.lock_after_minutes();
        if minutes == 0 {
            return None;
        }
        // A clock that was set back counts from what it shows.
        let since = self.active_at.load(Ordering::Relaxed);
        if since > now_millis {
            self.active_at.store(now_millis, Ordering::Relaxed);
        }
        let passed = now_millis.saturating_sub(since.min(now_millis));
        Some((i64::from(minutes) * 60_000).saturating_sub(passed).max(0))
    }
}

/// Keeps what follows for a database that was restored or copied: the person is told, and the province is asked for everything.
pub(crate) fn note_restored(tx: &Tx<'_>) -> Result<(), StoreError> {
    take_in::begin_anew(tx)?;
    tx.set_setting(MOVED, &true)
}

impl App {
    /// Somebody is there. Told by the screens from time to time while keys are pressed and things touched.
    pub fn activity(&self) -> AppStateView {
        self.lock_if_idle();
        if let Some(opened) = self.opened() {
            opened.sitting.active_at.store(self.now(), Ordering::Relaxed);
        }
        self.state()
    }

    /// Minutes after which the program locks by itself: 5, 15, 30, 60, or 0 for never.
    pub fn set_lock_after(&self, minutes: u32) -> Result<AppStateView, AppError> {
        if !CHOICES.contains(&minutes) {
            return Err(AppError::new("unknown_choice"));
        }
        let opened = self.need_open()?;
        opened.store.transact(Op::Settings, |tx| tx.set_setting(LOCK_AFTER, &minutes))?;
        opened.sitting.lock_after_minutes.store(minutes, Ordering::Relaxed);
        self.wake().notify_waiters();
        Ok(self.state())
    }

    /// The person has seen that the database was restored or copied, and what is missing in it.
    pub fn dismiss_restored(&self) -> Result<AppStateView, AppError> {
        let opened = self.need_open()?;
        opened.store.transact(Op::Settings, |tx| {
            tx.set_setting(MOVED, &false)?;
            tx.set_setting(LOST, &0)?;
            tx.set_setting(RESTORED, &None::<RestoredView>)
        })?;
        opened.sitting.moved.store(false, Ordering::Relaxed);
        Ok(self.state())
    }

    /// Locks if nobody was active for the time chosen; whether it did.
    pub fn lock_if_idle(&self) -> bool {
        let due = self.opened().is_some_and(|opened| opened.sitting.left_millis(self.now()) == Some(0));
        if due {
            self.close("idle");
            tracing::info!("locked by itself");
        }
        due
    }

    /// Locks by itself as long as the program runs. To be spawned once; ends never.
    pub async fn watch_idle(&self) {
        loop {
            let woken = self.wake().notified();
            let left = self.opened().and_then(|opened| opened.sitting.left_millis(self.now()));
            match left.map(|millis| Duration::from_millis(u64::try_from(millis).unwrap_or_default())) {
                None => woken.await,
                Some(left) => {
                    let look = tokio::time::sleep(left.clamp(SHORTEST_LOOK, LONGEST_LOOK));
                    tokio::select! { () = look => {}, () = woken => {} }
                    self.lock_if_idle();
                }
            }
        }
    }
}
