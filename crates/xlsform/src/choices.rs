//! The choices sheet: lists by name, with whatever further columns choice filters want.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rasoat_instrument::{ChoiceItem, Language};

use crate::input::Row;
use crate::problem::{Problems, Sheet};
use crate::support::{SUPPORTED_CHOICE_COLUMNS, is_supported};
use crate::table::Table;
use crate::words::{is_name, wording};

/// Pictures and sounds of choices are not shown.
const MEDIA: [&str; 5] = ["image", "big-image", "audio", "video", "media"];

/// Lists in a form.
const MOST_LISTS: usize = 2_000;

pub(crate) type Lists = BTreeMap<String, Vec<ChoiceItem>>;

pub(crate) fn read(
    table: &Table,
    default_language: &str,
    allow_duplicates: bool,
    problems: &mut Problems,
) -> Lists {
    let mut lists = Lists::new();
    if table.headers.is_empty() {
        return lists;
    }
    for needed in ["list_name", "name", "label"] {
        if !table.has(needed) {
            problems.add(&Sheet::Choices, 1, needed, "missing_column", needed);
        }
    }
    for header in table.headers.iter().filter(|header| !header.name.is_empty()) {
        let is_known = is_supported(SUPPORTED_CHOICE_COLUMNS, &header.name, header.language.as_deref());
        if !is_known && (header.language.is_some() || !is_filter_column(&header.written)) {
            problems.add(&Sheet::Choices, 1, &header.written, "unsupported_column", &header.written);
        }
    }
    let mut seen = HashSet::new();
    for row in &table.rows {
        let list_name = table.cell(row, "list_name");
        let mut refuse = |column: &str, code: &str, word: &str| {
            let column = table.header_for(column, None, default_language);
            problems.add(&Sheet::Choices, row.line, &column, code, word);
        };
        if list_name.is_empty() || list_name.contains(char::is_whitespace) {
            refuse("list_name", "bad_name", list_name);
            continue;
        }
        if !lists.contains_key(list_name) && lists.len() == MOST_LISTS {
            refuse("list_name", "too_many_lists", list_name);
            break;
        }
        let name = table.cell(row, "name");
        if !is_choice_name(name) {
            refuse("name", "bad_choice_name", name);
        } else if !seen.insert((list_name, name)) && !allow_duplicates {
            refuse("name", "duplicate_choice", name);
        }
        let item = item(table, row, name, default_language);
        if item.label.is_empty() {
            refuse("label", "missing_label", name);
        }
        for (language, words) in &item.label.0 {
            if let Some(at) = words.find("${") {
                let column = table.header_for("label", Some(language), default_language);
                let word = words.get(at..).unwrap_or_default();
                problems.add(&Sheet::Choices, row.line, &column, "unsupported_reference", word);
            }
        }
        lists.entry(list_name.to_owned()).or_default().push(item);
    }
    lists
}

/// The languages that labels are given in.
pub(crate) fn languages(table: &Table, default_language: &str) -> BTreeSet<Language> {
    let labels = table.headers.iter().filter(|header| header.name == "label");
    labels.map(|header| header.language.clone().unwrap_or_else(|| default_language.to_owned())).collect()
}

/// Whether a text can be stored for a choice: several of them are stored with blanks between.
pub(crate) fn is_choice_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_whitespace)
}

/// Whether filters can name such a column.
pub(crate) fn is_filter_column(written: &str) -> bool {
    is_name(written) && !MEDIA.contains(&written.to_lowercase().as_str())
}

fn item(table: &Table, row: &Row, name: &str, default_language: &str) -> ChoiceItem {
    let is_extra = |name: &str| !["", "list_name", "name", "label"].contains(&name);
    let extra = table.cells(row).filter(|(header, cell)| is_extra(&header.name) && !cell.is_empty());
    ChoiceItem {
        name: name.to_owned(),
        label: wording(table, row, "label", default_language),
        extra: extra.map(|(header, cell)| (header.name.clone(), cell.to_owned())).collect(),
    }
}
