//! Syntax that reads the CSV into SPSS or PSPP with all labels.

use std::fmt::Write as _;

use super::labels::{LONGEST, LONGEST_OF_CHOICE, shortened};
use super::stata::worded;
use super::{DataSet, Kind, Origin, Table, Variable};

/// Bytes of a column of text: of what the program itself writes, and of what people typed.
const GIVEN: u32 = 64;
const TYPED: u32 = 1000;

/// All tables in one language, each saved under its own name.
pub fn spss(set: &DataSet, language: &str) -> String {
    let mut out = String::from("SET DECIMAL=DOT.\n");
    for table in &set.tables {
        let _ = read(&mut out, set, table, language);
    }
    out
}

fn read(out: &mut String, set: &DataSet, table: &Table, language: &str) -> std::fmt::Result {
    let Table { name, variables, .. } = table;
    writeln!(out, "GET DATA")?;
    writeln!(out, "  /TYPE=TXT\n  /FILE='{name}.csv'\n  /ENCODING='UTF8'\n  /ARRANGEMENT=DELIMITED")?;
    writeln!(out, "  /DELCASE=LINE\n  /FIRSTCASE=2\n  /DELIMITERS=','\n  /QUALIFIER='\"'\n  /VARIABLES=")?;
    for variable in variables {
        writeln!(out, "    {} {}", variable.name, format(variable))?;
    }
    writeln!(out, "  .")?;
    for variable in variables {
        let column = &variable.name;
        let words = worded(variable.label.get(language), column);
        writeln!(out, "VARIABLE LABELS {column} {}.", quoted(&shortened(&words, LONGEST, usize::MAX)))?;
        let numbers = set.numbers(variable);
        if !numbers.is_empty() {
            write!(out, "VALUE LABELS {column}")?;
            for (number, name, label) in numbers {
                let words = worded(label.get(language), name);
                write!(out, "\n  {number} {}", quoted(&shortened(&words, LONGEST, LONGEST_OF_CHOICE)))?;
            }
            writeln!(out, ".")?;
        }
    }
    writeln!(out, "EXECUTE.\nSAVE OUTFILE='{name}.sav'.")
}

fn format(variable: &Variable) -> String {
    match variable.kind {
        Kind::Text => {
            let width = if matches!(variable.from, Origin::Given(_)) { GIVEN } else { TYPED };
            format!("A{width}")
        }
        Kind::Whole => "F15.0".to_owned(),
        Kind::Number => "F18.4".to_owned(),
        Kind::Day => "SDATE10".to_owned(),
        Kind::Code => "F8.0".to_owned(),
        Kind::Flag => "F1.0".to_owned(),
    }
}

fn quoted(words: &str) -> String {
    format!("'{}'", words.replace('\'', "''"))
}
