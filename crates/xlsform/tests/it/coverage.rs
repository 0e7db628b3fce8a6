//! Everything that is said to be read is read in some form of `tests/forms`.

use std::collections::BTreeSet;

use rasoat_xlsform::{
    SUPPORTED_APPEARANCES, SUPPORTED_CHOICE_COLUMNS, SUPPORTED_COLUMNS, SUPPORTED_PARAMETERS,
    SUPPORTED_SETTINGS, SUPPORTED_STYLES, SUPPORTED_TYPES,
};

use crate::fixtures::fixtures;

/// One name a line.
const FUNCTIONS: &str = include_str!("../functions.txt");

#[test]
fn every_type_column_appearance_parameter_and_function_is_in_some_form() {
    let seen = seen();
    let mut missing: Vec<String> = Vec::new();
    let mut want = |what: String| {
        if !seen.contains(&what) {
            missing.push(what);
        }
    };
    for name in SUPPORTED_TYPES {
        want(format!("type {name}"));
    }
    for (sheet, columns) in [
        ("survey", SUPPORTED_COLUMNS),
        ("choices", SUPPORTED_CHOICE_COLUMNS),
        ("settings", SUPPORTED_SETTINGS),
    ] {
        for (name, is_translated) in columns {
            want(format!("{sheet} column {name}"));
            if *is_translated {
                want(format!("{sheet} column {name} in a language"));
            }
        }
    }
    for (kind, appearances) in SUPPORTED_APPEARANCES {
        for appearance in *appearances {
            want(format!("appearance {appearance} of {kind}"));
        }
    }
    for (kind, parameters) in SUPPORTED_PARAMETERS {
        for parameter in *parameters {
            want(format!("parameter {parameter} of {kind}"));
        }
    }
    for style in SUPPORTED_STYLES {
        want(format!("style {style}"));
    }
    for function in FUNCTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        want(format!("function {function}"));
    }
    assert!(missing.is_empty(), "in no form: {missing:#?}");
}

/// What the forms that can be read use, under its usual names.
fn seen() -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for fixture in fixtures() {
        if fixture.form.read().is_err() {
            continue;
        }
        let form = &fixture.form;
        for (sheet, text) in
            [("survey", &form.survey), ("choices", &form.choices), ("settings", &form.settings)]
        {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let headers = reader.headers().expect("headers").clone();
            for row in reader.records() {
                let row = row.expect("a row");
                let cells: Vec<(&str, &str)> =
                    headers.iter().zip(row.iter()).filter(|(_, c)| !c.is_empty()).collect();
                add_row(&mut seen, sheet, &cells);
            }
        }
    }
    seen
}

fn add_row(seen: &mut BTreeSet<String>, sheet: &str, cells: &[(&str, &str)]) {
    let cell = |name: &str| cells.iter().find(|(header, _)| *header == name).map_or("", |(_, cell)| *cell);
    let kind = cell("type");
    let usual = match kind.split_whitespace().collect::<Vec<_>>().as_slice() {
        [name @ ("begin" | "end"), rest] => format!("{name}_{rest}"),
        [name, file] if name.ends_with("_from_file") && file.ends_with(".csv") => format!("{name} FILE.csv"),
        [name, _] if name.contains("select") || *name == "rank" => format!("{name} LIST"),
        [name, _, "or_other"] => format!("{name} LIST or_other"),
        _ => kind.to_owned(),
    };
    let first = usual.split(' ').next().unwrap_or_default().to_owned();
    seen.insert(format!("type {usual}"));
    for (header, cell) in cells {
        let (name, language) = header.split_once("::").unwrap_or((header, ""));
        let name = match name {
            "readonly" => "read_only",
            other => other,
        };
        seen.insert(format!("{sheet} column {name}"));
        if !language.is_empty() {
            seen.insert(format!("{sheet} column {name} in a language"));
        }
        match name {
            "appearance" => {
                seen.extend(cell.split_whitespace().map(|word| format!("appearance {word} of {first}")));
            }
            "parameters" => {
                let keys = cell.split([' ', ',', ';']).filter_map(|part| part.split('=').next());
                seen.extend(keys.map(|key| format!("parameter {key} of {first}")));
            }
            "style" => {
                seen.insert(format!("style {cell}"));
            }
            _ => seen.extend(functions(cell).map(|name| format!("function {name}"))),
        }
    }
}

/// The names before brackets.
fn functions(expression: &str) -> impl Iterator<Item = &str> {
    let pieces = expression.split('(');
    pieces.filter_map(|piece| {
        let start = piece
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == ':'))
            .map_or(0, |at| at + 1);
        piece.get(start..).filter(|name| !name.is_empty())
    })
}
