//! The instruments, standards, procedures and code lists that this program ships with.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_exchange::enrolment::{InstrumentFiles, StandardFile, UnitsFiles};
use rust_embed::RustEmbed;

use crate::hex;

#[derive(RustEmbed)]
#[folder = "../../instruments"]
#[allow_missing = true]
struct Files;

/// What ships, as files. Nothing is checked yet.
pub(crate) struct Shipped {
    pub(crate) instruments: Vec<InstrumentFiles>,
    pub(crate) standards: Vec<StandardFile>,
    pub(crate) procedures: Vec<StandardFile>,
    pub(crate) points: Vec<StandardFile>,
    pub(crate) targets: Vec<StandardFile>,
    pub(crate) units: UnitsFiles,
}

/// The version of the code list that ships: in force from this day.
const UNITS_VERSION: &str = "2025-07-01";

/// Reads what ships. A file that is missing is an empty text, which the checks after refuse.
pub(crate) fn shipped() -> Shipped {
    let paths: BTreeSet<String> = Files::iter().map(|path| path.replace('\\', "/")).collect();
    let instruments = paths
        .iter()
        .filter_map(|path| path.strip_suffix("/survey.csv"))
        .map(|folder| {
            let sheet = |name: &str| text(&format!("{folder}/{name}.csv"));
            instrument(sheet("survey"), sheet("choices"), sheet("settings"), beside(&paths, folder))
        })
        .collect();
    let standards = tomls(&paths, "standards");
    let procedures = tomls(&paths, "procedure");
    let (points, targets) = (tomls(&paths, "points"), tomls(&paths, "targets"));
    let units = UnitsFiles {
        version: UNITS_VERSION.to_owned(),
        units_csv: text("units/langson_units.csv"),
        old_to_new_csv: text("units/langson_old_to_new.csv"),
    };
    Shipped { instruments, standards, procedures, points, targets, units }
}

/// What people may ask about the data that are held of them: the file that comes last by its name.
pub(crate) fn rights() -> Option<StandardFile> {
    let paths = Files::iter().map(|path| path.replace('\\', "/")).collect();
    tomls(&paths, "personal-data").pop()
}

/// The ethnic groups of the statistics office by their codes.
pub(crate) fn ethnic_groups() -> BTreeMap<String, String> {
    let list = text("units/ethnic_groups.csv");
    let mut rows = csv::Reader::from_reader(list.as_bytes());
    let named = rows.deserialize::<(String, String, String)>().flatten();
    named.map(|(code, name, _)| (code, name)).collect()
}

/// What is counted of interviews beside classes and indicators: the file that comes last by its name.
pub(crate) fn facts() -> Option<StandardFile> {
    let paths = Files::iter().map(|path| path.replace('\\', "/")).collect();
    tomls(&paths, "facts").pop()
}

/// The TOML files of a folder.
fn tomls(paths: &BTreeSet<String>, folder: &str) -> Vec<StandardFile> {
    let ids = paths.iter().filter_map(|path| {
        path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".toml").map(str::to_owned)
    });
    let file = |id: String| {
        let toml = text(&format!("{folder}/{id}.toml"));
        StandardFile { id, hash: hex::of(blake3::hash(toml.as_bytes()).as_bytes()), toml }
    };
    ids.map(file).collect()
}

/// The form that this program hands out until another is imported; id and version are not filled in.
pub fn shipped_form() -> Option<InstrumentFiles> {
    shipped().instruments.pop()
}

/// The CSV files beside a form's sheets.
fn beside(paths: &BTreeSet<String>, folder: &str) -> BTreeMap<String, String> {
    let names = paths.iter().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
    let files = names.filter(|name| {
        name.ends_with(".csv") && !["survey.csv", "choices.csv", "settings.csv"].contains(name)
    });
    files.map(|name| (name.to_owned(), text(&format!("{folder}/{name}")))).collect()
}

/// An instrument's files with their hash; id and version are filled in when it has been read.
pub(crate) fn instrument(
    survey: String,
    choices: String,
    settings: String,
    files: BTreeMap<String, String>,
) -> InstrumentFiles {
    let mut hasher = blake3::Hasher::new();
    for sheet in [&survey, &choices, &settings] {
        hasher.update(&(sheet.len() as u64).to_be_bytes()).update(sheet.as_bytes());
    }
    for part in files.iter().flat_map(|(name, text)| [name, text]) {
        hasher.update(&(part.len() as u64).to_be_bytes()).update(part.as_bytes());
    }
    let hash = hex::of(hasher.finalize().as_bytes());
    InstrumentFiles { id: String::new(), version: String::new(), hash, survey, choices, settings, files }
}

fn text(path: &str) -> String {
    Files::get(path).and_then(|file| String::from_utf8(file.data.into_owned()).ok()).unwrap_or_default()
}
