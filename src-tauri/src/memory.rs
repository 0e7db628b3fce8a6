//! What is in memory stays there: keys, passphrases and answers are in no file that the system writes when a program breaks.

/// Keeps this program and those it starts (the window's own processes hold what is typed) from leaving core dumps. `false`
/// where the system does not let it.
pub fn leave_no_core_dump() -> bool {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // One byte: less than the shortest dump. Unlike 0 it also keeps Linux from handing the dump to a program that collects
        // them, which it does whatever the limit, but for this one value (fs/coredump.c).
        let limit = Rlimit { current: Some(1), maximum: Some(1) };
        setrlimit(Resource::Core, limit).is_ok()
    }
    // Windows writes none unless its administrator asked for it.
    #[cfg(not(unix))]
    true
}
