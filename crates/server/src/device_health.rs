//! What is wrong with a laptop, from when it was heard of and what it said of itself. Pure.

use crate::storage::{DeviceActivity, Health};
use crate::view::DeviceTrouble;

/// Days without a word after which a laptop counts as silent.
pub(crate) const SILENT_DAYS: u32 = 7;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// A clock that is further off than this puts edits into a wrong order for people: 5 minutes.
const CLOCK_MILLIS: u64 = 5 * 60 * 1000;
/// Edits, and files, that wait after an exchange: more than a last request leaves behind.
const MUCH_WAITING_EDITS: u32 = 50;
const MUCH_WAITING_FILES: u32 = 20;
/// Below this the laptop warns its own person too, in MiB.
const LITTLE_ROOM_MIB: u32 = 500;

/// Whether nothing was heard of a laptop for long, or ever.
pub(crate) fn is_silent(activity: &DeviceActivity, now: i64) -> bool {
    activity.last_seen_at.is_none_or(|seen| now - seen > i64::from(SILENT_DAYS) * DAY_MILLIS)
}

/// What is wrong with a laptop that is in use, the worst first.
pub(crate) fn troubles(activity: &DeviceActivity, now: i64) -> Vec<DeviceTrouble> {
    if activity.device.revoked_at.is_some() {
        return Vec::new();
    }
    let said = |is: fn(&Health) -> bool| activity.health.as_ref().is_some_and(is);
    let found = [
        (DeviceTrouble::Silent, activity.last_seen_at.is_some() && is_silent(activity, now)),
        (DeviceTrouble::Clock, said(|health| health.clock_offset.unsigned_abs() > CLOCK_MILLIS)),
        (
            DeviceTrouble::LittleRoom,
            said(|health| health.free_mib.is_some_and(|free| free < LITTLE_ROOM_MIB)),
        ),
        (
            DeviceTrouble::MuchWaiting,
            said(|health| {
                health.waiting_edits >= MUCH_WAITING_EDITS || health.waiting_files >= MUCH_WAITING_FILES
            }),
        ),
        (DeviceTrouble::OldProgram, said(|health| is_older(&health.program, env!("CARGO_PKG_VERSION")))),
    ];
    found.into_iter().filter(|(_, holds)| *holds).map(|(trouble, _)| trouble).collect()
}

/// Whether a version comes before another, by its numbers; what has none is not compared.
fn is_older(version: &str, than: &str) -> bool {
    match (numbers(version), numbers(than)) {
        (Some(version), Some(than)) => version < than,
        (_, _) => false,
    }
}

fn numbers(version: &str) -> Option<Vec<u32>> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers_and_what_is_none_is_not_older() {
        for (version, than, older) in [
            ("0.9.0", "0.10.0", true),
            ("0.10.0", "0.9.0", false),
            ("0.1.0", "0.1.0", false),
            ("0.1.0-beta.2", "0.1.1", true),
            ("1.0", "1.0.1", true),
            ("nightly", "1.0.0", false),
            ("", "1.0.0", false),
        ] {
            assert_eq!(is_older(version, than), older, "{version} {than}");
        }
    }
}
