//! Builds that several commands share.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{setup, step};

/// Something built of the screens' sources: where it comes out, and where it is kept what it was built from.
struct Built {
    stamp: &'static str,
    files: &'static [&'static str],
}

/// The screens that the programs embed.
const SCREENS: Built = Built {
    stamp: "target/screens-built-from",
    files: &["ui/desktop/build/index.html", "ui/province/build/index.html"],
};

/// The desktop's screens with sample data, for looking at.
const SAMPLES: Built =
    Built { stamp: "target/samples-built-from", files: &["ui/desktop/build-fixtures/index.html"] };

/// What is made from the sources, or put there by npm.
const MADE: [&str; 5] = ["node_modules", "build", "build-fixtures", ".svelte-kit", "paraglide"];

/// The screens of the window and of the province. Left alone where nothing changed: the programs embed them and would be built
/// again for nothing.
pub(crate) fn screens(root: &Path) -> Result<()> {
    once(root, &SCREENS, "build")
}

/// The desktop's screens with sample data, likewise.
pub(crate) fn samples(root: &Path) -> Result<()> {
    once(root, &SAMPLES, "build:fixtures")
}

fn once(root: &Path, built: &Built, script: &str) -> Result<()> {
    let ui = root.join("ui");
    setup::npm(&ui)?;
    let stamp = root.join(built.stamp);
    let sources = fingerprint(&ui)?;
    let is_built = built.files.iter().all(|file| root.join(file).exists());
    if is_built && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == sources) {
        println!("the screens are built from what is there");
        return Ok(());
    }
    step::run(&ui, "npm", &["run", "--silent", script])?;
    fs::create_dir_all(root.join("target"))?;
    fs::write(stamp, sources)?;
    Ok(())
}

/// A number for all sources below a folder, by name and content.
fn fingerprint(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    sources(folder, &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_made = MADE.iter().any(|made| entry.file_name() == **made);
        if entry.file_type()?.is_dir() {
            if !is_made {
                sources(&entry.path(), found)?;
            }
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// Every program and test. Always the whole workspace, so that dependencies are built once with one set of features.
pub(crate) fn programs(root: &Path) -> Result<()> {
    step::run(root, "cargo", &["build", "--workspace", "--all-targets", "--locked"])
}

/// The program of a package's tests in `tests/it`, as [`programs`] built it. Asked for by its package alone Cargo would build it, and most
/// of what it depends on, a second time with other features.
pub(crate) fn tests_of(root: &Path, package: &str) -> Result<PathBuf> {
    let args = ["test", "--workspace", "--locked", "--no-run", "--quiet", "--message-format=json"];
    let told = step::output(root, "cargo", &args)?;
    let folder = root.join("crates").join(package);
    let programs =
        told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).filter(|artifact| {
            let manifest = artifact["manifest_path"].as_str().map(Path::new);
            artifact["target"]["name"] == "it" && manifest.and_then(Path::parent) == Some(&folder)
        });
    let mut programs = programs.filter_map(|artifact| Some(PathBuf::from(artifact["executable"].as_str()?)));
    programs.next().with_context(|| format!("{package} has no tests in tests/it"))
}
