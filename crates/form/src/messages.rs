//! What is said to people: sentences by code, as data.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::sync::LazyLock;

use clap::ValueEnum;
use rasoat_casework::standard::StandardProblem;
use rasoat_xlsform::SheetProblem;
use serde::Serialize;
use serde_json::json;

/// The language of what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

/// How things are said.
pub(crate) struct Say {
    pub(crate) language: Language,
    pub(crate) json: bool,
}

type Sentences = BTreeMap<String, String>;

static VI: LazyLock<Sentences> = LazyLock::new(|| sentences(include_str!("../messages/vi.toml")));
static EN: LazyLock<Sentences> = LazyLock::new(|| sentences(include_str!("../messages/en.toml")));

fn sentences(text: &str) -> Sentences {
    toml::from_str(text).unwrap_or_default()
}

impl Say {
    /// The sentence of a code; the code itself where there is none.
    pub(crate) fn sentence<'c>(&self, code: &'c str) -> &'c str
    where
        Self: 'c,
    {
        let sentences: &'static Sentences = match self.language {
            Language::Vi => &VI,
            Language::En => &EN,
        };
        sentences.get(code).map_or(code, String::as_str)
    }

    /// The sentence of a code with a word of the input put in.
    pub(crate) fn about(&self, code: &str, word: &str) -> String {
        self.sentence(code).replace("{word}", word)
    }

    /// One line to standard output. Whoever stops listening ends the command.
    pub(crate) fn line(&self, text: fmt::Arguments<'_>) {
        if writeln!(std::io::stdout(), "{text}").is_err() {
            std::process::exit(0);
        }
    }

    /// Where a problem is; nothing where it is about the file as a whole.
    pub(crate) fn place(&self, sheet: &str, row: usize, column: &str) -> String {
        let place = match (row, column) {
            (0, "") if sheet.is_empty() => return String::new(),
            (0, "") => self.sentence("place_sheet"),
            (_, "") => self.sentence("place_row"),
            _ => self.sentence("place"),
        };
        let place = place.replace("{sheet}", sheet).replace("{row}", &row.to_string());
        place.replace("{column}", column) + ": "
    }

    /// Problems of a form's sheets, one line each.
    pub(crate) fn sheet_problems(&self, problems: &[SheetProblem]) {
        if self.json {
            let all: Vec<serde_json::Value> = problems
                .iter()
                .map(|problem| {
                    json!({ "sheet": problem.sheet.to_string(), "row": problem.row, "column": problem.column,
                        "code": problem.code, "word": problem.word, "at": problem.at })
                })
                .collect();
            self.json(&json!({ "problems": all }));
            return;
        }
        for problem in problems {
            let place = self.place(&problem.sheet.to_string(), problem.row, &problem.column);
            let at = problem.at.map_or_else(String::new, |at| {
                self.sentence("at_character").replace("{at}", &(at + 1).to_string())
            });
            self.line(format_args!(
                "{place}{}{at} [{}]",
                self.about(&problem.code, &problem.word),
                problem.code
            ));
        }
        self.line(format_args!("{}", self.about("problems_found", &problems.len().to_string())));
    }

    /// Problems of a standard or a point table, one line each.
    pub(crate) fn standard_problems(&self, file: &str, problems: &[StandardProblem]) {
        if self.json {
            let all: Vec<serde_json::Value> = problems
                .iter()
                .map(|problem| json!({ "file": file, "place": problem.place, "code": problem.code, "word": problem.detail }))
                .collect();
            self.json(&json!({ "problems": all }));
            return;
        }
        for problem in problems {
            let sentence = self.about(&problem.code, &problem.detail);
            self.line(format_args!("{file}, {}: {sentence} [{}]", problem.place, problem.code));
        }
        self.line(format_args!("{}", self.about("problems_found", &problems.len().to_string())));
    }

    /// Anything as JSON.
    pub(crate) fn json(&self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(format_args!("{text}")),
            Err(error) => eprintln!("{error}"),
        }
    }
}
