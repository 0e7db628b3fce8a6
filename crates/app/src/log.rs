//! The log file: what happened by code, count and id; never names, places, answers or paths with values (`docs/logging.md`).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// A log file is put aside at this many bytes; three old ones are kept.
const LARGEST: u64 = 1 << 20;
const OLD_FILES: u32 = 3;

/// Begins to write the log into `log/` of the data folder. Whatever goes wrong, the program runs without a log.
pub fn write_log(data_dir: &Path) {
    let filter = EnvFilter::try_from_env("RASOAT_LOG").unwrap_or_else(|_| EnvFilter::new("warn,rasoat=info"));
    if let Ok(subscriber) = log_to(data_dir, filter) {
        // Another subscriber that was there first goes on alone.
        drop(tracing::subscriber::set_global_default(subscriber));
    }
}

/// What writes the log of a data folder, for whoever sets it up.
///
/// # Errors
/// When the folder cannot be written to.
pub fn log_to(
    data_dir: &Path,
    filter: EnvFilter,
) -> io::Result<impl tracing::Subscriber + Send + Sync + 'static> {
    let file = RollingFile::open(&data_dir.join("log"))?;
    let subscriber = tracing_subscriber::fmt().json().with_env_filter(filter).with_current_span(false);
    Ok(subscriber.with_writer(Shared(Mutex::new(file))).finish())
}

/// A file that is put aside when it is full.
struct RollingFile {
    dir: PathBuf,
    file: File,
    written: u64,
}

impl RollingFile {
    fn open(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let file = OpenOptions::new().create(true).append(true).open(current(dir))?;
        let written = file.metadata()?.len();
        Ok(Self { dir: dir.to_owned(), file, written })
    }

    fn roll(&mut self) -> io::Result<()> {
        for number in (1..OLD_FILES).rev() {
            let older = old(&self.dir, number);
            if older.exists() {
                fs::rename(older, old(&self.dir, number + 1))?;
            }
        }
        fs::rename(current(&self.dir), old(&self.dir, 1))?;
        *self = Self::open(&self.dir)?;
        Ok(())
    }
}

fn current(dir: &Path) -> PathBuf {
    dir.join("rasoat.log")
}

fn old(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("rasoat.{number}.log"))
}

impl Write for RollingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written >= LARGEST {
            self.roll()?;
        }
        let written = self.file.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

struct Shared(Mutex<RollingFile>);

impl<'a> MakeWriter<'a> for Shared {
    type Writer = Held<'a>;

    fn make_writer(&'a self) -> Held<'a> {
        Held(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Held<'a>(std::sync::MutexGuard<'a, RollingFile>);

impl Write for Held<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_is_put_aside_and_only_three_old_ones_stay() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = RollingFile::open(dir.path()).unwrap();
        let line = vec![b'x'; usize::try_from(LARGEST).unwrap()];
        for _ in 0..6 {
            file.write_all(&line).unwrap();
        }
        let mut names: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["rasoat.1.log", "rasoat.2.log", "rasoat.3.log", "rasoat.log"]);
    }
}
