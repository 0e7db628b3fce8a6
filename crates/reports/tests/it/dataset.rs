//! Interviews as tables for statisticians.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use rasoat_instrument::{Definition, Node, Number, QuestionKind, Text, Value, ValueKind};
use rasoat_reports::dataset::{
    Cell, Code, DataSet, FormVersion, Given, HOUSEHOLDS, Kind, Plan, Privacy, Table, codebook, header, row,
    spss, stata, values,
};

fn read(place: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(place);
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{place}: {error}"))
}

fn form(survey: &str, choices: &str) -> Definition {
    let settings = read("instruments/household-2026/settings.csv");
    rasoat_xlsform::read_csv(survey, choices, &settings).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// What ships, and a later version of it: one choice and one question more, one question gone, one under another name.
fn versions() -> [Definition; 2] {
    let survey = read("instruments/household-2026/survey.csv");
    let choices = read("instruments/household-2026/choices.csv");
    let lines: Vec<&str> = survey.lines().collect();
    let named = |name: &str| {
        let at = lines.iter().position(|line| line.split(',').nth(1) == Some(name));
        at.unwrap_or_else(|| panic!("no {name}"))
    };
    let mut later: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let motorbikes = named("motorbike_count");
    later[motorbikes] =
        later[motorbikes].replacen("motorbike_count", "motorbikes_owned", 1) + ",motorbike_count";
    later[0] += ",renamed_from";
    later
        .insert(motorbikes + 1, "integer,buffalo_carts,Số xe trâu (chiếc),Buffalo carts (number)".to_owned());
    later.retain(|line| line.split(',').nth(1) != Some("respondent_relation"));
    let more = format!("{choices}\ntoilet,composting,\"Ủ \"\"khô\"\" của '$nhà' `mới`\",Composting\n");
    [form(&survey, &choices), form(&later.join("\n"), &more)]
}

fn words(vi: &str, en: &str) -> Text {
    Text([("vi".to_owned(), vi.to_owned()), ("en".to_owned(), en.to_owned())].into())
}

fn given(name: &str, kind: Kind, codes: &[(&str, &str)]) -> Given {
    let code = |((name, vi), number): (&(&str, &str), u32)| Code {
        number,
        name: (*name).to_owned(),
        label: words(vi, name),
    };
    let codes = codes.iter().zip(1..).map(code).collect();
    Given { name: name.to_owned(), label: words(name, name), kind, codes, provenance: None }
}

fn set(forms: &[Definition], privacy: Privacy) -> DataSet {
    let names = ["2026.1", "2026.2"];
    let versions = forms.iter().zip(names).map(|(definition, name)| FormVersion { name, definition });
    DataSet::of(Plan {
        forms: &versions.collect::<Vec<_>>(),
        privacy,
        of_interviews: vec![
            given("household", Kind::Text, &[]),
            given("class", Kind::Code, &[("poor", "Hộ nghèo"), ("near_poor", "Hộ cận nghèo")]),
        ],
        of_instances: vec![given("household", Kind::Text, &[]), given("member", Kind::Text, &[])],
        flags: [words("không", "no"), words("có", "yes")],
        year: words("năm", "year"),
    })
}

fn pseudonymised() -> Privacy {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    Privacy::Pseudonymised { withheld: named(&["household_code"]), births: named(&["birth"]) }
}

fn table<'s>(set: &'s DataSet, name: &str) -> &'s Table {
    set.tables.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no {name}"))
}

/// A row by the columns' names.
fn told(
    table: &Table,
    answers: &BTreeMap<&str, Value>,
    unlabelled: &mut BTreeMap<String, u64>,
) -> BTreeMap<String, String> {
    let known = |name: &str| match name {
        "household" | "member" => Some(Cell::Text(format!("{name}-1"))),
        "class" => Some(Cell::Code("near_poor".to_owned())),
        _ => None,
    };
    let line = row(table, known, |name| answers.get(name), unlabelled);
    let names = header(table);
    let names: Vec<&str> = names.trim_end().split(',').collect();
    let cells: Vec<&str> = line.trim_end_matches('\n').split(',').collect();
    assert_eq!(names.len(), cells.len(), "{line}");
    names.into_iter().zip(cells).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
}

fn questions(nodes: &[Node], found: &mut Vec<(String, QuestionKind)>) {
    for node in nodes {
        match node {
            Node::Group(group) => questions(&group.nodes, found),
            Node::Repeat(repeat) => questions(&repeat.nodes, found),
            Node::Question(question) => found.push((question.name.clone(), question.kind.clone())),
        }
    }
}

#[test]
fn every_question_of_every_version_has_its_column_in_the_full_data_set() {
    let forms = versions();
    let set = set(&forms, Privacy::Full);
    let book = codebook(&set);
    for (at, form) in forms.iter().enumerate() {
        let mut asked = Vec::new();
        questions(&form.nodes, &mut asked);
        let asked = asked
            .into_iter()
            .filter(|(_, kind)| matches!(kind, QuestionKind::Asked { .. } | QuestionKind::Acknowledge));
        for (name, _) in asked {
            let is_of = |origin: &rasoat_reports::dataset::Origin| {
                format!("{origin:?}").contains(&format!("{name:?}"))
            };
            let variables = set.tables.iter().flat_map(|table| &table.variables);
            let of: Vec<_> = variables.filter(|variable| is_of(&variable.from)).collect();
            assert!(!of.is_empty(), "{name} is in no table");
            assert!(
                of.iter().all(|variable| variable.versions.contains(&at)),
                "{name} is not of version {at}"
            );
            assert!(book.contains(&name));
        }
    }
    let columns: Vec<usize> = set.tables.iter().map(|table| table.variables.len()).collect();
    assert_eq!(
        set.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(),
        [HOUSEHOLDS, "members"]
    );
    assert!(columns.iter().all(|columns| *columns > 30), "{columns:?}");
}

#[test]
fn a_question_that_a_version_lacks_is_empty_and_one_that_was_renamed_is_one_column() {
    let forms = versions();
    let set = set(&forms, pseudonymised());
    let households = table(&set, HOUSEHOLDS);
    let variable = |name: &str| households.variables.iter().find(|variable| variable.name == name).unwrap();
    assert_eq!(variable("buffalo_carts").versions, [1]);
    assert_eq!(variable("respondent_relation").versions, [0]);
    assert_eq!(variable("motorbikes_owned").versions, [0, 1]);
    assert_eq!(variable("buffalo_carts").unit, words("chiếc", "number"));
    assert!(households.variables.iter().all(|variable| variable.name != "motorbike_count"));
    let mut unlabelled = BTreeMap::new();
    let first = told(households, &[("motorbike_count", Value::Integer(2))].into(), &mut unlabelled);
    assert_eq!((first["motorbikes_owned"].as_str(), first["buffalo_carts"].as_str()), ("2", ""));
    let second = told(households, &[("motorbikes_owned", Value::Integer(3))].into(), &mut unlabelled);
    assert_eq!((second["motorbikes_owned"].as_str(), second["class"].as_str()), ("3", "2"));
    // A choice that a later version added stands behind the others, whose numbers stay.
    let [before, after] = forms.each_ref().map(|form| {
        let alone = self::set(std::slice::from_ref(form), pseudonymised());
        table(&alone, HOUSEHOLDS).variables.iter().find(|one| one.name == "toilet").unwrap().codes.clone()
    });
    let both = &variable("toilet").codes;
    assert!(
        before.iter().zip(both).all(|(one, other)| (one.number, &one.name) == (other.number, &other.name))
    );
    assert_eq!((both.len(), after.len()), (before.len() + 1, before.len() + 1));
}

#[test]
fn every_choice_of_every_version_that_is_answered_has_a_number_with_words() {
    let forms = versions();
    let set = set(&forms, pseudonymised());
    let labels = values(&set);
    for form in &forms {
        let mut asked = Vec::new();
        questions(&form.nodes, &mut asked);
        for (name, kind) in asked {
            let QuestionKind::Asked { kind, list: Some(list) } = kind else { continue };
            for choice in form.lists[&list].items() {
                let name_of = choice.name().to_owned();
                let answer = if kind == ValueKind::Choice {
                    Value::Choice(name_of)
                } else {
                    Value::Choices(vec![name_of])
                };
                for table in &set.tables {
                    let mut unlabelled = BTreeMap::new();
                    let cells = told(table, &[(name.as_str(), answer.clone())].into(), &mut unlabelled);
                    assert!(unlabelled.is_empty(), "{name} {}: {unlabelled:?}", choice.name());
                    for variable in table.variables.iter().filter(|variable| !variable.versions.is_empty()) {
                        let cell = &cells[&variable.name];
                        if !cell.is_empty() && matches!(variable.kind, Kind::Code | Kind::Flag) {
                            let line = format!("{},{},{cell},", table.name, variable.name);
                            let line = labels.lines().find(|known| known.starts_with(&line));
                            let words = line.unwrap_or_else(|| panic!("{} {cell}", variable.name));
                            assert!(!words.ends_with(",,"), "{words} has no words");
                        }
                    }
                }
            }
        }
    }
    // What no version knows is empty and said.
    let mut unlabelled = BTreeMap::new();
    let cells = told(
        table(&set, HOUSEHOLDS),
        &[("toilet", Value::Choice("gone".to_owned()))].into(),
        &mut unlabelled,
    );
    assert_eq!((cells["toilet"].as_str(), unlabelled), ("", [("toilet".to_owned(), 1)].into()));
}

#[test]
fn nothing_that_people_typed_is_in_the_pseudonymised_data_set_and_of_births_the_year() {
    let forms = versions();
    let set = set(&forms, pseudonymised());
    for form in &forms {
        let mut asked = Vec::new();
        questions(&form.nodes, &mut asked);
        let typed = asked.into_iter().filter(|(_, kind)| {
            let QuestionKind::Asked { kind, .. } = kind else { return false };
            matches!(kind, ValueKind::Text | ValueKind::Point | ValueKind::File)
        });
        for (name, _) in typed {
            let personal = Value::Text("1987-05-06 Nông Thị Bí Mật".to_owned());
            for table in &set.tables {
                let cells = told(table, &[(name.as_str(), personal.clone())].into(), &mut BTreeMap::new());
                let filled: Vec<_> = cells
                    .iter()
                    .filter(|(column, cell)| {
                        !cell.is_empty() && !["household", "member", "class"].contains(&column.as_str())
                    })
                    .collect();
                match (name.as_str(), table.name.as_str()) {
                    ("birth", "members") => {
                        assert_eq!(filled, [(&"birth_year".to_owned(), &"1987".to_owned())])
                    }
                    _ => assert!(filled.is_empty(), "{name}: {filled:?}"),
                }
            }
        }
    }
}

#[test]
fn numbers_and_days_are_written_for_programs_and_typed_text_for_nobody_to_run() {
    let set = set(&versions(), Privacy::Full);
    let households = table(&set, HOUSEHOLDS);
    let answers = [
        ("floor_area", Value::Decimal(Number::new(45.5).unwrap())),
        ("interview_date", Value::Date("2026-10-02".parse().unwrap())),
        ("devices", Value::Choices(vec!["tv".to_owned()])),
        ("notice_given", Value::Choice("OK".to_owned())),
        ("address", Value::Text("=cmd()".to_owned())),
    ];
    let cells = told(households, &answers.into(), &mut BTreeMap::new());
    let cell = |name: &str| cells[name].as_str();
    assert_eq!((cell("floor_area"), cell("interview_date")), ("45.5", "2026-10-02"));
    assert_eq!((cell("devices_tv"), cell("devices_radio"), cell("notice_given_ok")), ("1", "0", "1"));
    assert_eq!((cell("address"), cell("assets_motorbike")), ("'=cmd()", ""));
}

#[test]
fn names_and_labels_keep_to_what_the_programs_take() {
    for privacy in [pseudonymised(), Privacy::Full] {
        let set = set(&versions(), privacy);
        for table in &set.tables {
            let names: BTreeSet<&str> =
                table.variables.iter().map(|variable| variable.name.as_str()).collect();
            assert_eq!(names.len(), table.variables.len());
            assert!(names.iter().all(|name| name.len() <= 32 && !name.ends_with('_')));
        }
        for language in ["vi", "en"] {
            let dofile = stata(&set, language);
            let is_labelled =
                |line: &&str| line.starts_with("label variable") || line.starts_with("label define");
            for line in dofile.lines().filter(is_labelled) {
                let (_, label) = line.split_once("`\"").unwrap_or_else(|| panic!("{line}"));
                let label = label.strip_suffix("\"'").or_else(|| label.strip_suffix("\"', modify"));
                let label = label.unwrap_or_else(|| panic!("{line}")).replace("\\$", "$");
                assert!(label.chars().count() <= 80 && !label.is_empty(), "{line}");
                assert!(!label.contains(['`', '\'']), "{line}");
            }
            for line in
                spss(&set, language).lines().filter(|line| line.starts_with("  ") && line.contains(" '"))
            {
                let label =
                    line.trim_end_matches('.').split_once('\'').unwrap().1.strip_suffix('\'').unwrap();
                assert!(
                    label.replace("''", "'").len() <= 120 && !label.replace("''", "").contains('\''),
                    "{line}"
                );
            }
        }
    }
}

/// PSPP reads what the syntax says and finds every row, every label and no fault.
#[test]
fn the_syntax_is_run_by_pspp() {
    let set = set(&versions(), pseudonymised());
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    for table in &set.tables {
        let answers = [
            ("sex", Value::Choice("female".to_owned())),
            ("birth", Value::Text("1987".to_owned())),
            ("toilet", Value::Choice("composting".to_owned())),
            ("interview_date", Value::Date("2026-10-02".parse().unwrap())),
        ];
        let known = |name: &str| Some(Cell::Text(format!("00{name}"))).filter(|_| name != "class");
        let line = row(
            table,
            known,
            |name| answers.iter().find(|(of, _)| *of == name).map(|(_, value)| value),
            &mut BTreeMap::new(),
        );
        put(&format!("{}.csv", table.name), &(header(table) + &line + &line));
    }
    for language in ["vi", "en"] {
        let looks = "\nGET FILE='members.sav'.\nLIST VARIABLES=household birth_year sex.\nDISPLAY DICTIONARY.\nGET FILE='households.sav'.\n\
            LIST VARIABLES=household interview_date toilet.\nDISPLAY DICTIONARY.\n";
        put("read.sps", &(spss(&set, language) + looks));
        let out = pspp(folder.path());
        assert!(!out.to_lowercase().contains("error") && !out.contains("warning:"), "{out}");
        let sex = if language == "vi" { "Giới tính" } else { "Sex" };
        let toilet = if language == "vi" { "Ủ \"khô\" của '$nhà' `mới`" } else { "Composting" };
        for wanted in ["00household", "2026/10/02", sex, toilet] {
            assert!(out.contains(wanted), "{wanted} is missing in {out}");
        }
    }
}

fn pspp(folder: &Path) -> String {
    let run = Command::new("pspp").args(["-O", "width=400", "read.sps"]).current_dir(folder).output();
    let run = run.unwrap_or_else(|error| panic!("pspp, which `cargo xtask test` sets up: {error}"));
    let out = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{out}");
    out
}
