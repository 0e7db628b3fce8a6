//! The instruments, standards and code list the server knows, read once and checked against one another.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use rasoat_casework::procedure::Procedure;
use rasoat_casework::standard::{ReadyStandard, Standard};
use rasoat_casework::{AreaType, CommuneCode, InstrumentHash, Units};
use rasoat_exchange::enrolment::{InstrumentFiles, StandardFile, UnitsFiles};
use rasoat_instrument::{Definition, Part, Plan};
use rasoat_xlsform::Form;

use crate::directives::{self, AreaWord, Said};
use crate::hex;
use crate::shipped::{Shipped, shipped};
use crate::storage::{DirectiveKind, Storage, StorageError};
use crate::view::CommuneRefView;

/// An instrument, ready to run.
pub(crate) struct Instrument {
    pub(crate) plan: Arc<Plan>,
    /// The standards, by id, ready for this form.
    pub(crate) standards: Vec<ReadyStandard>,
    /// As much of the form as the standards ask for.
    pub(crate) scored: Part,
    pub(crate) files: InstrumentFiles,
}

/// A standard as it was imported.
pub(crate) struct KnownStandard {
    pub(crate) standard: Standard,
    pub(crate) file: StandardFile,
}

/// Everything the server scores with.
pub(crate) struct Library {
    instruments: BTreeMap<InstrumentHash, Instrument>,
    latest: Option<InstrumentHash>,
    standards: Vec<KnownStandard>,
    procedures: Vec<StandardFile>,
    units: Units,
    units_files: UnitsFiles,
    areas: RwLock<Areas>,
}

/// The villages of which the province has said which income line applies, by `commune/village`.
#[derive(Default)]
struct Areas {
    /// Up to which directive they are.
    number: u64,
    ruled: BTreeMap<String, AreaType>,
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

fn first<T: std::fmt::Display>(problems: &[T]) -> String {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    format!("{first} ({} in all)", problems.len())
}

fn read_instrument(files: &InstrumentFiles) -> Result<Definition, LibraryError> {
    let form = Form {
        survey: files.survey.clone(),
        choices: files.choices.clone(),
        settings: files.settings.clone(),
        files: files.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect(),
    };
    form.read().map_err(|problems| LibraryError::Instrument(first(&problems)))
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

/// Imports what ships and the storage lacks.
///
/// # Errors
/// As [`checked`]; nothing was imported then. When the storage fails.
pub(crate) async fn import_shipped(storage: &dyn Storage, now: i64) -> Result<(), LibraryError> {
    let shipped = checked()?;
    for files in shipped.instruments {
        storage.put_instrument(files, now).await?;
    }
    for file in shipped.standards {
        storage.put_standard(file, now).await?;
    }
    storage.put_units(shipped.units, now).await?;
    Ok(())
}

fn read_units(files: &UnitsFiles) -> Result<Units, LibraryError> {
    Units::from_csv(&files.version, &files.units_csv, &files.old_to_new_csv)
        .map_err(|error| LibraryError::Units(error.to_string()))
}

impl Library {
    /// Reads everything that was imported. Of a standard with several versions the latest import counts.
    ///
    /// # Errors
    /// When something imported cannot be read by this program.
    pub(crate) async fn load(storage: &dyn Storage) -> Result<Self, LibraryError> {
        let mut standards: BTreeMap<String, KnownStandard> = BTreeMap::new();
        for file in storage.standards().await? {
            standards.insert(file.id.clone(), KnownStandard { standard: read_standard(&file)?, file });
        }
        let mut instruments = BTreeMap::new();
        let mut latest = None;
        for files in storage.instruments().await? {
            let hash = InstrumentHash(hex::parse(&files.hash).ok_or(StorageError::Damaged("hash"))?);
            let plan = Arc::new(Plan::new(Arc::new(read_instrument(&files)?)));
            let ready: Vec<ReadyStandard> =
                standards.values().map(|known| known.standard.ready(&plan)).collect();
            let scored = plan.part(ready.iter().flat_map(ReadyStandard::prepared));
            instruments.insert(hash, Instrument { plan, standards: ready, scored, files });
            latest = Some(hash);
        }
        let units_files = storage.units().await?.ok_or(LibraryError::Missing("code list"))?;
        Ok(Self {
            instruments,
            latest,
            standards: standards.into_values().collect(),
            procedures: shipped().procedures,
            units: read_units(&units_files)?,
            units_files,
            areas: RwLock::default(),
        })
    }

    /// The instrument of that hash.
    pub(crate) fn instrument(&self, hash: &InstrumentHash) -> Option<&Instrument> {
        self.instruments.get(hash)
    }

    /// The instrument that is handed out with new enrolments.
    pub(crate) fn latest(&self) -> Option<&Instrument> {
        self.instruments.get(&self.latest?)
    }

    /// The standards, by id.
    pub(crate) fn standards(&self) -> &[KnownStandard] {
        &self.standards
    }

    /// The procedures, which are those that ship.
    pub(crate) fn procedures(&self) -> &[StandardFile] {
        &self.procedures
    }

    /// Goes by what the province has said of villages.
    pub(crate) fn rule_areas(&self, said: &Said) {
        let mut areas = self.areas.write().unwrap_or_else(PoisonError::into_inner);
        if areas.number >= said.number() {
            return;
        }
        let ruled = said.all(DirectiveKind::Area);
        let ruled = ruled.filter_map(|one| Some((one.key.clone(), directives::word::<AreaWord>(one)?.area)));
        *areas = Areas { number: said.number(), ruled: ruled.collect() };
    }

    /// Which income line applies in a village, where the province has said so: it counts before what an interview recorded.
    pub(crate) fn ruled_area(
        &self,
        commune: &CommuneCode,
        village: impl FnOnce() -> Option<String>,
    ) -> Option<AreaType> {
        let areas = self.areas.read().unwrap_or_else(PoisonError::into_inner);
        if areas.ruled.is_empty() {
            return None;
        }
        areas.ruled.get(&format!("{commune}/{}", village()?)).copied()
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
