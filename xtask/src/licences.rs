//! What others made that is part of the desktop program, and under which licence: for the screen that says so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::step;

/// Where the screens find it.
const LIST: &str = "ui/desktop/src/lib/settings/licences.json";
/// Where npm says what is installed, with licences.
const LOCK: &str = "ui/package-lock.json";
/// The package whose dependencies are part of the program.
const PROGRAM: &str = "rasoat-desktop";
/// Packages of fonts begin so.
const FONTS: &str = "@fontsource/";
/// Parts of the screens that are only named among the tools that build them.
const BUILT_IN: [&str; 3] = ["svelte", "@sveltejs/kit", "tailwindcss"];

/// Names by licence.
type Parts = BTreeMap<String, BTreeSet<String>>;

/// Writes the list.
pub(crate) fn write(root: &Path) -> Result<()> {
    let (fonts, screens) = of_screens(root)?;
    let list = json!({
        "fonts": listed(&fonts),
        "screens": listed(&screens),
        "program": listed(&of_program(root)?),
    });
    let mut text = serde_json::to_string_pretty(&list)?;
    text.push('\n');
    std::fs::write(root.join(LIST), text).with_context(|| format!("{LIST} cannot be written"))
}

fn listed(parts: &Parts) -> Value {
    parts.iter().map(|(licence, names)| json!({ "licence": licence, "names": names })).collect()
}

/// What is linked into the program: dependencies of dependencies, without those that only build or test it.
fn of_program(root: &Path) -> Result<Parts> {
    let args = [
        "tree",
        "--locked",
        "--package",
        PROGRAM,
        "--edges",
        "normal",
        "--target",
        "x86_64-pc-windows-msvc",
        "--target",
        "x86_64-unknown-linux-gnu",
        "--prefix",
        "none",
        "--format",
        "{p}\t{l}",
    ];
    let tree = step::output(root, "cargo", &args)?;
    let mut parts = Parts::new();
    for line in tree.lines() {
        let Some((package, licence)) = line.split_once('\t') else { continue };
        let mut words = package.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        // Ours are in this folder, and under the licence of the whole.
        if package.contains("(/") || package.contains(":\\") {
            continue;
        }
        let licence = licence.trim_end_matches(" (*)").replace('/', " OR ").replace("  OR  ", " OR ");
        parts.entry(licence).or_default().insert(format!("{name} {}", version.trim_start_matches('v')));
    }
    Ok(parts)
}

/// Fonts, and what the screens are made with.
fn of_screens(root: &Path) -> Result<(Parts, Parts)> {
    let lock: Value = serde_json::from_slice(&std::fs::read(root.join(LOCK))?)?;
    let packages = lock["packages"].as_object().context("the lock file lists no packages")?;
    let (mut fonts, mut screens) = (Parts::new(), Parts::new());
    for (place, package) in packages {
        let Some(name) = place.strip_prefix("node_modules/") else { continue };
        let (Some(licence), Some(version)) = (package["license"].as_str(), package["version"].as_str())
        else {
            continue;
        };
        let is_tool = package["dev"].as_bool().unwrap_or_default() && !BUILT_IN.contains(&name);
        if is_tool || package["peer"].as_bool().unwrap_or_default() && !BUILT_IN.contains(&name) {
            continue;
        }
        let parts = if name.starts_with(FONTS) { &mut fonts } else { &mut screens };
        parts.entry(licence.to_owned()).or_default().insert(format!("{name} {version}"));
    }
    Ok((fonts, screens))
}
