//! Changing this laptop's key: nothing that was signed before is lost, whatever breaks on the way.

use std::sync::Arc;

use rasoat_exchange::{CarrierError, Door, ProblemCode, SignedSuccession};
use rasoat_store::{Act, Op};
use zeroize::Zeroizing;

use crate::app::{App, Carrier, Opened};
use crate::error::AppError;
use crate::profile::Profile;
use crate::view::KeyView;

/// What came of offering the province the next key.
pub(crate) enum KeyChange {
    /// There is none on its way, or the province will not have it: the one in use stays.
    Stays,
    /// The next one is in use now, and this is what is open.
    Changed(Arc<Opened>),
    /// The carrier failed: the province may have it or not.
    Unknown(CarrierError),
}

impl App {
    /// Which key this laptop has.
    pub fn key(&self) -> Result<KeyView, AppError> {
        view(&*self.need_open()?)
    }

    /// Makes this laptop a new key. It is in use once the province has it: with the next exchange.
    ///
    /// # Errors
    /// `no_randomness`, and the database's.
    pub fn change_key(&self) -> Result<KeyView, AppError> {
        let opened = self.need_open()?;
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(|_| AppError::new("no_randomness"))?;
        let now = self.now();
        opened.store.transact(Op::Enrol, |tx| {
            Profile::prepare_key(tx, *seed, now)?;
            Ok::<_, AppError>(tx.audit(Act::KeyChange, &[("step", "made".to_owned())], now)?)
        })?;
        self.read_profile_anew(&opened)?;
        self.wake().notify_waiters();
        tracing::info!("a new key was made");
        view(&*self.need_open()?)
    }

    /// Gives the province the next key, if one is on its way. An answer that is lost costs a repetition: it is asked again before
    /// anything else is, and the province says the same again.
    pub(crate) async fn settle_key(
        &self,
        opened: &Arc<Opened>,
        carrier: &Arc<dyn Carrier>,
    ) -> Result<KeyChange, AppError> {
        let Some(statement) = opened.store.read(Profile::unanswered_key)? else {
            return Ok(KeyChange::Stays);
        };
        let answer = match carrier.carry(Door::Key, statement.clone()).await {
            Ok(answer) => answer,
            // Not for now.
            Err(CarrierError::Refused(problem)) if problem.code == ProblemCode::ServerBusy => {
                return Ok(KeyChange::Unknown(CarrierError::Refused(problem)));
            }
            // Somebody speaks, and does not take it: what is there, the exchange that follows tells.
            Err(error @ (CarrierError::Refused(_) | CarrierError::NotTheProvince { .. })) => {
                tracing::warn!(code = error.code(), "the new key was not taken");
                return Ok(KeyChange::Stays);
            }
            Err(error) => return Ok(KeyChange::Unknown(error)),
        };
        let server = opened.profile.enrolled.server.verify_key;
        let taken = SignedSuccession::decode(&statement).and_then(|signed| signed.is_taken(&answer, &server));
        if taken.is_err() {
            tracing::warn!("an answer to the new key is not the province's");
            return Ok(KeyChange::Stays);
        }
        let now = self.now();
        opened.store.transact(Op::Enrol, |tx| {
            Profile::change_key(tx)?;
            Ok::<_, AppError>(tx.audit(Act::KeyChange, &[("step", "in_use".to_owned())], now)?)
        })?;
        self.read_profile_anew(opened)?;
        tracing::info!("the province has the new key");
        Ok(KeyChange::Changed(self.need_own()?))
    }

    /// A province that was restored from before the last change does not know this laptop's key: it is told of it again. Says
    /// whether it knows it now.
    pub(crate) async fn tell_key_again(
        &self,
        opened: &Opened,
        carrier: &Arc<dyn Carrier>,
    ) -> Result<bool, AppError> {
        let Some(statement) = opened.store.read(Profile::last_key_change)? else { return Ok(false) };
        let Ok(answer) = carrier.carry(Door::Key, statement.clone()).await else { return Ok(false) };
        let server = opened.profile.enrolled.server.verify_key;
        let signed = SignedSuccession::decode(&statement);
        Ok(signed.and_then(|signed| signed.is_taken(&answer, &server)).is_ok())
    }
}

fn view(opened: &Opened) -> Result<KeyView, AppError> {
    Ok(KeyView {
        fingerprint: opened.profile.key.verify_key().fingerprint(),
        changes: opened.profile.key_changes(),
        waiting: opened.store.read(Profile::unanswered_key)?.is_some(),
    })
}
