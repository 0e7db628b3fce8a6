//! First start and unlocking.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rasoat_exchange::enrolment::Enrolment;
use rasoat_exchange::{EnrolmentFile, ServerId};
use rasoat_store::{Act, NewStore, Op, Place, Store, StoreError};
use secrecy::SecretString;

use crate::app::{App, Opened};
use crate::audit;
use crate::backup::{LOST, RESTORED, megabytes};
use crate::error::AppError;
use crate::idle::{self, Sitting};
use crate::moment::rfc3339;
use crate::preferences::{Preferences, is_language, is_text_size};
use crate::profile::{Enrolled, Profile};
use crate::refresh;
use crate::rounds;
use crate::sync::{CURSOR, SyncState};
use crate::take_in;
use crate::users::{self, user_of};
use crate::view::{AppStateView, Contrast, EnrolForm, EnrolmentView, LooksView, Stage, Theme, UnlockForm};

/// The fact by which a recovery names the laptop.
pub(crate) const DEVICE: &str = "device";
/// Enrolment files are under 16 MiB; what is larger is another file.
pub(crate) const LONGEST_ENROLMENT: u64 = 16 << 20;
/// A clock this far past an enrolment's making is wrong: devices are enrolled for each round.
const LONGEST_USE_MILLIS: i64 = 5 * 366 * 24 * 60 * 60 * 1000;
/// Refusals to open after which a backup helps.
const TROUBLES: [&str; 4] = ["damaged", "keys_missing", "missing", "input_output"];
/// Before an enrolment was made nobody can have begun; a day is left for time zones.
const SLACK_MILLIS: i64 = 24 * 60 * 60 * 1000;

impl App {
    /// Which screen to open with.
    pub fn state(&self) -> AppStateView {
        let LooksView { language, text_size, theme, contrast } = self.looks();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let mut state = AppStateView {
            stage: Stage::Fresh,
            language,
            device_name: None,
            surveyor: None,
            communes: Vec::new(),
            round: None,
            users: Vec::new(),
            lock_after_minutes: 0,
            text_size,
            theme,
            contrast,
            retry_after_s: 0,
            warnings: Vec::new(),
            trouble: None,
            folder: None,
            free_megabytes: None,
            stick_backup_days: None,
            restored: None,
            erased: None,
            practice: false,
            form_language: None,
            form_languages: Vec::new(),
            version,
        };
        if let Some((room, warning)) =
            self.room_of(self.data_dir()).and_then(|room| Some((room, room.warning()?)))
        {
            state.free_megabytes = Some(megabytes(room.free));
            state.warnings.push(warning.to_owned());
        }
        if let Some(opened) = self.opened() {
            let enrolled = &opened.profile.enrolled;
            state.stage = Stage::Open;
            state.device_name = Some(enrolled.device_name.clone());
            state.surveyor = Some(opened.profile.author.clone());
            state.users = self.user_views(Some(&opened));
            state.lock_after_minutes = opened.sitting.lock_after_minutes();
            state.communes = commune_names(&opened.profile);
            state.round = Some(enrolled.round.0);
            if clock_is_wrong(self.now(), enrolled.issued_at_millis) || opened.clock_off_s().is_some() {
                state.warnings.push("clock_wrong".to_owned());
            }
            if opened.sitting.moved.load(Ordering::Relaxed) {
                state.warnings.push("restored_or_copied".to_owned());
            }
            if opened.store.is_damaged() {
                state.warnings.push("damaged".to_owned());
            }
            state.erased = self.erased_by_itself(&opened);
            self.add_backup_warnings(&opened, &mut state);
            state.form_language = self.preferences().form_language.clone();
            state.form_languages = form_languages(&opened.profile);
            if let Some(practice) = self.practice() {
                state.practice = true;
                state.communes = commune_names(&practice.profile);
            }
        } else if let Some(problem) = self.folder_problem() {
            state.stage = Stage::ReadOnly;
            state.trouble = Some(problem.code);
            state.folder = Some(self.data_dir().display().to_string());
        } else if !self.is_alone() {
            state.stage = Stage::InUse;
        } else if let Some(trouble) = self.database_trouble() {
            state.stage = Stage::Damaged;
            state.trouble = Some(trouble);
            state.device_name = self.facts_here().remove("device_name");
        } else if let Some(facts) = self.facts() {
            state.stage = Stage::Locked;
            state.device_name = facts.get("device_name").cloned();
            state.round = facts.get("round").and_then(|round| round.parse().ok());
            state.users = self.user_views(None);
            if let [only] = state.users.as_slice() {
                state.retry_after_s = only.retry_after_s;
            }
        }
        state
    }

    /// What the window shows before it has asked for anything.
    pub fn looks(&self) -> LooksView {
        let Preferences { language, text_size, theme, contrast, form_language: _ } =
            self.preferences().clone();
        LooksView { language, text_size, theme, contrast }
    }

    /// `vi` or `en`.
    pub fn set_language(&self, language: &str) -> Result<AppStateView, AppError> {
        if !is_language(language) {
            return Err(AppError::new("unknown_language"));
        }
        self.keep_preferences(|preferences| preferences.language = language.to_owned())
    }

    /// Size of all text in hundredths of the usual one, from 80 to 200.
    pub fn set_text_size(&self, size: u32) -> Result<AppStateView, AppError> {
        if !is_text_size(size) {
            return Err(AppError::new("unknown_choice"));
        }
        self.keep_preferences(|preferences| preferences.text_size = size)
    }

    /// Light or dark, and how strongly words and lines stand out.
    pub fn set_looks(&self, theme: Theme, contrast: Contrast) -> Result<AppStateView, AppError> {
        self.keep_preferences(|preferences| {
            preferences.theme = theme;
            preferences.contrast = contrast;
        })
    }

    /// The language of the form's words, where it is not that of the screens; `None`: the same.
    ///
    /// # Errors
    /// `unknown_language` where the form has no words in it.
    pub fn set_form_language(&self, language: Option<&str>) -> Result<AppStateView, AppError> {
        let opened = self.need_own()?;
        if language.is_some_and(|language| !form_languages(&opened.profile).iter().any(|one| one == language))
        {
            return Err(AppError::new("unknown_language"));
        }
        self.keep_preferences(|preferences| preferences.form_language = language.map(str::to_owned))
    }

    fn keep_preferences(&self, change: impl FnOnce(&mut Preferences)) -> Result<AppStateView, AppError> {
        let mut preferences = self.preferences();
        let mut changed = preferences.clone();
        change(&mut changed);
        changed.write(self.data_dir())?;
        *preferences = changed;
        drop(preferences);
        Ok(self.state())
    }

    /// Reads an enrolment file without using it.
    pub fn inspect_enrolment(&self, path: &str) -> Result<EnrolmentView, AppError> {
        let enrolment = read_enrolment(path)?;
        let clock = enrolment.check(self.now(), self.pinned())?;
        Ok(EnrolmentView {
            server_name: enrolment.server.name.clone(),
            server_fingerprint: enrolment.server.verify_key.fingerprint(),
            device_name: enrolment.device_name.clone(),
            surveyor: enrolment.surveyor.clone(),
            communes: enrolment.communes.iter().map(|commune| commune.name.clone()).collect(),
            villages: enrolment.communes.iter().map(|commune| count(commune.villages.len())).sum(),
            round: enrolment.round.0,
            expires_at: rfc3339(enrolment.expires_at_millis),
            warnings: clock.map(|_| "clock_wrong".to_owned()).into_iter().collect(),
        })
    }

    /// Creates the database from an enrolment file, or renews an enrolment with the same server.
    pub fn enrol(&self, form: EnrolForm) -> Result<AppStateView, AppError> {
        self.need_alone()?;
        let enrolment = read_enrolment(&form.path)?;
        enrolment.check(self.now(), self.pinned())?;
        let key = enrolment.open_seed(&form.code)?;
        Profile::check(&enrolment)?;
        let dir = self.data_dir();
        let store = if Store::exists(dir) {
            let user = user_of(form.user.as_deref())?;
            // The passphrase is asked for again: a renewal changes whose laptop it is.
            let store = Store::open_as(dir, user, form.passphrase.secret(), self.now())?;
            // Without facts the first enrolment was cut off before it was kept: it is made good now.
            if self.facts().is_some() {
                let known = store.read(Profile::read)?;
                enrolment.check(self.now(), Some(known.enrolled.server.id))?;
            }
            store
        } else {
            let new = NewStore {
                // Nobody to be told from yet.
                name: String::new(),
                passphrase: form.passphrase.secret().clone(),
                recovery_recipient: enrolment.recovery_recipient.clone(),
                costs: self.costs(),
                facts: BTreeMap::new(),
            };
            Store::create(dir, new, self.now())?
        };
        let name = users::tidy(&form.name);
        let now = self.now();
        store.transact(Op::Enrol, |tx| {
            if !name.is_empty() {
                users::keep_full_name(tx, tx.user(), &name)?;
            }
            let before: Option<Enrolled> = Profile::enrolled(tx).ok();
            let is_other_round = before.is_some_and(|before| before.round != enrolment.round);
            if is_other_round {
                // Another round begins with all that the province has.
                tx.forget_erased()?;
                tx.set_setting(CURSOR, &[] as &[u8])?;
            }
            tx.audit(Act::Enrol, &[("round", enrolment.round.0.to_string())], now)?;
            Profile::keep(tx, &enrolment, &key)?;
            if is_other_round { rounds::list_anew(tx, now) } else { Ok(()) }
        })?;
        let known = store.read(Profile::enrolled)?;
        store.set_facts(facts_of(&known))?;
        self.forget_fetched();
        tracing::info!(communes = enrolment.communes.len(), round = enrolment.round.0, "enrolled");
        self.open_with(store, Some(form.passphrase.secret()))
    }

    /// Opens the database; a passphrase alone is that of the only user.
    pub fn unlock(&self, form: impl Into<UnlockForm>) -> Result<AppStateView, AppError> {
        let form: UnlockForm = form.into();
        if self.opened().is_some() {
            return Ok(self.state());
        }
        self.need_alone()?;
        let user = user_of(form.user.as_deref())?;
        let opened = Store::open_as(self.data_dir(), user, form.passphrase.secret(), self.now());
        let opened = opened
            .map_err(AppError::from)
            .and_then(|store| self.open_with(store, Some(form.passphrase.secret())));
        if let Err(error) = &opened
            && TROUBLES.contains(&error.code.as_str())
        {
            tracing::error!(code = %error.code, "the database cannot be opened");
            *self.trouble() = Some(error.code.clone());
        }
        opened
    }

    /// Closes the database and forgets the keys.
    pub fn lock(&self) -> Result<AppStateView, AppError> {
        self.close("locked");
        tracing::info!("locked");
        Ok(self.state())
    }

    /// An exchange that is under way is cut off: what has arrived has arrived, and the rest goes after the next unlocking. Who else
    /// uses the database ends on its own; then its key is gone.
    pub(crate) fn close(&self, why: &str) {
        self.forget_practice();
        if let Some(opened) = self.opened() {
            opened.sync.stop();
            opened.account(Act::SignOut, &[("why", why.to_owned())], self.now());
        }
        self.replace_open(None);
    }

    /// `passphrase`: of who opens it.
    pub(crate) fn open_with(
        &self,
        store: Store,
        passphrase: Option<&SecretString>,
    ) -> Result<AppStateView, AppError> {
        let (dir, now) = (self.data_dir(), self.now());
        if self.options().finds_copies {
            let place = Place::of(dir, self.options().marks.as_deref());
            let moved = store.settle_in(&place, now, idle::note_restored)?;
            if let Some(moved) = moved {
                audit::keep(&store, Act::Moved, &[("why", moved.code().to_owned())], now);
            }
        }
        let lost = store.lost_commits();
        // A full disk keeps nobody from their data; what is not kept of it here is told until the database is closed.
        if lost > 0
            && let Err(error) = store.transact(Op::Settings, |tx| tx.set_setting(LOST, &lost))
        {
            tracing::warn!(code = error.code(), "that commits are lost could not be kept");
        }
        let mut profile = store.read(Profile::read)?;
        if Store::facts(dir).is_ok_and(|facts| !facts.contains_key(DEVICE)) {
            // A full disk keeps nobody from their data; the next unlocking writes them.
            if let Err(error) = store.set_facts(facts_of(&profile.enrolled)) {
                tracing::warn!(code = error.code(), "the laptop's id could not be kept for a recovery");
            }
        }
        unless_full(take_in::read_again(&profile, &store, now))?;
        unless_full(refresh::stale_lists(&profile, &store, now))?;
        // A full disk keeps nobody from their data; the count is right again with the next answer.
        if let Err(error) = refresh::drafted(&profile, &store, now) {
            tracing::warn!(code = %error.code, "answers could not be counted anew");
        }
        // A full disk keeps nobody from their data; the next exchange or unlocking goes over.
        let went_over = unless_full_then(rounds::go_over(&profile, &store, false, now))?;
        if went_over {
            profile = store.read(Profile::read)?;
        }
        let sync = store.read(SyncState::read)?;
        let sitting = store.read(|reader| Sitting::read(reader, now))?;
        tracing::info!(round = profile.enrolled.round.0, "opened");
        if store.wrong_tries() > 0 {
            let tries = [("times", store.wrong_tries().to_string())];
            audit::keep(&store, Act::WrongPassphrase, &tries, now);
        }
        audit::keep(&store, Act::SignIn, &[], now);
        let opened = Opened::of(store, profile, sync, sitting);
        // Nobody else has the database yet: who unlocked waits for it once.
        self.erase_by_itself(&opened, passphrase);
        if opened.store.needs_check()? {
            check_behind(&opened.store)?;
        }
        *self.trouble() = None;
        self.replace_open(Some(opened));
        Ok(self.state())
    }

    fn add_backup_warnings(&self, opened: &Opened, state: &mut AppStateView) {
        let told = opened.store.read(|reader| {
            Ok::<_, StoreError>((reader.setting::<u64>(LOST)?, reader.setting(RESTORED)?.flatten()))
        });
        let (lost, restored) = told.unwrap_or_default();
        if lost.unwrap_or_else(|| opened.store.lost_commits()) > 0 {
            state.warnings.push("answers_lost".to_owned());
        }
        state.restored = restored;
        // A clock that is wrong does not know how long ago that was.
        if !state.warnings.iter().any(|warning| warning == "clock_wrong") {
            state.stick_backup_days = self.stick_backup_days(opened);
        }
        if state.stick_backup_days.is_some() {
            state.warnings.push("stick_backup_old".to_owned());
        }
    }

    /// Why nothing can be written into the folder of the data. A full disk is none: what is there can be read.
    fn folder_problem(&self) -> Option<AppError> {
        let dir = self.data_dir();
        let probe = dir.join("rasoat.probe");
        let made = std::fs::create_dir_all(dir)
            .and_then(|()| File::create(&probe))
            .and_then(|_| std::fs::remove_file(&probe));
        match made {
            Ok(()) => None,
            Err(error) if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => None,
            Err(error) => Some(error.into()),
        }
    }

    /// Why the database of an enrolled laptop cannot be opened, as far as that is known.
    fn database_trouble(&self) -> Option<String> {
        if Store::exists(self.data_dir()) {
            return self.trouble().clone();
        }
        // Keys without facts are those of an enrolment that was cut off.
        let was_there = !self.facts_here().is_empty() || self.has_backups();
        was_there.then(|| "missing".to_owned())
    }

    fn facts_here(&self) -> BTreeMap<String, String> {
        Store::facts(self.data_dir()).unwrap_or_default()
    }

    /// What may be known of an enrolled laptop before unlocking; `None` before the enrolment is whole.
    fn facts(&self) -> Option<BTreeMap<String, String>> {
        if !Store::exists(self.data_dir()) {
            return None;
        }
        // A key file that cannot be read is told by unlocking.
        let facts = Store::facts(self.data_dir())
            .unwrap_or_else(|_| BTreeMap::from([(String::new(), String::new())]));
        (!facts.is_empty()).then_some(facts)
    }

    /// The server this laptop belongs to, as far as it can be known at this stage.
    fn pinned(&self) -> Option<ServerId> {
        self.opened().map(|opened| opened.profile.enrolled.server.id)
    }
}

fn commune_names(profile: &Profile) -> Vec<String> {
    profile.communes.values().map(|commune| commune.name.clone()).collect()
}

fn form_languages(profile: &Profile) -> Vec<String> {
    profile.form.definition().languages.clone()
}

/// Looks through a large database while work goes on; a state asked for afterwards says what was found. Where it is closed
/// meanwhile, its key is forgotten when this is through.
fn check_behind(store: &Arc<Store>) -> Result<(), AppError> {
    let store = Arc::clone(store);
    std::thread::Builder::new().name("check".to_owned()).spawn(move || match store.check() {
        Ok(()) => tracing::info!("the database is whole"),
        Err(error) => tracing::error!(code = error.code(), "the database was checked"),
    })?;
    Ok(())
}

/// A full disk keeps nobody from their data: what lists lack then, the next unlocking with room makes good.
fn unless_full(done: Result<(), AppError>) -> Result<(), AppError> {
    match done {
        Err(error) if error.code == "disk_full" => {
            tracing::warn!("on a full disk what came last is not in lists");
            Ok(())
        }
        done => done,
    }
}

/// The same of what says whether it was done.
fn unless_full_then(done: Result<bool, AppError>) -> Result<bool, AppError> {
    match done {
        Err(error) if error.code == "disk_full" => Ok(false),
        done => done,
    }
}

pub(crate) fn facts_of(enrolled: &Enrolled) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("device_name".to_owned(), enrolled.device_name.clone()),
        ("round".to_owned(), enrolled.round.0.to_string()),
        (DEVICE.to_owned(), enrolled.device.0.to_string()),
    ])
}

fn read_enrolment(path: &str) -> Result<Enrolment, AppError> {
    let bytes = read_file(Path::new(path), LONGEST_ENROLMENT)?;
    Ok(EnrolmentFile::read(&bytes)?)
}

/// A file the person chose, at most `longest` bytes.
pub(crate) fn read_file(path: &Path, longest: u64) -> Result<Vec<u8>, AppError> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(AppError::new("file_not_readable"));
    }
    let mut bytes = Vec::new();
    file.take(longest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > longest {
        return Err(AppError::new("file_too_large"));
    }
    Ok(bytes)
}

fn clock_is_wrong(now_millis: i64, issued_at_millis: i64) -> bool {
    now_millis < issued_at_millis.saturating_sub(SLACK_MILLIS)
        || now_millis > issued_at_millis.saturating_add(LONGEST_USE_MILLIS)
}

/// Counts on screens; none of them comes near the end.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
