//! Files on sticks: there whole, or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use jiff::tz::Offset;
use rasoat_casework::fold_name;

use crate::error::AppError;
use crate::moment::stamp;

/// Bytes written or compared between two looks at whether to go on.
const PIECE: usize = 64 * 1024;
/// Letters of a device's name in a file's.
const MOST_SLUG: usize = 16;

/// Says how many bytes more are done; an error ends the work.
pub(crate) type Step<'a> = dyn FnMut(usize) -> Result<(), AppError> + 'a;

/// `rasoat-may07-20261125-1430-1.rasoat`: letters and digits that every file system holds, the minute in Vietnam.
pub(crate) fn file_name(kind: &str, device_name: &str, now_millis: i64, number: u32) -> String {
    format!("{}.rasoat", stem(kind, device_name, now_millis, number))
}

/// The same without what is after the point: for folders.
pub(crate) fn stem(kind: &str, device_name: &str, now_millis: i64, number: u32) -> String {
    format!("{}{}-{number}", beginning(kind, device_name), minute(now_millis))
}

/// What the names of one laptop begin with.
pub(crate) fn beginning(kind: &str, device_name: &str) -> String {
    format!("rasoat-{kind}{}-", slug(device_name))
}

/// `20261125-1430`: the minute in Vietnam.
pub(crate) fn minute(now_millis: i64) -> String {
    Offset::constant(7).to_datetime(stamp(now_millis)).strftime("%Y%m%d-%H%M").to_string()
}

/// The moment, in milliseconds, of a minute as [`minute`] writes it.
pub(crate) fn of_minute(text: &str) -> Option<i64> {
    let minute = jiff::civil::DateTime::strptime("%Y%m%d-%H%M", text).ok()?;
    let at = Offset::constant(7).to_timestamp(minute).ok()?;
    Some(at.as_millisecond())
}

fn slug(device_name: &str) -> String {
    let letters =
        fold_name(device_name).chars().filter(char::is_ascii_alphanumeric).take(MOST_SLUG).collect();
    if String::is_empty(&letters) { "may".to_owned() } else { letters }
}

/// Writes a file of a name that is free, reads it back, and only then gives it its name. On an error nothing of it is left.
pub(crate) fn write_whole(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    step: &mut Step<'_>,
) -> Result<(), AppError> {
    let part = folder.join(format!("{name}.part"));
    let written = write_part(&part, bytes, step)
        .and_then(|()| compare(&part, bytes, step))
        .and_then(|()| fs::rename(&part, folder.join(name)).map_err(|error| of_stick(&error)))
        .and_then(|()| settle(folder).map_err(|error| of_stick(&error)));
    if written.is_err() {
        remove(folder, name);
    }
    written
}

/// Whether a file lies there under its name as it was meant. The stick itself is asked, not what the system remembers of it: only after
/// this may anybody say that it can be pulled out.
pub(crate) fn check_there(
    folder: &Path,
    name: &str,
    meant: &blake3::Hash,
    step: &mut Step<'_>,
) -> Result<(), AppError> {
    let mut file = File::open(folder.join(name)).map_err(|error| of_stick(&error))?;
    forget_remembered(&file);
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => {
                hasher.update(&piece[..read]);
                step(read)?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(of_stick(&error)),
        }
    }
    if hasher.finalize() == *meant { Ok(()) } else { Err(AppError::new("stick_unreliable")) }
}

/// Where the system can be told to forget what it has of a file in memory, it is; elsewhere it may answer from there.
fn forget_remembered(file: &File) {
    #[cfg(target_os = "linux")]
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Removes what earlier attempts of this laptop left there whose stick was pulled under way: of no use to anybody.
pub(crate) fn remove_torn(folder: &Path, kind: &str, device_name: &str) -> Result<(), AppError> {
    let beginning = beginning(kind, device_name);
    for entry in fs::read_dir(folder).map_err(|error| of_stick(&error))? {
        let entry = entry.map_err(|error| of_stick(&error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(&beginning) && name.ends_with(".rasoat.part") {
            fs::remove_file(entry.path()).map_err(|error| of_stick(&error))?;
        }
    }
    Ok(())
}

/// Removes what a failed attempt left. Where the stick is gone, there is nothing to remove.
pub(crate) fn remove(folder: &Path, name: &str) {
    for left in [folder.join(format!("{name}.part")), folder.join(name)] {
        drop(fs::remove_file(left));
    }
}

fn write_part(part: &Path, bytes: &[u8], step: &mut Step<'_>) -> Result<(), AppError> {
    let mut file = File::create_new(part).map_err(|error| of_stick(&error))?;
    fill(&mut file, bytes, step)?;
    file.sync_all().map_err(|error| of_stick(&error))
}

fn fill(out: &mut impl Write, bytes: &[u8], step: &mut Step<'_>) -> Result<(), AppError> {
    for piece in bytes.chunks(PIECE) {
        out.write_all(piece).map_err(|error| of_stick(&error))?;
        step(piece.len())?;
    }
    Ok(())
}

/// What lies there must be what was meant.
fn compare(part: &Path, bytes: &[u8], step: &mut Step<'_>) -> Result<(), AppError> {
    let mut file = File::open(part).map_err(|error| of_stick(&error))?;
    forget_remembered(&file);
    let mut read = vec![0; PIECE];
    for piece in bytes.chunks(PIECE) {
        let read = &mut read[..piece.len()];
        let there = file.read_exact(read);
        if there.is_err() || read != piece {
            return Err(AppError::new("stick_unreliable"));
        }
        step(piece.len())?;
    }
    match file.read(&mut read) {
        Ok(0) => Ok(()),
        Ok(_) | Err(_) => Err(AppError::new("stick_unreliable")),
    }
}

/// The name is on the disk too.
fn settle(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// What a stick's file system said. Its words may hold a path, so only the kind is passed on.
pub(crate) fn of_stick(error: &io::Error) -> AppError {
    use io::ErrorKind;
    let is = |kinds: &[ErrorKind]| kinds.contains(&error.kind());
    if is(&[ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge]) {
        AppError::new("stick_full")
    } else if is(&[ErrorKind::ReadOnlyFilesystem, ErrorKind::PermissionDenied]) {
        AppError::new("stick_read_only")
    } else if is(&[ErrorKind::NotFound, ErrorKind::NotADirectory]) {
        AppError::new("stick_gone")
    } else {
        AppError::new("stick_failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, then fails so.
    struct Failing(usize, io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(self.1.into());
            }
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_way_a_stick_fails_under_way_has_its_code() {
        let bytes = vec![7; 3 * PIECE];
        for (kind, code) in [
            (io::ErrorKind::StorageFull, "stick_full"),
            (io::ErrorKind::ReadOnlyFilesystem, "stick_read_only"),
            (io::ErrorKind::NotFound, "stick_gone"),
            (io::ErrorKind::Other, "stick_failed"),
        ] {
            let mut done = 0;
            let failed = fill(&mut Failing(PIECE + 5, kind), &bytes, &mut |more| {
                done += more;
                Ok(())
            });
            assert_eq!(failed.map_err(|error| error.code), Err(code.to_owned()));
            assert_eq!(done, PIECE);
        }
    }

    #[test]
    fn what_is_read_back_must_be_what_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..PIECE + 9).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let part = dir.path().join("x.part");
        let mut flipped = bytes.clone();
        flipped[PIECE + 3] ^= 1;
        let longer = [&bytes[..], &[0]].concat();
        for there in [&flipped[..], &bytes[..PIECE + 8], &longer[..]] {
            fs::write(&part, there).unwrap();
            let error = compare(&part, &bytes, &mut |_| Ok(())).unwrap_err();
            assert_eq!(error.code, "stick_unreliable");
        }
        fs::write(&part, &bytes).unwrap();
        assert!(compare(&part, &bytes, &mut |_| Ok(())).is_ok());
    }

    #[test]
    fn names_fit_every_file_system_whatever_a_laptop_is_called() {
        let now = 1_795_617_000_000;
        assert_eq!(file_name("", "Máy 07", now, 1), "rasoat-may07-20261125-2130-1.rasoat");
        for name in ["", "Máy số 12 của thôn Nà Pàn xã Đoàn Kết", "CON", "../x", "a:b*c?", "电脑", "…"]
        {
            let file = file_name("reply-", name, now, 9999);
            assert!(file.len() <= 60 && file.is_ascii(), "{file}");
            assert!(file.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.'), "{file}");
            assert!(file.starts_with("rasoat-") && file.ends_with(".rasoat"), "{file}");
        }
    }

    #[test]
    fn a_stick_that_is_pulled_under_way_or_afterwards_is_missed() {
        let stick = tempfile::tempdir().unwrap();
        let bytes = vec![7; 3 * PIECE];
        let folder = stick.path().join("E");
        fs::create_dir(&folder).unwrap();
        let pulled = |_| {
            drop(fs::remove_dir_all(&folder));
            Ok(())
        };
        assert_eq!(write_whole(&folder, "a.rasoat", &bytes, &mut { pulled }).unwrap_err().code, "stick_gone");

        fs::create_dir(&folder).unwrap();
        write_whole(&folder, "a.rasoat", &bytes, &mut |_| Ok(())).unwrap();
        let meant = blake3::hash(&bytes);
        assert_eq!(check_there(&folder, "a.rasoat", &meant, &mut |_| Ok(())), Ok(()));
        fs::write(folder.join("a.rasoat"), &bytes[1..]).unwrap();
        let spoilt = check_there(&folder, "a.rasoat", &meant, &mut |_| Ok(()));
        assert_eq!(spoilt.unwrap_err().code, "stick_unreliable");
        fs::remove_dir_all(&folder).unwrap();
        let gone = check_there(&folder, "a.rasoat", &meant, &mut |_| Ok(()));
        assert_eq!(gone.unwrap_err().code, "stick_gone");
    }
}
