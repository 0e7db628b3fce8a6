//! Offering a backup where the database is gone or damaged, and putting one in its place.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rasoat_store::{Act, Backup, BackupReason, Op, Restore, Restored, Store, StoreError};

use super::state::Work;
use super::{Found, To, found_in, view};
use crate::app::App;
use crate::bundle::file::minute;
use crate::error::AppError;
use crate::moment::rfc3339;
use crate::users::user_of;
use crate::view::{
    AppStateView, BackupPreviewView, ReadBefore, RestoreForm, RestoreOfferView, RestoredView, UnlockForm,
    UserView,
};

/// What the last restore came to, until the person has seen it.
pub(crate) const RESTORED: &str = "restored";
/// How many commits the log had lost, until the person has seen it.
pub(crate) const LOST: &str = "lost_commits";
/// An exchange that is under way ends within this, once it is told to.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

impl App {
    /// What can take the place of a database that is gone or damaged: the newest backup on the disk of which every byte is as it
    /// was written, and the others.
    pub fn restore_offer(&self) -> Result<RestoreOfferView, AppError> {
        let work = self.backups().begin()?;
        work.phase("checking");
        let (found, _) = found_in(&self.backup_folder());
        let best = found.iter().position(|found| is_good(&work, found));
        if work.is_cancelled() {
            return Err(AppError::new("backup_cancelled"));
        }
        let others = found.iter().enumerate().filter(|(place, _)| best.is_some_and(|best| *place > best));
        Ok(RestoreOfferView {
            passed_over: crate::start::count(best.unwrap_or(found.len())),
            others: others.map(|(_, found)| view(found)).collect(),
            best: best.and_then(|best| found.get(best)).map(|found| self.preview(found)).transpose()?,
        })
    }

    /// Looks at a backup from end to end.
    ///
    /// # Errors
    /// `backup_damaged` where it is not as it was written; `backup_gone`, `newer_file`, `backup_busy`, `backup_cancelled`.
    pub fn check_backup(&self, path: &str) -> Result<BackupPreviewView, AppError> {
        let work = self.backups().begin()?;
        work.phase("checking");
        let folder = Path::new(path);
        let pages = pages_of(folder)?;
        let verified = Backup::verify(folder, |done| {
            work.step(u32::try_from(done / 4096).unwrap_or(u32::MAX), pages);
            !work.is_cancelled()
        });
        let backup = verified.map_err(of_backup)?.ok_or_else(|| AppError::new("backup_cancelled"))?;
        self.preview(&Found { folder: folder.to_owned(), backup })
    }

    /// Puts a backup in the place of the database, and opens it. What the database holds beyond the backup is brought over as far
    /// as it can be read; its files go aside. An open one is backed up before.
    ///
    /// # Errors
    /// Those of unlocking; `backup_damaged`, `backup_gone`, `backup_busy`, `backup_cancelled`, `disk_full`. All is as before, but
    /// that the database may be closed.
    pub async fn restore_backup(&self, form: RestoreForm) -> Result<AppStateView, AppError> {
        self.need_alone()?;
        if let Some(opened) = self.opened() {
            let (app, asked) = (self.clone(), form.clone());
            let ready = tokio::task::spawn_blocking(move || {
                app.may_restore(&asked)?;
                // It goes aside as it is in any case: where there is no room for a copy, that is one.
                drop(app.back_up(&opened, To::Disk, BackupReason::BeforeRestore));
                Ok::<_, AppError>(())
            });
            ready.await.unwrap_or_else(|_| Err(AppError::new("internal")))?;
            self.close_all().await?;
        }
        let app = self.clone();
        let restored = tokio::task::spawn_blocking(move || app.restore_closed(&form));
        restored.await.unwrap_or_else(|_| Err(AppError::new("internal")))
    }

    /// Moves what is left of the database aside, so that the laptop can be enrolled anew.
    pub fn begin_anew(&self) -> Result<AppStateView, AppError> {
        self.need_alone()?;
        if self.opened().is_some() {
            return Ok(self.state());
        }
        Store::set_aside(self.data_dir(), &minute(self.now()))?;
        *self.trouble() = None;
        tracing::warn!("what was left of the database was set aside");
        Ok(self.state())
    }

    fn restore_closed(&self, form: &RestoreForm) -> Result<AppStateView, AppError> {
        let work = self.backups().begin()?;
        work.phase("restoring");
        let existed = Store::exists(self.data_dir());
        let restored = self.with_plan(form, |plan| {
            Store::restore(self.data_dir(), plan, |progress| {
                work.step(progress.done, progress.total);
                if work.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        });
        let restored = restored?.ok_or_else(|| AppError::new("backup_cancelled"))?;
        drop(work);
        let told = told(&restored, existed);
        self.unlock(UnlockForm { user: form.user.clone(), passphrase: form.passphrase.clone() })?;
        let opened = self.need_open()?;
        if let Err(error) = opened.store.transact(Op::Settings, |tx| tx.set_setting(RESTORED, &told)) {
            tracing::warn!(code = error.code(), "what the restore came to could not be kept");
        }
        opened.account(Act::Restore, &[], self.now());
        Ok(self.state())
    }

    /// Closes the database and waits until nobody uses it.
    async fn close_all(&self) -> Result<(), AppError> {
        let Some(opened) = self.opened() else { return Ok(()) };
        opened.sync.stop();
        let store = Arc::downgrade(&opened.store);
        drop(opened);
        self.close("restore");
        let gone = async {
            while store.strong_count() > 0 {
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        };
        tokio::time::timeout(LONGEST_WAIT, gone).await.map_err(|_| AppError::new("busy"))
    }

    fn may_restore(&self, form: &RestoreForm) -> Result<(), AppError> {
        self.with_plan(form, |plan| Store::may_restore(self.data_dir(), plan))
    }

    fn with_plan<T>(
        &self,
        form: &RestoreForm,
        act: impl FnOnce(&Restore<'_>) -> Result<T, StoreError>,
    ) -> Result<T, AppError> {
        let now_millis = self.now();
        let plan = Restore {
            from: Path::new(&form.path),
            user: user_of(form.user.as_deref())?,
            passphrase: form.passphrase.secret(),
            aside: &minute(now_millis),
            now_millis,
        };
        act(&plan).map_err(of_backup)
    }

    /// With who opens it: those of today's keys as well, where they are its keys.
    fn preview(&self, found: &Found) -> Result<BackupPreviewView, AppError> {
        let users = Backup::users_here(&found.folder, self.data_dir(), self.now())?;
        let user = |row: rasoat_store::UserRow| UserView {
            id: row.id.0.to_string(),
            name: row.name,
            full_name: None,
            own: false,
            retry_after_s: row.retry_after_s,
        };
        Ok(BackupPreviewView { backup: view(found), users: users.into_iter().map(user).collect() })
    }
}

fn is_good(work: &Work<'_>, found: &Found) -> bool {
    let verified = Backup::verify(&found.folder, |_| !work.is_cancelled());
    if let Err(error) = &verified {
        tracing::warn!(code = error.code(), "a backup is not as it was written and is passed over");
    }
    matches!(verified, Ok(Some(_)))
}

fn pages_of(folder: &Path) -> Result<u32, AppError> {
    let backup = Backup::read(folder).map_err(of_backup)?;
    Ok(u32::try_from(backup.bytes / 4096).unwrap_or(u32::MAX))
}

/// What is damaged or missing there is the backup, not the database.
fn of_backup(error: StoreError) -> AppError {
    if matches!(error, StoreError::Damaged | StoreError::KeysMissing) {
        AppError::new("backup_damaged")
    } else if error == StoreError::Missing {
        AppError::new("backup_gone")
    } else {
        error.into()
    }
}

fn told(restored: &Restored, existed: bool) -> RestoredView {
    let brought = restored.brought;
    RestoredView {
        made_at: rfc3339(restored.backup.made_at_millis),
        before: match brought {
            _ if !existed => ReadBefore::Gone,
            None => ReadBefore::Nothing,
            Some(brought) if brought.whole => ReadBefore::All,
            Some(_) => ReadBefore::Part,
        },
        edits: brought.map_or(0, |brought| brought.edits),
        answers: brought.map_or(0, |brought| brought.answers),
    }
}
