//! Laptops with official lists taken in.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rasoat_app::view::HouseholdQuery;
use rasoat_app::{App, AppError};
use rasoat_casework::Round;
use rasoat_server::{DataDir, NewDevice, NewServer, State};
use rasoat_store::{HouseholdState, Op, Progress, Store, StoreError, StoredReceipt};
use rasoat_testkit::laptop::PASSPHRASE;
use rasoat_testkit::province::Handover;
use rasoat_testkit::workbook::official_list;
use rasoat_testkit::{Household, Village, household, laptop, machine_clock};
use secrecy::SecretString;
use uuid::Uuid;

use super::timed_ok;
use crate::generated::Dice;

const SEED: u64 = 20_261_126;
const VILLAGES: [&str; 20] = [
    "Thôn Nà Pàn",
    "Thôn Khuổi Slao",
    "Thôn Pác Cáp",
    "Thôn Bản Chu",
    "Thôn Nà Lốc",
    "Thôn Cốc Lại",
    "Thôn Đông Én",
    "Thôn Phai Xá",
    "Thôn Tân Tiến",
    "Thôn Hoà Bình",
    "Bản Quyền",
    "Bản Mạ",
    "Bản Tèn",
    "Khối 1",
    "Khối 2",
    "Khối 10",
    "Thôn Ỏ Thín",
    "Thôn Ấm Hạ",
    "Thôn Ướng",
    "Thôn Lũng Vài",
];

/// A province that enrols laptops.
pub(super) struct Province {
    folder: tempfile::TempDir,
    state: State,
    runtime: tokio::runtime::Runtime,
}

/// A laptop, by the program and by its store.
pub(super) struct Laptop {
    pub(super) app: App,
    pub(super) store: Store,
    pub(super) households: usize,
    pub(super) members: usize,
    pub(super) import_seconds: f64,
    pub(super) slowest_import: f64,
    /// What somebody could type: names, villages, codes, ends of citizen IDs.
    pub(super) typed: Vec<(&'static str, String)>,
    /// The first of its communes.
    pub(super) commune: String,
    folder: tempfile::TempDir,
}

impl Province {
    pub(super) fn make() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let dir = DataDir::at(folder.path().join("province"));
        let new = NewServer {
            name: "Sở đo tốc độ".to_owned(),
            public_url: "http://127.0.0.1:1".to_owned(),
            round: Round(2026),
            database: None,
        };
        runtime.block_on(rasoat_server::init(&dir, new))?;
        let state = runtime.block_on(State::open(&dir))?;
        Ok(Self { folder, state, runtime })
    }

    /// The identity that opens every laptop's data key.
    pub(super) fn recovery(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.folder.path().join("province/keys/recovery.age-identity"))?)
    }

    /// Enrols a laptop for the province's first communes, and takes in a list of each.
    pub(super) fn laptop(&self, communes: usize, of_commune: usize) -> Result<Laptop> {
        let communes: Vec<Commune> = units().take(communes).collect();
        let folder = tempfile::tempdir()?;
        let dir = DataDir::at(self.folder.path().join("province"));
        let new = NewDevice {
            name: format!("Máy {}", communes.len()),
            surveyor: "Người Rà Soát".to_owned(),
            communes: communes.iter().map(|commune| commune.0.parse()).collect::<Result<_, _>>()?,
            villages_csv: Some(villages_csv(&communes)),
            valid_days: 30,
        };
        let made = self.runtime.block_on(rasoat_server::enrol(&dir, &self.state, new))?;
        let file = folder.path().join("laptop.enrol");
        std::fs::write(&file, &made.file)?;
        let data = folder.path().join("laptop");
        let app = laptop::start(&data, std::sync::Arc::new(machine_clock)).map_err(refused)?;
        laptop::enrol(&app, &Handover { file, code: made.code.to_string() }).map_err(refused)?;
        let mut made = Laptop {
            store: open(&data)?,
            app,
            households: 0,
            members: 0,
            import_seconds: 0.0,
            slowest_import: 0.0,
            typed: Vec::new(),
            commune: communes.first().context("a commune")?.0.clone(),
            folder,
        };
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        for (number, commune) in communes.iter().enumerate() {
            let villages: Vec<Village> = VILLAGES.iter().map(|name| village(name, commune)).collect();
            let households: Vec<Household> = (0..of_commune)
                .map(|at| {
                    let mut made = household(&mut random, at, &villages[at * villages.len() / of_commune]);
                    made.code = format!("{}-{at:05}", commune.0);
                    made
                })
                .collect();
            made.take_in(number, &households)?;
        }
        Ok(made)
    }
}

impl Laptop {
    /// What the first screen asks for.
    pub(super) fn today(&self) -> Result<()> {
        self.app.overview().map(drop).map_err(refused)
    }

    /// What the screen about exchanges asks for.
    pub(super) fn sync_screen(&self) -> Result<()> {
        self.app.sync_status().map(drop).map_err(refused)
    }

    fn take_in(&mut self, number: usize, households: &[Household]) -> Result<()> {
        let path = self.folder.path().join(format!("{number}.xlsx"));
        std::fs::write(&path, official_list(households, false)?)?;
        let path = path.to_str().context("a readable path")?;
        let (micros, view) = timed_ok(|| self.app.import_list(path).map_err(refused))?;
        ensure!(view.new as usize == households.len(), "not all households were taken in: {view:?}");
        self.households += households.len();
        self.members += households.iter().map(|household| household.members.len()).sum::<usize>();
        self.import_seconds += micros / 1e6;
        self.slowest_import = self.slowest_import.max(micros / 1e6);
        for household in households.iter().step_by(households.len() / 12) {
            let name = household.head().full_name.clone();
            let words: Vec<&str> = name.split(' ').collect();
            self.typed.push(("family", words[0].to_owned()));
            self.typed.push(("given", words[words.len() - 1].to_owned()));
            self.typed.push(("two_words", rasoat_casework::fold_name(&words[1..].join(" "))));
            self.typed.push(("name", name.clone()));
            self.typed.push(("name_folded", rasoat_casework::fold_name(&name)));
            self.typed.push(("village", household.village.name.to_owned()));
            self.typed.push(("name_and_village", format!("{} {}", words[0], household.village.name)));
            self.typed.push(("code", household.code.clone()));
            if let Some(id) = &household.head().citizen_id {
                self.typed.push(("last_digits", id[8..].to_owned()));
                self.typed.push(("citizen_id", id.clone()));
            }
        }
        Ok(())
    }

    /// Ids of some households all over the list, and of their interviews.
    pub(super) fn sample(&self, count: usize) -> Result<Vec<(Uuid, Uuid)>> {
        let mut dice = Dice::new(SEED);
        let page = |offset| rasoat_store::HouseholdQuery { offset, limit: 1, ..Default::default() };
        let all = self.households as u64;
        (0..count)
            .map(|_| {
                let query = page(u32::try_from(dice.below(all))?);
                let found = self.store.read(|reader| reader.search_households(&query))?;
                let row = found.rows.first().context("a household")?;
                Ok((row.id, row.interview))
            })
            .collect()
    }

    /// Brings the round under way: half of the list confirmed, two fifths signed, a tenth begun.
    pub(super) fn settle(&self) -> Result<()> {
        let writer = self.store.read(|reader| reader.chain())?.writer;
        let receipt = StoredReceipt {
            batch: [7; 32],
            bytes: vec![0; 200],
            accepted: vec![(writer, 1..=(self.households as u64 / 2))],
            refused: Vec::new(),
            server_time_millis: 1,
        };
        self.store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt, 1))?;
        let all = self.store.read(|reader| reader.all_households())?;
        let mut dice = Dice::new(SEED);
        for part in all.chunks(5_000) {
            self.store.transact(Op::Rebuild, |tx| {
                for (_, household) in part {
                    let die = dice.below(10);
                    let (state, answered) = match die {
                        0..4 => (HouseholdState::Signed, 100),
                        4 => (HouseholdState::Started, dice.below(100)),
                        _ => continue,
                    };
                    let class = dice.of(&["poor", "near_poor", "not_poor"]).to_owned();
                    let progress = Progress {
                        state,
                        class: (state == HouseholdState::Signed).then_some(class),
                        provisional: dice.one_in(3),
                        findings: u32::from(state == HouseholdState::Started && dice.one_in(2)),
                        warnings: u32::from(dice.one_in(20)),
                        answered: u32::try_from(answered).unwrap_or_default(),
                        questions: 100,
                    };
                    tx.set_progress(*household, &progress)?;
                    if dice.one_in(500) {
                        tx.set_conflicts(*household, 1)?;
                    }
                }
                Ok::<_, StoreError>(())
            })?;
        }
        Ok(())
    }

    /// Closes it; the folder stays.
    pub(super) fn close(self) -> Result<tempfile::TempDir> {
        self.app.lock().map_err(refused)?;
        drop(self.app);
        self.store.close()?;
        Ok(self.folder)
    }

    pub(super) fn page(&self, query: HouseholdQuery) -> Result<rasoat_app::view::HouseholdPageView> {
        self.app.households(query).map_err(refused)
    }

    pub(super) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("laptop")
    }

    pub(super) fn dir(&self) -> &Path {
        self.folder.path()
    }
}

pub(super) fn open(data: &Path) -> Result<Store> {
    Ok(Store::open(data, &SecretString::from(PASSPHRASE.to_owned()), machine_clock())?)
}

fn refused(error: AppError) -> anyhow::Error {
    anyhow!("{} {:?}", error.code, error.params)
}

/// Code, name and kind.
struct Commune(String, String, String);

/// The units of a province.
fn units() -> impl Iterator<Item = Commune> {
    let units = include_str!("../../../../instruments/units/langson_units.csv");
    units.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',').map(str::to_owned);
        Some(Commune(cells.next()?, cells.next()?, cells.next()?))
    })
}

fn villages_csv(communes: &[Commune]) -> String {
    let mut csv = String::from("id,name,commune,area_type,households\n");
    for Commune(code, ..) in communes {
        for name in VILLAGES {
            csv.push_str(&format!("{},{name},{code},rural,250\n", slug(name)));
        }
    }
    csv
}

fn slug(name: &str) -> String {
    rasoat_casework::fold_name(name).replace(' ', "-")
}

/// The builders keep names for as long as the program runs; so does this one.
fn village(name: &'static str, Commune(code, commune, kind): &Commune) -> Village {
    let kept = |text: &str| -> &'static str { String::leak(text.to_owned()) };
    Village {
        id: kept(&slug(name)),
        name,
        commune: kept(code),
        commune_name: kept(commune),
        commune_kind: kept(kind),
        old_commune: ("", ""),
        old_district: ("", ""),
        area: "rural",
        listed: 0,
        all: 0,
    }
}
