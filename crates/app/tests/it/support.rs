//! A laptop in a temporary folder, and a province to talk to, both with keys that are the same in every run.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use rasoat_app::view::{
    AnswerForm, CorrectionForm, EnrolForm, HouseholdQuery, HouseholdRowView, InterviewChangeView, SeenForm,
};
use rasoat_app::{App, AppConfig, AppError, Carrier, Options, Room, RoomOf};
use rasoat_casework::{AreaType, DeviceId, HouseholdKey, Round};
use rasoat_exchange::enrolment::{
    CommuneScope, Enrolment, InstrumentFiles, ServerIdentity, StandardFile, UnitsFiles, Village, seal_seed,
};
use rasoat_exchange::{
    Accepted, Batch, BundleIdentity, CarrierError, Cursor, DeviceHealth, Dictionary, Door, EnrolmentFile,
    Limits, LinkKey, Problem, ProblemCode, Receipt, RequestPart, RequestReader, ServerId, SignedReceipt,
    SigningKey, SyncProtocol, SyncResponse, Verdict, VerdictCode, encode_response,
};
use rasoat_store::Params;
use rasoat_testkit::workbook::official_list;
use rasoat_testkit::{households, villages};
use tempfile::TempDir;
use tokio::sync::Notify;
use uuid::Uuid;

macro_rules! instrument {
    ($path:literal) => {
        include_str!(concat!("../../../../instruments/", $path))
    };
}

/// The one-time code of every enrolment here.
pub(crate) const CODE: &str = "7K3M-Q0ZP-AAAA-BBBB";
pub(crate) const PASSPHRASE: &str = "nước chảy đá mòn";
/// 23 November 2026, 08:00 in Vietnam.
pub(crate) const START: i64 = 1_795_395_600_000;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// What guessing costs in tests: next to nothing.
pub(crate) const COSTS: Params = Params { m_cost: 8, t_cost: 1, p: 1 };

pub(crate) fn server_key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

fn device_key() -> SigningKey {
    SigningKey::from_seed([9; 32])
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// An enrolment for the demo's two communes.
pub(crate) fn enrolment(server: u128) -> Enrolment {
    let survey = instrument!("household-2026/survey.csv");
    let standard =
        |id: &str, toml: &str| StandardFile { id: id.to_owned(), hash: hash(toml), toml: toml.to_owned() };
    let mut communes: BTreeMap<&str, CommuneScope> = BTreeMap::new();
    for village in villages() {
        let scope = communes.entry(village.commune).or_insert_with(|| CommuneScope {
            code: village.commune.parse().unwrap(),
            name: village.commune_name.to_owned(),
            kind: village.commune_kind.to_owned(),
            villages: Vec::new(),
        });
        scope.villages.push(Village {
            id: village.id.parse().unwrap(),
            name: village.name.to_owned(),
            area_type: if village.area == "urban" { AreaType::Urban } else { AreaType::Rural },
            households: 0,
        });
    }
    Enrolment {
        server: ServerIdentity {
            id: ServerId(Uuid::from_u128(server)),
            name: "Sở Nông nghiệp và Môi trường".to_owned(),
            verify_key: server_key().verify_key(),
            addresses: vec!["http://127.0.0.1:9".to_owned()],
        },
        device: DeviceId(Uuid::from_u128(0xd0)),
        device_name: "Máy 07".to_owned(),
        surveyor: "Hoàng Thị Thử".to_owned(),
        communes: communes.into_values().collect(),
        round: Round(2026),
        household_key: HouseholdKey([3; 32]),
        recovery_recipient: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".to_owned(),
        bundle_recipient: Some(BundleIdentity::of(&server_key()).unwrap().recipient()),
        dictionary: Dictionary::NEWEST,
        devices: Vec::new(),
        instruments: vec![InstrumentFiles {
            id: "rasoat-household".to_owned(),
            version: "2026.1".to_owned(),
            hash: hash(survey),
            survey: survey.to_owned(),
            choices: instrument!("household-2026/choices.csv").to_owned(),
            settings: instrument!("household-2026/settings.csv").to_owned(),
            files: BTreeMap::new(),
        }],
        standards: vec![
            standard("vn-2022-2026", instrument!("standards/vn-2022-2026.toml")),
            standard("vn-2027-2030", instrument!("standards/vn-2027-2030.toml")),
        ],
        procedures: vec![standard("vn-2022-2026", instrument!("procedure/vn-2022-2026.toml"))],
        units: UnitsFiles {
            version: "2025-07-01".to_owned(),
            units_csv: instrument!("units/langson_units.csv").to_owned(),
            old_to_new_csv: instrument!("units/langson_old_to_new.csv").to_owned(),
        },
        issued_at_millis: START - DAY,
        expires_at_millis: START + 30 * DAY,
        sealed_seed: seal_seed(&device_key(), &server_key().verify_key(), CODE, [1; 16], [2; 24], COSTS)
            .unwrap(),
    }
}

/// A laptop's data folder and clock; the program on it may be started any number of times.
pub(crate) struct Laptop {
    pub(crate) dir: TempDir,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) province: Arc<Province>,
}

impl Laptop {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(START));
        let province = Arc::new(Province { clock: Arc::clone(&clock), ..Province::default() });
        Self { dir, clock, province }
    }

    /// Starts the program; what ran before may have been killed at any moment.
    pub(crate) fn start(&self) -> App {
        let clock = Arc::clone(&self.clock);
        let now = Arc::new(move || clock.fetch_add(1_000, Ordering::Relaxed));
        let config = AppConfig { data_dir: self.dir.path().join("data"), now };
        let carrier: Arc<dyn Carrier> = Arc::new(Wire(Arc::clone(&self.province)));
        // How full this machine's disk is changes no test.
        let room: RoomOf = Arc::new(|_| Some(Room { free: 1 << 40, total: 1 << 41 }));
        let options = Options::default();
        let options = Options { carrier: Some(carrier), costs: Some(COSTS), room: Some(room), ..options };
        App::start_with(config, options).unwrap()
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path: PathBuf = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn enrolment_file(&self, enrolment: &Enrolment) -> String {
        self.file("may-07.rasoat-enrolment", &EnrolmentFile::write(enrolment, &server_key()).unwrap())
    }

    pub(crate) fn enrol_with(&self, app: &App, path: String, code: &str) -> Result<(), AppError> {
        app.enrol(EnrolForm {
            path,
            code: code.to_owned(),
            name: String::new(),
            user: None,
            passphrase: PASSPHRASE.into(),
        })
        .map(|_| ())
    }

    /// Started and enrolled.
    pub(crate) fn enrolled(&self) -> App {
        let app = self.start();
        let path = self.enrolment_file(&enrolment(1));
        self.enrol_with(&app, path, CODE).unwrap();
        app
    }

    /// The list of the demo's households, of this seed.
    pub(crate) fn list(&self, seed: u64) -> String {
        self.file("danh-sach.xlsx", &official_list(&households(seed), false).unwrap())
    }

    /// Started, enrolled, with the list taken in.
    pub(crate) fn listed(&self) -> App {
        let app = self.enrolled();
        app.import_list(&self.list(1)).unwrap();
        app
    }
}

pub(crate) fn all(app: &App) -> Vec<HouseholdRowView> {
    let query = HouseholdQuery { limit: 200, ..HouseholdQuery::default() };
    app.households(query).unwrap().rows
}

pub(crate) fn first(app: &App) -> HouseholdRowView {
    all(app).remove(0)
}

pub(crate) fn answer(
    app: &App,
    household: &str,
    path: &str,
    value: &str,
) -> Result<InterviewChangeView, AppError> {
    app.answer(AnswerForm { household: household.to_owned(), path: path.to_owned(), value: value.to_owned() })
}

/// Opens an interview of a locked round to be put right.
pub(crate) fn correct(app: &App, household: &str) {
    let seen = app.procedure_household(household).unwrap().row.seen;
    let household = SeenForm { household: household.to_owned(), seen };
    app.open_correction(&CorrectionForm { household, reason: "Ghi sót".to_owned() }).unwrap();
}

pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
    result.unwrap_err().code
}

/// What the province does with the next request.
#[derive(Debug, Clone, Default)]
pub(crate) enum Mood {
    /// Takes everything.
    #[default]
    Good,
    /// The carrier fails.
    Fails(CarrierError),
    /// Takes everything, but the answer is lost.
    LosesAnswer,
    /// Takes everything, and the link says nothing more.
    Hangs,
    /// Signs with a key that is not pinned.
    Stranger,
    /// Refuses every edit as out of scope.
    Refuses,
    /// Speaks the first protocol alone.
    Older,
}

/// Stands for the province: opens what comes, signs receipts, remembers edits.
#[derive(Debug, Default)]
pub(crate) struct Province {
    pub(crate) mood: Mutex<Mood>,
    pub(crate) batches: Mutex<Vec<Batch>>,
    /// Of batches that arrived, for laptops that were cut off.
    receipts: Mutex<BTreeMap<[u8; 32], SignedReceipt>>,
    /// What laptops said of themselves, request by request.
    pub(crate) said: Mutex<Vec<(u16, Option<DeviceHealth>)>>,
    /// The laptop's.
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) clock_ahead_millis: AtomicI64,
    /// Bytes of requests that left the laptop.
    out: AtomicU64,
    /// Told when a link begins to hang.
    pub(crate) hanging: Notify,
}

impl Province {
    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(crate) fn edits(&self) -> usize {
        let batches = self.batches.lock().unwrap();
        let ids = batches.iter().flat_map(|batch| batch.edits.iter().map(|edit| edit.id));
        ids.collect::<std::collections::BTreeSet<_>>().len()
    }

    fn serve(&self, request: &[u8]) -> Result<Vec<u8>, CarrierError> {
        let mood = self.mood.lock().unwrap().clone();
        if let Mood::Fails(error) = mood {
            return Err(error);
        }
        let mut reader = RequestReader::new(Limits::DEFAULT);
        let mut parts = reader.feed(request).unwrap().into_iter();
        reader.finish().unwrap();
        let Some(RequestPart::Head(head)) = parts.next() else { panic!("no head") };
        let device = device_key().verify_key();
        let link = |key: &SigningKey| {
            LinkKey::between(key, &BundleIdentity::of(&device_key()).unwrap().recipient()).unwrap()
        };
        let (head, tag) = head.open(&link(&server_key())).unwrap();
        self.said.lock().unwrap().push((head.protocol, head.health.clone()));
        if matches!(mood, Mood::Older) && head.protocol > 1 {
            let params = BTreeMap::from([("max".to_owned(), "1".to_owned())]);
            return Err(CarrierError::Refused(Problem { code: ProblemCode::ProtocolTooNew, params }));
        }
        let key = if matches!(mood, Mood::Stranger) { SigningKey::from_seed([66; 32]) } else { server_key() };
        let now = self.clock.load(Ordering::SeqCst) + self.clock_ahead_millis.load(Ordering::Relaxed);
        let mut receipts = Vec::new();
        for part in parts {
            let RequestPart::Batch(batch) = part else { panic!("not a batch: {part:?}") };
            let opened = batch.open(&device).unwrap();
            let refuses = matches!(mood, Mood::Refuses);
            let ids: Vec<_> = opened.edits.iter().map(|edit| edit.id).collect();
            let receipt = Receipt {
                batch: batch.batch_hash(),
                accepted: Accepted::Edits(Receipt::ranges(ids.iter().copied().filter(|_| !refuses))),
                verdicts: ids
                    .iter()
                    .filter(|_| refuses)
                    .map(|id| Verdict { edit: *id, code: VerdictCode::OutOfScope, params: BTreeMap::new() })
                    .collect(),
                server_time_millis: now,
            };
            let receipt = SignedReceipt::sign(&receipt, &key);
            self.receipts.lock().unwrap().insert(batch.batch_hash().0, receipt.clone());
            receipts.push(receipt);
            if !refuses {
                self.batches.lock().unwrap().push(opened);
            }
        }
        let arrived = self.receipts.lock().unwrap();
        receipts.extend(head.asked.iter().filter_map(|batch| arrived.get(&batch.0).cloned()));
        let response = SyncResponse {
            protocol: head.protocol,
            receipts,
            changes: Vec::new(),
            unread: Vec::new(),
            cursor: Cursor(vec![1]),
            more: false,
            server_time_millis: now,
            dictionary: Dictionary::NEWEST,
            catalogue: None,
        };
        if matches!(mood, Mood::LosesAnswer | Mood::Hangs) {
            return Err(CarrierError::CutOff);
        }
        Ok(encode_response(&response, tag, &link(&key), None).unwrap())
    }
}

struct Wire(Arc<Province>);

impl SyncProtocol for Wire {
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        assert_eq!(door, Door::Exchange);
        let answer = self.0.serve(&request);
        self.0.out.fetch_add(request.len() as u64, Ordering::SeqCst);
        if matches!(*self.0.mood.lock().unwrap(), Mood::Hangs) {
            self.0.hanging.notify_one();
            return std::future::pending().await;
        }
        answer
    }

    fn bytes_out(&self) -> u64 {
        self.0.out.load(Ordering::SeqCst)
    }
}
