//! Installs what is missing on a Debian 12 machine, and says what it does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::step;

/// Debian packages that building and showing the window takes.
const BUILD: &[&str] =
    &["build-essential", "pkg-config", "libssl-dev", "libwebkit2gtk-4.1-dev", "fonts-noto-core"];

/// Debian packages that driving the window and the pages without a display takes.
const DRIVE: &[&str] = &["webkit2gtk-driver", "xvfb", "chromium", "poppler-utils"];

/// Debian packages that testing the second storage takes: each test has a database of its own in it.
const DATABASE: &[&str] = &["postgresql"];

/// Debian packages that testing what statisticians get takes.
const STATISTICS: &[&str] = &["pspp"];

/// Debian packages that opening workbooks as offices do takes.
const OFFICE: &[&str] = &["libreoffice-calc-nogui"];

/// The first version of Node that the screens' build tools accept.
const NODE: (u32, u32) = (20, 19);

/// The bridge between WebDriver and the window; version 2 belongs to Tauri 2.
const TAURI_DRIVER: &str = "2.1.0";

/// The fuzzer's front end.
const CARGO_FUZZ: &str = "0.13.1";

/// The Python packages that forms are checked with, each with its version.
const PYTHON_PACKAGES: &str = "tests/oracle/requirements.txt";

/// Installs packages for building and, if asked, for driving the window and pages.
pub(crate) fn packages(root: &Path, drive: bool) -> Result<()> {
    let mut wanted: Vec<&str> = BUILD.to_vec();
    if drive {
        wanted.extend(DRIVE);
        wanted.extend(DATABASE);
        wanted.extend(STATISTICS);
        wanted.extend(OFFICE);
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        println!("Debian packages: all there");
    } else {
        println!("Debian packages to install: {}", missing.join(" "));
        apt(root, &["update", "-q"])?;
        let mut args = vec!["install", "-y", "-q", "--no-install-recommends"];
        args.extend(missing);
        apt(root, &args)?;
    }
    node(root)
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

/// apt-get, with sudo when not root.
fn apt(root: &Path, args: &[&str]) -> Result<()> {
    let is_root = step::output(root, "id", &["-u"])?.trim() == "0";
    let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    words.extend(args);
    if is_root {
        step::run(root, words[0], &words[1..])
    } else {
        step::run(root, "sudo", &words)
            .context("Installing Debian packages needs root or sudo. Run this as root, or install the packages named above.")
    }
}

/// Node from the system if it is new enough, else Debian's to fetch a newer one from the npm registry into `target/`.
pub(crate) fn node(root: &Path) -> Result<()> {
    if node_version("node").is_some_and(|version| version >= NODE) {
        return Ok(());
    }
    let folder = root.join("target/tools/node");
    let bin = folder.join("node_modules/node/bin");
    if node_version(&bin.join("node").to_string_lossy()).is_none_or(|version| version < NODE) {
        println!("Node {}.{} or newer is missing: fetching it from the npm registry", NODE.0, NODE.1);
        if step::output(root, "npm", &["--version"]).is_err() {
            apt(root, &["install", "-y", "-q", "--no-install-recommends", "nodejs", "npm"])?;
        }
        std::fs::create_dir_all(&folder)?;
        step::run(&folder, "npm", &["install", "--no-fund", "--no-audit", "--prefix", ".", "node@22"])?;
    }
    prepend_path(&bin)
}

fn node_version(program: &str) -> Option<(u32, u32)> {
    let output = step::command(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// npm packages of one folder, when the lock file changed since they were installed.
pub(crate) fn npm(folder: &Path) -> Result<()> {
    let lock = std::fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let stamp = folder.join("node_modules/.installed-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        println!("npm packages of {}: all there", folder.display());
        return Ok(());
    }
    // Not `npm ci`: it refuses a lock file from which a mirror's missing builds for other platforms were left out.
    step::run(folder, "npm", &["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"])?;
    std::fs::write(stamp, lock)?;
    Ok(())
}

/// The WebDriver bridge, built once into `target/tools`.
pub(crate) fn tauri_driver(root: &Path) -> Result<()> {
    cargo_tool(root, "tauri-driver", TAURI_DRIVER)
}

/// The fuzzer's front end, built once into `target/tools`.
pub(crate) fn cargo_fuzz(root: &Path) -> Result<()> {
    cargo_tool(root, "cargo-fuzz", CARGO_FUZZ)
}

fn cargo_tool(root: &Path, name: &str, version: &str) -> Result<()> {
    let tools = root.join("target/tools");
    let program = tools.join("bin").join(name);
    if !program.exists() {
        println!("Building {name} {version} into target/tools");
        let folder = tools.to_string_lossy().into_owned();
        let args = ["install", name, "--version", version, "--locked", "--quiet", "--root", &folder];
        step::run(root, "cargo", &args)?;
    }
    if !program.exists() {
        bail!("{name} was built but is not in target/tools/bin");
    }
    Ok(())
}

/// Python with pyxform, in a place of its own under `target/tools`; `tests/oracle/requirements.txt` pins every version.
pub(crate) fn pyxform(root: &Path) -> Result<PathBuf> {
    python_with(root, "pyxform", PYTHON_PACKAGES)
}

/// Python with schemathesis, likewise.
pub(crate) fn schemathesis(root: &Path) -> Result<PathBuf> {
    python_with(root, "schemathesis", "tests/oracle/schemathesis.txt")
}

/// Python with a package, in a place of its own under `target/tools`, every version as `packages` pins it.
fn python_with(root: &Path, name: &str, packages: &str) -> Result<PathBuf> {
    let wanted = std::fs::read(root.join(packages)).with_context(|| format!("{packages} is missing"))?;
    let folder = root.join("target/tools").join(name);
    let python = folder.join("bin/python");
    let stamp = folder.join(".installed");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted)
        && runs(&python, &format!("import {name}"))
    {
        println!("{name}: there");
        return Ok(python);
    }
    println!("Installing {name} from the Python package index into target/tools/{name}");
    if !runs(Path::new("python3"), "import ensurepip, venv") {
        println!("Debian packages to install: python3-venv");
        apt(root, &["update", "-q"])?;
        apt(root, &["install", "-y", "-q", "--no-install-recommends", "python3-venv"])?;
    }
    let place = folder.to_string_lossy();
    step::run(root, "python3", &["-m", "venv", "--clear", &place])?;
    let pip =
        ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "-r", packages];
    step::run(root, &python.to_string_lossy(), &pip).with_context(|| {
        format!(
            "{name} could not be installed. The first set-up takes the Python package index (pypi.org or the mirror that pip \
             is set to) or pip's cache; later runs take neither"
        )
    })?;
    std::fs::write(stamp, wanted)?;
    Ok(python)
}

/// Whether a Python is there and runs this.
fn runs(python: &Path, code: &str) -> bool {
    let mut command = step::command(python);
    command.args(["-c", code]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn prepend_path(folder: &Path) -> Result<()> {
    let old = std::env::var_os("PATH").unwrap_or_default();
    step::use_path(std::env::join_paths(
        std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&old)),
    )?);
    Ok(())
}
