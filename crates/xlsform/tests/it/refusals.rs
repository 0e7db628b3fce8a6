//! Every refusal, as data in `tests/refusals.toml`: sheets, and exactly the problems that must come of them.

use rasoat_xlsform::read_csv;
use serde::Deserialize;

use crate::fixtures::written;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    survey: String,
    choices: Option<String>,
    settings: Option<String>,
    /// `sheet row column: code word @character`, the last two where there are any.
    problems: Vec<String>,
}

const CHOICES: &str = "list_name,name,label::vi,region\nyes_no,yes,Có,a\nyes_no,no,Không,b\n";
const SETTINGS: &str = "form_title,form_id,version,default_language\nPhiếu,form,1,vi\n";

#[test]
fn every_refusal_names_sheet_row_column_and_code() {
    let cases: Cases = toml::from_str(include_str!("../refusals.toml")).expect("cases");
    let mut wrong = Vec::new();
    for case in &cases.case {
        let choices = case.choices.as_deref().unwrap_or(CHOICES);
        let settings = case.settings.as_deref().unwrap_or(SETTINGS);
        let found: Vec<String> = match read_csv(&case.survey, choices, settings) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(written).collect(),
        };
        if found != case.problems {
            wrong.push(format!("{}\n  expected {:#?}\n  found {found:#?}", case.name, case.problems));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.case.len(), wrong.join("\n"));
    assert!(cases.case.len() >= 50, "only {} cases", cases.case.len());
}
