//! `retention.toml`: where a server of before kept the term of its locked round.

use std::fs;
use std::io::ErrorKind;

use rasoat_exchange::Retention;
use serde::Deserialize;

use crate::data_dir::{DataDir, DataDirError};
use crate::directives::{SayError, said};
use crate::rounds::{key_of, set_retention};
use crate::state::State;
use crate::storage::DirectiveKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    retention: Retention,
}

/// Takes the term in the file over, unless something was said of the round since. One that cannot be read is none: laptops keep what
/// they have.
///
/// # Errors
/// When the storage fails.
pub(crate) async fn take_over(dir: &DataDir, state: &State) -> Result<(), SayError> {
    let term = match read(dir) {
        Ok(Some(term)) if term.round == state.config.round => term,
        Ok(_) => return Ok(()),
        Err(error) => {
            tracing::warn!(%error, "the term of retention cannot be read");
            return Ok(());
        }
    };
    if said(state).await?.one(DirectiveKind::Round, &key_of(term.round)).is_some() {
        return Ok(());
    }
    match set_retention(state, term).await {
        // Another server before the same storage took it over.
        Err(SayError::Meanwhile) => Ok(()),
        done => done,
    }
}

fn read(dir: &DataDir) -> Result<Option<Retention>, DataDirError> {
    let path = dir.retention();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DataDirError::Io(error, path)),
    };
    let file: File = toml::from_str(&text).map_err(|error| DataDirError::Config(error.to_string()))?;
    Ok(Some(file.retention))
}
