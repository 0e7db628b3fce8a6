//! How long laptops keep a round's households once it is locked: said in a file of the server's directory, given to every laptop
//! with the catalogue.

use std::fs;
use std::io::ErrorKind;

use rasoat_exchange::Retention;
use serde::{Deserialize, Serialize};

use crate::data_dir::{DataDir, DataDirError};

/// `retention.toml`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    retention: Retention,
}

/// Says the term, in place of what was said before. Laptops hear of it with their next exchange.
///
/// # Errors
/// When the file cannot be written.
pub fn set_retention(dir: &DataDir, retention: Retention) -> Result<(), DataDirError> {
    let path = dir.retention();
    let text = toml::to_string(&File { retention });
    let text = text.map_err(|error| DataDirError::Config(error.to_string()))?;
    let fresh = path.with_extension("toml.new");
    let written = fs::write(&fresh, text).and_then(|()| fs::rename(&fresh, &path));
    written.map_err(|error| DataDirError::Io(error, path))
}

/// Takes the term back: laptops that hear of it keep what they have.
///
/// # Errors
/// When the file cannot be removed.
pub fn clear_retention(dir: &DataDir) -> Result<(), DataDirError> {
    let path = dir.retention();
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(DataDirError::Io(error, path)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The term, if one was said.
///
/// # Errors
/// When the file is not what it should be.
pub fn retention(dir: &DataDir) -> Result<Option<Retention>, DataDirError> {
    let path = dir.retention();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DataDirError::Io(error, path)),
    };
    let file: File = toml::from_str(&text).map_err(|error| DataDirError::Config(error.to_string()))?;
    Ok(Some(file.retention))
}
