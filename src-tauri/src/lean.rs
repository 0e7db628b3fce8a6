//! A window that fits into the memory of an old laptop.
//!
//! WebKitGTK sizes its JavaScript heap by the memory of the machine, compiles what runs often three times over, and composes what
//! it draws by OpenGL. Forms and lists need none of it (decision 0034). WebKit takes these settings from the environment alone, and a program cannot change its own environment
//! safely once it runs: so it starts itself anew, as the same process.

/// What is set where nothing is: each of them was measured by `cargo xtask measure window`.
const SETTINGS: &[(&str, &str)] = &[
    // Pages are drawn by the processor, straight into the window.
    ("WEBKIT_DISABLE_COMPOSITING_MODE", "1"),
    // The JavaScript heap is sized as on a machine of 128 MB: garbage is collected sooner, some milliseconds at a time.
    ("JSC_forceRAMSize", "134217728"),
    ("JSC_smallHeapGrowthFactor", "1.5"),
    // Code is interpreted: an answer is painted some milliseconds later, and no compiler keeps its own copies of everything.
    ("JSC_useJIT", "0"),
    // One heap of the C library for all threads.
    ("MALLOC_ARENA_MAX", "1"),
    // What is freed goes back at once: unlocking alone takes tens of megabytes for a moment.
    ("MIMALLOC_PURGE_DELAY", "0"),
];

/// Marks the process that was started anew.
const STARTED: &str = "RASOAT_LEAN";

/// Starts this program anew with the settings. Returns where they are in use already, or where the system does not let it: the
/// program then takes more memory, and works.
pub fn start_lean() {
    use std::os::unix::process::CommandExt;
    if std::env::var_os(STARTED).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut again = std::process::Command::new(program);
    again.args(std::env::args_os().skip(1)).env(STARTED, "1");
    for (name, value) in SETTINGS {
        if std::env::var_os(name).is_none() {
            again.env(name, value);
        }
    }
    // Only comes back with an error.
    let _ = again.exec();
}
