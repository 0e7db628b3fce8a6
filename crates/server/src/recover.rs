//! A laptop whose passphrases are forgotten: the key of its database is opened with the province's recovery key and sealed to
//! the laptop that asks.

use age::x25519;
use rasoat_exchange::{RecoveryAnswer, RecoveryFileError, RecoveryRequest};
use zeroize::Zeroizing;

use crate::data_dir::{DataDir, DataDirError};
use crate::enrol::{COMMAND_LINE, note};
use crate::state::State;
use crate::storage::StorageError;

/// What is asked of the province.
#[derive(Debug, Clone, Copy, Default)]
pub struct Recovery<'a> {
    /// The file of the request.
    pub request: &'a [u8],
    /// The number that the person at the laptop reads out; nothing is answered when the request has another one.
    pub number: Option<&'a str>,
    /// Answers a laptop that was revoked, too.
    pub even_if_revoked: bool,
    /// Answers a laptop that is not known here, too: one enrolled before requests named their laptop.
    pub even_if_unknown: bool,
}

/// What a request says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryShown {
    /// The laptop's id as it says.
    pub device: uuid::Uuid,
    /// What the laptop is called here; `None`: not known.
    pub name: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// When it was made, by the laptop's clock (milliseconds since 1970).
    pub made_at_millis: i64,
    /// The number that the laptop must show as well.
    pub number: String,
}

/// A request is not answered.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The file is none, or is damaged.
    #[error(transparent)]
    File(#[from] RecoveryFileError),
    /// The number read out is another.
    #[error("the request has another number")]
    OtherNumber,
    /// The laptop is not known here.
    #[error("no such device")]
    UnknownDevice,
    /// The laptop was revoked.
    #[error("the device was revoked")]
    Revoked,
    /// The key was sealed for another province, or the recovery key here is another.
    #[error("not sealed to this server's recovery key")]
    OtherProvince,
    /// It cannot be sealed to who asks.
    #[error("the answer cannot be sealed")]
    NotSealed,
    /// The server's directory.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What a request says of itself; nothing is opened.
///
/// # Errors
/// When the file cannot be read.
pub async fn show_recovery(state: &State, file: &[u8]) -> Result<RecoveryShown, RecoverError> {
    let request = RecoveryRequest::decode(file)?;
    let known = state.storage.device(request.device).await?;
    Ok(RecoveryShown {
        device: request.device.0,
        revoked: known.as_ref().is_some_and(|device| device.revoked_at.is_some()),
        name: known.map(|device| device.name),
        made_at_millis: request.made_at_millis,
        number: RecoveryRequest::spoken_number(file),
    })
}

/// Answers a request, for the laptop that made it alone. Every answer stands in the audit log before it is given.
///
/// # Errors
/// When the laptop is not one to be answered, or the key is not sealed to this province.
pub async fn recover(dir: &DataDir, state: &State, asked: Recovery<'_>) -> Result<Vec<u8>, RecoverError> {
    let request = RecoveryRequest::decode(asked.request)?;
    let shown = show_recovery(state, asked.request).await?;
    if asked.number.is_some_and(|number| number != shown.number) {
        return Err(RecoverError::OtherNumber);
    }
    if shown.name.is_none() && !asked.even_if_unknown {
        return Err(RecoverError::UnknownDevice);
    }
    if shown.revoked && !asked.even_if_revoked {
        return Err(RecoverError::Revoked);
    }
    let identity: x25519::Identity =
        dir.recovery_identity()?.parse().map_err(|_| DataDirError::Key("recovery.age-identity"))?;
    let key = age::decrypt(&identity, &request.sealed).map(Zeroizing::new);
    let key = key.map_err(|_| RecoverError::OtherProvince)?;
    let recipient: x25519::Recipient = request.recipient.parse().map_err(|_| RecoverError::NotSealed)?;
    let sealed = age::encrypt(&recipient, &key).map_err(|_| RecoverError::NotSealed)?;
    note(state, COMMAND_LINE, "device_recovered", request.device).await?;
    let answer =
        RecoveryAnswer { device: request.device, request: RecoveryRequest::hash_of(asked.request), sealed };
    Ok(answer.encode())
}
