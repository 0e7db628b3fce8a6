//! How much room is left on a disk.

use std::path::Path;
use std::sync::Arc;

use crate::app::App;
use crate::error::AppError;

/// Below this the person is told.
const LITTLE: u64 = 500 << 20;
/// Below this nothing large is taken in, so that answers still find room.
const LEAST: u64 = 100 << 20;

/// A disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes this account may still write.
    pub free: u64,
    /// Bytes of the whole disk.
    pub total: u64,
}

/// Tells the room on the disk of a folder; `None` where the system does not say.
pub type RoomOf = Arc<dyn Fn(&Path) -> Option<Room> + Send + Sync>;

/// As the system says.
pub(crate) fn of_system(path: &Path) -> Option<Room> {
    let found = fs4::statvfs(path).ok()?;
    Some(Room { free: found.available_space(), total: found.total_space() })
}

impl Room {
    /// Warning about a disk on which little is left.
    pub(crate) fn warning(self) -> Option<&'static str> {
        if self.free < LEAST {
            Some("disk_full_soon")
        } else if self.free < LITTLE {
            Some("disk_nearly_full")
        } else {
            None
        }
    }

    /// Bytes that backups leave free: a tenth of a small disk, half a gigabyte of a large one.
    pub(crate) fn reserve(self) -> u64 {
        (self.total / 10).min(LITTLE)
    }
}

impl App {
    /// The room on the disk of a folder.
    pub(crate) fn room_of(&self, folder: &Path) -> Option<Room> {
        match &self.options().room {
            Some(room) => room(folder),
            None => of_system(folder),
        }
    }

    /// Refuses what is large where answers would find no room after it.
    pub(crate) fn need_room(&self) -> Result<(), AppError> {
        match self.room_of(self.data_dir()) {
            Some(room) if room.free < LEAST => {
                Err(AppError::new("disk_full_soon").with("megabytes", room.free >> 20))
            }
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_of_a_folder_is_told_and_of_none_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let room = of_system(dir.path()).unwrap();
        assert!(room.total >= room.free && room.total > 0);
        assert_eq!(of_system(&dir.path().join("nowhere")), None);
    }

    #[test]
    fn little_room_is_warned_of_in_two_steps() {
        let room = |megabytes: u64| Room { free: megabytes << 20, total: 64 << 30 };
        assert_eq!(room(499).warning(), Some("disk_nearly_full"));
        assert_eq!((room(500).warning(), room(99).warning()), (None, Some("disk_full_soon")));
        assert_eq!(room(1).reserve(), 500 << 20);
        assert_eq!(Room { free: 0, total: 1 << 30 }.reserve(), (1 << 30) / 10);
    }
}
