//! Whether a server can do its work: each thing that was looked at, and how it is.

use std::path::Path;

use crate::boot;
use crate::data_dir::{self, DataDir};
use crate::room;
use crate::storage::StorageError;
use crate::tls::Certificates;

/// Fewer bytes than this free are worth a word.
const LITTLE_ROOM: u64 = 5 << 30;
/// 1 January 2025: no clock that is right is before it.
const EARLIEST: i64 = 1_735_689_600_000;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// The configuration.
    Config,
    /// The files of the keys.
    Keys,
    /// Who may read the directory and the keys.
    Permissions,
    /// The database.
    Database,
    /// Room on the disk.
    Room,
    /// The machine's clock.
    Clock,
    /// The address that laptops are given.
    Address,
    /// The certificate.
    Certificate,
}

/// How it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Well,
    /// The server works; somebody should see to it.
    Doubtful,
    /// The server cannot work so. With what the program says of it, in which there is nothing of what is stored.
    Ill(String),
}

/// Looks at a server's directory; nothing is changed.
pub fn doctor(dir: &DataDir, now_millis: i64) -> Vec<(Looked, Health)> {
    let mut found = Vec::new();
    let config = dir.config();
    found.push((Looked::Config, health(&config)));
    let keys = dir.keys();
    found.push((Looked::Keys, health(&keys)));
    found.push((Looked::Permissions, permissions(dir.path())));
    if let (Ok(config), Ok(keys)) = (&config, &keys) {
        let database = match boot::check(dir, config, keys) {
            // Somebody writes to the file just now: it is there and opens.
            Err(StorageError::Busy) if config.database.is_none() => Ok(()),
            other => other,
        };
        found.push((Looked::Database, health(&database)));
    }
    let roomy = room::free(dir.path()).is_none_or(|free| free >= LITTLE_ROOM);
    found.push((Looked::Room, if roomy { Health::Well } else { Health::Doubtful }));
    found.push((Looked::Clock, if now_millis > EARLIEST { Health::Well } else { Health::Doubtful }));
    if let Ok(config) = &config {
        let is_safe = config.is_https() || is_loopback(&config.public_url);
        found.push((Looked::Address, if is_safe { Health::Well } else { Health::Doubtful }));
        if let Some(files) = &config.tls {
            found.push((Looked::Certificate, health(&Certificates::load(files, dir.path()))));
        }
    }
    found
}

fn health<T, E: std::fmt::Display>(result: &Result<T, E>) -> Health {
    match result {
        Ok(_) => Health::Well,
        Err(error) => Health::Ill(error.to_string()),
    }
}

fn is_loopback(url: &str) -> bool {
    let host = url.trim_start_matches("http://");
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|own| host.starts_with(own))
}

/// Only the owner may read the keys.
fn permissions(dir: &Path) -> Health {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open =
            |path: &Path| std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
        let keys = data_dir::key_files();
        if open(dir) && keys.iter().any(|name| open(&dir.join(name))) {
            return Health::Ill("others may read the keys".to_owned());
        }
        if open(dir) || keys.iter().any(|name| open(&dir.join(name))) {
            return Health::Doubtful;
        }
    }
    #[cfg(not(unix))]
    let _ = (dir, data_dir::KEYS);
    Health::Well
}
