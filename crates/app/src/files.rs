//! Files that are written where somebody chose: there whole, or not at all, and never over another.

use std::path::Path;

use jiff::tz::Offset;

use crate::bundle::file::{of_stick, write_whole};
use crate::error::AppError;
use crate::moment::stamp;

/// Files of one kind and one minute in one folder.
const MOST_NAMES: u32 = 1000;

/// Writes a file under a name that is free there: `rasoat-KIND-20261125-1430-1.ENDING`, the minute in Vietnam. Says the name.
pub(crate) fn write_new(
    folder: &Path,
    kind: &str,
    ending: &str,
    bytes: &[u8],
    now_millis: i64,
) -> Result<String, AppError> {
    let at = Offset::constant(7).to_datetime(stamp(now_millis)).strftime("%Y%m%d-%H%M");
    for number in 1..=MOST_NAMES {
        let name = format!("rasoat-{kind}-{at}-{number}.{ending}");
        if !folder.join(&name).try_exists().map_err(|error| of_stick(&error))? {
            write_whole(folder, &name, bytes, &mut |_| Ok(()))?;
            return Ok(name);
        }
    }
    Err(AppError::new("stick_failed"))
}
