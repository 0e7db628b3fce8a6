//! Fuzzing: hostile input for as long as one likes, beginning with the fixtures and with what earlier runs learnt.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{setup, step};

/// What can be fuzzed; each is a program in `fuzz/targets`.
const TARGETS: [&str; 9] =
    ["expression", "sheets", "workbook", "session", "batch", "receipt", "sync_request", "bundle", "messages"];

/// Runs the targets (all, or one) for so many seconds each. What they learn is kept in `fuzz/corpus/NAME.tar.gz`, findings go to
/// `fuzz/artifacts`.
pub(crate) fn fuzz(root: &Path, target: Option<&str>, seconds: u32) -> Result<()> {
    let targets: Vec<&str> =
        TARGETS.into_iter().filter(|name| target.is_none_or(|only| only == *name)).collect();
    if targets.is_empty() {
        bail!("there is no such target; there are: {}", TARGETS.join(", "));
    }
    setup::cargo_fuzz(root)?;
    for target in targets {
        begin(root, target)?;
        println!("\nfuzzing {target} for {seconds} s");
        let time = format!("-max_total_time={seconds}");
        let limits = ["-timeout=20", "-rss_limit_mb=2048", "-max_len=32768", "-print_final_stats=1"];
        if !cargo_fuzz(root, "run", target, &[&[time.as_str()], &limits[..]].concat())? {
            bail!("{target} found something: see fuzz/artifacts/{target}");
        }
        keep(root, target)?;
    }
    Ok(())
}

fn cargo_fuzz(root: &Path, command: &str, target: &str, options: &[&str]) -> Result<bool> {
    let status = step::command(root.join("target/tools/bin/cargo-fuzz"))
        .args(["fuzz", command, target, "--sanitizer", "none", "--"])
        .args(options)
        .current_dir(root.join("fuzz"))
        // The instrumentation is an unstable flag of the compiler; the code it builds is ours alone.
        .env("RUSTC_BOOTSTRAP", "1")
        .status()?;
    Ok(status.success())
}

/// Lays out what earlier runs learnt, and the fixtures.
fn begin(root: &Path, target: &str) -> Result<()> {
    let corpus = root.join("fuzz/corpus");
    let folder = corpus.join(target);
    fs::create_dir_all(&folder)?;
    let packed = format!("{target}.tar.gz");
    if corpus.join(&packed).exists() {
        step::run(&corpus, "tar", &["xzf", &packed])?;
    }
    match target {
        "sheets" => sheets(root, &folder),
        "workbook" => workbooks(root, &folder),
        "batch" => vectors(root, &folder, &[("batch", None), ("batch_with_dictionary", None)]),
        "receipt" => vectors(root, &folder, &[("receipt", None)]),
        "sync_request" => vectors(root, &folder, &[("request", Some(0)), ("request_inflated", Some(1))]),
        "messages" => vectors(
            root,
            &folder,
            &[("attachment_request", Some(0)), ("news", Some(6)), ("enrolment_file", Some(9))],
        ),
        "bundle" => vectors(
            root,
            &folder,
            &[
                ("bundle_inflated", Some(2)),
                ("reply_inflated", Some(2)),
                ("bundle_with_file_inflated", Some(2)),
            ],
        ),
        _ => Ok(()),
    }
}

/// Every fixture form as its three sheets, parted by zero bytes.
fn sheets(root: &Path, folder: &Path) -> Result<()> {
    for form in forms(root)? {
        let sheet = |name: &str| fs::read(form.join(name)).unwrap_or_default();
        let text = [sheet("survey.csv"), sheet("choices.csv"), sheet("settings.csv")].join(&0u8);
        fs::write(folder.join(name_of(&form)), text)?;
    }
    Ok(())
}

/// Every fixture form that can be read, as a workbook.
fn workbooks(root: &Path, folder: &Path) -> Result<()> {
    step::run(root, "cargo", &["build", "--quiet", "--locked", "--package", "rasoat-form"])?;
    for form in forms(root)? {
        let to = folder.join(format!("{}.xlsx", name_of(&form)));
        let convert = ["convert", &form.to_string_lossy(), &to.to_string_lossy()].map(str::to_owned);
        // A form that is meant to be refused makes no workbook.
        step::command(root.join("target/debug/rasoat-form")).args(convert).output()?;
    }
    Ok(())
}

/// The protocol's test vectors of these names, each behind the byte that says how the target is to take it.
fn vectors(root: &Path, folder: &Path, names: &[(&str, Option<u8>)]) -> Result<()> {
    let file = fs::read(root.join("tests/fixtures/protocol/v1.json"))?;
    let vectors: serde_json::Value = serde_json::from_slice(&file)?;
    for (name, how) in names {
        let digits = vectors[name].as_str().with_context(|| format!("{name} is a test vector"))?;
        let bytes = (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16));
        let bytes: Vec<u8> = how.map(Ok).into_iter().chain(bytes).collect::<Result<_, _>>()?;
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

fn forms(root: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut forms = Vec::new();
    for entry in fs::read_dir(root.join("crates/xlsform/tests/forms")).context("the fixture forms")? {
        forms.push(entry?.path());
    }
    Ok(forms)
}

fn name_of(form: &Path) -> String {
    form.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Keeps the smallest inputs that reach everything that was reached.
fn keep(root: &Path, target: &str) -> Result<()> {
    if !cargo_fuzz(root, "cmin", target, &[])? {
        bail!("the corpus of {target} could not be made smaller");
    }
    let packed = format!("{target}.tar.gz");
    let args = ["czf", &packed, "--sort=name", "--owner=0", "--group=0", "--mtime=@0", target];
    step::run(&root.join("fuzz/corpus"), "tar", &args)
}
