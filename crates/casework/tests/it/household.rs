//! The shipped instruments, and households filled in for a test.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use rasoat_casework::standard::{PointTable, Standard};
use rasoat_instrument::{Context, Definition, InstanceId, Path, Plan, Session};

/// Made ready once for all tests.
static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
    let sheet = |name: &str| read(&format!("instruments/household-2026/{name}.csv"));
    let form = rasoat_xlsform::read_csv(&sheet("survey"), &sheet("choices"), &sheet("settings"))
        .unwrap_or_else(|problems| panic!("{problems:#?}"));
    Arc::new(Plan::new(Arc::new(form)))
});

pub(crate) const STANDARDS: [&str; 2] = ["vn-2022-2026", "vn-2027-2030"];

/// The standard of 2022–2026 with a further income test on the shipped dummy point table.
pub(crate) const DUMMY_POINTS: &str = "with-dummy-points";

/// A file of the repository.
pub(crate) fn file(place: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(place)
}

pub(crate) fn read(place: &str) -> String {
    std::fs::read_to_string(file(place)).unwrap_or_else(|error| panic!("{place}: {error}"))
}

pub(crate) fn form() -> Arc<Definition> {
    Arc::clone(PLAN.definition())
}

pub(crate) fn plan() -> Arc<Plan> {
    Arc::clone(&PLAN)
}

/// A shipped standard, or [`DUMMY_POINTS`].
pub(crate) fn standard(id: &str) -> Standard {
    let (shipped, more) = match id {
        DUMMY_POINTS => ("vn-2022-2026", read("tests/fixtures/points/income-by-dummy-table.toml")),
        _ => (id, String::new()),
    };
    let text = read(&format!("instruments/standards/{shipped}.toml")) + &more;
    Standard::from_toml(&text)
        .and_then(|standard| standard.with_tables(&[dummy_table()]))
        .unwrap_or_else(|problems| panic!("{id}: {problems:#?}"))
}

pub(crate) fn dummy_table() -> PointTable {
    PointTable::from_toml(&read("instruments/points/b1-dummy.toml"))
        .unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Fields by name; an empty text takes an answer back.
pub(crate) type Fields = BTreeMap<String, String>;

#[derive(Default, Clone)]
pub(crate) struct Household {
    pub(crate) answers: Fields,
    pub(crate) members: BTreeMap<String, Fields>,
}

impl Household {
    pub(crate) fn from_table(table: &toml::Table) -> Self {
        let members = table.get("members").and_then(toml::Value::as_table);
        let fields = |(id, fields): (&String, &toml::Value)| (id.clone(), fields_of(fields));
        Self {
            answers: table.get("answers").map(fields_of).unwrap_or_default(),
            members: members.into_iter().flatten().map(fields).collect(),
        }
    }

    pub(crate) fn base(name: &str) -> Self {
        let text = read(&format!("tests/fixtures/golden/base/{name}.toml"));
        Self::from_table(&text.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
    }

    /// From places like `members.a.birth` with their answers.
    pub(crate) fn from_places(places: Vec<(String, String)>) -> Self {
        let mut household = Self::default();
        for (place, text) in places {
            match place.strip_prefix("members.").and_then(|rest| rest.split_once('.')) {
                Some((id, name)) => {
                    household.members.entry(id.to_owned()).or_default().insert(name.to_owned(), text);
                }
                None => drop(household.answers.insert(place, text)),
            }
        }
        household
    }

    pub(crate) fn overlay(mut self, other: Self) -> Self {
        self.answers.extend(other.answers);
        for (id, fields) in other.members {
            self.members.entry(id).or_default().extend(fields);
        }
        self
    }

    /// The form with these answers, interviewed on 23 November 2026.
    pub(crate) fn open(&self) -> Session {
        let context = Context::of_day("2026-11-23".parse().expect("a date"));
        let mut session = Session::open_plan(Arc::clone(&PLAN), BTreeMap::new(), context);
        for (name, text) in &self.answers {
            set(&mut session, &Path::field(name).expect("a name"), text);
        }
        for (id, fields) in &self.members {
            let id: InstanceId = id.parse().expect("an id");
            session.add_instance("members", &id).expect("a member");
            let member = Path::instance("members", &id).expect("a path");
            for (name, text) in fields {
                set(&mut session, &member.child(name).expect("a name"), text);
            }
        }
        session
    }

    /// Every answer given, with its place.
    pub(crate) fn places(&self) -> Vec<(Path, String)> {
        let outside = self.answers.iter().map(|(name, text)| (name.clone(), text));
        let inside = self.members.iter().flat_map(|(id, fields)| {
            fields.iter().map(move |(name, text)| (format!("members.{id}.{name}"), text))
        });
        outside.chain(inside).map(|(place, text)| (place.parse().expect("a path"), text.clone())).collect()
    }
}

fn fields_of(table: &toml::Value) -> Fields {
    let text = |value: &toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    table.as_table().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn set(session: &mut Session, path: &Path, text: &str) {
    session.set_text(path, text).unwrap_or_else(|error| panic!("{path}: {error}"));
}
