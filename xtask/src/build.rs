//! Builds that several commands share.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{setup, step};

/// What the screens were last built from.
const STAMP: &str = "target/screens-built-from";

/// Where the screens come out.
const BUILT: [&str; 2] = ["ui/desktop/build/index.html", "ui/province/build/index.html"];

/// What is made from the sources, or put there by npm.
const MADE: [&str; 4] = ["node_modules", "build", ".svelte-kit", "paraglide"];

/// The screens of the window and of the province. Left alone where nothing changed: the programs embed them and would be built
/// again for nothing.
pub(crate) fn screens(root: &Path) -> Result<()> {
    let ui = root.join("ui");
    setup::npm(&ui)?;
    let stamp = root.join(STAMP);
    let sources = fingerprint(&ui)?;
    let is_built = BUILT.iter().all(|file| root.join(file).exists());
    if is_built && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == sources) {
        println!("the screens are built from what is there");
        return Ok(());
    }
    step::run(&ui, "npm", &["run", "--silent", "build"])?;
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
