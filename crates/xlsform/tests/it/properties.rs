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

/// What stands in a column of a form that can be read, by type where it depends on it; nothing where the type has no such column.
fn fitting(kind: &str, column: &str) -> &'static [&'static str] {
    const WORDS: &[&str] =
        &["Câu", "Ông ${t}", "a\nb \"c\", 'd'", "=1+1", "_x000D_ và _x0041_", "<b>&amp;</b>", "\u{1f3e0}"];
    const RULES: &[&str] = &["${t} != ''", "1 < 2", "yes", "no", "string-length(${t}) > “3”"];
    let first = kind.split(' ').next().unwrap_or_default();
    let is_metadata = ["start", "end", "today", "username", "deviceid"].contains(&first);
    let is_asked = !is_metadata && !["note", "calculate", "hidden"].contains(&first);
    let is_file = ["image", "audio", "video", "file"].contains(&first);
    match column {
        "label" => WORDS,
        _ if is_metadata => &[],
        "relevant" | "constraint" | "warning" => RULES,
        "constraint_message" | "warning_message" => WORDS,
        "hint" | "guidance_hint" if is_asked || first == "note" => WORDS,
        "required" | "read_only" if is_asked => RULES,
        "required_message" if is_asked => WORDS,
        "trigger" if !is_file && first != "note" => &["${t}", "${t}, ${n}"],
        "calculation" if !is_file && first != "note" => &["${n} + 1", "concat(${t}, \"x\")", "now()"],
        "default" => match first {
            "text" | "hidden" => &["24-7 ngày", "${t}", "concat(${t}, 'a')"],
            "integer" | "range" | "decimal" => &["3", "${n}"],
            "select_one" | "rank" | "select_multiple" => &["yes"],
            _ => &[],
        },
        "choice_filter" if first == "select_one" => &["region = 'a' or ${t} = ''"],
        "parameters" => match first {
            "range" => &["start=0 end=9 step=3", "end=3;start = -0.5,step=0.5"],
            "image" => &["max-pixels=900"],
            "rank" | "select_multiple" => {
                &["randomize=true", "randomize=true seed=${n}", "randomize=true seed=-2.5"]
            }
            "select_one_from_file" => &["value=code label=name", "value=code label=name randomize=true"],
            _ => &[],
        },
        "appearance" => {
            let known = rasoat_xlsform::SUPPORTED_APPEARANCES.iter().find(|(name, _)| *name == first);
            known.map_or(&[], |(_, known)| known)
        }
        "protected" if is_asked => &["yes", "no"],
        "completion" => &["block", "warn", "allow"],
        "source" if first != "note" => &["Nghị định 07/2021/NĐ-CP"],
        _ => &[],
    }
}

/// Forms that can be read: of every type, with any of its columns, in groups and repeats.
fn fitting_survey() -> impl Strategy<Value = String> {
    let columns: Vec<&str> = SUPPORTED_COLUMNS.iter().skip(2).map(|(name, _)| *name).collect();
    let types: Vec<&str> = SUPPORTED_TYPES
        .iter()
        .copied()
        .filter(|name| {
            !name.contains("group") && !name.contains("repeat") && !name.starts_with("select_multiple_from")
        })
        .collect();
    let cells = proptest::collection::vec(proptest::option::weighted(0.3, any::<usize>()), columns.len());
    let row = (proptest::sample::select(types), cells, 0..4usize, any::<bool>());
    proptest::collection::vec(row, 1..12).prop_map(move |rows| {
        let translated = |name: &&str| SUPPORTED_COLUMNS.contains(&(*name, true));
        let headers = columns
            .iter()
            .map(|name| if translated(name) { format!("{name}::vi") } else { (*name).to_owned() });
        let headers = ["type".to_owned(), "name".to_owned()].into_iter().chain(headers);
        let mut sheet: Vec<Vec<String>> = vec![headers.collect()];
        let plain =
            |kind: &str, name: &str, label: &str| vec![kind.to_owned(), name.to_owned(), label.to_owned()];
        sheet.push(plain("text", "t", "T"));
        sheet.push(plain("integer", "n", "N"));
        let mut open: Vec<&str> = Vec::new();
        for (at, (kind, picks, deeper, is_repeat)) in rows.into_iter().enumerate() {
            if deeper > 0 && open.len() < 5 {
                let bracket = if is_repeat { "repeat" } else { "group" };
                sheet.push(plain(&format!("begin_{bracket}"), &format!("g{at}"), "G"));
                open.push(bracket);
            } else if let Some(bracket) = open.pop() {
                sheet.push(plain(&format!("end {bracket}"), "", ""));
            }
            sheet.push(fitting_row(kind, at, &columns, &picks));
        }
        sheet.extend(open.iter().rev().map(|bracket| plain(&format!("end_{bracket}"), "", "")));
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in sheet {
            writer.write_record(row).expect("a row");
        }
        String::from_utf8(writer.into_inner().expect("the rows")).expect("a text")
    })
}

fn fitting_row(kind: &str, at: usize, columns: &[&str], picks: &[Option<usize>]) -> Vec<String> {
    let cell = |column: &str| {
        let place = columns.iter().position(|known| *known == column);
        let pick = place.and_then(|place| picks.get(place).copied().flatten());
        let fitting = fitting(kind, column);
        pick.filter(|_| !fitting.is_empty()).map_or("", |pick| fitting[pick % fitting.len()])
    };
    let is_computed = kind == "calculate" || !cell("calculation").is_empty();
    let cells = columns.iter().map(|column| match *column {
        "label" if cell("label").is_empty() => "Câu",
        "calculation" if kind == "calculate" && cell("calculation").is_empty() => "1",
        // What is computed has no first value and offers no choices.
        "default" | "choice_filter" if is_computed => "",
        "choice_filter" if kind.contains("or_other") => "",
        // A file is read in one way, whoever reads it.
        "parameters" if kind.starts_with("select_one_from_file") && cell("parameters").is_empty() => {
            "label=name value=code"
        }
        "confidence" if !cell("source").is_empty() => "V",
        column => cell(column),
    });
    [kind, &format!("q{at}")].into_iter().chain(cells).map(str::to_owned).collect()
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
    fn forms_with_any_columns_that_their_types_have_come_back(survey in fitting_survey()) {
        let files = Files::from([("FILE.csv".to_owned(), b"name,label,code\nx,X,1\ny,Y,2\n".to_vec())]);
        let form = Form { survey, choices: CHOICES.to_owned(), settings: SETTINGS.to_owned(), files };
        let definition = form.read().unwrap_or_else(|problems| panic!("{problems:#?}\n{}", form.survey));
        assert_round_trip(&form.survey, &definition);
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
