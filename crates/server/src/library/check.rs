//! Whether a version fits what is in force, and what it changes.

use std::collections::BTreeMap;

use rasoat_casework::standard::{PointTable, Standard};
use rasoat_casework::{CommuneCode, Units};
use rasoat_exchange::enrolment::{InstrumentFiles, UnitsFiles};
use rasoat_instrument::Definition;

use super::upload::{of_file, of_keys};
use super::{Library, compare, in_force, latest_of, read_instrument};
use crate::storage::{LibraryItem, LibraryItems, LibraryKind, LibraryState};
use crate::view::{LibraryProblemView, ReportView};

/// What a version is looked at beside.
pub(crate) struct Beside<'a> {
    pub(crate) library: &'a Library,
    pub(crate) versions: &'a LibraryItems,
    /// Households by commune.
    pub(crate) households: &'a BTreeMap<CommuneCode, u32>,
}

/// The version that counts where another of its kind and id would be published.
pub(crate) fn rival<'a>(versions: &'a LibraryItems, item: &LibraryItem) -> Option<&'a LibraryItem> {
    match item.kind {
        LibraryKind::Instrument | LibraryKind::Units => latest_of(&versions.items, item.kind),
        LibraryKind::Standard | LibraryKind::Points | LibraryKind::Targets => {
            in_force(&versions.items, item.kind).get(item.id.as_str()).copied()
        }
    }
}

/// Looks at a version.
pub(crate) fn report(beside: &Beside<'_>, item: &LibraryItem) -> ReportView {
    let rival = rival(beside.versions, item).filter(|rival| rival.hash != item.hash);
    let mut report =
        ReportView { against: rival.map(|rival| crate::hex::of(&rival.hash)), ..ReportView::default() };
    match item.kind {
        LibraryKind::Instrument => form(beside, item, rival, &mut report),
        LibraryKind::Standard => standard(beside, item, &mut report),
        LibraryKind::Points => table(beside, item, &mut report),
        LibraryKind::Targets => {}
        LibraryKind::Units => units(beside, item, &mut report),
    }
    if let Some(rival) = rival.filter(|_| is_text(item.kind)) {
        report.changes = compare::texts(&rival.content, &item.content);
    }
    report
}

fn is_text(kind: LibraryKind) -> bool {
    match kind {
        LibraryKind::Standard | LibraryKind::Points | LibraryKind::Targets => true,
        LibraryKind::Instrument | LibraryKind::Units => false,
    }
}

/// A form as it is read; none where this program cannot.
pub(crate) fn definition(item: &LibraryItem) -> Option<Definition> {
    let files: InstrumentFiles = super::files_of(item).ok()?;
    read_instrument(&files).ok()
}

/// A code list as it is read.
pub(crate) fn code_list(item: &LibraryItem) -> Option<Units> {
    let files: UnitsFiles = super::files_of(item).ok()?;
    super::read_units(&files).ok()
}

/// Every standard in force is tried on it; and nobody must take it for another of the same name.
fn form(beside: &Beside<'_>, item: &LibraryItem, rival: Option<&LibraryItem>, report: &mut ReportView) {
    let Some(definition) = definition(item) else {
        return report.problems.push(of_file("", "unreadable"));
    };
    let others = beside.versions.items.iter().filter(|other| {
        other.kind == item.kind && other.hash != item.hash && other.state != LibraryState::Draft
    });
    if others.clone().any(|other| other.id == item.id && other.version == item.version) {
        report.problems.push(LibraryProblemView {
            column: "version".to_owned(),
            word: item.version.clone(),
            ..of_file("settings", "version_exists")
        });
    }
    for known in beside.library.standards() {
        if let Err(problems) = known.standard.check(&definition) {
            report.problems.extend(of_keys(&known.standard.id, &problems, true));
        }
    }
    if let Some(before) = rival.and_then(self::definition) {
        report.changes = compare::forms(&before, &definition);
    }
}

/// It is tried on every form that was given out: what it cannot judge on the one that is given out now stops it, what it cannot on
/// earlier ones is told.
fn standard(beside: &Beside<'_>, item: &LibraryItem, report: &mut ReportView) {
    let standard = match Standard::from_toml(&item.content) {
        Ok(standard) => standard,
        Err(problems) => return report.problems.extend(of_keys("", &problems, true)),
    };
    let standard = match standard.clone().with_tables(beside.library.tables()) {
        Ok(standard) => standard,
        Err(problems) => {
            report.problems.extend(of_keys("", &problems, true));
            return;
        }
    };
    on_forms(beside, &standard, report);
}

fn on_forms(beside: &Beside<'_>, standard: &Standard, report: &mut ReportView) {
    let latest = beside.library.latest().map(|instrument| &instrument.files.hash);
    for instrument in beside.library.instruments() {
        let files = &instrument.files;
        if let Err(problems) = standard.check(instrument.plan.definition()) {
            let name = format!("{} {}", files.id, files.version);
            report.problems.extend(of_keys(&name, &problems, Some(&files.hash) == latest));
        }
    }
}

/// It is tried on the form that is given out, and with every standard that names it.
fn table(beside: &Beside<'_>, item: &LibraryItem, report: &mut ReportView) {
    let table = match PointTable::from_toml(&item.content) {
        Ok(table) => table,
        Err(problems) => return report.problems.extend(of_keys("", &problems, true)),
    };
    if let Some(latest) = beside.library.latest()
        && let Err(problems) = table.check(latest.plan.definition())
    {
        report.problems.extend(of_keys(&latest.files.id, &problems, true));
    }
    for file in in_force(&beside.versions.items, LibraryKind::Standard).into_values() {
        let Ok(standard) = Standard::from_toml(&file.content) else { continue };
        if standard.table_ids().contains(&table.id)
            && let Err(problems) = standard.with_tables(std::slice::from_ref(&table))
        {
            report.problems.extend(of_keys(&file.id, &problems, true));
        }
    }
}

/// Communes that are gone are told with the households that are known there: these stay where they are.
fn units(beside: &Beside<'_>, item: &LibraryItem, report: &mut ReportView) {
    let Some(units) = code_list(item) else { return report.problems.push(of_file("", "unreadable")) };
    let before = beside.library.units();
    report.changes = compare::units(before, &units);
    if item.version < before.version {
        report.problems.push(LibraryProblemView {
            word: before.version.clone(),
            ..of_file("", "earlier_than_in_force")
        });
    }
    for code in before.communes.keys().filter(|code| !units.communes.contains_key(*code)) {
        let about = |code_of: &str, word: String| LibraryProblemView {
            column: code.as_str().to_owned(),
            word,
            blocks: false,
            ..of_file("", code_of)
        };
        if !units.old_to_new.contains_key(code) {
            report.problems.push(about("gone_without_successor", code.as_str().to_owned()));
        }
        if let Some(households) = beside.households.get(code).filter(|households| **households > 0) {
            report.problems.push(about("gone_with_households", households.to_string()));
        }
    }
}
