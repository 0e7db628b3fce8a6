//! The house as `docs/ARCHITECTURE.md` draws it, held over `cargo metadata` and the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which of our crates each crate may use (development dependencies are free).
const ARROWS: &[(&str, &[&str])] = &[
    ("rasoat-instrument", &[]),
    ("rasoat-xlsform", &["rasoat-instrument"]),
    ("rasoat-casework", &["rasoat-instrument"]),
    ("rasoat-secrets", &[]),
    ("rasoat-exchange", &["rasoat-casework", "rasoat-instrument", "rasoat-secrets"]),
    ("rasoat-lists", &["rasoat-casework", "rasoat-instrument"]),
    ("rasoat-reports", &["rasoat-casework", "rasoat-instrument"]),
    ("rasoat-documents", &["rasoat-casework", "rasoat-instrument"]),
    ("rasoat-store", &["rasoat-casework", "rasoat-instrument", "rasoat-secrets"]),
    ("rasoat-sync", &["rasoat-casework", "rasoat-exchange"]),
    (
        "rasoat-app",
        &[
            "rasoat-casework",
            "rasoat-documents",
            "rasoat-exchange",
            "rasoat-instrument",
            "rasoat-lists",
            "rasoat-reports",
            "rasoat-secrets",
            "rasoat-store",
            "rasoat-sync",
            "rasoat-xlsform",
        ],
    ),
    ("rasoat-form", &["rasoat-casework", "rasoat-instrument", "rasoat-lists", "rasoat-xlsform"]),
    ("rasoat-desktop", &["rasoat-app", "rasoat-store"]),
    (
        "rasoat-server",
        &[
            "rasoat-casework",
            "rasoat-documents",
            "rasoat-exchange",
            "rasoat-instrument",
            "rasoat-lists",
            "rasoat-reports",
            "rasoat-secrets",
            "rasoat-xlsform",
        ],
    ),
];

/// May use anything: they are no part of the product.
const OUTSIDE: &[&str] = &["rasoat-measure", "rasoat-testkit", "rasoat-tests", "xtask"];

/// Crates that touch no file, socket, SQL, clock or randomness.
const PURE: &[&str] = &["instrument", "casework", "documents", "exchange", "xlsform", "reports", "secrets"];

/// What a pure crate may not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "ZonedDateTime::now",
    "rusqlite",
    "reqwest",
    "tokio",
    "tauri",
    "getrandom",
    "rand::",
    "OsRng",
    "now_v7",
    "new_v4",
];

/// Licences of dependencies that go with Apache-2.0 without further duties than notice.
const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MPL-2.0",
    "ISC",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "CC0-1.0",
    "Unlicense",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "MIT-0",
    "OpenSSL",
    "Apache-2.0 WITH LLVM-exception",
    "bzip2-1.0.6",
    "OFL-1.1",
    "BlueOak-1.0.0",
    "Python-2.0",
    "CC-BY-4.0",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

fn metadata() -> Value {
    // Without the filter it would want crates of platforms that were never fetched here.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &platform])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("metadata")
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().expect("packages").iter()
}

fn sources(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !["node_modules", "build", "build-fixtures", ".svelte-kit", "target"]
                .iter()
                .any(|skipped| name == **skipped)
            {
                sources(&path, endings, found);
            }
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| endings.contains(&e)) {
            found.push(path);
        }
    }
}

fn lines_naming(folder: &Path, endings: &[&str], words: &[&str]) -> Vec<String> {
    let mut files = Vec::new();
    sources(folder, endings, &mut files);
    assert!(!files.is_empty(), "no sources in {}", folder.display());
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        // Tests beside the code may read files.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if !code.starts_with("//") && words.iter().any(|word| code.contains(word)) {
                found.push(format!("{}:{}: {}", file.display(), number + 1, code));
            }
        }
    }
    found
}

#[test]
fn crates_use_only_what_the_table_of_arrows_allows() {
    let metadata = metadata();
    let members: BTreeSet<&str> = packages(&metadata)
        .filter(|package| package["source"].is_null())
        .filter_map(|package| package["name"].as_str())
        .collect();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for package in packages(&metadata).filter(|package| package["source"].is_null()) {
        let name = package["name"].as_str().expect("a name");
        if OUTSIDE.contains(&name) {
            continue;
        }
        let may = allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the table of arrows"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let used = dependency["name"].as_str().expect("a name");
            if dependency["kind"].is_null() && members.contains(used) {
                assert!(may.contains(&used), "{name} may not use {used}");
            }
        }
    }
    for (name, _) in ARROWS {
        assert!(members.contains(name), "the table names {name}, which is no crate");
    }
}

#[test]
fn only_the_shell_and_the_harness_name_tauri() {
    let metadata = metadata();
    for package in packages(&metadata).filter(|package| package["source"].is_null()) {
        let name = package["name"].as_str().expect("a name");
        if ["rasoat-desktop", "rasoat-tests"].contains(&name) {
            continue;
        }
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let used = dependency["name"].as_str().expect("a name");
            assert!(!used.starts_with("tauri"), "{name} names {used}");
        }
    }
    let outside = lines_naming(&root().join("tests/it"), &["rs"], &["use tauri", "tauri::test"]);
    let outside: Vec<_> = outside.iter().filter(|line| !line.contains("architecture.rs")).collect();
    assert!(outside.is_empty(), "{outside:#?}");
}

#[test]
fn only_the_carrier_in_the_shared_screens_names_the_tauri_api() {
    let found = lines_naming(&root().join("ui"), &["ts", "svelte", "js"], &["@tauri-apps/"]);
    let outside: Vec<_> = found
        .iter()
        .filter(|line| {
            !line.contains("shared/src/ipc/")
                && !line.contains("shared/vite/ipc-carrier")
                && !line.contains("eslint.config")
        })
        .collect();
    assert!(outside.is_empty(), "{outside:#?}");
}

#[test]
fn pure_crates_touch_no_file_socket_sql_clock_or_randomness() {
    let mut found = Vec::new();
    for name in PURE {
        found.extend(lines_naming(&root().join("crates").join(name).join("src"), &["rs"], IMPURE));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_dependency_has_a_licence_that_goes_with_ours() {
    let metadata = metadata();
    let mut strange = Vec::new();
    for package in packages(&metadata).filter(|package| !package["source"].is_null()) {
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_allowed(licence) {
            strange.push(format!("{} {}: {licence}", package["name"], package["version"]));
        }
    }
    for folder in ["ui", "tests/e2e"] {
        let lock =
            std::fs::read_to_string(root().join(folder).join("package-lock.json")).expect("a lock file");
        let lock: Value = serde_json::from_str(&lock).expect("a lock file");
        for (name, package) in lock["packages"].as_object().expect("packages") {
            let Some(licence) = package["license"].as_str() else { continue };
            if name.contains("node_modules/") && !is_allowed(licence) {
                strange.push(format!("{name}: {licence}"));
            }
        }
    }
    assert!(strange.is_empty(), "{strange:#?}");
}

/// Reads an SPDX expression: any side of an OR, every side of an AND.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    plain.split(" OR ").any(|choice| choice.split(" AND ").all(|one| LICENCES.contains(&one.trim())))
}

#[test]
fn the_window_keeps_its_sqlcipher_to_itself() {
    let program = Path::new(env!("CARGO_BIN_EXE_rasoat-harness")).with_file_name("rasoat");
    let output = Command::new("nm").args(["-D", "--defined-only"]).arg(&program).output().expect("nm");
    assert!(
        output.status.success(),
        "{} is built with the workspace: {}",
        program.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let symbols = String::from_utf8_lossy(&output.stdout);
    let ours: Vec<&str> = symbols.lines().filter(|line| line.contains("sqlite3_")).collect();
    assert!(ours.is_empty(), "WebKit would bind to our SQLCipher: {ours:?}");
}

#[test]
fn generated_bindings_are_fresh() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bindings.ts");
    rasoat_desktop::write_bindings(&file).expect("bindings");
    let fresh = std::fs::read_to_string(&file).expect("bindings");
    let committed =
        std::fs::read_to_string(root().join("ui/shared/src/ipc/bindings.ts")).expect("committed bindings");
    assert!(fresh == committed, "the commands changed: cargo xtask gen");
}

#[test]
fn the_published_api_is_fresh() {
    let program = Path::new(env!("CARGO_BIN_EXE_rasoat-harness")).with_file_name("rasoat-server");
    let output = Command::new(program).arg("openapi").output().expect("rasoat-server");
    let committed = std::fs::read(root().join("ui/shared/src/api/openapi.json")).expect("committed API");
    assert!(output.stdout == committed, "the province's API changed: cargo xtask gen");
}
