//! A server on port 0, laptops enrolled with it, and an officer's browser.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rasoat_casework::{
    Chain, Change, CommuneCode, Draft, Edit, InstrumentHash, Round, Subject, SubjectKind, VersionVector,
    WriterId, interview_id,
};
use rasoat_exchange::{
    Batch, CONTENT_TYPE, Cursor, Dictionary, Enrolment, EnrolmentFile, Limits, LinkKey, Receipt, RequestHead,
    RequestTag, SignedBatch, SigningKey, SyncRequest, SyncResponse, decode_response, encode_request,
};
use rasoat_instrument::{Context, Path, Session, Value};
use rasoat_server::storage::Storage;
use rasoat_server::storage::postgres::Postgres;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::{DataDir, DatabaseUrl, NewDevice, NewServer, State};
use rasoat_testkit::{Household, interviewer};
use serde_json::Value as Json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Where laptops of these tests are enrolled.
pub(crate) const COMMUNE: &str = "05977";
/// A commune that is not theirs.
pub(crate) const ELSEWHERE: &str = "05983";
/// The moment at which these tests begin: 2026-10-01.
pub(crate) const BEGIN: i64 = 1_790_812_800_000;

/// Whether the servers of these tests have PostgreSQL: `RASOAT_TEST_STORAGE=postgres`.
pub(crate) fn on_postgres() -> bool {
    std::env::var("RASOAT_TEST_STORAGE").is_ok_and(|storage| storage == "postgres")
}

/// The database of a server of these tests; none for SQLite.
async fn database() -> Option<String> {
    if on_postgres() { Some(rasoat_testkit::postgres::database().await.unwrap()) } else { None }
}

pub(crate) struct Server {
    pub(crate) dir: DataDir,
    pub(crate) password: String,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) state: State,
    database: Option<String>,
    address: String,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<std::io::Result<()>>>,
    /// Of the first server in it.
    _temporary: Option<tempfile::TempDir>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_on(database().await).await
    }

    /// One with a PostgreSQL database, or with SQLite.
    pub(crate) async fn start_on(database: Option<String>) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), database).await
    }

    /// One whose directory lies in this folder.
    pub(crate) async fn start_in(temporary: tempfile::TempDir, database: Option<String>) -> Self {
        let dir = DataDir::at(temporary.path().join("province"));
        let new = NewServer {
            name: "Sở thử nghiệm".to_owned(),
            public_url: "http://127.0.0.1:1".to_owned(),
            round: Round(2026),
            database: database.clone().map(DatabaseUrl::new),
        };
        let password = rasoat_server::init(&dir, new).await.unwrap().to_string();
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let state = open(&dir, &clock).await;
        let mut server = Self {
            dir,
            password,
            clock,
            state,
            database,
            address: String::new(),
            stop: None,
            serving: None,
            _temporary: Some(temporary),
        };
        server.serve().await;
        server
    }

    /// A server over another directory, whose accounts are this one's.
    pub(crate) async fn over(&self, dir: DataDir) -> Self {
        let (clock, password) = (Arc::clone(&self.clock), self.password.clone());
        let state = open(&dir, &clock).await;
        let mut server = Self {
            dir,
            password,
            clock,
            state,
            database: None,
            address: String::new(),
            stop: None,
            serving: None,
            _temporary: None,
        };
        server.serve().await;
        server
    }

    /// A second server over the same directory and storage.
    pub(crate) async fn beside(&self) -> Self {
        let mut other = Self {
            dir: self.dir.clone(),
            password: self.password.clone(),
            clock: self.clock.clone(),
            state: open(&self.dir, &self.clock).await,
            database: self.database.clone(),
            address: String::new(),
            stop: None,
            serving: None,
            _temporary: None,
        };
        other.serve().await;
        other
    }

    /// Stops; what it stored stays.
    pub(crate) async fn stop(&mut self) {
        self.stop.take().unwrap().send(()).ok();
        self.serving.take().unwrap().await.unwrap().unwrap();
    }

    async fn serve(&mut self) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let serving = rasoat_server::serve(listener, self.state.clone(), async move {
            stopped.await.ok();
        });
        self.stop = Some(stop);
        self.serving = Some(tokio::spawn(serving));
    }

    /// Its storage, opened once more.
    pub(crate) async fn storage(&self) -> Arc<dyn Storage> {
        let key = self.dir.keys().unwrap().storage;
        match &self.database {
            Some(database) => Arc::new(Postgres::open(database, &key).await.unwrap()),
            None => Arc::new(Sqlite::open(&self.dir.database(), &key).unwrap()),
        }
    }

    /// The files that its storage keeps things in.
    pub(crate) fn storage_files(&self) -> Vec<std::path::PathBuf> {
        match &self.database {
            Some(database) => rasoat_testkit::postgres::files_of(database).unwrap(),
            None => {
                let file = self.dir.database();
                let beside = ["-wal", "-shm"].map(|end| format!("{}{end}", file.display()).into());
                std::iter::once(file).chain(beside).collect()
            }
        }
    }

    /// Stops and opens everything anew from the directory.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.start_again().await;
    }

    /// Opens everything anew from the directory, stopped before.
    pub(crate) async fn start_again(&mut self) {
        self.state = open(&self.dir, &self.clock).await;
        self.serve().await;
    }

    /// Opens everything anew, stopped before, after it was moved to a database.
    pub(crate) async fn use_database(&mut self, database: String) {
        self.database = Some(database);
        self.state = open(&self.dir, &self.clock).await;
        self.serve().await;
    }

    /// Opens everything anew with another limit of files.
    pub(crate) async fn limit_attachments(&mut self, limit: &str, bytes: u64) {
        let path = self.dir.database().with_file_name("rasoat-server.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let (rest, _) = text.split_once("[attachments]").unwrap();
        std::fs::write(&path, format!("{rest}[attachments]\n{limit} = {bytes}\n")).unwrap();
        self.restart().await;
    }

    /// Opens everything anew with more in its configuration.
    pub(crate) async fn configure(&mut self, lines: &str) {
        let path = self.dir.path().join("rasoat-server.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}\n{lines}")).unwrap();
        self.restart().await;
    }

    pub(crate) fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub(crate) async fn enrol(&self, name: &str) -> Laptop {
        self.enrol_in(name, COMMUNE).await
    }

    /// A laptop of another commune.
    pub(crate) async fn enrol_in(&self, name: &str, commune: &str) -> Laptop {
        let new = NewDevice {
            name: name.to_owned(),
            surveyor: "Người Rà Soát".to_owned(),
            communes: vec![commune.parse().unwrap()],
            villages_csv: Some("id,name,area_type,households\nban-thu,Bản Thử,rural,60\n".to_owned()),
            valid_days: 30,
        };
        let enrolled = rasoat_server::enrol(&self.dir, &self.state, new).await.unwrap();
        Laptop::open(&enrolled.file, &enrolled.code, name)
    }

    /// Posts a body to the exchange.
    pub(crate) async fn post(&self, body: Vec<u8>) -> reqwest::Response {
        let client = reqwest::Client::new();
        let request = client.post(self.url("/v1/sync")).header("content-type", CONTENT_TYPE).body(body);
        request.send().await.unwrap()
    }

    /// Sends batches and opens the receipts.
    pub(crate) async fn send(&self, laptop: &Laptop, batches: &[SignedBatch]) -> Vec<Receipt> {
        let (body, hash) = laptop.request(batches);
        let response = self.post(body).await;
        assert_eq!(response.status(), 200);
        laptop.receipts(&response.bytes().await.unwrap(), hash)
    }

    /// Asks which of these batches have arrived, and opens their receipts.
    pub(crate) async fn ask(&self, laptop: &Laptop, batches: &[SignedBatch]) -> Vec<Receipt> {
        let asked = batches.iter().map(SignedBatch::batch_hash).collect();
        let (body, tag) = laptop.request_of(RequestHead { asked, ..laptop.head() }, &[]);
        let response = self.post(body).await;
        assert_eq!(response.status(), 200);
        laptop.receipts(&response.bytes().await.unwrap(), tag)
    }

    /// One exchange from a cursor on; the answer.
    pub(crate) async fn exchange(
        &self,
        laptop: &Laptop,
        cursor: &Cursor,
        batches: &[SignedBatch],
    ) -> SyncResponse {
        let (body, hash) = laptop.request_from(cursor, batches);
        let response = self.post(body).await;
        assert_eq!(response.status(), 200);
        laptop.response(&response.bytes().await.unwrap(), hash)
    }

    /// Everything from a cursor on, and the cursor after it.
    pub(crate) async fn feed(&self, laptop: &Laptop, cursor: &Cursor) -> (Vec<Edit>, Cursor) {
        let (mut edits, mut cursor) = (Vec::new(), cursor.clone());
        loop {
            let response = self.exchange(laptop, &cursor, &[]).await;
            edits.extend(response.changes);
            cursor = response.cursor;
            if !response.more {
                return (edits, cursor);
            }
        }
    }

    /// The problem's code that a body is answered with.
    pub(crate) async fn problem(&self, body: Vec<u8>) -> (u16, String) {
        problem_of(self.post(body).await).await
    }

    /// A browser with an open session, and its CSRF token.
    pub(crate) async fn officer(&self) -> (reqwest::Client, String) {
        let client = browser();
        let response = self.log_in(&client, "admin", &self.password).await;
        assert_eq!(response.status(), 200);
        let session: Json = response.json().await.unwrap();
        (client, session["csrf"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn log_in(
        &self,
        client: &reqwest::Client,
        name: &str,
        password: &str,
    ) -> reqwest::Response {
        let form = serde_json::json!({ "username": name, "password": password });
        client.post(self.url("/api/session")).json(&form).send().await.unwrap()
    }

    /// A page of the households of [`COMMUNE`].
    pub(crate) async fn list(&self, (client, csrf): &(reqwest::Client, String), query: Json) -> Json {
        let request = client.post(self.url(&format!("/api/communes/{COMMUNE}/households")));
        let response = request.header("x-rasoat-csrf", csrf).json(&query).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    pub(crate) async fn get(&self, client: &reqwest::Client, path: &str) -> Json {
        let response = client.get(self.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }
}

async fn open(dir: &DataDir, clock: &Arc<AtomicI64>) -> State {
    let clock = clock.clone();
    State::open_at(dir, Arc::new(move || clock.load(Ordering::SeqCst))).await.unwrap()
}

pub(crate) fn browser() -> reqwest::Client {
    reqwest::Client::builder().cookie_store(true).build().unwrap()
}

pub(crate) async fn problem_of(response: reqwest::Response) -> (u16, String) {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let status = response.status().as_u16();
    let problem: Json = response.json().await.unwrap();
    (status, problem["code"].as_str().unwrap().to_owned())
}

/// An id that is the same for the same name.
pub(crate) fn hash_u128(name: &str) -> u128 {
    u128::from_be_bytes(blake3::hash(name.as_bytes()).as_bytes()[..16].try_into().unwrap())
}

/// A laptop as far as the exchange is concerned.
#[derive(Clone)]
pub(crate) struct Laptop {
    pub(crate) enrolment: Enrolment,
    pub(crate) key: SigningKey,
    pub(crate) chain: Chain,
}

pub(crate) type Answers = Vec<(String, Value)>;

pub(crate) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

pub(crate) fn choice(value: &str) -> Value {
    Value::Choice(value.to_owned())
}

impl Laptop {
    /// A laptop from its enrolment file and code.
    pub(crate) fn open(file: &[u8], code: &str, name: &str) -> Self {
        let enrolment = EnrolmentFile::read(file).unwrap();
        let key = enrolment.open_seed(code).unwrap();
        Self { enrolment, key, chain: Chain::new(WriterId(Uuid::from_u128(hash_u128(name)))) }
    }

    pub(crate) fn instrument(&self) -> InstrumentHash {
        let hash = &self.enrolment.instruments[0].hash;
        let bytes: Vec<u8> =
            (0..32).map(|at| u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).unwrap()).collect();
        InstrumentHash(bytes.try_into().unwrap())
    }

    pub(crate) fn seal(
        &mut self,
        subject: Subject,
        instrument: Option<InstrumentHash>,
        answers: Answers,
    ) -> Edit {
        self.seal_seeing(subject, instrument, answers, VersionVector::default())
    }

    pub(crate) fn seal_seeing(
        &mut self,
        subject: Subject,
        instrument: Option<InstrumentHash>,
        answers: Answers,
        seen: VersionVector,
    ) -> Edit {
        let changes = answers.into_iter().map(|(path, value)| (path.parse().unwrap(), Change::Set(value)));
        let draft = Draft {
            subject,
            seen,
            author: self.enrolment.surveyor.clone(),
            instrument,
            changes: changes.collect(),
        };
        self.chain.seal(draft, BEGIN - 60_000).unwrap()
    }

    /// The line of the list for a household.
    pub(crate) fn list(&mut self, household: &Household, commune: &str) -> Edit {
        let id = household_id(household);
        let mut answers: Answers = vec![
            ("household_code".to_owned(), text("HO-001")),
            ("village".to_owned(), text("ban-thu")),
            ("village_name".to_owned(), text("Bản Thử")),
        ];
        answers.extend(members(household));
        self.seal(subject(commune, SubjectKind::Household, id), None, answers)
    }

    /// A complete and signed interview of a household that comes out poor.
    pub(crate) fn interview(&mut self, household: &Household, instrument: InstrumentHash) -> Edit {
        self.interview_as(household, instrument, &interviewer::poor())
    }

    /// The same of one that answers like this.
    pub(crate) fn interview_as(
        &mut self,
        household: &Household,
        instrument: InstrumentHash,
        preferences: &interviewer::Preferences,
    ) -> Edit {
        let id = household_id(household);
        let files = &self.enrolment.instruments[0];
        let form = rasoat_xlsform::read_csv(&files.survey, &files.choices, &files.settings).unwrap();
        let answers: BTreeMap<Path, Value> =
            members(household).into_iter().map(|(path, value)| (path.parse().unwrap(), value)).collect();
        let context = Context::of_day("2026-09-15".parse().unwrap());
        let mut session = Session::open(Arc::new(form), answers, context);
        session.set_text(&"area_type".parse().unwrap(), "rural").ok();
        interviewer::complete(&mut session, preferences);
        let mut changes: Answers =
            session.answers().into_iter().map(|(path, value)| (path.to_string(), value)).collect();
        changes.extend([
            ("meta_household".to_owned(), text(&id.to_string())),
            ("meta_round".to_owned(), Value::Integer(2026)),
            ("meta_area_type".to_owned(), choice("rural")),
            ("meta_state".to_owned(), choice("signed")),
            ("meta_signed_by".to_owned(), text("Người Rà Soát")),
            ("meta_classes".to_owned(), text("vn-2022-2026=near_poor")),
        ]);
        self.seal(interview_of(id), Some(instrument), changes)
    }

    pub(crate) fn batch(&self, edits: &[Edit]) -> SignedBatch {
        SignedBatch::sign(
            &Batch::build(edits, self.enrolment.device).unwrap(),
            &self.key,
            Dictionary::of(Dictionary::NEWEST),
        )
    }

    pub(crate) fn request(&self, batches: &[SignedBatch]) -> (Vec<u8>, RequestTag) {
        self.request_from(&Cursor::default(), batches)
    }

    pub(crate) fn request_from(&self, cursor: &Cursor, batches: &[SignedBatch]) -> (Vec<u8>, RequestTag) {
        self.request_of(RequestHead { cursor: cursor.clone(), ..self.head() }, batches)
    }

    pub(crate) fn request_of(&self, head: RequestHead, batches: &[SignedBatch]) -> (Vec<u8>, RequestTag) {
        let request = SyncRequest { head, batches: batches.to_vec() };
        encode_request(&request, &self.link(), Dictionary::of(Dictionary::NEWEST)).unwrap()
    }

    pub(crate) fn head(&self) -> RequestHead {
        RequestHead {
            protocol: 1,
            device: self.enrolment.device,
            nonce: 7,
            dictionary: Dictionary::NEWEST,
            cursor: Cursor::default(),
            catalogue: None,
            room: 256,
            asked: Vec::new(),
            health: None,
        }
    }

    pub(crate) fn link(&self) -> LinkKey {
        LinkKey::between(&self.key, self.enrolment.bundle_recipient.as_ref().unwrap()).unwrap()
    }

    /// What is in a request of this laptop, without what the carrier does.
    pub(crate) fn inflated(&self, body: &[u8]) -> Vec<u8> {
        if body.first() == Some(&0) {
            return body[1..].to_vec();
        }
        let texts = Dictionary::of(Dictionary::NEWEST).unwrap().texts();
        let mut decoder = zstd::stream::read::Decoder::with_dictionary(body, texts).unwrap();
        let mut inflated = Vec::new();
        std::io::Read::read_to_end(&mut decoder, &mut inflated).unwrap();
        inflated
    }

    pub(crate) fn response(&self, body: &[u8], hash: RequestTag) -> SyncResponse {
        decode_response(body, Limits::DEFAULT, hash, &self.link()).unwrap()
    }

    pub(crate) fn receipts(&self, body: &[u8], hash: RequestTag) -> Vec<Receipt> {
        let response = self.response(body, hash);
        response
            .receipts
            .iter()
            .map(|receipt| receipt.open(&self.enrolment.server.verify_key).unwrap())
            .collect()
    }
}

pub(crate) fn household_id(household: &Household) -> Uuid {
    let members = household.members.iter().map(|member| format!("{} {:?}", member.full_name, member.birth));
    Uuid::from_u128(hash_u128(&members.collect::<String>()))
}

pub(crate) fn subject(commune: &str, kind: SubjectKind, id: Uuid) -> Subject {
    Subject { commune: commune.parse::<CommuneCode>().unwrap(), kind, id }
}

pub(crate) fn interview_of(household: Uuid) -> Subject {
    interview_in(household, 2026)
}

pub(crate) fn interview_in(household: Uuid, round: u16) -> Subject {
    subject(COMMUNE, SubjectKind::Interview, interview_id(household, Round(round)))
}

fn members(household: &Household) -> Answers {
    let mut answers = Answers::new();
    for (at, member) in household.members.iter().enumerate() {
        let (year, month, day) = member.birth;
        let mut put = |field: &str, value: Value| answers.push((format!("members.m{at}.{field}"), value));
        put("full_name", text(&member.full_name));
        put("relation", choice(if at == 0 { "head" } else { "other" }));
        put("birth", text(&format!("{year}-{month:02}-{day:02}")));
        put("sex", choice(if member.female { "female" } else { "male" }));
        if let Some(id) = &member.citizen_id {
            put("citizen_id", text(id));
        }
    }
    answers
}

/// A household of the generated list whose head has a citizen ID.
pub(crate) fn household() -> Household {
    rasoat_testkit::households(2026)
        .into_iter()
        .find(|household| household.head().citizen_id.is_some())
        .unwrap()
}

/// A server as a process of its own, and where it answers.
pub(crate) fn serve_process(data: &std::path::Path, log: &str, said: Stdio) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rasoat-server"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("RUST_LOG", log)
        .stdout(Stdio::piped())
        .stderr(said)
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
    let address = first.trim().strip_prefix("listening on ").unwrap().to_owned();
    (child, address)
}

/// Somebody who is logged in, with the session's token.
pub(crate) type Browser = (reqwest::Client, String);

pub(crate) async fn post(server: &Server, who: &Browser, path: &str, body: Json) -> reqwest::Response {
    let request = who.0.post(server.url(path)).header("x-rasoat-csrf", &who.1);
    request.json(&body).send().await.unwrap()
}

/// What is answered to an act that is done.
pub(crate) async fn done(server: &Server, who: &Browser, path: &str, body: Json) -> Json {
    let response = post(server, who, path, body).await;
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

/// Status and code of one that is not.
pub(crate) async fn refused(server: &Server, who: &Browser, path: &str, body: Json) -> (u16, String) {
    problem_of(post(server, who, path, body).await).await
}
