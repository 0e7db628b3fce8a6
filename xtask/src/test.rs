//! Everything CI runs.

use std::path::Path;

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::step::Progress;
use crate::{build, forms, setup, step};

type Step = (&'static str, fn(&Path, &mut Counts) -> Result<()>);

/// In the order of how soon each can fail. The screens come before the programs: the window's program embeds them.
const STEPS: &[Step] = &[
    ("set up the machine", |root, _| {
        setup::packages(root, true)?;
        setup::npm(&root.join("ui"))?;
        setup::npm(&root.join("tests/e2e"))
    }),
    ("check the form of the Rust code", |root, _| {
        step::run(root, "cargo", &["fmt", "--all", "--", "--check"])
    }),
    ("check the questionnaires with pyxform", |root, _| forms::check(root)),
    ("open the kept bundles with the stock tools", |root, _| forms::bundles(root)),
    ("check the screens", |root, _| step::run(&root.join("ui"), "npm", &["run", "--silent", "check"])),
    ("test the screens", |root, counts| {
        counted(&root.join("ui"), "npm", &["run", "--silent", "test"], counts)
    }),
    ("look at all screens", |root, counts| {
        build::samples(root)?;
        counted(&root.join("tests/e2e"), "npm", &["run", "--silent", "screens"], counts)
    }),
    ("build the screens", |root, _| build::screens(root)),
    ("build the programs", |root, _| build::programs(root)),
    ("test the programs", |root, counts| {
        // Documentation here holds no examples to run; looking for some takes every library a while.
        counted(
            root,
            "cargo",
            &["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"],
            counts,
        )
    }),
    ("test the province on PostgreSQL", |root, counts| {
        let tests = build::tests_of(root, "server")?;
        let tests = tests.to_string_lossy();
        let args: Vec<&str> =
            ["RASOAT_TEST_STORAGE=postgres", &tests].into_iter().chain(ON_BOTH.iter().copied()).collect();
        counted(root, "env", &args, counts)
    }),
    ("probe the API in every role", probe),
    ("lint the programs", |root, _| {
        step::run(
            root,
            "cargo",
            &["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"],
        )
    }),
    ("walk the window and the pages", |root, counts| {
        setup::tauri_driver(root)?;
        counted(&root.join("tests/e2e"), "npm", &["test", "--silent"], counts)
    }),
];

/// What of the province's tests is run a second time, with PostgreSQL: all that goes through the storage in a way of its own.
const ON_BOTH: &[&str] = &[
    "exchange::",
    "feed::",
    "refusals::",
    "merges::",
    "attachments::files_are",
    "laptops::",
    "overview::",
    "audit::",
    "rounds::",
    "next_round::",
    "dataset::",
    "reports::",
    "measures::",
    "papers::",
    "accounts::sessions",
    "second_factor::",
    "tokens::",
    "faults::",
    "library::",
    "requests::",
];

/// Runs the steps (all, or those whose name contains `only`) and ends with the runners' own counts.
pub(crate) fn test(root: &Path, only: Option<&str>) -> Result<()> {
    let steps: Vec<&Step> =
        STEPS.iter().filter(|(name, _)| only.is_none_or(|part| name.contains(part))).collect();
    if steps.is_empty() {
        let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        bail!("no step is called like that; the steps are: {}", names.join("; "));
    }
    let mut progress = Progress::new(steps.len());
    let mut counts = Counts::default();
    let mut failures = Vec::new();
    for (name, work) in steps {
        if let Err(error) = progress.step(name, || work(root, &mut counts)) {
            println!("{error:#}");
            failures.push(*name);
        }
    }
    println!();
    for name in &failures {
        println!("failed: {name}");
    }
    println!("{} passed, {} failed", counts.passed, counts.failed);
    if failures.is_empty() && counts.failed == 0 { Ok(()) } else { bail!("not everything holds") }
}

/// Asks every route of a province with sample households in each role; [`build::programs`] made what it takes.
fn probe(root: &Path, counts: &mut Counts) -> Result<()> {
    let python = setup::schemathesis(root)?;
    let province = "target/debug/rasoat-sample-province";
    let args = ["tests/oracle/api_probe.py", province, "ui/shared/src/api/openapi.json"];
    counted(root, &python.to_string_lossy(), &args, counts)
}

fn counted(folder: &Path, program: &str, args: &[&str], counts: &mut Counts) -> Result<()> {
    let before = *counts;
    let ended_well = step::watch(folder, program, args, |line| counts.read(line))?;
    if !ended_well {
        bail!("{program} {} failed", args.join(" "));
    }
    if counts.passed == before.passed {
        bail!("{program} {} ran no test", args.join(" "));
    }
    Ok(())
}
