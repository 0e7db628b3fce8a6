//! What is known of an interview beside its answers: who it is under another name, where, when, and what each standard makes of it.

use std::collections::BTreeMap;

use rasoat_casework::AreaType;
use rasoat_casework::standard::{IncomeBasis, Standard};
use rasoat_instrument::{Answer, Text};
use rasoat_reports::dataset::{Cell, Code, Given, Kind};
use uuid::Uuid;

use crate::line::Answered;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::HouseholdKeyRef;
use crate::view::ProcedureStage;

/// Names the key that pseudonyms are made with.
const PSEUDONYMS: &str = "rasoat 2026-11-27 pseudonyms of the data set";
/// Bytes of a pseudonym: with a million of them, two are one once in a trillion.
const LENGTH: usize = 10;

/// What lists say of households.
const PREVIOUS: [&str; 6] = ["poor", "near_poor", "average", "not_poor", "escaped_poor", "escaped_near_poor"];

/// Words that whoever asks gave.
pub(super) struct Words<'w>(pub(super) &'w BTreeMap<String, Text>);

impl Words<'_> {
    pub(super) fn of(&self, code: &str) -> Text {
        let itself = || Text(BTreeMap::from([("vi".to_owned(), code.to_owned())]));
        self.0.get(code).cloned().unwrap_or_else(itself)
    }

    fn codes<'n>(&self, before: &str, names: impl IntoIterator<Item = &'n str>, from: u32) -> Vec<Code> {
        let code = |(name, number): (&str, u32)| Code {
            number,
            name: name.to_owned(),
            label: self.of(&format!("{before}.{name}")),
        };
        names.into_iter().zip(from..).map(code).collect()
    }

    fn given(&self, name: &str, kind: Kind, codes: Vec<Code>) -> Given {
        let label = self.of(&format!("variable.{name}"));
        Given { name: name.to_owned(), label, kind, codes, provenance: None }
    }
}

/// Names for households and members that cannot be led back to them without the province's key.
pub(super) struct Pseudonyms([u8; 32]);

impl Pseudonyms {
    pub(super) fn of(state: &State) -> Self {
        Self(blake3::derive_key(PSEUDONYMS, &*state.signing.to_seed()))
    }

    pub(super) fn of_household(&self, household: Uuid) -> String {
        self.of_instance(household, "")
    }

    pub(super) fn of_instance(&self, household: Uuid, around: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(household.as_bytes()).update(around.as_bytes());
        let hash = hasher.finalize();
        crate::hex::of(hash.as_bytes().get(..LENGTH).unwrap_or_default())
    }
}

/// A standard's name within variables: `vn_2022_2026`.
fn short(id: &str) -> String {
    id.replace('-', "_")
}

/// A wording of a standard, with its id before it.
fn of_standard(id: &str, text: &Text) -> Text {
    let languages =
        ["vi", "en"].map(|language| (language.to_owned(), format!("{id}: {}", text.get(language))));
    Text(languages.into())
}

pub(super) fn of_interviews<'s>(
    words: &Words<'_>,
    standards: impl Iterator<Item = &'s Standard>,
) -> Vec<Given> {
    let stages: Vec<&str> = ProcedureStage::ALL.iter().map(|stage| stage.as_str()).collect();
    let mut given = vec![
        words.given("household", Kind::Text, Vec::new()),
        words.given("round", Kind::Whole, Vec::new()),
        words.given("commune", Kind::Text, Vec::new()),
        words.given("village", Kind::Text, Vec::new()),
        words.given("area", Kind::Code, words.codes("area", ["rural", "urban"], 1)),
        words.given("form", Kind::Text, Vec::new()),
        words.given("state", Kind::Code, words.codes("state", ["started", "signed"], 1)),
        words.given("stage", Kind::Code, words.codes("stage", stages, 1)),
        words.given("members_count", Kind::Whole, Vec::new()),
        words.given("previous_class", Kind::Code, words.codes("class", PREVIOUS, 1)),
    ];
    for standard in standards {
        let (id, outline) = (&standard.id, standard.outline());
        let place = |name: &str| format!("{name}_{}", short(id));
        let about = |name: &str, kind: Kind, codes: Vec<Code>| Given {
            name: place(name),
            label: of_standard(id, &words.of(&format!("variable.{name}"))),
            kind,
            codes,
            provenance: None,
        };
        let mut classes: Vec<Code> = Vec::new();
        for class in &outline.classes {
            if !classes.iter().any(|known| known.name == class.key) {
                let number = u32::try_from(classes.len() + 1).unwrap_or(u32::MAX);
                classes.push(Code { number, name: class.key.clone(), label: class.label.clone() });
            }
        }
        given.extend([
            about("class", Kind::Code, classes),
            about("provisional", Kind::Flag, Vec::new()),
            about("income", Kind::Number, Vec::new()),
            about("basis", Kind::Code, words.codes("basis", ["worksheet", "points"], 1)),
            about("deprived", Kind::Whole, Vec::new()),
        ]);
        given.extend(outline.indicators.iter().map(|indicator| Given {
            name: format!("{}_{}", short(id), indicator.key),
            label: of_standard(id, &indicator.label),
            kind: Kind::Code,
            codes: words.codes("indicator", ["met", "deprived", "open", "undefined"], 0),
            provenance: Some(indicator.provenance.clone()),
        }));
    }
    given
}

pub(super) fn of_instances(words: &Words<'_>) -> Vec<Given> {
    ["household", "round", "member"]
        .map(|name| words.given(name, if name == "round" { Kind::Whole } else { Kind::Text }, Vec::new()))
        .into()
}

/// Cells by the names above.
pub(super) type Cells = BTreeMap<String, Cell>;

/// The indicators of each standard, by its id: number and column.
pub(super) type Columns = BTreeMap<String, Vec<(u8, String)>>;

/// Where the indicators of standards stand.
pub(super) fn columns<'s>(standards: impl Iterator<Item = &'s Standard>) -> Columns {
    let of = |standard: &Standard| {
        let column = |key: &str| format!("{}_{key}", short(&standard.id));
        let indicators = standard.outline().indicators.into_iter();
        let placed = indicators.map(|indicator| (indicator.number, column(&indicator.key)));
        (standard.id.clone(), placed.collect())
    };
    standards.map(of).collect()
}

pub(super) fn cells_of(
    answered: &Answered<'_>,
    scoring: &Scoring,
    columns: &Columns,
    key: &HouseholdKeyRef,
    household: &str,
) -> Cells {
    let code = |name: &str| Cell::Code(name.to_owned());
    let form = answered.form.map(|form| format!("{} {}", form.files.id, form.files.version));
    let village = Answer::find(answered.listed, None, "village").map(ToString::to_string);
    let previous = Answer::find(answered.listed, None, "previous_class").map(ToString::to_string);
    let previous = previous.filter(|class| PREVIOUS.contains(&class.as_str()));
    let mut members: Vec<&str> = answered.all.iter().filter_map(|answer| answer.around).collect();
    members.retain(|around| around.starts_with("members.") && around.matches('.').count() == 1);
    members.dedup();
    let mut cells: Cells = [
        ("household", Some(Cell::Text(household.to_owned()))),
        ("round", Some(Cell::Whole(i64::from(scoring.rounds.open.0)))),
        ("commune", Some(Cell::Text(key.commune.as_str().to_owned()))),
        ("village", village.map(Cell::Text)),
        ("area", Some(code(area(answered.area)))),
        ("form", form.map(Cell::Text)),
        ("state", Some(code(answered.state.as_str()))),
        ("stage", Some(code(answered.stage.as_str()))),
        ("previous_class", previous.map(|class| code(&class))),
        ("members_count", i64::try_from(members.len()).ok().map(Cell::Whole)),
    ]
    .into_iter()
    .filter_map(|(name, cell)| Some((name.to_owned(), cell?)))
    .collect();
    for (ready, score) in &answered.scores {
        let standard = short(&ready.standard().id);
        let mut put = |name: &str, cell: Option<Cell>| {
            if let Some(cell) = cell {
                cells.insert(format!("{name}_{standard}"), cell);
            }
        };
        let class = ready.class(score);
        put("class", class.map(|class| code(&class.key)));
        put("provisional", class.map(|_| Cell::Whole(i64::from(score.provisional().next().is_some()))));
        put("income", score.income.map(Cell::Number));
        put("basis", score.basis.map(|basis| code(basis_name(basis))));
        put("deprived", Some(Cell::Whole(i64::from(score.deprived.count()))));
        for (number, column) in columns.get(&ready.standard().id).into_iter().flatten() {
            let number = *number;
            let state = if score.deprived.contains(number) {
                "deprived"
            } else if score.open.contains(number) {
                "open"
            } else if score.undefined.contains(number) {
                "undefined"
            } else {
                "met"
            };
            cells.insert(column.clone(), code(state));
        }
    }
    cells
}

pub(super) fn cells_of_instance(of_interview: &Cells, member: String) -> BTreeMap<&'static str, Cell> {
    let kept =
        ["household", "round"].into_iter().filter_map(|name| Some((name, of_interview.get(name)?.clone())));
    kept.chain([("member", Cell::Text(member))]).collect()
}

fn area(area: AreaType) -> &'static str {
    match area {
        AreaType::Rural => "rural",
        AreaType::Urban => "urban",
    }
}

fn basis_name(basis: IncomeBasis) -> &'static str {
    match basis {
        IncomeBasis::Worksheet => "worksheet",
        IncomeBasis::Points => "points",
    }
}
