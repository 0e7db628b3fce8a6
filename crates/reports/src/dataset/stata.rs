//! A do-file that reads the CSV into Stata (14 or later) with all labels.

use std::fmt::Write as _;

use super::labels::{LONGEST, LONGEST_OF_CHOICE, shortened};
use super::{DataSet, Kind, Table};

/// The label of all variables that tell whether a choice was chosen.
const FLAG: &str = "flag_chosen";

/// All tables in one language, each saved under its own name.
pub fn stata(set: &DataSet, language: &str) -> String {
    let mut out = String::from("version 14\n");
    for table in &set.tables {
        let _ = read(&mut out, set, table, language);
    }
    out
}

fn read(out: &mut String, set: &DataSet, table: &Table, language: &str) -> std::fmt::Result {
    let Table { name, variables, .. } = table;
    // What looks like a number is one only where it is: a code of a commune begins with 0.
    let texts =
        variables.iter().zip(1..).filter(|(variable, _)| matches!(variable.kind, Kind::Text | Kind::Day));
    let texts: Vec<String> = texts.map(|(_, column)| column.to_string()).collect();
    let texts = if texts.is_empty() { String::new() } else { format!(" stringcols({})", texts.join(" ")) };
    writeln!(
        out,
        "\nimport delimited using \"{name}.csv\", clear varnames(1) case(preserve) encoding(\"UTF-8\") asdouble{texts}"
    )?;
    if variables.iter().any(|variable| variable.kind == Kind::Flag) {
        for (number, words) in set.flags.iter().enumerate() {
            let words = quoted(&shortened(words.get(language), LONGEST, LONGEST_OF_CHOICE));
            writeln!(out, "label define {FLAG} {number} {words}, modify")?;
        }
    }
    for variable in variables {
        let column = &variable.name;
        match variable.kind {
            Kind::Day => {
                writeln!(out, "generate long day_read = daily({column}, \"YMD\")")?;
                writeln!(out, "order day_read, after({column})")?;
                writeln!(out, "drop {column}\nrename day_read {column}\nformat {column} %td")?;
            }
            Kind::Flag => writeln!(out, "label values {column} {FLAG}")?,
            Kind::Code => {
                for code in &variable.codes {
                    let words = worded(code.label.get(language), &code.name);
                    let words = quoted(&shortened(&words, LONGEST, LONGEST_OF_CHOICE));
                    writeln!(out, "label define {column} {} {words}, modify", code.number)?;
                }
                if !variable.codes.is_empty() {
                    writeln!(out, "label values {column} {column}")?;
                }
            }
            Kind::Text | Kind::Whole | Kind::Number => {}
        }
        let words = worded(variable.label.get(language), column);
        writeln!(out, "label variable {column} {}", quoted(&shortened(&words, LONGEST, usize::MAX)))?;
    }
    writeln!(out, "compress\nsave \"{name}.dta\", replace")
}

/// A number without words stands for its name.
pub(super) fn worded(words: &str, name: &str) -> String {
    if words.is_empty() { name.to_owned() } else { words.to_owned() }
}

/// In the quotation marks of Stata that may hold others, with what Stata would put something in place of taken from it.
pub(super) fn quoted(words: &str) -> String {
    let words = words.replace(['`', '\''], "’").replace('$', "\\$");
    format!("`\"{words}\"'")
}
