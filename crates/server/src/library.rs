//! The instruments, standards, targets and code list the server works by, read from their versions and checked against one another.

pub(crate) mod acts;
mod adopt;
pub(crate) mod check;
mod compare;
pub(crate) mod preview;
mod shelf;
pub(crate) mod upload;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rasoat_casework::procedure::Procedure;
use rasoat_casework::standard::{PointTable, ReadyStandard, Standard};
use rasoat_casework::targets::Targets;
use rasoat_casework::{CommuneCode, Facts, InstrumentHash, Rights, Units};
use rasoat_exchange::enrolment::{InstrumentFiles, StandardFile, UnitsFiles};
use rasoat_instrument::{Definition, Part, Plan};
use rasoat_reports::{CaseMaker, STANDARDS};
use rasoat_xlsform::Form;

pub(crate) use adopt::import_shipped;
pub(crate) use shelf::Shelf;

use crate::feed::Blob;
use crate::hex;
use crate::shipped::{Shipped, shipped};
use crate::storage::{LibraryItem, LibraryItems, LibraryKind, LibraryState, Storage, StorageError};
use crate::view::CommuneRefView;

/// An instrument, ready to run.
pub(crate) struct Instrument {
    pub(crate) plan: Arc<Plan>,
    /// The standards, by id, ready for this form.
    pub(crate) standards: Vec<ReadyStandard>,
    /// As much of the form as the standards ask for.
    pub(crate) scored: Part,
    /// Makes what households are counted by in reports.
    pub(crate) cases: CaseMaker,
    pub(crate) files: InstrumentFiles,
    /// Its place among all that were published.
    place: u64,
}

/// A standard with the point tables that it names.
pub(crate) struct KnownStandard {
    pub(crate) standard: Standard,
    pub(crate) file: StandardFile,
}

/// Everything the server scores with.
pub(crate) struct Library {
    number: u64,
    instruments: BTreeMap<InstrumentHash, Instrument>,
    latest: InstrumentHash,
    standards: Vec<KnownStandard>,
    tables: Vec<PointTable>,
    targets: Vec<Targets>,
    procedures: Vec<StandardFile>,
    facts: Facts,
    units: Units,
    units_files: UnitsFiles,
    /// What of it laptops fetch, once it was asked for.
    pub(crate) blobs: OnceLock<Vec<Blob>>,
}

/// Something that ships, or was imported, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A form's sheets.
    #[error("instrument refused: {0}")]
    Instrument(String),
    /// A standard's file, or a standard that does not fit the form.
    #[error("standard {id} refused: {problem}")]
    Standard {
        /// Which.
        id: String,
        /// Where and why.
        problem: String,
    },
    /// A procedure's file.
    #[error("procedure {id} refused: {problem}")]
    Procedure {
        /// Which.
        id: String,
        /// Where and why.
        problem: String,
    },
    /// A point table's or targets' file.
    #[error("{kind} {id} refused: {problem}")]
    Figures {
        /// `points`, `targets`, `facts` or `personal-data`.
        kind: &'static str,
        /// Which.
        id: String,
        /// Where and why.
        problem: String,
    },
    /// The code list.
    #[error("code list refused: {0}")]
    Units(String),
    /// There is no form, standard or code list at all.
    #[error("no {0}")]
    Missing(&'static str),
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The first of what is wrong, and how much there is.
fn first<T: std::fmt::Display>(problems: &[T]) -> String {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    format!("{first} ({} in all)", problems.len())
}

/// What people may ask about the data that are held of them.
pub(crate) fn rights() -> Result<Rights, LibraryError> {
    let file = crate::shipped::rights().ok_or(LibraryError::Missing("rights"))?;
    Rights::from_toml(&file.toml).map_err(|problems| LibraryError::Figures {
        kind: "personal-data",
        id: file.id,
        problem: first(&problems),
    })
}

/// What is counted of interviews beside classes and indicators.
fn counted_facts() -> Result<Facts, LibraryError> {
    let file = crate::shipped::facts().ok_or(LibraryError::Missing("facts"))?;
    Facts::from_toml(&file.toml).map_err(|problems| LibraryError::Figures {
        kind: "facts",
        id: file.id,
        problem: first(&problems),
    })
}

pub(crate) fn form_of(files: &InstrumentFiles) -> Form {
    Form {
        survey: files.survey.clone(),
        choices: files.choices.clone(),
        settings: files.settings.clone(),
        files: files.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect(),
    }
}

fn read_instrument(files: &InstrumentFiles) -> Result<Definition, LibraryError> {
    form_of(files).read().map_err(|problems| LibraryError::Instrument(first(&problems)))
}

fn read_standard(file: &StandardFile) -> Result<Standard, LibraryError> {
    Standard::from_toml(&file.toml)
        .map_err(|problems| LibraryError::Standard { id: file.id.clone(), problem: first(&problems) })
}

/// What ships with this program, every part of it checked, and every standard on every form.
///
/// # Errors
/// When something that ships does not pass.
pub(crate) fn checked() -> Result<Shipped, LibraryError> {
    let mut shipped = shipped();
    let standards = shipped.standards.iter().map(read_standard).collect::<Result<Vec<_>, _>>()?;
    for files in &mut shipped.instruments {
        let definition = read_instrument(files)?;
        for standard in &standards {
            standard.check(&definition).map_err(|problems| LibraryError::Standard {
                id: standard.id.clone(),
                problem: first(&problems),
            })?;
        }
        files.id = definition.id;
        files.version = definition.version;
    }
    for file in &shipped.procedures {
        Procedure::from_toml(&file.toml)
            .map_err(|problems| LibraryError::Procedure { id: file.id.clone(), problem: first(&problems) })?;
    }
    read_units(&shipped.units)?;
    if shipped.instruments.is_empty() {
        return Err(LibraryError::Missing("instrument"));
    }
    if standards.is_empty() {
        return Err(LibraryError::Missing("standard"));
    }
    Ok(shipped)
}

fn read_units(files: &UnitsFiles) -> Result<Units, LibraryError> {
    Units::from_csv(&files.version, &files.units_csv, &files.old_to_new_csv)
        .map_err(|error| LibraryError::Units(error.to_string()))
}

/// What a version of a form, or of a code list, holds as JSON.
pub(crate) fn files_of<T: serde::de::DeserializeOwned>(item: &LibraryItem) -> Result<T, LibraryError> {
    Ok(serde_json::from_str(&item.content).map_err(|_| StorageError::Damaged("library"))?)
}

/// Of each id, the version that counts.
pub(crate) fn in_force(items: &[LibraryItem], kind: LibraryKind) -> BTreeMap<&str, &LibraryItem> {
    let mut latest: BTreeMap<&str, &LibraryItem> = BTreeMap::new();
    let published = items.iter().filter(|item| item.kind == kind && item.state == LibraryState::Published);
    for item in published {
        let counts = latest.entry(&item.id).or_insert(item);
        if item.place > counts.place {
            *counts = item;
        }
    }
    latest
}

/// The one form, or code list, that counts, whatever its id.
pub(crate) fn latest_of(items: &[LibraryItem], kind: LibraryKind) -> Option<&LibraryItem> {
    in_force(items, kind).into_values().max_by_key(|item| item.place)
}

/// A standard with its tables, and the file that laptops get of it: tables go along in it.
pub(crate) fn with_tables(item: &LibraryItem, tables: &[PointTable]) -> Result<KnownStandard, LibraryError> {
    let mut file =
        StandardFile { id: item.id.clone(), hash: hex::of(&item.hash), toml: item.content.clone() };
    let alone = read_standard(&file)?;
    let named = alone.table_ids();
    let named: Vec<PointTable> = tables.iter().filter(|table| named.contains(&table.id)).cloned().collect();
    if named.is_empty() {
        return Ok(KnownStandard { standard: alone, file });
    }
    for table in &named {
        file.toml = format!("{}\n{}", file.toml, table.to_section());
    }
    file.hash = hex::of(blake3::hash(file.toml.as_bytes()).as_bytes());
    Ok(KnownStandard { standard: read_standard(&file)?, file })
}

impl Library {
    /// Reads what the storage holds.
    ///
    /// # Errors
    /// When something published cannot be read by this program, or there is no form, standard or code list.
    pub(crate) async fn load(storage: &dyn Storage) -> Result<Self, LibraryError> {
        Self::of(&storage.library_items().await?, None)
    }

    /// The versions that were published. Forms that were read before are not read again.
    ///
    /// # Errors
    /// As [`Library::load`].
    pub(crate) fn of(versions: &LibraryItems, before: Option<&Self>) -> Result<Self, LibraryError> {
        let items = &versions.items;
        let tables = in_force(items, LibraryKind::Points)
            .into_values()
            .map(|item| {
                PointTable::from_toml(&item.content).map_err(|problems| figures("points", item, &problems))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let targets = in_force(items, LibraryKind::Targets)
            .into_values()
            .map(|item| {
                Targets::from_toml(&item.content).map_err(|problems| figures("targets", item, &problems))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let standards = in_force(items, LibraryKind::Standard)
            .into_values()
            .map(|item| with_tables(item, &tables))
            .collect::<Result<Vec<_>, _>>()?;
        let facts = counted_facts()?;
        let mut instruments = BTreeMap::new();
        let given_out =
            |item: &&LibraryItem| item.kind == LibraryKind::Instrument && item.state != LibraryState::Draft;
        for item in items.iter().filter(given_out) {
            let hash = InstrumentHash(item.hash);
            instruments.insert(hash, instrument(item, &standards, &facts, before)?);
        }
        let latest = latest_of(items, LibraryKind::Instrument).map(|item| InstrumentHash(item.hash));
        let units = latest_of(items, LibraryKind::Units).ok_or(LibraryError::Missing("code list"))?;
        let units_files: UnitsFiles = files_of(units)?;
        if standards.is_empty() {
            return Err(LibraryError::Missing("standard"));
        }
        Ok(Self {
            number: versions.number,
            instruments,
            latest: latest.ok_or(LibraryError::Missing("instrument"))?,
            standards,
            tables,
            targets,
            procedures: shipped().procedures,
            facts,
            units: read_units(&units_files)?,
            units_files,
            blobs: OnceLock::new(),
        })
    }

    /// How often versions had been changed when this was read.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Whether households are scored in another way than with another library.
    pub(crate) fn scores_as(&self, other: &Self) -> bool {
        let hashes = |library: &Self| -> Vec<String> {
            library.standards.iter().map(|known| known.file.hash.clone()).collect()
        };
        hashes(self) == hashes(other) && self.instruments.keys().eq(other.instruments.keys())
    }

    /// Adds what decides how a household is scored and counted to a hash.
    pub(crate) fn counted_as(&self, basis: &mut blake3::Hasher) {
        for known in &self.standards {
            basis.update(known.file.hash.as_bytes()).update(b" ");
        }
        for hash in self.instruments.keys() {
            basis.update(&hash.0);
        }
        basis.update(format!("{:?}", self.facts).as_bytes());
    }

    /// Every instrument that was ever given out.
    pub(crate) fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        self.instruments.values()
    }

    /// The same, in the order in which they were given out.
    pub(crate) fn instruments_by_age(&self) -> impl Iterator<Item = &Instrument> {
        let mut all: Vec<&Instrument> = self.instruments.values().collect();
        all.sort_by_key(|form| form.place);
        all.into_iter()
    }

    /// The point tables, by id.
    pub(crate) fn tables(&self) -> &[PointTable] {
        &self.tables
    }

    /// The targets of resolutions, by id.
    pub(crate) fn targets(&self) -> &[Targets] {
        &self.targets
    }

    /// The instrument of that hash.
    pub(crate) fn instrument(&self, hash: &InstrumentHash) -> Option<&Instrument> {
        self.instruments.get(hash)
    }

    /// The instrument that is handed out with new enrolments.
    pub(crate) fn latest(&self) -> Option<&Instrument> {
        self.instruments.get(&self.latest)
    }

    /// The standards, by id.
    pub(crate) fn standards(&self) -> &[KnownStandard] {
        &self.standards
    }

    /// The procedures, which are those that ship.
    pub(crate) fn procedures(&self) -> &[StandardFile] {
        &self.procedures
    }

    /// What is counted of interviews beside classes and indicators.
    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The code list.
    pub(crate) fn units(&self) -> &Units {
        &self.units
    }

    /// The code list as files.
    pub(crate) fn units_files(&self) -> &UnitsFiles {
        &self.units_files
    }

    /// A commune by name; its code alone when it is not on the list.
    pub(crate) fn commune(&self, code: &CommuneCode) -> CommuneRefView {
        let known = self.units.communes.get(code);
        CommuneRefView {
            code: code.as_str().to_owned(),
            name: known.map(|commune| commune.name.clone()).unwrap_or_default(),
            kind: known.map(|commune| commune.kind.clone()).unwrap_or_default(),
        }
    }
}

fn figures<P: std::fmt::Display>(kind: &'static str, item: &LibraryItem, problems: &[P]) -> LibraryError {
    LibraryError::Figures { kind, id: item.id.clone(), problem: first(problems) }
}

fn instrument(
    item: &LibraryItem,
    standards: &[KnownStandard],
    facts: &Facts,
    before: Option<&Library>,
) -> Result<Instrument, LibraryError> {
    let known = before.and_then(|before| before.instrument(&InstrumentHash(item.hash)));
    let (plan, files) = match known {
        Some(known) => (Arc::clone(&known.plan), known.files.clone()),
        None => {
            let files: InstrumentFiles = files_of(item)?;
            (Arc::new(Plan::new(Arc::new(read_instrument(&files)?))), files)
        }
    };
    let ready: Vec<ReadyStandard> = standards.iter().map(|known| known.standard.ready(&plan)).collect();
    let scored = plan.part(ready.iter().flat_map(ReadyStandard::prepared));
    let cases = CaseMaker::new(&plan, &ready, STANDARDS, facts);
    Ok(Instrument { plan, standards: ready, scored, cases, files, place: item.place })
}
