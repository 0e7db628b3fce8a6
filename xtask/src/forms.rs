//! The shipped questionnaires as pyxform, the converter of ODK and its kin, reads them; and bundles as the stock tools open
//! them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::setup;

/// Must be refused: otherwise nothing is being asked.
const REFUSED: &str = "tests/oracle/refused";

/// Forms that our reader is tested with.
const FIXTURES: &str = "crates/xlsform/tests/forms";

/// Every folder of `instruments/` with a survey sheet must be converted without an error or a warning.
pub(crate) fn check(root: &Path) -> Result<()> {
    let python = setup::pyxform(root)?;
    let refused = ask(root, &python, Path::new(REFUSED))?;
    ensure!(refused["ok"] == false, "pyxform accepted {REFUSED}, which has a name twice");
    let forms = forms(root)?;
    ensure!(!forms.is_empty(), "instruments/ holds no form");
    for form in forms {
        let verdict = ask(root, &python, &form)?;
        let form = form.display();
        if verdict["ok"] != true {
            bail!("pyxform refuses {form}: {}", verdict["error"].as_str().unwrap_or_default());
        }
        let warnings = verdict["warnings"].as_array().context("pyxform_check.py gave no warnings")?;
        for warning in warnings {
            println!("{form}: {}", warning.as_str().unwrap_or_default());
        }
        ensure!(warnings.is_empty(), "pyxform warns of {form}: {} times", warnings.len());
        println!("pyxform converts {form}, no warning");
    }
    fixtures(root, &python)
}

/// The kept bundles, opened by `docs/bundle_reader.py`.
pub(crate) fn bundles(root: &Path) -> Result<()> {
    let python = setup::pyxform(root)?;
    crate::step::run(root, &python.to_string_lossy(), &["tests/oracle/bundle_check.py"])
}

/// The fixture forms: each says whether pyxform takes it (`pyxform = true` in its expect.toml).
fn fixtures(root: &Path, python: &Path) -> Result<()> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(root.join(FIXTURES))? {
        folders.push(Path::new(FIXTURES).join(entry?.file_name()));
    }
    folders.sort();
    let verdicts = ask_all(root, python, &folders)?;
    ensure!(
        verdicts.len() == folders.len(),
        "pyxform_check.py gave {} verdicts of {}",
        verdicts.len(),
        folders.len()
    );
    let mut wrong = Vec::new();
    for (folder, verdict) in folders.iter().zip(&verdicts) {
        let expected = std::fs::read_to_string(root.join(folder).join("expect.toml"))?;
        let wanted = expected.lines().any(|line| line.trim() == "pyxform = true");
        if verdict["ok"] != wanted {
            wrong.push(format!("{}: {verdict}", folder.display()));
        }
    }
    ensure!(wrong.is_empty(), "pyxform decides otherwise than the fixtures say:\n{}", wrong.join("\n"));
    println!("pyxform agrees on {} fixture forms", folders.len());
    Ok(())
}

/// What the script prints about one folder.
fn ask(root: &Path, python: &Path, folder: &Path) -> Result<Value> {
    let verdicts = ask_all(root, python, &[folder.to_path_buf()])?;
    verdicts.into_iter().next().context("pyxform_check.py gave no verdict")
}

/// What the script prints about each folder, in order.
fn ask_all(root: &Path, python: &Path, folders: &[PathBuf]) -> Result<Vec<Value>> {
    let output = Command::new(python)
        .arg("tests/oracle/pyxform_check.py")
        .args(folders)
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} could not be started", python.display()))?;
    // It ends with 1 for a form that is refused, which is an answer.
    ensure!(matches!(output.status.code(), Some(0 | 1)), "pyxform_check.py ended with {}", output.status);
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).context("pyxform_check.py printed something else than JSON"))
        .collect()
}

fn forms(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("instruments"))? {
        let folder = entry?.path();
        if folder.join("survey.csv").exists() {
            found.push(folder.strip_prefix(root)?.to_path_buf());
        }
    }
    found.sort();
    Ok(found)
}
