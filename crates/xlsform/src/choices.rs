//! The choices sheet: lists by name, with whatever further columns choice filters want.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rasoat_instrument::{ChoiceItem, ChoiceList, Language};

use crate::problem::{Problems, Sheet};
use crate::sheet::{Row, Table};
use crate::words::{is_name, wording};

/// Pictures and sounds of choices are not shown.
const MEDIA: [&str; 5] = ["image", "big-image", "audio", "video", "media"];

pub(crate) fn read(
    table: &Table,
    default_language: &str,
    problems: &mut Problems,
) -> BTreeMap<String, ChoiceList> {
    let mut lists: BTreeMap<String, ChoiceList> = BTreeMap::new();
    if table.headers.is_empty() {
        return lists;
    }
    for needed in ["list_name", "name", "label"] {
        if !table.headers.iter().any(|header| header.name == needed) {
            problems.add(Sheet::Choices, 1, needed, "missing_column", needed);
        }
    }
    for header in &table.headers {
        let is_known = match header.name.as_str() {
            "label" => true,
            "" | "list_name" | "name" => header.language.is_none(),
            _ => {
                header.language.is_none()
                    && is_name(&header.written)
                    && !MEDIA.contains(&header.name.as_str())
            }
        };
        if !is_known {
            problems.add(Sheet::Choices, 1, &header.written, "unsupported_column", &header.written);
        }
    }
    let mut seen = HashSet::new();
    for row in &table.rows {
        let list_name = table.cell(row, "list_name");
        let name = table.cell(row, "name");
        if list_name.is_empty() || list_name.contains(char::is_whitespace) {
            problems.add(Sheet::Choices, row.line, "list_name", "bad_name", list_name);
            continue;
        }
        if name.is_empty() || name.contains(char::is_whitespace) {
            problems.add(Sheet::Choices, row.line, "name", "bad_choice_name", name);
        } else if !seen.insert((list_name.to_owned(), name.to_owned())) {
            problems.add(Sheet::Choices, row.line, "name", "duplicate_choice", name);
        }
        let item = item(table, row, name, default_language);
        if item.label.is_empty() {
            problems.add(Sheet::Choices, row.line, "label", "missing_label", name);
        }
        lists.entry(list_name.to_owned()).or_default().items.push(item);
    }
    lists
}

/// The languages that labels are given in.
pub(crate) fn languages(table: &Table, default_language: &str) -> BTreeSet<Language> {
    let labels = table.headers.iter().filter(|header| header.name == "label");
    labels.map(|header| header.language.clone().unwrap_or_else(|| default_language.to_owned())).collect()
}

fn item(table: &Table, row: &Row, name: &str, default_language: &str) -> ChoiceItem {
    let is_extra = |name: &str| !["", "list_name", "name", "label"].contains(&name);
    let extra = table.cells(row).filter(|(header, cell)| is_extra(&header.name) && !cell.is_empty());
    ChoiceItem {
        name: name.to_owned(),
        label: wording(table, row, "label", default_language),
        // As written: choice filters name these columns, and names know small from large letters.
        extra: extra.map(|(header, cell)| (header.written.clone(), cell.to_owned())).collect(),
    }
}
