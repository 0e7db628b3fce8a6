//! Databases that are opened before anything else of SQLCipher was used, by several threads of one process.

use std::process::Command;
use std::sync::Barrier;

use rasoat_server::storage::StorageError;
use rasoat_server::storage::sqlite::Sqlite;

const OURSELVES: &str = "first_open::whoever_is_first_many_open_at_once";
/// Set in a process that opens.
const OPENS: &str = "RASOAT_TEST_OPENS_FIRST";
const THREADS: usize = 8;
const PROCESSES: usize = 12;

#[test]
fn whoever_is_first_many_open_at_once() {
    if std::env::var_os(OPENS).is_some() {
        return open_at_once();
    }
    for _ in 0..PROCESSES {
        let mut again = Command::new(std::env::current_exe().unwrap());
        let ended = again.args(["--exact", OURSELVES]).env(OPENS, "1").output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    }
}

fn open_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let together = Barrier::new(THREADS);
    let open = |number: usize| -> Result<(), StorageError> {
        let path = folder.path().join(format!("{number}.db"));
        together.wait();
        Sqlite::open(&path, &[7; 32]).map(drop)
    };
    let opened: Vec<Result<(), StorageError>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || open(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(opened.iter().all(Result::is_ok), "{opened:?}");
}
