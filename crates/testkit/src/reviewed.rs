//! Reviewed households in any number: the edits a laptop seals when a household of last year's list was interviewed, with answers
//! drawn at random, some common, some rare, as in a village.

#![expect(clippy::expect_used, reason = "fails only by a defect of the generator itself")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_casework::{
    Chain, Change, CommuneCode, Draft, Edit, HouseholdKey, InstrumentHash, Round, Subject, SubjectKind,
    VersionVector, WriterId, household_id, interview_id, member_id,
};
use rasoat_instrument::{
    Context, Definition, FindingKind, Node, Path, Plan, Question, QuestionKind, Session, Value, ValueKind,
};
use uuid::Uuid;

use crate::interviewer::{Preferences, complete};
use crate::people::{self, Household};

const ROUND: Round = Round(2026);
/// What the list says of members.
const LISTED: [&str; 6] = ["full_name", "relation", "birth", "sex", "citizen_id", "ethnicity"];
const REPEAT: &str = "members";
/// A working day in November 2026 begins at eight in Vietnam.
const BEGIN_MILLIS: i64 = 1_794_877_200_000;

/// A household on the list.
pub struct Listed {
    household: Household,
    line: BTreeMap<Path, Change>,
    commune: CommuneCode,
    id: Uuid,
}

/// Makes one household after the other, by one writer.
pub struct Reviewer {
    random: ChaCha8Rng,
    plan: Arc<Plan>,
    questions: BTreeMap<String, Question>,
    instrument: InstrumentHash,
    chain: Chain,
    key: HouseholdKey,
    now: i64,
    author: String,
    made: usize,
    /// An answer was doubted and is drawn again.
    doubted: bool,
}

impl Reviewer {
    /// A writer's work on a form, told by `seed`.
    ///
    /// # Panics
    /// When the form has no plan.
    pub fn new(seed: u64, definition: Arc<Definition>, instrument: InstrumentHash) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut writer = [0; 16];
        random.fill(&mut writer);
        let mut key = [0; 32];
        random.fill(&mut key);
        let village = &people::villages()[0];
        let author = people::household(&mut random, 0, village).head().full_name.clone();
        let mut questions = BTreeMap::new();
        collect(&definition.nodes, &mut questions);
        Self {
            random,
            plan: Arc::new(Plan::new(definition)),
            questions,
            instrument,
            chain: Chain::new(WriterId(uuid::Builder::from_random_bytes(writer).into_uuid())),
            key: HouseholdKey(key),
            now: BEGIN_MILLIS,
            author,
            made: 0,
            doubted: false,
        }
    }

    /// The writer.
    pub fn writer(&self) -> WriterId {
        self.chain.writer
    }

    /// The next household: the edit of its line on the list, then the edit of its interview.
    ///
    /// # Panics
    /// When the form cannot be completed.
    pub fn household(&mut self) -> (Edit, Edit) {
        let (household, listed) = self.listed();
        let reviewed = self.reviewed(&household, ROUND);
        (listed, reviewed)
    }

    /// The next household, and the edit of its line on the list.
    ///
    /// # Panics
    /// When the household does not fit an edit.
    pub fn listed(&mut self) -> (Listed, Edit) {
        self.made += 1;
        let villages = people::villages();
        let village = &villages[self.made / 25 % 3];
        let mut household = people::household(&mut self.random, self.made, village);
        for _ in 0..self.random.random_range(0..=2) {
            household.members.push(people::another_child(&mut self.random, &household));
        }
        let commune: CommuneCode = village.commune.parse().expect("a commune code");
        let head = household.head();
        let identity = head.citizen_id.clone().unwrap_or_else(|| format!("{} {}", head.full_name, self.made));
        let id = household_id(&self.key, &commune, &identity);
        let line = self.line(&household, id);
        let subject = Subject { commune: commune.clone(), kind: SubjectKind::Household, id };
        let listed = self.seal(subject, line.clone(), None);
        (Listed { household, line, commune, id }, listed)
    }

    /// The edit of a listed household's interview in a round.
    ///
    /// # Panics
    /// When the form cannot be completed.
    pub fn reviewed(&mut self, listed: &Listed, round: Round) -> Edit {
        let Listed { household, line, commune, id } = listed;
        let answers = self.interview(household, line);
        self.now += self.random.random_range(8 * 60_000..40 * 60_000);
        let changes = self.with_circumstances((*id, round), household, answers);
        let interview = interview_id(*id, round);
        let subject = Subject { commune: commune.clone(), kind: SubjectKind::Interview, id: interview };
        self.seal(subject, changes, Some(self.instrument))
    }

    /// One answer of a sealed interview given anew.
    ///
    /// # Panics
    /// When the edit is no interview's.
    pub fn correction(&mut self, reviewed: &Edit) -> Edit {
        self.now += 90_000;
        let mut seen = VersionVector::default();
        seen.insert(reviewed.id);
        let place: Path = "water_source".parse().expect("a path");
        let changes = BTreeMap::from([(place, Change::Set(Value::Choice("protected_well".to_owned())))]);
        let draft = Draft {
            subject: reviewed.subject.clone(),
            seen,
            author: self.author.clone(),
            instrument: Some(self.instrument),
            changes,
        };
        self.chain.seal(draft, self.now).expect("an edit of one place")
    }

    fn seal(
        &mut self,
        subject: Subject,
        changes: BTreeMap<Path, Change>,
        instrument: Option<InstrumentHash>,
    ) -> Edit {
        let seen = VersionVector::default();
        let draft = Draft { subject, seen, author: self.author.clone(), instrument, changes };
        self.chain.seal(draft, self.now).expect("a household fits an edit")
    }

    fn line(&self, household: &Household, id: Uuid) -> BTreeMap<Path, Change> {
        let mut line = BTreeMap::new();
        let mut set = |path: Path, value: Value| line.insert(path, Change::Set(value));
        let field = |name: &str| Path::field(name).expect("a field");
        set(field("origin"), choice("list"));
        set(field("household_code"), Value::Text(household.code.clone()));
        set(field("village"), Value::Text(household.village.id.to_owned()));
        set(field("village_name"), Value::Text(household.village.name.to_owned()));
        set(field("previous_class"), choice(if household.poor { "poor" } else { "near_poor" }));
        set(field("previous_b1"), decimal(f64::from(household.b1)));
        set(field("previous_b2"), decimal(f64::from(household.b2)));
        set(field("list_year"), Value::Integer(2025));
        set(field("decision_number"), Value::Text("123/QĐ-UBND".to_owned()));
        set(field("decision_date"), Value::Text("2025-12-05".to_owned()));
        for (index, member) in household.members.iter().enumerate() {
            let identity = member.citizen_id.clone().unwrap_or_else(|| member.full_name.clone());
            let member_id = member_id(&self.key, id, &identity);
            let place = Path::instance(REPEAT, &member_id).expect("a member");
            let at = |name: &str| place.child(name).expect("a field");
            set(at("full_name"), Value::Text(member.full_name.clone()));
            set(at("relation"), choice(relation(member.relation)));
            set(at("birth"), Value::Text(written(member.birth)));
            set(at("sex"), choice(if member.female { "female" } else { "male" }));
            if let Some(id) = &member.citizen_id {
                set(at("citizen_id"), Value::Text(id.clone()));
            }
            set(at("ethnicity"), choice(ethnicity(member.ethnicity)));
            set(at(rasoat_instrument::POSITION), Value::Integer(index as i64 + 1));
        }
        line
    }

    fn interview(&mut self, household: &Household, line: &BTreeMap<Path, Change>) -> BTreeMap<Path, Value> {
        let carried = line.iter().filter_map(|(path, change)| match change {
            Change::Set(value) if path.enclosing_instance().is_some() => Some((path.clone(), value.clone())),
            Change::Set(_) | Change::Removed => None,
        });
        let context = Context::of_day("2026-11-18".parse().expect("a day"));
        let mut session = Session::open_plan(self.plan.clone(), carried.collect(), context);
        session.set_text(&"area_type".parse().expect("a path"), household.village.area).ok();
        let mut tried: BTreeSet<Path> = BTreeSet::new();
        // An answer opens further questions: until nothing new is asked.
        loop {
            let open: Vec<_> = session
                .nodes()
                .into_iter()
                .filter(|node| node.relevant && node.value.is_none() && !node.read_only)
                .filter(|node| tried.insert(node.path.clone()))
                .collect();
            if open.is_empty() {
                break;
            }
            for node in open {
                let Some(name) = node.path.field_name() else { continue };
                let Some(question) = self.questions.get(name).cloned() else { continue };
                if let Some(text) = self.answer(
                    (&question, of_member(&node.path)),
                    node.offered.as_deref(),
                    &session,
                    household,
                ) {
                    let before = errors(&session);
                    if session.set_text(&node.path, &text).is_ok() && errors(&session) > before {
                        session.set_text(&node.path, "").ok();
                    }
                }
            }
        }
        self.reconsider(&mut session, household);
        // What the draw could not answer without an objection.
        complete(&mut session, &Preferences::from([("floor_area", "60"), ("b1_total", "120")]));
        session.answers()
    }

    /// Doubtful answers are mostly mistakes: drawn again until nothing is doubted, a few times; what is left gets a reason.
    fn reconsider(&mut self, session: &mut Session, household: &Household) {
        for _ in 0..20 {
            let doubts = || session.findings().into_iter().filter(|found| found.kind == FindingKind::Warning);
            let doubted: Vec<Path> = doubts().map(|found| found.path).collect();
            for doubted in &doubted {
                let path = &behind(doubted);
                let Some(node) = session.node(path) else { continue };
                // Who people are is on the list and is not drawn.
                if path.field_name().is_some_and(|name| LISTED.contains(&name)) {
                    continue;
                }
                let Some(question) = path.field_name().and_then(|name| self.questions.get(name)).cloned()
                else {
                    continue;
                };
                self.doubted = true;
                let text =
                    self.answer((&question, of_member(path)), node.offered.as_deref(), session, household);
                self.doubted = false;
                session.set_text(path, &text.unwrap_or_default()).ok();
            }
            if doubted.is_empty() {
                return;
            }
        }
    }

    fn answer(
        &mut self,
        (question, of_member): (&Question, bool),
        offered: Option<&[String]>,
        session: &Session,
        household: &Household,
    ) -> Option<String> {
        let optional = question.required.is_none();
        let QuestionKind::Asked { kind, list } = &question.kind else {
            return matches!(question.kind, QuestionKind::Acknowledge).then(|| "OK".to_owned());
        };
        // What is not asked for and takes a look at papers is left out more often than not.
        let papers = matches!(kind, ValueKind::Text | ValueKind::Date | ValueKind::Decimal);
        let left_out = match (papers, of_member) {
            (true, true) => 0.6,
            (true, false) => 0.25,
            (false, true) => 0.2,
            (false, false) => 0.05,
        };
        if optional && self.random.random_bool(left_out) {
            return None;
        }
        let listed = || {
            let list = list.as_ref().and_then(|list| session.definition().lists.get(list));
            list.into_iter().flat_map(|list| list.items()).map(|item| item.name().to_owned()).collect()
        };
        let names: Vec<String> = offered.map_or_else(listed, <[String]>::to_vec);
        let name = question.name.as_str();
        Some(match kind {
            ValueKind::Choice => self.common(name, &names)?,
            ValueKind::Choices => {
                if name == "income_sources" {
                    return Some(self.sources(session));
                }
                let exclusive = names.iter().any(|name| name == "none") && self.random.random_bool(0.3);
                if exclusive {
                    return Some("none".to_owned());
                }
                let real: Vec<String> = names.into_iter().filter(|name| name != "none").collect();
                let mut chosen = vec![self.common(name, &real)?];
                for _ in 0..self.random.random_range(0..5) {
                    let more = self.common(name, &real)?;
                    if !chosen.contains(&more) {
                        chosen.push(more);
                    }
                }
                chosen.sort_by_key(|chosen| real.iter().position(|name| name == chosen));
                chosen.join(" ")
            }
            ValueKind::Integer => match name {
                _ if name.starts_with("cost") => (100_000 * self.random.random_range(0..40)).to_string(),
                _ if name.starts_with("income") => (100_000 * self.random.random_range(100..400)).to_string(),
                "b1_total" => (5 * self.random.random_range(14..60)).to_string(),
                "electricity_kwh" => self.random.random_range(10..160).to_string(),
                "school_grade" => self.random.random_range(1..=12).to_string(),
                _ => self.random.random_range(0..6).to_string(),
            },
            ValueKind::Decimal => match name {
                "floor_area" => self.random.random_range(20..120).to_string(),
                "child_height" => (self.random.random_range(600..1600) as f64 / 10.0).to_string(),
                "child_weight" => (self.random.random_range(50..450) as f64 / 10.0).to_string(),
                _ => (100 * self.random.random_range(1..60)).to_string(),
            },
            ValueKind::Date => format!(
                "2026-{:02}-{:02}",
                self.random.random_range(1..=11),
                self.random.random_range(1..=17)
            ),
            ValueKind::Text => self.text(name, household)?,
            ValueKind::Time | ValueKind::DateTime | ValueKind::Point | ValueKind::File => return None,
        })
    }

    /// What people work at must be among the sources of income.
    fn sources(&mut self, session: &Session) -> String {
        let counted = |name: &str| {
            let count = session.value(&Path::field(name).expect("a field"));
            count.and_then(|count| count.as_integer()).unwrap_or_default() > 0
        };
        let mut sources = vec!["crops"];
        if self.random.random_bool(0.7) {
            sources.push("livestock");
        }
        if counted("wage_count") {
            sources.push("wages");
        }
        if counted("pension_count") {
            sources.push("pension");
        }
        sources.join(" ")
    }

    fn text(&mut self, name: &str, household: &Household) -> Option<String> {
        const REMARKS: [&str; 4] = [
            "Gia đình đi làm nương xa, phải đến hai lần mới gặp.",
            "Chủ hộ mới ra viện, con gái trả lời giúp.",
            "Nhà đang sửa mái, tạm ở nhờ anh em bên cạnh.",
            "Đã đối chiếu với sổ hộ khẩu cũ.",
        ];
        Some(match name {
            "phone" => format!("03{:08}", self.random.random_range(0..100_000_000)),
            "insurance_number" => format!("20{:08}", self.random.random_range(0..100_000_000)),
            "address" => format!("Xóm {}", self.random.random_range(1..6)),
            "respondent_name" => household.members.choose(&mut self.random)?.full_name.clone(),
            "b1_filled_by" => "Cán bộ xã".to_owned(),
            _ if self.random.random_bool(0.1) => (*REMARKS.choose(&mut self.random)?).to_owned(),
            _ => return None,
        })
    }

    /// Mostly the choice that is common for the question, seldom the others.
    fn common(&mut self, question: &str, names: &[String]) -> Option<String> {
        if names.is_empty() {
            return None;
        }
        let usual = question.bytes().map(usize::from).sum::<usize>();
        let mut step = 0;
        let others = if self.doubted { 0.8 } else { 0.22 };
        while step + 1 < names.len() && self.random.random_bool(others) {
            step += 1;
        }
        names.get((usual + step) % names.len()).cloned()
    }

    fn with_circumstances(
        &self,
        (household, round): (Uuid, Round),
        listed: &Household,
        answers: BTreeMap<Path, Value>,
    ) -> BTreeMap<Path, Change> {
        let signed_at = jiff::Timestamp::from_millisecond(self.now).expect("a time").to_string();
        let circumstances = [
            ("meta_household", Value::Text(household.to_string())),
            ("meta_round", Value::Integer(i64::from(round.0))),
            ("meta_area_type", choice(listed.village.area)),
            ("meta_standards", Value::Text("vn-2022-2026 vn-2027-2030".to_owned())),
            ("meta_units_version", Value::Text("2025-07-01".to_owned())),
            ("meta_state", choice("signed")),
            ("meta_signed_by", Value::Text(self.author.clone())),
            ("meta_signed_at", Value::Text(signed_at)),
            ("meta_classes", Value::Text("vn-2022-2026=not_poor vn-2027-2030=near_poor".to_owned())),
        ];
        let places = circumstances.map(|(name, value)| (Path::field(name).expect("a field"), value));
        answers.into_iter().chain(places).map(|(path, value)| (path, Change::Set(value))).collect()
    }
}

/// The answer behind a doubt that two answers raise together.
fn behind(doubted: &Path) -> Path {
    let name = match doubted.field_name() {
        Some("check_disability_allowance") => "monthly_allowance",
        Some("check_capacity_study") => "labour_capacity",
        Some("check_internet") => "digital_services",
        Some("check_power") => "electricity_source",
        Some(_) | None => return doubted.clone(),
    };
    let within = doubted.enclosing_instance().and_then(|instance| instance.child(name).ok());
    within.unwrap_or_else(|| Path::field(name).expect("a field"))
}

fn of_member(path: &Path) -> bool {
    path.instance_id().is_some()
}

fn errors(session: &Session) -> usize {
    let findings = session.findings();
    findings.iter().filter(|found| found.kind == FindingKind::Error).count()
}

fn collect(nodes: &[Node], questions: &mut BTreeMap<String, Question>) {
    for node in nodes {
        match node {
            Node::Group(group) => collect(&group.nodes, questions),
            Node::Repeat(repeat) => collect(&repeat.nodes, questions),
            Node::Question(question) => {
                questions.insert(question.name.clone(), question.as_ref().clone());
            }
        }
    }
}

fn choice(name: &str) -> Value {
    Value::Choice(name.to_owned())
}

fn decimal(number: f64) -> Value {
    Value::Decimal(rasoat_instrument::Number::new(number).expect("a finite number"))
}

fn written((year, month, day): (i16, i8, i8)) -> String {
    format!("{year}-{month:02}-{day:02}")
}

/// A relation of the generated households, as the form names it.
pub(crate) fn relation(listed: &str) -> &'static str {
    match listed {
        "Chủ hộ" => "head",
        "Vợ" => "wife",
        "Chồng" => "husband",
        "Con đẻ" => "child",
        "Cha đẻ" => "father",
        "Mẹ đẻ" => "mother",
        other => panic!("{other} is not generated"),
    }
}

fn ethnicity(listed: &str) -> &'static str {
    match listed {
        "Kinh" => "01",
        "Tày" => "02",
        "Nùng" => "07",
        "Dao" => "09",
        other => panic!("{other} is not generated"),
    }
}
