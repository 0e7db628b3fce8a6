//! What a version changes against the one in force: forms, files of keys and code lists.

mod form;

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, Units};
use toml::Value;

pub(crate) use form::{forms, kind_of, source};

use crate::view::LibraryChangeView;

type Changes = Vec<LibraryChangeView>;

fn change(code: &str, name: &str, before: &str, after: &str) -> LibraryChangeView {
    let [code, name, before, after] = [code, name, before, after].map(str::to_owned);
    LibraryChangeView { code, name, before, after }
}

/// What another file of keys says otherwise, key by key.
pub(crate) fn texts(before: &str, after: &str) -> Changes {
    let flat = |text: &str| {
        let mut values = BTreeMap::new();
        flatten("", &Value::Table(text.parse().unwrap_or_default()), &mut values);
        values
    };
    let (old, new) = (flat(before), flat(after));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changes = keys.into_iter().filter_map(|key| match (old.get(key), new.get(key)) {
        (Some(was), Some(now)) if was == now => None,
        (Some(was), Some(now)) => Some(change("value_changed", key, was, now)),
        (Some(was), None) => Some(change("value_gone", key, was, "")),
        (None, Some(now)) => Some(change("value_added", key, "", now)),
        (None, None) => None,
    });
    changes.collect()
}

/// Entries of arrays go by what names them, so that one that was put between others changes nothing else.
fn flatten(place: &str, value: &Value, values: &mut BTreeMap<String, String>) {
    let below = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    match value {
        Value::Table(table) => table.iter().for_each(|(key, value)| flatten(&below(key), value, values)),
        Value::Array(items) => {
            for (number, item) in (1..).zip(items) {
                let named = ["key", "id", "kind"].iter().find_map(|key| item.get(*key)?.as_str());
                flatten(&below(&named.map_or_else(|| number.to_string(), str::to_owned)), item, values);
            }
        }
        Value::String(text) => drop(values.insert(place.to_owned(), text.clone())),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            values.insert(place.to_owned(), value.to_string());
        }
    }
}

/// Which communes are new, gone or renamed, and which old code leads to other new ones.
pub(crate) fn units(before: &Units, after: &Units) -> Changes {
    let full = |units: &Units, code| {
        units.communes.get(code).map(|commune| format!("{} {}", commune.kind, commune.name))
    };
    let codes: BTreeSet<_> = before.communes.keys().chain(after.communes.keys()).collect();
    let communes = codes.into_iter().filter_map(|code| match (full(before, code), full(after, code)) {
        (Some(was), Some(now)) if was == now => None,
        (Some(was), Some(now)) => Some(change("commune_renamed", code.as_str(), &was, &now)),
        (Some(was), None) => Some(change("commune_gone", code.as_str(), &was, "")),
        (None, Some(now)) => Some(change("commune_added", code.as_str(), "", &now)),
        (None, None) => None,
    });
    // The default comes first among the new codes, so that their order counts.
    let new_codes = |units: &Units, code| -> String {
        let codes = units.old_to_new.get(code).into_iter().flatten();
        codes.map(CommuneCode::as_str).collect::<Vec<_>>().join(", ")
    };
    let olds: BTreeSet<_> = before.old_to_new.keys().chain(after.old_to_new.keys()).collect();
    let mappings = olds.into_iter().filter_map(|code| {
        let (was, now) = (new_codes(before, code), new_codes(after, code));
        (was != now).then(|| change("mapping_changed", code.as_str(), &was, &now))
    });
    communes.chain(mappings).collect()
}
