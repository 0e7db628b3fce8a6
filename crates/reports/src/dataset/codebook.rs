//! What the variables are, as tables: for people, and for programs that neither Stata nor SPSS are.

use rasoat_instrument::Confidence;

use super::write::{push, safe};
use super::{DataSet, Kind, Variable};

/// So that spreadsheet programs read it as UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';
const LANGUAGES: [&str; 2] = ["vi", "en"];

/// One line for each variable.
pub fn codebook(set: &DataSet) -> String {
    let mut out = String::from(BYTE_ORDER_MARK);
    let heading = [
        "table",
        "variable",
        "questions",
        "type",
        "label_vi",
        "label_en",
        "unit_vi",
        "unit_en",
        "versions",
        "confidence",
        "source",
    ];
    line(&mut out, heading.map(str::to_owned));
    for table in &set.tables {
        for variable in &table.variables {
            let versions = variable.versions.iter().filter_map(|version| set.versions.get(*version));
            let [label_vi, label_en] = LANGUAGES.map(|language| variable.label.get(language).to_owned());
            let [unit_vi, unit_en] = LANGUAGES.map(|language| variable.unit.get(language).to_owned());
            let provenance = variable.provenance.as_ref();
            line(
                &mut out,
                [
                    table.name.clone(),
                    variable.name.clone(),
                    questions(variable),
                    kind(variable.kind).to_owned(),
                    label_vi,
                    label_en,
                    unit_vi,
                    unit_en,
                    versions.cloned().collect::<Vec<_>>().join("; "),
                    provenance
                        .map(|provenance| confidence(provenance.confidence).to_owned())
                        .unwrap_or_default(),
                    provenance.map(|provenance| provenance.source.clone()).unwrap_or_default(),
                ],
            );
        }
    }
    out
}

/// One line for each number that stands for something.
pub fn values(set: &DataSet) -> String {
    let mut out = String::from(BYTE_ORDER_MARK);
    line(&mut out, ["table", "variable", "code", "choice", "label_vi", "label_en"].map(str::to_owned));
    for table in &set.tables {
        for variable in &table.variables {
            for (number, name, label) in set.numbers(variable) {
                let [label_vi, label_en] = LANGUAGES.map(|language| label.get(language).to_owned());
                let (table, variable) = (table.name.clone(), variable.name.clone());
                line(&mut out, [table, variable, number.to_string(), name.to_owned(), label_vi, label_en]);
            }
        }
    }
    out
}

impl DataSet {
    /// What the numbers of a variable stand for: number, name and words.
    pub(super) fn numbers<'s>(
        &'s self,
        variable: &'s Variable,
    ) -> Vec<(u32, &'s str, &'s rasoat_instrument::Text)> {
        let [no, yes] = &self.flags;
        match variable.kind {
            Kind::Flag => vec![(0, "", no), (1, "", yes)],
            Kind::Code => {
                variable.codes.iter().map(|code| (code.number, code.name.as_str(), &code.label)).collect()
            }
            Kind::Text | Kind::Whole | Kind::Number | Kind::Day => Vec::new(),
        }
    }
}

fn questions(variable: &Variable) -> String {
    use super::Origin;
    match &variable.from {
        Origin::Given(_) => String::new(),
        Origin::Answer(names) | Origin::Year(names) => names.join("; "),
        Origin::Chosen(names, choice) => format!("{} = {choice}", names.join("; ")),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Whole => "whole",
        Kind::Number => "number",
        Kind::Day => "day",
        Kind::Code => "code",
        Kind::Flag => "flag",
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Verbatim => "verbatim",
        Confidence::SecondHand => "second_hand",
        Confidence::Unverified => "unverified",
    }
}

fn line<const N: usize>(out: &mut String, cells: [String; N]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push(out, &safe(cell));
    }
    out.push('\n');
}
