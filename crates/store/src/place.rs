//! Where the database lives, to find out that it was restored or copied.
//!
//! Two lives of one database must not give out the same numbers. At each unlocking the database, the key file and (where there
//! is a folder for it) a mark outside the data folder are given the same new generation, and the database keeps which machine
//! and which file it is in. Whatever does not fit when it is unlocked next begins a new writer. A false alarm costs no more than
//! that; what is missing is no alarm.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::files;
use crate::keys::{KeyFile, hex, random};
use crate::store::{Op, Store, Tx};

/// The setting in which the database keeps where it is.
const SETTING: &str = "place";
/// The id of the system, made at its installation (systemd's machine-id(5)).
const MACHINE_ID: &str = "/etc/machine-id";
/// Longer files are not ours.
const LONGEST: u64 = 1024;

/// By what the place of a database is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Which machine, if it says so.
    machine: Option<String>,
    /// Which file, in the eyes of the file system.
    file: Option<String>,
    /// Where the latest generation is noted, outside the data folder.
    mark: Option<PathBuf>,
}

/// Why the database is taken for a restored or copied one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It was last open on another machine.
    OtherMachine,
    /// It was last open as another file.
    OtherFile,
    /// It is not as it was when it was last open: the keys or the mark know a later state.
    OtherState,
}

impl Moved {
    /// Stable code for the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherMachine => "other_machine",
            Self::OtherFile => "other_file",
            Self::OtherState => "other_state",
        }
    }
}

/// What the database keeps of its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    machine: Option<String>,
    file: Option<String>,
    generation: Uuid,
}

impl Place {
    /// The place of a folder's database. `marks`: a folder outside it, of this machine and this account alone.
    pub fn of(dir: &Path, marks: Option<&Path>) -> Self {
        let about = fs::metadata(files::database(dir)).ok();
        let mark = marks.and_then(|marks| Some(marks.join(mark_name(&fs::canonicalize(dir).ok()?))));
        Self {
            machine: machine_of_system().or_else(|| machine_of_marks(marks?)),
            file: about.as_ref().map(identity_of),
            mark,
        }
    }

    fn read_mark(&self) -> Vec<Uuid> {
        let text = self.mark.as_deref().and_then(read_small).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// A mark that cannot be kept is none: the key file has the generation as well.
    fn write_mark(&self, generations: &[Uuid]) {
        let Some(path) = &self.mark else { return };
        let lines: Vec<String> = generations.iter().map(Uuid::to_string).collect();
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).map_err(StoreError::from);
        if let Err(error) = made.and_then(|()| files::replace(path, lines.join("\n").as_bytes())) {
            tracing::warn!(code = error.code(), "the mark outside the data folder could not be kept");
            // An old mark would be a false alarm at each start.
            drop(fs::remove_file(path));
        }
    }
}

impl Store {
    /// Compares where the database is with where it was when it was last open, and keeps where it is. What was restored or
    /// copied goes on as a new writer; `follow` keeps in the same transaction what comes of that.
    pub fn settle_in(
        &self,
        place: &Place,
        now_millis: i64,
        follow: impl FnOnce(&Tx<'_>) -> Result<(), StoreError>,
    ) -> Result<Option<Moved>, StoreError> {
        match self.settle(place, now_millis, follow) {
            // Where nothing can be written no number is given out either.
            Err(StoreError::DiskFull | StoreError::ReadOnly) => Ok(None),
            settled => settled,
        }
    }

    fn settle(
        &self,
        place: &Place,
        now_millis: i64,
        follow: impl FnOnce(&Tx<'_>) -> Result<(), StoreError>,
    ) -> Result<Option<Moved>, StoreError> {
        let _lock = files::lock(self.dir())?;
        let mut keys = KeyFile::read(self.dir())?;
        let kept: Option<Kept> = self.read(|reader| reader.setting(SETTING))?;
        let marked = place.read_mark();
        let moved = moved(kept.as_ref(), place, &keys.generations, &marked);

        let mut bytes = [0; 16];
        random(&mut bytes)?;
        let generation = uuid::Builder::from_random_bytes(bytes).into_uuid();
        // Both generations are good until the database has the new one: a crash on the way is no alarm.
        let mut both: Vec<Uuid> = kept.iter().map(|kept| kept.generation).collect();
        both.push(generation);
        keys.generations.clone_from(&both);
        keys.write(self.dir())?;
        place.write_mark(&both);
        let here = Kept { machine: place.machine.clone(), file: place.file.clone(), generation };
        self.transact(Op::SettleIn, |tx| {
            if moved.is_some() {
                tx.start_new_writer(now_millis)?;
                follow(tx)?;
            }
            tx.set_setting(SETTING, &here)
        })?;
        keys.generations = vec![generation];
        keys.write(self.dir())?;
        place.write_mark(&keys.generations);
        if let Some(moved) = moved {
            tracing::warn!(why = moved.code(), "restored or copied: a new writer begins");
        }
        Ok(moved)
    }
}

fn moved(kept: Option<&Kept>, place: &Place, keys: &[Uuid], marked: &[Uuid]) -> Option<Moved> {
    let differ = |before: &Option<String>, now: &Option<String>| {
        before.as_ref().zip(now.as_ref()).is_some_and(|(before, now)| before != now)
    };
    let Some(kept) = kept else {
        // A database of before places were kept; but keys that know of one belong to a later state of it.
        return (!keys.is_empty()).then_some(Moved::OtherState);
    };
    if differ(&kept.machine, &place.machine) {
        Some(Moved::OtherMachine)
    } else if differ(&kept.file, &place.file) {
        Some(Moved::OtherFile)
    } else {
        let foreign = |known: &[Uuid]| !known.is_empty() && !known.contains(&kept.generation);
        (foreign(keys) || foreign(marked)).then_some(Moved::OtherState)
    }
}

fn machine_of_system() -> Option<String> {
    read_small(Path::new(MACHINE_ID)).filter(|id| !id.is_empty())
}

/// Where the system has no id to read, one is made beside the marks.
fn machine_of_marks(marks: &Path) -> Option<String> {
    let path = marks.join("machine");
    if let Some(id) = read_small(&path).filter(|id| !id.is_empty()) {
        return Some(id);
    }
    let mut bytes = [0; 16];
    random(&mut bytes).ok()?;
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid().to_string();
    fs::create_dir_all(marks).ok()?;
    files::replace(&path, id.as_bytes()).ok()?;
    Some(id)
}

fn read_small(path: &Path) -> Option<String> {
    let small = fs::metadata(path).is_ok_and(|about| about.len() <= LONGEST);
    let text = if small { fs::read_to_string(path).ok() } else { None };
    text.map(|text| text.trim().to_owned())
}

/// Inode and time of creation, as far as the system tells them.
fn identity_of(about: &Metadata) -> String {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(about);
    #[cfg(not(unix))]
    let inode = 0_u64;
    let since = about.created().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    format!("{inode}:{}", since.map_or(0, |since| since.as_millis()))
}

/// A name for a folder that says nothing of it.
fn mark_name(dir: &Path) -> String {
    let hash = blake3::hash(dir.as_os_str().as_encoded_bytes());
    format!("{}.mark", hex(&hash.as_bytes()[..16]))
}
