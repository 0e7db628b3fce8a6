//! Interviewed households: some dozens of interviews led through the shipped form, and as many households as wanted that answer
//! as one of them does, with people, places and sums of their own. Nobody in them exists.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::{Result, anyhow};
use rasoat_casework::{Change, Round, Subject, SubjectKind, VersionVector, interview_id};
use rasoat_casework::{Draft, InstrumentHash};
use rasoat_instrument::{
    Context, Definition, InstanceId, Node, Path, Plan, Question, QuestionKind, Session, Value,
};
use rasoat_testkit::interviewer::{Asked, Preferences, choose, complete, poor};
use uuid::Uuid;

use crate::generated::{self, Dice};

/// 4.6 on average.
const MEMBERS: [u64; 10] = [3, 4, 5, 6, 5, 4, 5, 5, 4, 5];
const FAMILIES: [&str; 8] = ["Nông", "Hoàng", "Lương", "Vi", "Lý", "Triệu", "Bế", "Nguyễn"];
const MIDDLES: [&str; 4] = ["Văn", "Thị", "Minh", "Ngọc"];
const GIVEN: [&str; 12] =
    ["Thành", "Hải", "Sơn", "Nhung", "Lan", "Bích", "Mai", "Hạnh", "Thơm", "Cường", "Quý", "Dũng"];

/// Answers that open the most further questions.
const WIDE: [(&str, &str); 7] = [
    ("land_types", "rice annual_crops perennial garden forest aquaculture"),
    ("livestock_types", "cattle pigs poultry"),
    ("assets", "motorbike fridge"),
    ("worksheet_too", "yes"),
    ("income_sources", "crops livestock forestry wages business pension transfers other"),
    ("poverty_causes", "land capital other"),
    ("support_needs", "housing training other"),
];

/// How large what was made is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shape {
    pub(super) households: usize,
    answers: usize,
    member_answers: usize,
    people: usize,
    /// Of both edits.
    pub(super) bytes: usize,
    pub(super) request_bytes: usize,
}

impl Shape {
    /// Answers of a household itself, on average.
    pub(super) fn fields(&self) -> f64 {
        mean(self.answers, self.households)
    }

    /// Answers of each member, on average.
    pub(super) fn member_fields(&self) -> f64 {
        mean(self.member_answers, self.people)
    }

    /// Members of a household, on average.
    pub(super) fn mean_members(&self) -> f64 {
        mean(self.people, self.households)
    }

    /// Counts a household: its line and its interview.
    pub(super) fn add(&mut self, [line, interview]: &[Draft; 2]) {
        self.answers += line.changes.keys().filter(|path| path.instance_id().is_none()).count();
        let mut people = Vec::new();
        for path in interview.changes.keys() {
            match path.instance_id() {
                Some(id) => {
                    self.member_answers += 1;
                    if people.last() != Some(&id) {
                        people.push(id);
                    }
                }
                None => self.answers += 1,
            }
        }
        people.sort();
        people.dedup();
        self.people += people.len();
        self.households += 1;
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            households: self.households + other.households,
            answers: self.answers + other.answers,
            member_answers: self.member_answers + other.member_answers,
            people: self.people + other.people,
            bytes: self.bytes + other.bytes,
            request_bytes: self.request_bytes + other.request_bytes,
        }
    }
}

fn mean(sum: usize, count: usize) -> f64 {
    (sum as f64 / count.max(1) as f64 * 10.0).round() / 10.0
}

/// Interviews that are complete and may be signed off.
pub(crate) struct Interviews {
    answers: Vec<BTreeMap<Path, Value>>,
}

impl Interviews {
    /// Leads `count` interviews.
    pub(crate) fn lead(definition: Arc<Definition>, count: usize, dice: &mut Dice) -> Result<Self> {
        let plan = Arc::new(Plan::new(definition));
        let answers = (0..count).map(|number| {
            let members = MEMBERS.get(number % MEMBERS.len()).copied().unwrap_or(5);
            interview(&plan, dice, members, number % 3 == 0)
        });
        Ok(Self { answers: answers.collect::<Result<_>>()? })
    }

    /// The household of a number: the line of its list and its interview, signed off.
    pub(crate) fn household(
        &self,
        number: usize,
        commune: &str,
        instrument: InstrumentHash,
    ) -> Result<[Draft; 2]> {
        let mut dice = Dice::new(number as u64 + 1);
        let seed = blake3::hash(format!("household {number} of {commune}").as_bytes());
        let household = uuid::Builder::from_custom_bytes(seed.as_bytes()[..16].try_into()?).into_uuid();
        let model = &self.answers[number % self.answers.len()];
        let mut names = HashMap::new();
        let mut answers = BTreeMap::new();
        for (path, value) in model {
            answers.insert(renamed(path, &mut names, &seed)?, varied(path, value, &mut dice));
        }
        let listed = answers.iter().filter(|(path, _)| {
            path.instance_id().is_some()
                && path.field_name().is_some_and(|name| {
                    matches!(name, "full_name" | "relation" | "birth" | "sex" | "citizen_id" | "position_")
                })
        });
        let mut line: BTreeMap<Path, Value> =
            listed.map(|(path, value)| (path.clone(), value.clone())).collect();
        let text = |text: &str| Value::Text(text.to_owned());
        line.insert(Path::field("household_code")?, text(&format!("20{commune}{number:06}")));
        line.insert(Path::field("village")?, text("ban-thu"));
        line.insert(Path::field("village_name")?, text("Bản Thử"));
        for (name, value) in [
            ("meta_household", text(&household.to_string())),
            ("meta_round", Value::Integer(2026)),
            ("meta_area_type", Value::Choice("rural".to_owned())),
            ("meta_standards", text("vn-2022-2026 vn-2027-2030")),
            ("meta_units_version", text("2025-07")),
            ("meta_state", Value::Choice("signed".to_owned())),
            ("meta_signed_by", text("Người Rà Soát")),
            ("meta_signed_at", text("2026-11-23T09:30:00+07:00")),
            ("meta_classes", text("vn-2022-2026=near_poor")),
        ] {
            answers.insert(Path::field(name)?, value);
        }
        let interview = interview_id(household, Round(2026));
        Ok([
            draft(commune, SubjectKind::Household, household, None, line)?,
            draft(commune, SubjectKind::Interview, interview, Some(instrument), answers)?,
        ])
    }
}

fn draft(
    commune: &str,
    kind: SubjectKind,
    id: Uuid,
    instrument: Option<InstrumentHash>,
    values: BTreeMap<Path, Value>,
) -> Result<Draft> {
    Ok(Draft {
        subject: Subject { commune: commune.parse()?, kind, id },
        seen: VersionVector::default(),
        author: "Người Rà Soát".to_owned(),
        instrument,
        changes: values.into_iter().map(|(path, value)| (path, Change::Set(value))).collect(),
    })
}

/// The same place, of a member of this household.
fn renamed(path: &Path, names: &mut HashMap<InstanceId, InstanceId>, seed: &blake3::Hash) -> Result<Path> {
    let Some(id) = path.instance_id() else { return Ok(path.clone()) };
    let name = match names.get(&id) {
        Some(name) => name.clone(),
        None => {
            let hex = blake3::hash(&[seed.as_bytes(), id.as_str().as_bytes()].concat()).to_hex();
            let name: InstanceId = hex[..12].parse()?;
            names.insert(id.clone(), name.clone());
            name
        }
    };
    Ok(path.to_string().replacen(&format!(".{id}."), &format!(".{name}."), 1).parse()?)
}

/// What differs from household to household.
fn varied(path: &Path, value: &Value, dice: &mut Dice) -> Value {
    match (path.field_name(), value) {
        (Some("full_name"), _) => {
            let name = [dice.of(&FAMILIES), dice.of(&MIDDLES), dice.of(&GIVEN)].join(" ");
            Value::Text(name)
        }
        (Some("citizen_id"), Value::Text(_)) => Value::Text(format!("020{:09}", dice.below(1_000_000_000))),
        (Some("birth"), Value::Text(text)) if text.len() == 10 => {
            Value::Text(format!("{}{:02}", &text[..8], 1 + dice.below(28)))
        }
        (_, Value::Integer(sum)) if *sum >= 1_000_000 => {
            Value::Integer(sum + i64::try_from(dice.below(900)).unwrap_or(0) * 1_000)
        }
        _ => value.clone(),
    }
}

/// Answers everything that is asked of the household, and what must be answered of its members.
fn interview(
    plan: &Arc<Plan>,
    dice: &mut Dice,
    members: u64,
    is_poor: bool,
) -> Result<BTreeMap<Path, Value>> {
    let context = Context::of_day("2026-11-23".parse()?);
    let mut session = Session::open_plan(Arc::clone(plan), BTreeMap::new(), context);
    session.set_text(&"area_type".parse()?, "rural").ok();
    for number in 0..members {
        session.add_instance("members", &format!("m{number}").parse()?)?;
    }
    let mut preferences = Preferences::new();
    if is_poor {
        preferences = poor();
        preferences.insert("worksheet_too", "yes");
    }
    let of_household = generated::household(dice, 0).into_iter();
    let at_length = WIDE.map(|(name, text)| (name.to_owned(), text.to_owned()));
    for (place, text) in of_household.chain(at_length).chain(family(dice, members)) {
        let path: Path = place.parse()?;
        if !path.field_name().is_some_and(|name| preferences.contains_key(name)) {
            // What is not asked of this one stays empty.
            session.set_text(&path, &text).ok();
        }
    }
    complete(&mut session, &preferences);
    answer_the_rest(&mut session, &preferences);
    complete(&mut session, &preferences);
    anyhow::ensure!(!session.findings().iter().any(|finding| finding.blocks()), "cannot be signed off");
    Ok(session.answers())
}

/// A couple with children, and the head's mother in larger households.
fn family(dice: &mut Dice, members: u64) -> Vec<(String, String)> {
    let head = 1970 + dice.below(16);
    let mut all = Vec::new();
    for number in 0..members {
        let (relation, year, female) = match number {
            0 => ("head", head, false),
            1 => ("wife", head + 2, true),
            4 => ("mother", head - 24, true),
            _ => ("child", head + 24 + number * 2, dice.one_in(2)),
        };
        let mut put =
            |name: &str, text: &str| all.push((format!("members.m{number}.{name}"), text.to_owned()));
        put("full_name", "Nông Văn Thành");
        put("relation", relation);
        put("birth", &format!("{year}-{:02}-{:02}", 1 + dice.below(10), 1 + dice.below(28)));
        put("sex", if female { "female" } else { "male" });
        let century = if year >= 2000 { 2 } else { 0 } + u64::from(female);
        put("citizen_id", &format!("020{century}{:02}{:06}", year % 100, dice.below(1_000_000)));
        put("health_insurance", dice.of(&["yes", "yes", "yes", "no"]));
        put("monthly_allowance", "no");
        put("internet_use", dice.of(&["yes", "no"]));
        put("work_status", dice.of(&["self", "self", "wage"]));
    }
    all
}

fn answer_the_rest(session: &mut Session, preferences: &Preferences) {
    let definition = Arc::clone(session.definition());
    let mut questions = HashMap::new();
    note_questions(&definition.nodes, &mut questions);
    let open: Vec<_> = session
        .nodes()
        .into_iter()
        .filter(|node| node.relevant && !node.read_only && node.value.is_none())
        .filter(|node| node.path.instance_id().is_none())
        .collect();
    for node in open {
        let name = node.path.field_name().unwrap_or_default();
        let Some(QuestionKind::Asked { kind, list }) = questions.get(name).map(|question| &question.kind)
        else {
            continue;
        };
        let listed = list.as_ref().and_then(|list| definition.lists.get(list));
        let listed = || listed.into_iter().flat_map(|list| list.items()).map(|item| item.name().to_owned());
        let choices: Vec<String> = node.offered.unwrap_or_else(|| listed().collect());
        let is_choice = list.is_some();
        if is_choice && choices.is_empty() {
            continue;
        }
        let text = choose(&Asked { name, kind: Some(*kind), acknowledge: false, choices }, preferences);
        if session.set_text(&node.path, &text).is_ok()
            && session.findings().iter().any(|finding| finding.blocks())
        {
            session.set_text(&node.path, "").ok();
        }
    }
}

fn note_questions<'d>(nodes: &'d [Node], found: &mut HashMap<&'d str, &'d Question>) {
    for node in nodes {
        match node {
            Node::Group(group) => note_questions(&group.nodes, found),
            Node::Repeat(repeat) => note_questions(&repeat.nodes, found),
            Node::Question(question) => _ = found.insert(&question.name, question),
        }
    }
}

/// The form that an enrolment hands out.
pub(crate) fn form(files: &rasoat_exchange::enrolment::InstrumentFiles) -> Result<Arc<Definition>> {
    let form = rasoat_xlsform::Form {
        survey: files.survey.clone(),
        choices: files.choices.clone(),
        settings: files.settings.clone(),
        files: files.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect(),
    };
    form.read().map(Arc::new).map_err(|problems| anyhow!("the form cannot be read: {:?}", problems.first()))
}
