//! Backups: made by themselves on the laptop's disk, and on a stick when somebody asks; which of them stay; and putting one in the
//! place of the database.

mod aside;
mod keep;
mod restore;
mod schedule;
mod state;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rasoat_store::{Act, Backup, BackupReason, NewBackup, Op, StoreError, Tx};

use crate::app::{App, Opened};
use crate::bundle::file;
use crate::error::AppError;
use crate::moment::rfc3339;
use crate::start::{DEVICE, count};
use crate::view::{BackupProgressView, BackupStatusView, BackupView, FoundBackupsView};
use keep::{Kept, to_drop, to_make_room};
use state::Work;

pub(crate) use restore::{LOST, RESTORED};
pub(crate) use state::BackupState;

/// What names of backups begin with, after the product's.
const KIND: &str = "backup-";
/// When a backup was last made on a stick.
const ON_STICK: &str = "stick_backup_millis";
/// After so long without one the person is reminded.
const STICK_EVERY_DAYS: i64 = 7;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// The latest backup of before something was removed for good: it and all before it are to go.
const BEFORE: &str = "backups_of_before";
/// Room that a backup takes beside its database.
const BESIDE: u64 = 1 << 20;

/// A backup and where it is.
#[derive(Debug, Clone)]
struct Found {
    folder: PathBuf,
    backup: Backup,
}

/// Where a backup goes.
#[derive(Clone, Copy)]
enum To<'a> {
    Disk,
    Stick(&'a Path),
}

impl App {
    /// What the backup section begins with.
    pub fn backup_status(&self) -> Result<BackupStatusView, AppError> {
        let opened = self.need_open()?;
        let (found, unreadable) = found_in(&self.backup_folder());
        let commits = opened.store.commits()?;
        let (unsent_edits, on_stick) = opened
            .store
            .read(|reader| Ok::<_, StoreError>((reader.unsent_count()?, reader.setting::<i64>(ON_STICK)?)))?;
        Ok(BackupStatusView {
            up_to_date: found.first().is_some_and(|latest| latest.backup.commits == commits),
            backups: found.iter().map(view).collect(),
            unreadable,
            unsent_edits,
            last_on_stick: on_stick.map(rfc3339),
            free_megabytes: self.room_of(self.data_dir()).map(|room| megabytes(room.free)),
        })
    }

    /// Makes a backup now: on the disk, or in the folder of a stick that was chosen.
    ///
    /// # Errors
    /// `backup_busy`, `backup_cancelled`, `backup_no_room`; of sticks `stick_gone`, `stick_full`, `stick_read_only`, `stick_failed`.
    pub fn backup_now(&self, folder: Option<&str>) -> Result<BackupView, AppError> {
        let opened = self.need_open()?;
        let to = folder.map_or(To::Disk, |folder| To::Stick(Path::new(folder)));
        let found = self.back_up(&opened, to, BackupReason::Asked)?;
        if folder.is_some() {
            opened.store.transact(Op::Settings, |tx| tx.set_setting(ON_STICK, &self.now()))?;
        }
        Ok(view(&found))
    }

    /// How far making or restoring is; `None` while there is neither.
    pub fn backup_progress(&self) -> Option<BackupProgressView> {
        self.backups().progress()
    }

    /// Ends making or restoring; all is as before.
    pub fn backup_cancel(&self) {
        self.backups().cancel();
    }

    /// The backups in a folder that was chosen, of whichever laptop; or the one that the folder is.
    pub fn backups_in(&self, folder: &str) -> Result<FoundBackupsView, AppError> {
        let folder = Path::new(folder);
        if let Ok(backup) = Backup::read(folder) {
            let only = Found { folder: folder.to_owned(), backup };
            return Ok(FoundBackupsView { backups: vec![view(&only)], unreadable: 0 });
        }
        fs::read_dir(folder).map_err(|error| file::of_stick(&error))?;
        let (mut found, unreadable) = found_in(folder);
        found.sort_by_key(|found| std::cmp::Reverse(found.backup.made_at_millis));
        Ok(FoundBackupsView { backups: found.iter().map(view).collect(), unreadable })
    }

    /// Days since a backup was last made on a stick, or since the laptop was enrolled, where that is too long ago.
    pub(crate) fn stick_backup_days(&self, opened: &Opened) -> Option<u32> {
        let last: Option<i64> = opened.store.read(|reader| reader.setting(ON_STICK)).ok().flatten();
        let since = last.unwrap_or(opened.profile.enrolled.issued_at_millis);
        let days = self.now().saturating_sub(since) / DAY_MILLIS;
        u32::try_from(days).ok().filter(|days| i64::from(*days) >= STICK_EVERY_DAYS)
    }

    pub(crate) fn backup_folder(&self) -> PathBuf {
        self.data_dir().join("backups")
    }

    /// The number of the latest backup on the disk.
    pub(crate) fn latest_backup(&self) -> u32 {
        found_in(&self.backup_folder()).0.first().map_or(0, |latest| latest.backup.number)
    }

    /// Whether there are backups that hold what was removed since.
    pub(crate) fn has_backups_of_before(&self, opened: &Opened) -> bool {
        let before: Option<u32> = opened.store.read(|reader| reader.setting(BEFORE)).ok().flatten();
        let device = opened.profile.enrolled.device.0.to_string();
        let (found, _) = found_in(&self.backup_folder());
        before.is_some_and(|before| {
            found
                .iter()
                .any(|found| found.backup.number <= before && found.backup.facts.get(DEVICE) == Some(&device))
        })
    }

    /// Whether there is any backup on the disk.
    pub(crate) fn has_backups(&self) -> bool {
        !found_in(&self.backup_folder()).0.is_empty()
    }

    fn back_up(&self, opened: &Opened, to: To<'_>, reason: BackupReason) -> Result<Found, AppError> {
        let work = self.backups().begin()?;
        // Those that make themselves are in their own list. Before it is made, so that it holds all there is.
        if reason == BackupReason::Asked {
            let place = if matches!(to, To::Disk) { "disk" } else { "stick" };
            opened.account(Act::Backup, &[("to", place.to_owned())], self.now());
        }
        let made = self.make(&work, opened, to, reason);
        match &made {
            Ok(_) => {}
            // The copy is read from the database: that one may be what is damaged.
            Err(error) if error.code == "damaged" => {
                let checked = opened.store.check();
                tracing::error!(whole = checked.is_ok(), "no backup could be made of what is damaged");
            }
            Err(error) => tracing::warn!(code = %error.code, reason = reason.as_str(), "no backup was made"),
        }
        made
    }

    /// Makes a backup of what is here now, and removes those of before with what is no longer to be anywhere.
    pub(crate) fn back_up_anew(&self, opened: &Opened) -> Result<(), AppError> {
        let made = self.back_up(opened, To::Disk, BackupReason::Scheduled)?;
        let device = made.backup.facts.get(DEVICE);
        let (found, _) = found_in(&self.backup_folder());
        let before = |found: &&Found| {
            found.backup.facts.get(DEVICE) == device && found.backup.number < made.backup.number
        };
        for old in found.iter().filter(before) {
            drop_one(&found, old.backup.number);
        }
        Ok(())
    }

    fn make(
        &self,
        work: &Work<'_>,
        opened: &Opened,
        to: To<'_>,
        reason: BackupReason,
    ) -> Result<Found, AppError> {
        work.phase("copying");
        let folder = match to {
            To::Disk => self.backup_folder(),
            To::Stick(folder) => folder.to_owned(),
        };
        let of_place = |error: StoreError| to.error(error);
        if matches!(to, To::Disk) {
            fs::create_dir_all(&folder)?;
        }
        let enrolled = &opened.profile.enrolled;
        remove_torn(&folder, &enrolled.device_name).map_err(|error| to.io_error(&error))?;
        let device = enrolled.device.0.to_string();
        let mut own = found_in(&folder).0;
        // Over those of other laptops too, and of this one before it was enrolled anew: the latest has the highest.
        let highest = own.first().map_or(0, |latest| latest.backup.number);
        own.retain(|found| found.backup.facts.get(DEVICE) == Some(&device));
        self.make_room(work, opened, to, (&folder, &mut own))?;

        let made_at_millis = self.now();
        let number = highest.saturating_add(1);
        let name = file::stem(KIND, &enrolled.device_name, made_at_millis, number);
        let path = folder.join(name);
        let new = NewBackup { number, made_at_millis, reason };
        let made = opened.store.backup_to(&path, new, |progress| {
            work.step(progress.done, progress.total);
            if progress.done == progress.total {
                work.phase("checking");
            }
            if work.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let backup = made.map_err(of_place)?.ok_or_else(|| AppError::new("backup_cancelled"))?;
        let made = Found { folder: path, backup };
        own.push(made.clone());
        // What was made is good; that an older one could not be removed does not make it worse.
        for number in to_drop(&kept(&own)) {
            drop_one(&own, number);
        }
        Ok(made)
    }

    /// Removes old backups where a new one would find no room. The newest that is as it was written always stays.
    fn make_room(
        &self,
        work: &Work<'_>,
        opened: &Opened,
        to: To<'_>,
        (folder, own): (&Path, &mut Vec<Found>),
    ) -> Result<(), AppError> {
        let Some(room) = self.room_of(folder) else { return Ok(()) };
        let reserve = match to {
            To::Disk => room.reserve(),
            To::Stick(_) => 0,
        };
        let needed = opened.store.bytes()?.saturating_add(BESIDE).saturating_add(reserve);
        let lacking = needed.saturating_sub(room.free);
        if lacking == 0 {
            return Ok(());
        }
        let is_good =
            |found: &&Found| matches!(Backup::verify(&found.folder, |_| !work.is_cancelled()), Ok(Some(_)));
        let never = own.iter().find(is_good).map(|good| good.backup.number);
        let Some(dropped) = to_make_room(&kept(own), never, lacking) else {
            return Err(to.no_room(needed - reserve));
        };
        for number in dropped {
            drop_one(own, number);
            own.retain(|found| found.backup.number != number);
        }
        Ok(())
    }
}

impl To<'_> {
    fn error(self, error: StoreError) -> AppError {
        match (self, error) {
            (Self::Stick(_), StoreError::DiskFull) => AppError::new("stick_full"),
            (Self::Stick(_), StoreError::ReadOnly) => AppError::new("stick_read_only"),
            (Self::Stick(folder), StoreError::InputOutput) if !folder.exists() => AppError::new("stick_gone"),
            (Self::Stick(_), StoreError::InputOutput) => AppError::new("stick_failed"),
            (Self::Disk, StoreError::DiskFull) => AppError::new("backup_no_room").with("megabytes", 0),
            (_, error) => error.into(),
        }
    }

    fn io_error(self, error: &std::io::Error) -> AppError {
        match self {
            Self::Disk => AppError::new("input_output"),
            Self::Stick(_) => file::of_stick(error),
        }
    }

    fn no_room(self, needed: u64) -> AppError {
        match self {
            Self::Disk => AppError::new("backup_no_room").with("megabytes", megabytes(needed).max(1)),
            Self::Stick(_) => AppError::new("stick_full"),
        }
    }
}

/// Something is removed for good: backups up to this one are to go.
pub(crate) fn note_backups(tx: &Tx<'_>, latest: u32) -> Result<(), StoreError> {
    tx.set_setting(BEFORE, &latest)
}

/// The backups in a folder, the latest first, and how many there do not say what they are.
fn found_in(folder: &Path) -> (Vec<Found>, u32) {
    let mut found = Vec::new();
    let mut unreadable = 0_usize;
    let beginning = format!("rasoat-{KIND}");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(&beginning) || name.ends_with(".part") {
            continue;
        }
        match Backup::read(&entry.path()) {
            Ok(backup) => found.push(Found { folder: entry.path(), backup }),
            Err(_) => unreadable += 1,
        }
    }
    found.sort_by_key(|found| std::cmp::Reverse(found.backup.number));
    (found, count(unreadable))
}

/// Removes what was cut off under way: of no use to anybody.
fn remove_torn(folder: &Path, device_name: &str) -> std::io::Result<()> {
    let beginning = file::beginning(KIND, device_name);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(&beginning) && name.ends_with(".part") {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn drop_one(own: &[Found], number: u32) {
    let found = own.iter().find(|found| found.backup.number == number);
    if let Some(Err(error)) = found.map(|found| Backup::remove(&found.folder)) {
        tracing::warn!(code = error.code(), "an old backup could not be removed");
    }
}

fn kept(found: &[Found]) -> Vec<Kept> {
    let kept = |found: &Found| Kept {
        number: found.backup.number,
        made_at_millis: found.backup.made_at_millis,
        bytes: found.backup.bytes,
    };
    found.iter().map(kept).collect()
}

fn view(found: &Found) -> BackupView {
    let backup = &found.backup;
    BackupView {
        path: found.folder.display().to_string(),
        made_at: rfc3339(backup.made_at_millis),
        reason: backup.reason.as_str().to_owned(),
        device_name: backup.facts.get("device_name").cloned().unwrap_or_default(),
        households: backup.households,
        interviews: backup.interviews,
        unsent_edits: backup.unsent,
        draft_answers: backup.draft_answers,
        kilobytes: u32::try_from(backup.bytes / 1024).unwrap_or(u32::MAX),
    }
}

/// Whole megabytes, as screens are told them.
pub(crate) fn megabytes(bytes: u64) -> u32 {
    u32::try_from(bytes >> 20).unwrap_or(u32::MAX)
}
