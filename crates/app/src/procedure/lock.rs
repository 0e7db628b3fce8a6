//! The lock of a round: the province's word on it, and what it leaves open.
//!
//! There is one word on a round being locked, and it comes with the term for which laptops keep its households.

use rasoat_casework::procedure::Proceeding;
use rasoat_casework::{Case, Step};
use rasoat_store::{HouseholdRow, Reader, StoreError};

use crate::error::AppError;
use crate::profile::Profile;
use crate::retention;
use crate::review::case_document;

/// Whether a household's interview may be changed: its round is not locked, or a correction is open.
///
/// # Errors
/// `round_locked`
pub(crate) fn must_be_open(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<(), AppError> {
    if retention::locked_at(profile, reader)?.is_none() || is_correcting(profile, reader, row)? {
        return Ok(());
    }
    Err(AppError::new("round_locked"))
}

fn is_correcting(profile: &Profile, reader: &Reader<'_>, row: &HouseholdRow) -> Result<bool, StoreError> {
    let document = case_document(profile, reader, row)?;
    Ok(Proceeding::of(&document).correction(accepted_over(&Case::of(&document))).is_some())
}

/// Over which version the last acceptance was.
pub(super) fn accepted_over(case: &Case) -> Option<&str> {
    let decision = case.decision.as_ref().filter(|decision| decision.step == Step::Accepted);
    decision.map(|decision| decision.over.as_str())
}
