//! Whatever comes in, a form or problems come out; and what is a form comes out of its own sheets again.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use rasoat_xlsform::{Files, Form, SUPPORTED_COLUMNS, SUPPORTED_TYPES, read_csv, read_xlsx, write_xlsx};

use crate::fixtures::{assert_round_trip, fixtures};

const SETTINGS: &str = "form_title,form_id,version,default_language\nPhiếu,form,1,vi\n";
const CHOICES: &str = "list_name,name,label::vi,region\nLIST,yes,Có,a\nLIST,no,Không,b\nLIST,other,Khác,\n";

/// Texts that cells of forms are made of, and some that they are not.
fn cell() -> impl Strategy<Value = String> {
    let usual = [
        "",
        "",
        "",
        "yes",
        "no",
        "true()",
        "a",
        "b",
        "${a}",
        "${b} > 1",
        ". = 'x'",
        "count(${r})",
        "${a}, ${b}",
        "start=0 end=9",
        "randomize=true",
        "randomize=true seed=${a}",
        "value=code",
        "minimal",
        "field-list",
        "V",
        "block",
        "old",
        "1",
        "3.5",
        "2026-01-02",
        "today()",
        "region = 'a'",
        "Ông ${a}",
        "'",
        "\"",
        "=1+1",
        "_x000D_",
        "a\nb",
        "a\r\nb",
        "\u{0}",
        "e\u{301}",
        "\u{feff}",
        "::",
        "${",
        "tệp",
    ];
    prop_oneof![4 => proptest::sample::select(usual.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn survey() -> impl Strategy<Value = String> {
    let columns: Vec<String> = SUPPORTED_COLUMNS
        .iter()
        .skip(2)
        .map(|(name, translated)| if *translated { format!("{name}::vi") } else { (*name).to_owned() })
        .collect();
    let header = format!("type,name,{}\n", columns.join(","));
    let types: Vec<String> = SUPPORTED_TYPES.iter().map(|name| (*name).to_owned()).collect();
    let row = (
        proptest::sample::select(types),
        proptest::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h"]),
        proptest::collection::vec(proptest::option::weighted(0.1, cell()), columns.len()),
    );
    proptest::collection::vec(row, 1..8).prop_map(move |rows| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for (kind, name, cells) in rows {
            let cells = cells.into_iter().enumerate().map(|(at, cell)| match at {
                0 => cell.unwrap_or_else(|| "Câu".to_owned()),
                _ => cell.unwrap_or_default(),
            });
            let row = [kind, name.to_owned()].into_iter().chain(cells);
            writer.write_record(row).expect("a row");
        }
        let rows = String::from_utf8(writer.into_inner().expect("the rows")).expect("a text");
        format!("{header}{rows}")
    })
}

fn sample_bytes() -> Vec<u8> {
    let form = fixtures().into_iter().find(|fixture| fixture.name == "household").expect("the form").form;
    write_xlsx(&form.read().expect("a form")).expect("a workbook").bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_give_a_form_or_problems(survey in "\\PC{0,200}|(?s:.{0,200})", choices in "(?s:.{0,100})", settings in "(?s:.{0,100})") {
        for settings in [settings.as_str(), SETTINGS] {
            if let Err(problems) = read_csv(&survey, &choices, settings) {
                prop_assert!(!problems.is_empty());
            }
        }
    }

    #[test]
    fn bytes_give_a_form_or_problems(bytes in proptest::collection::vec(any::<u8>(), 0..300), begins in any::<bool>()) {
        let bytes = if begins { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
        prop_assert!(read_xlsx(&bytes, &Files::new()).is_err_and(|problems| !problems.is_empty()));
        let form = Form { files: Files::from([("a.csv".to_owned(), bytes)]), ..Form::default() };
        prop_assert!(form.read().is_err());
    }

    #[test]
    fn forms_of_all_sorts_are_refused_or_come_back(survey in survey()) {
        let files = Files::from([("FILE.csv".to_owned(), b"name,label,code\nx,X,1\ny,Y,2\n".to_vec())]);
        let form = Form { survey, choices: CHOICES.to_owned(), settings: SETTINGS.to_owned(), files };
        match form.read() {
            Ok(definition) => assert_round_trip(&form.survey, &definition),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}

#[test]
fn a_workbook_with_any_part_of_it_spoilt_gives_a_form_or_problems() {
    let bytes = sample_bytes();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let place = (0..bytes.len(), any::<u8>(), 1..40usize);
    for _ in 0..300 {
        let (at, byte, length) = place.new_tree(&mut runner).expect("a place").current();
        let mut spoilt = bytes.clone();
        spoilt.iter_mut().skip(at).take(length).for_each(|place| *place ^= byte);
        let _ = read_xlsx(&spoilt, &Files::new());
        let cut = bytes.get(..at).unwrap_or_default();
        assert!(read_xlsx(cut, &Files::new()).is_err());
    }
}
