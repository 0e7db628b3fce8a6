//! A demo province on loopback, and the desktop app on it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail};

use crate::step::Progress;
use crate::{build, setup, step};

/// Fixed, so that the demo's page has one address; another port is taken when this one is in use.
const PORT: u16 = 8747;

/// Commune codes of the demo: one rural, one urban (`instruments/units`).
const COMMUNES: [&str; 2] = ["06001", "06187"];

/// A process that ends with us.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The demo's files and secrets, made anew by each run.
struct Demo {
    folder: PathBuf,
    url: String,
    admin_password: String,
    enrolment: PathBuf,
    code: String,
    list: PathBuf,
    _server: Running,
}

/// Opens the app where there is a display; else (or when asked) walks the journey under Xvfb.
pub(crate) fn run(root: &Path, headless: bool, pictures: bool) -> Result<()> {
    let headless =
        headless || (std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none());
    let mut progress = Progress::new(5);
    progress.step("set up the machine", || {
        setup::packages(root, headless)?;
        if headless {
            setup::npm(&root.join("tests/e2e"))?;
            setup::tauri_driver(root)?;
        }
        Ok(())
    })?;
    progress.step("build the screens", || build::screens(root))?;
    progress
        .step("build the programs", || step::run(root, "cargo", &["build", "--workspace", "--locked"]))?;
    let demo = progress.step("start the demo province", || start_demo(root))?;
    progress.step(if headless { "walk one interview" } else { "open the app" }, || {
        if headless { walk(root, &demo) } else { open(root, &demo) }
    })?;
    if pictures { keep_pictures(root) } else { Ok(()) }
}

/// Pictures of the walk that the README shows: the step's name, and the file in `docs/pictures`.
const PICTURES: &[(&str, &str)] =
    &[("interview-income", "interview.png"), ("province-overview", "province.png")];

fn keep_pictures(root: &Path) -> Result<()> {
    let folder = root.join("docs/pictures");
    fs::create_dir_all(&folder)?;
    for (step, name) in PICTURES {
        let picture = fs::read_dir(root.join("target/tour"))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.to_string_lossy().ends_with(&format!("-{step}.png")))
            .with_context(|| format!("the walk took no picture of {step}"))?;
        fs::copy(picture, folder.join(name))?;
    }
    Ok(())
}

fn start_demo(root: &Path) -> Result<Demo> {
    let folder = root.join("target/demo");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (data, enrolment, list, villages) = (
        folder.join("province"),
        folder.join("may-07.enrol"),
        folder.join("danh-sach-2025.xlsx"),
        folder.join("villages.csv"),
    );
    let server = "target/debug/rasoat-server";
    let port = free_port()?;
    let url = format!("http://127.0.0.1:{port}");
    step::run(
        root,
        "target/debug/rasoat-harness",
        &["demo", "--list", &text(&list), "--villages", &text(&villages)],
    )?;
    let init = step::output(root, server, &["init", "--data", &text(&data), "--public-url", &url])?;
    let enrol = step::output(
        root,
        server,
        &[
            "device",
            "enrol",
            "--data",
            &text(&data),
            "--commune",
            COMMUNES[0],
            "--commune",
            COMMUNES[1],
            "--surveyor",
            "Người dùng thử",
            "--device",
            "Máy 07",
            "--villages",
            &text(&villages),
            "--out",
            &text(&enrolment),
        ],
    )?;
    let mut child = step::command(root.join(server))
        .args(["serve", "--data", &text(&data), "--listen", &format!("127.0.0.1:{port}")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(folder.join("province.log"))?)
        .spawn()?;
    let mut first = String::new();
    BufReader::new(child.stdout.take().context("standard output of the server")?).read_line(&mut first)?;
    let running = Running(child);
    if !first.contains("127.0.0.1") {
        bail!("the server did not start; see {}", folder.join("province.log").display());
    }
    Ok(Demo {
        admin_password: labelled(&init, "password:")?,
        code: labelled(&enrol, "code:")?,
        folder,
        url,
        enrolment,
        list,
        _server: running,
    })
}

/// The rest of the line after `label`.
fn labelled(output: &str, label: &str) -> Result<String> {
    output
        .lines()
        .find_map(|line| line.trim().strip_prefix(label))
        .map(|rest| rest.trim().to_owned())
        .with_context(|| format!("the server did not print “{label}”"))
}

fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", PORT))
        .or_else(|_| std::net::TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(listener.local_addr()?.port())
}

fn say(demo: &Demo) {
    println!("  province's page    {}   user: admin   password: {}", demo.url, demo.admin_password);
    println!("  enrolment file     {}   one-time code: {}", demo.enrolment.display(), demo.code);
    println!("  household list     {}", demo.list.display());
}

fn open(root: &Path, demo: &Demo) -> Result<()> {
    println!(
        "Choose the enrolment file, type the code, choose a passphrase; then import the household list."
    );
    say(demo);
    println!("Close the window to end the demo.");
    let status = step::command(root.join("target/debug/rasoat"))
        .env("RASOAT_DATA_DIR", demo.folder.join("laptop"))
        .status()?;
    if status.success() { Ok(()) } else { bail!("the app ended with {status}") }
}

fn walk(root: &Path, demo: &Demo) -> Result<()> {
    let shots = root.join("target/tour");
    if shots.exists() {
        fs::remove_dir_all(&shots)?;
    }
    fs::create_dir_all(&shots)?;
    let status = step::command("node")
        .arg("tour.mjs")
        .current_dir(root.join("tests/e2e"))
        .env("RASOAT_TOUR_SHOTS", &shots)
        .env("RASOAT_TOUR_URL", &demo.url)
        .env("RASOAT_TOUR_PASSWORD", &demo.admin_password)
        .env("RASOAT_TOUR_ENROLMENT", &demo.enrolment)
        .env("RASOAT_TOUR_CODE", &demo.code)
        .env("RASOAT_TOUR_LIST", &demo.list)
        .env("RASOAT_TOUR_DATA", demo.folder.join("laptop"))
        .stdin(Stdio::null())
        .status()?;
    if !status.success() {
        bail!("the walk ended with {status}");
    }
    let mut pictures: Vec<PathBuf> =
        fs::read_dir(&shots)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    pictures.sort();
    println!("\nThe household went from the window to the province's page. {} screenshots:", pictures.len());
    for picture in &pictures {
        println!("  {}", picture.display());
    }
    println!("To look around: cargo xtask run (with a display). The province's page was {}", demo.url);
    Ok(())
}
