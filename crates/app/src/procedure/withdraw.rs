//! Taking an act back, by a new edit: it stays in the case and holds no more.

use rasoat_casework::procedure::{Withdrawal, withdraw_changes};
use rasoat_store::{Act, Op};

use super::acts::{audited, need_text};
use super::looked::{Desk, Looked};
use crate::app::App;
use crate::error::AppError;
use crate::household::{need_row, parse_id};
use crate::moment::rfc3339;
use crate::review::{case_subject, seal};
use crate::view::WithdrawForm;

impl App {
    /// Takes back an act that nothing follows.
    ///
    /// # Errors
    /// `procedure_changed`: since it was looked at; `procedure_followed`: something follows it, or it holds no more;
    /// `procedure_incomplete`: without a reason.
    pub fn withdraw_act(&self, form: &WithdrawForm) -> Result<(), AppError> {
        let opened = self.need_open()?;
        let profile = &opened.profile;
        let reason = need_text(&form.reason, "reason")?;
        let now = self.now();
        opened.store.transact(Op::Procedure, |tx| {
            let desk = Desk::of(profile, tx, now)?;
            let row = need_row(tx, parse_id(&form.household.household)?)?;
            let looked = Looked::at(&desk, tx, row)?.unchanged_since(&form.household)?;
            let way = looked.way();
            let act = way.last.iter().find(|act| act.id.as_str() == form.act);
            let act = act.ok_or_else(|| AppError::new("procedure_followed"))?;
            let withdrawal = Withdrawal { reason, by: profile.author.clone(), at: rfc3339(now) };
            let changes = withdraw_changes(&act.id, &withdrawal).ok();
            seal(profile, tx, &case_subject(profile, &looked.row), changes, now)?;
            Ok::<_, AppError>(tx.audit(Act::ActWithdrawn, &audited(&[&form.household]), now)?)
        })?;
        tracing::info!("took an act of the procedure back");
        self.wake().notify_waiters();
        Ok(())
    }
}
