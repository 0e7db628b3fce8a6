//! Room on the disk.

use std::path::Path;

/// With less than this the server is not sent any more laptops: what is stored already can still be read, and a backup made.
const SHORT: u64 = 256 << 20;

/// Bytes free on the disk of a directory; none where the system does not say.
pub fn free(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let about = rustix::fs::statvfs(path).ok()?;
        Some(about.f_bavail.saturating_mul(about.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Whether there is hardly any.
pub(crate) fn is_short(path: &Path) -> bool {
    free(path).is_some_and(|free| free < SHORT)
}
