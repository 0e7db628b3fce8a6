//! The procedures that the province handed out, kept as they came.

use rasoat_casework::procedure::Procedure;
use rasoat_exchange::enrolment::StandardFile;
use rasoat_store::{Reader, Tx};

use crate::error::AppError;
use crate::profile::Profile;

const PROCEDURES: &str = "procedures";

/// Whether this program can work with procedures.
///
/// # Errors
/// `enrolment_unusable`
pub(crate) fn check(files: &[StandardFile]) -> Result<(), AppError> {
    for file in files {
        read(file).ok_or_else(|| AppError::new("enrolment_unusable").with("part", &file.id))?;
    }
    Ok(())
}

/// Keeps procedures, each in place of the one of its id.
pub(crate) fn keep(tx: &Tx<'_>, files: &[StandardFile]) -> Result<(), AppError> {
    let mut known = all(tx)?;
    for file in files {
        check(std::slice::from_ref(file))?;
        known.retain(|other| other.id != file.id);
        known.push(file.clone());
    }
    Ok(tx.set_setting(PROCEDURES, &known)?)
}

/// The procedure in force in the round's year; the first one where none says so.
pub(crate) fn in_force(profile: &Profile, reader: &Reader<'_>) -> Result<Option<Procedure>, AppError> {
    let known = all(reader)?.iter().filter_map(read).collect();
    Ok(Procedure::in_force(known, profile.enrolled.round.0))
}

fn all(reader: &Reader<'_>) -> Result<Vec<StandardFile>, AppError> {
    Ok(reader.setting(PROCEDURES)?.unwrap_or_default())
}

fn read(file: &StandardFile) -> Option<Procedure> {
    Procedure::from_toml(&file.toml).ok()
}
