//! Forgotten passphrases: a request that is carried to the province, and the answer taken in.

use std::path::Path;

use rasoat_casework::DeviceId;
use rasoat_exchange::{MAX_RECOVERY_BYTES, RecoveryAnswer, RecoveryFileError, RecoveryRequest};
use rasoat_store::{Act, Store};
use uuid::Uuid;

use crate::app::App;
use crate::audit;
use crate::bundle::file::write_whole;
use crate::error::AppError;
use crate::moment::rfc3339;
use crate::start::{DEVICE, read_file};
use crate::users::user_of;
use crate::view::{
    AppStateView, BegunRecoveryView, RecoverForm, RecoveryRequestForm, RecoveryRequestView, RecoveryView,
};

impl App {
    /// The recovery that was begun on this laptop, if one was.
    pub fn recovery(&self) -> Result<RecoveryView, AppError> {
        let begun = Store::begun_recovery(self.data_dir())?;
        Ok(RecoveryView { begun: begun.as_deref().map(view).transpose()? })
    }

    /// Writes a request into a folder: the one that was begun before, or a new one, after which no answer to an older one is
    /// of use.
    pub fn request_recovery(&self, form: &RecoveryRequestForm) -> Result<RecoveryRequestView, AppError> {
        let dir = self.data_dir();
        let kept = if form.anew { None } else { Store::begun_recovery(dir)? };
        let file = match kept {
            Some(file) => file,
            None => {
                let (device, made_at_millis) = (self.device_before_unlocking(), self.now());
                Store::begin_recovery(dir, |parts| {
                    let (sealed, recipient) = (parts.sealed.clone(), parts.recipient.clone());
                    RecoveryRequest { device, made_at_millis, sealed, recipient }.encode()
                })?
            }
        };
        let hash = RecoveryRequest::hash_of(&file);
        let name =
            format!("rasoat-recovery-{:02x}{:02x}{:02x}{:02x}.request", hash[0], hash[1], hash[2], hash[3]);
        let folder = Path::new(&form.folder);
        // The same request once more: what lies there is it, or was spoilt.
        if std::fs::read(folder.join(&name)).ok().as_deref() != Some(file.as_slice()) {
            write_whole(folder, &name, &file, &mut |_| Ok(()))?;
        }
        tracing::info!("a recovery was begun");
        Ok(RecoveryRequestView { name, begun: view(&file)? })
    }

    /// Takes in the province's answer: the user gets the new passphrase, and the database opens.
    pub fn recover(&self, form: &RecoverForm) -> Result<AppStateView, AppError> {
        if self.opened().is_some() {
            return Ok(self.state());
        }
        self.need_alone()?;
        let dir = self.data_dir();
        let answer = RecoveryAnswer::decode(&read_file(Path::new(&form.path), MAX_RECOVERY_BYTES as u64)?)?;
        let begun = Store::begun_recovery(dir)?.ok_or_else(|| AppError::new("no_recovery"))?;
        if answer.request != RecoveryRequest::hash_of(&begun) {
            let ours = RecoveryRequest::decode(&begun)?.device == answer.device;
            return Err(AppError::new(if ours { "recovery_older_request" } else { "recovery_other_laptop" }));
        }
        let user = user_of(form.user.as_deref())?;
        let store = Store::recover(dir, &answer.sealed, user, form.passphrase.secret(), self.costs())?;
        audit::keep(&store, Act::Recovery, &[], self.now());
        tracing::info!("recovered");
        self.open_with(store, Some(form.passphrase.secret()))
    }

    /// Which laptop this is, as far as it says so before unlocking.
    fn device_before_unlocking(&self) -> DeviceId {
        let facts = Store::facts(self.data_dir()).unwrap_or_default();
        DeviceId(facts.get(DEVICE).and_then(|id| id.parse().ok()).unwrap_or(Uuid::nil()))
    }
}

fn view(file: &[u8]) -> Result<BegunRecoveryView, AppError> {
    let request = RecoveryRequest::decode(file)?;
    Ok(BegunRecoveryView {
        number: RecoveryRequest::spoken_number(file),
        made_at: rfc3339(request.made_at_millis),
    })
}

impl From<RecoveryFileError> for AppError {
    fn from(error: RecoveryFileError) -> Self {
        Self::new(error.code())
    }
}
