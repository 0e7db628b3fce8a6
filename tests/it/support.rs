//! What several journeys need: laptops with the list taken in, the province's pages, the real server as a process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rasoat_app::App;
use rasoat_app::view::{
    AnswerForm, BundleChoice, BundleExportForm, BundleExportView, BundleImportView, HouseholdRowView,
    SeenForm,
};
use rasoat_casework::DeviceId;
use rasoat_exchange::EnrolmentFile;
use rasoat_testkit::province::{COMMUNES, Handover, Province, SURVEYOR};
use rasoat_testkit::{demo, laptop};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The households of these tests are generated from this.
pub(crate) const SEED: u64 = 2026;

/// A seed for what is random in a test: `RASOAT_SEED`, else another one each time. Printed, so that a failure can be
/// looked at again.
pub(crate) fn seed() -> u64 {
    let seed = std::env::var("RASOAT_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(rand::random);
    println!("RASOAT_SEED={seed}");
    seed
}

/// How often a test kills: `RASOAT_KILLS`, else what it does by itself.
pub(crate) fn kills(by_itself: u32) -> u32 {
    std::env::var("RASOAT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(by_itself)
}

/// A program of this workspace, built with it.
pub(crate) fn program(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_rasoat-typist")).with_file_name(name);
    assert!(path.exists(), "{} is built with the workspace", path.display());
    path
}

/// A laptop enrolled with a province, with the generated list taken in.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) id: DeviceId,
    pub(crate) folder: TempDir,
}

impl Desk {
    pub(crate) async fn at(province: &Province) -> Self {
        Self::listed(province, "Máy 07").await
    }

    /// One of several.
    pub(crate) async fn listed(province: &Province, device: &str) -> Self {
        let desk = Self::empty_at(province, device).await;
        assert_eq!(laptop::import(&desk.app, &demo::list_workbook(SEED)).expect("imported"), 60);
        desk
    }

    /// The same without a list.
    pub(crate) async fn empty_at(province: &Province, device: &str) -> Self {
        let handover = province.enrol(device).await.expect("enrolled");
        let file = std::fs::read(&handover.file).expect("a file");
        let id = EnrolmentFile::read(&file).expect("an enrolment").device;
        let folder = tempfile::tempdir().expect("a folder");
        let app = laptop::start(folder.path(), province.clock.reader()).expect("started");
        laptop::enrol(&app, &handover).expect("first start");
        Self { app, id, folder }
    }

    /// An exchange after which nothing is left to be sent.
    pub(crate) async fn sync(&self) {
        let status = self.app.sync_now().await.expect("an exchange");
        assert_eq!((status.problem, status.unsent_edits), (None, 0));
    }

    /// Writes everything without receipt to a stick of its own; its files.
    pub(crate) fn write(&self, to: &str) -> (BundleExportView, Vec<PathBuf>) {
        let stick = tempfile::tempdir_in(self.folder.path()).expect("a stick").keep();
        let form = BundleExportForm {
            choice: BundleChoice::Unsent,
            recipients: vec![to.to_owned()],
            folder: stick.to_str().expect("a path").to_owned(),
            with_files: false,
        };
        let view = self.app.bundle_export(form).expect("written");
        let files = view.files.iter().map(|file| stick.join(&file.name)).collect();
        (view, files)
    }

    /// The same; the file with the edits.
    pub(crate) fn write_edits(&self, to: &str) -> PathBuf {
        let (view, files) = self.write(to);
        let at = view.files.iter().position(|file| !file.reply).expect("a file with edits");
        files[at].clone()
    }

    pub(crate) fn take(&self, file: &Path) -> BundleImportView {
        self.app.bundle_import(file.to_str().expect("a path")).expect("taken in")
    }

    /// A household as somebody who carries it through the procedure has seen it.
    pub(crate) fn seen(&self, home: &str) -> SeenForm {
        let seen = self.app.procedure_household(home).expect("a household").row.seen;
        SeenForm { household: home.to_owned(), seen }
    }

    /// The first household on the list.
    pub(crate) fn household(&self) -> HouseholdRowView {
        laptop::households(&self.app, "").expect("households").remove(0)
    }
}

/// Gives one answer.
pub(crate) fn answer(
    app: &App,
    household: &str,
    path: &str,
    value: &str,
) -> Result<(), rasoat_app::AppError> {
    let form = AnswerForm { household: household.to_owned(), path: path.to_owned(), value: value.to_owned() };
    app.answer(form).map(|_| ())
}

/// What stands at a path of a household's interview.
pub(crate) fn value_at(app: &App, household: &str, path: &str) -> Option<String> {
    let view = app.open_interview(household).expect("an interview");
    view.nodes.into_iter().find(|node| node.path == path).and_then(|node| node.value)
}

/// An officer who is logged in.
pub(crate) struct Officer {
    client: reqwest::Client,
    base: String,
    csrf: String,
}

impl Officer {
    pub(crate) async fn log_in(base: &str, password: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).no_proxy().build().expect("a browser");
        let form = json!({ "username": "admin", "password": password });
        let response =
            client.post(format!("{base}/api/session")).json(&form).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "the printed password opens the first account");
        let session: Value = response.json().await.expect("JSON");
        let csrf = session["csrf"].as_str().expect("a token").to_owned();
        Self { client, base: base.to_owned(), csrf }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.client.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.expect("JSON")
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.base)).header("x-rasoat-csrf", &self.csrf);
        let response = request.json(&body).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.expect("JSON")
    }

    /// A file that is made when it is asked for.
    pub(crate) async fn file(&self, path: &str, body: Value) -> Vec<u8> {
        let request = self.client.post(format!("{}{path}", self.base)).header("x-rasoat-csrf", &self.csrf);
        let response = request.json(&body).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{body}");
        response.bytes().await.expect("a file").to_vec()
    }

    /// Does something that is answered with nothing.
    pub(crate) async fn act(&self, path: &str) {
        let request = self.client.post(format!("{}{path}", self.base)).header("x-rasoat-csrf", &self.csrf);
        assert_eq!(request.send().await.expect("an answer").status(), 204, "{path}");
    }

    /// In which commune a household is.
    pub(crate) async fn commune_of(&self, household: &str) -> &'static str {
        for commune in COMMUNES {
            let rows = self.households(commune, "").await;
            if rows["rows"].as_array().expect("rows").iter().any(|row| row["id"] == household) {
                return commune;
            }
        }
        panic!("the household is at the province");
    }

    /// The first 200 households of a commune whose heads bear these words; of all when there are none.
    pub(crate) async fn households(&self, commune: &str, text: &str) -> Value {
        let request = self.client.post(format!("{}/api/communes/{commune}/households", self.base));
        let request = request.header("x-rasoat-csrf", &self.csrf);
        let query = json!({ "text": text, "limit": 200 });
        let response = request.json(&query).send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        response.json().await.expect("JSON")
    }

    /// The address that the interview of a household gives, and how many edits of that household are there.
    pub(crate) async fn address_of(&self, household: &str) -> (String, u64) {
        for commune in COMMUNES {
            let rows = self.households(commune, "").await;
            if rows["rows"].as_array().expect("rows").iter().any(|row| row["id"] == household) {
                let page = self.get(&format!("/api/households/{commune}/{household}")).await;
                let sections = page["sections"].as_array().expect("sections").iter();
                let mut questions = sections.flat_map(|s| s["questions"].as_array().expect("questions"));
                let found = questions.find(|question| question["path"] == "address").expect("the address");
                let copies = page["edits"].as_array().expect("edits").len();
                return (found["value"]["canonical"].as_str().expect("a text").to_owned(), copies as u64);
            }
        }
        panic!("the household is at the province");
    }

    /// Edits received from the only device.
    pub(crate) async fn edits_received(&self) -> u64 {
        self.get("/api/devices").await[0]["edits"].as_u64().expect("a number")
    }
}

/// `rasoat-server` as it is shipped, in a process of its own.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) base: String,
}

impl ServerProcess {
    /// `init`; returns the printed password. `public_url` is where laptops will look for it.
    pub(crate) fn init(data: &Path, public_url: &str) -> String {
        let output = Command::new(program("rasoat-server"))
            .args(["init", "--public-url", public_url, "--data"])
            .arg(data)
            .output()
            .expect("rasoat-server");
        printed(&output, "password: ")
    }

    /// `device enrol`, for both communes with their villages.
    pub(crate) fn enrol(data: &Path, desk: &Path) -> Handover {
        let (file, villages) = (desk.join("may-07.rasoat-enrolment"), desk.join("villages.csv"));
        std::fs::write(&villages, demo::villages_csv(SEED)).expect("written");
        let output = Command::new(program("rasoat-server"))
            .args(["device", "enrol", "--surveyor", SURVEYOR, "--device", "Máy 07", "--data"])
            .arg(data)
            .arg("--commune")
            .args(COMMUNES)
            .arg("--out")
            .arg(&file)
            .arg("--villages")
            .arg(&villages)
            .output()
            .expect("rasoat-server");
        Handover { code: printed(&output, "code: "), file }
    }

    /// `serve` on a free port; warnings come out with the test's own output.
    pub(crate) fn serve(data: &Path) -> Self {
        Self::run(data, 0, "warn", Stdio::inherit())
    }

    /// `serve` on a port of this machine; warnings come out with the test's own output.
    pub(crate) fn serve_at(data: &Path, port: u16) -> Self {
        Self::run(data, port, "warn", Stdio::inherit())
    }

    /// `serve` on a port of this machine, with everything logged that can be.
    pub(crate) fn serve_logging(data: &Path, port: u16, log: Stdio) -> Self {
        Self::run(data, port, "debug", log)
    }

    fn run(data: &Path, port: u16, level: &str, log: Stdio) -> Self {
        let mut child = Command::new(program("rasoat-server"))
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(data)
            .env("RUST_LOG", level)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("rasoat-server");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = lines.next().expect("a line").expect("a line");
        let base = line.strip_prefix("listening on ").expect("where it listens").to_owned();
        Self { child, base }
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn printed(output: &std::process::Output, label: &str) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    said.lines().find_map(|line| line.strip_prefix(label)).expect(label).to_owned()
}

/// Both languages have a sentence under this key: nobody is shown a bare code.
pub(crate) fn assert_worded(key: &str) {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("ui");
    for language in ["vi", "en"] {
        let worded = ["shared", "desktop"].iter().any(|part| {
            let file = ui.join(part).join("messages").join(format!("{language}.json"));
            let messages: Value =
                serde_json::from_slice(&std::fs::read(file).expect("messages")).expect("messages");
            messages[key].as_str().is_some_and(|sentence| !sentence.is_empty()) || messages[key].is_array()
        });
        assert!(worded, "{key} has no sentence in {language}");
    }
}

/// The machine's clock, as laptops take it: real servers go by it.
pub(crate) fn machine_clock() -> Arc<dyn Fn() -> i64 + Send + Sync> {
    Arc::new(rasoat_testkit::machine_clock)
}
