//! Who goes to which household.

use rasoat_casework::procedure::assign_changes;
use rasoat_store::{Act, Op};

use crate::app::App;
use crate::error::AppError;
use crate::household::{need_row, parse_id};
use crate::moment::rfc3339;
use crate::review::{case_subject, seal};
use crate::users::tidy;
use crate::view::AssignForm;

/// The most letters of a name.
const LONGEST_NAME: usize = 100;

impl App {
    /// Assigns households to somebody, by the name of a person or of a laptop; with no name to nobody any more.
    ///
    /// # Errors
    /// `procedure_nobody`: no household; `unusable_name`.
    pub fn assign(&self, form: &AssignForm) -> Result<(), AppError> {
        let opened = self.need_open()?;
        let profile = &opened.profile;
        let to = tidy(&form.to);
        if to.chars().count() > LONGEST_NAME {
            return Err(AppError::new("unusable_name"));
        }
        if form.households.is_empty() {
            return Err(AppError::new("procedure_nobody"));
        }
        let now = self.now();
        opened.store.transact(Op::Procedure, |tx| {
            for household in &form.households {
                let row = need_row(tx, parse_id(household)?)?;
                let said = (to.as_str(), profile.author.as_str(), rfc3339(now));
                let changes = assign_changes(row.id, profile.enrolled.round, (said.0, said.1, &said.2)).ok();
                seal(profile, tx, &case_subject(profile, &row), changes, now)?;
            }
            Ok::<_, AppError>(tx.audit(
                Act::Assign,
                &[("households", form.households.len().to_string())],
                now,
            )?)
        })?;
        tracing::info!(households = form.households.len(), "assigned households");
        self.wake().notify_waiters();
        Ok(())
    }
}
