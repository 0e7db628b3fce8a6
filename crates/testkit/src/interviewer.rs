//! Fills a form the way a patient interviewer would: every open question, in order, until nothing blocks sign-off.

use std::collections::HashMap;

use rasoat_instrument::{
    Definition, Facet, FindingKind, Node, Path, Question, QuestionKind, Session, Value, ValueKind,
};

/// The reason given for every warning.
pub const REASON: &str = "Đã hỏi lại, đúng như vậy";

/// What to answer where it matters, by field name, as canonical texts; members' fields get the same answer for everybody.
pub type Preferences = HashMap<&'static str, &'static str>;

/// Below the income line by points, with unsafe water, no latrine and not eight square metres each: at least three indicators deprived.
pub fn poor() -> Preferences {
    HashMap::from([
        ("income_method", "b1_total"),
        ("b1_total", "120"),
        ("b1_filled_by", "Cán bộ xã"),
        ("worksheet_too", "no"),
        ("floor_area", "7"),
        ("water_source", "surface"),
        ("toilet", "none"),
    ])
}

/// The same in a house of earth, bamboo and leaves: three indicators deprived whose rules are not in doubt, so that the class
/// is no provisional one.
pub fn surely_poor() -> Preferences {
    let house = [
        ("wall_material", "earth"),
        ("wall_solid", "no"),
        ("column_material", "bamboo"),
        ("column_solid", "no"),
        ("roof_material", "leaf"),
        ("roof_solid", "no"),
    ];
    poor().into_iter().chain(house).collect()
}

/// Where an interviewer gives an answer: `answer(path, canonical text)`. An empty text would clear; none is given.
pub trait Form {
    /// Gives one answer and returns the session as it is afterwards.
    fn answer(&mut self, path: &Path, text: &str);
    /// The form as it is.
    fn session(&self) -> &Session;
}

impl Form for Session {
    fn answer(&mut self, path: &Path, text: &str) {
        if let Err(error) = self.set_text(path, text) {
            panic!("{path} does not take {text:?}: {error}");
        }
    }

    fn session(&self) -> &Session {
        self
    }
}

/// Answers everything that blocks sign-off and returns what was answered, in order.
///
/// # Panics
/// When an answer is refused, or a question stays open whatever is answered: the form cannot be completed.
pub fn complete(form: &mut impl Form, preferences: &Preferences) -> Vec<(Path, String)> {
    let mut given: Vec<(Path, String)> = Vec::new();
    loop {
        let definition = form.session().definition().clone();
        let Some(finding) = form.session().findings().into_iter().find(|finding| finding.blocks()) else {
            return given;
        };
        let (path, text) = match finding.kind {
            FindingKind::Warning => (finding.path.with_facet(Facet::Reason), REASON.to_owned()),
            FindingKind::Unanswered | FindingKind::Error => {
                let text = answer_to(&definition, form.session(), &finding.path, preferences);
                (finding.path.clone(), text)
            }
        };
        assert!(
            !given.contains(&(path.clone(), text.clone())),
            "{path} still blocks after {text:?}: {:?} {:?}",
            finding.kind,
            finding.message
        );
        form.answer(&path, &text);
        given.push((path, text));
    }
}

/// One question as an interviewer sees it.
pub struct Asked<'a> {
    /// Field name.
    pub name: &'a str,
    /// Kind of the answer; `None` where nothing is asked.
    pub kind: Option<ValueKind>,
    /// A box to tick.
    pub acknowledge: bool,
    /// The choices on offer, in order.
    pub choices: Vec<String>,
}

/// The answer to one question, as canonical text.
///
/// # Panics
/// When nothing is asked, or no choice is offered.
pub fn choose(asked: &Asked<'_>, preferences: &Preferences) -> String {
    let name = asked.name;
    if let Some(text) = preferences.get(name) {
        return (*text).to_owned();
    }
    if asked.acknowledge {
        return "OK".to_owned();
    }
    match asked.kind {
        Some(ValueKind::Choice | ValueKind::Choices) => {
            asked.choices.first().unwrap_or_else(|| panic!("{name} offers no choice")).clone()
        }
        Some(ValueKind::Integer | ValueKind::Decimal) => "0".to_owned(),
        Some(ValueKind::Date) => "2026-09-15".to_owned(),
        Some(ValueKind::Time) => "09:30".to_owned(),
        Some(ValueKind::DateTime) => "2026-09-15T09:30+07:00".to_owned(),
        Some(ValueKind::Point) => "21.85 106.76".to_owned(),
        Some(ValueKind::File) => "a.jpg".to_owned(),
        Some(ValueKind::Text) => "Không có gì thêm".to_owned(),
        None => panic!("{name} is not asked and yet open"),
    }
}

fn answer_to(definition: &Definition, session: &Session, path: &Path, preferences: &Preferences) -> String {
    let name = path.field_name().unwrap_or_default();
    let question = find(&definition.nodes, name).unwrap_or_else(|| panic!("{name} is not in the form"));
    let (kind, list) = match &question.kind {
        QuestionKind::Asked { kind, list } => (Some(*kind), list.as_ref()),
        QuestionKind::Acknowledge
        | QuestionKind::Calculated
        | QuestionKind::Hidden
        | QuestionKind::Finished
        | QuestionKind::Note => (None, None),
    };
    let listed = list.and_then(|list| definition.lists.get(list));
    let listed = listed.into_iter().flat_map(|list| list.items()).map(|item| item.name().to_owned());
    let choices = session.node(path).and_then(|node| node.offered).unwrap_or_else(|| listed.collect());
    let acknowledge = matches!(question.kind, QuestionKind::Acknowledge);
    choose(&Asked { name, kind, acknowledge, choices }, preferences)
}

fn find<'a>(nodes: &'a [Node], name: &str) -> Option<&'a Question> {
    nodes.iter().find_map(|node| match node {
        Node::Group(group) => find(&group.nodes, name),
        Node::Repeat(repeat) => find(&repeat.nodes, name),
        Node::Question(question) => (question.name == name).then_some(question.as_ref()),
    })
}

/// The canonical text of a value that a form holds, for comparing.
pub fn text_of(value: Option<Value>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use rasoat_casework::AreaType;
    use rasoat_casework::standard::Standard;
    use rasoat_instrument::Context;

    use super::*;

    const FORM: [&str; 3] = [
        include_str!("../../../instruments/household-2026/survey.csv"),
        include_str!("../../../instruments/household-2026/choices.csv"),
        include_str!("../../../instruments/household-2026/settings.csv"),
    ];
    const STANDARD: &str = include_str!("../../../instruments/standards/vn-2022-2026.toml");

    #[test]
    fn the_shipped_form_can_be_completed_for_each_generated_household() {
        let definition = Arc::new(rasoat_xlsform::read_csv(FORM[0], FORM[1], FORM[2]).expect("the form"));
        let standard = Standard::from_toml(STANDARD).expect("the standard");
        for (number, household) in crate::households(2026).iter().enumerate().step_by(7) {
            let context = Context::of_day("2026-09-15".parse().expect("a day"));
            let mut session = Session::open(definition.clone(), BTreeMap::new(), context);
            session.set_text(&"area_type".parse().expect("a path"), household.village.area).ok();
            for (index, member) in household.members.iter().enumerate() {
                let id = format!("m{index}").parse().expect("an id");
                session.add_instance("members", &id).expect("a member");
                let place = Path::instance("members", &id).expect("a path");
                let (year, month, day) = member.birth;
                for (field, text) in [
                    ("full_name", member.full_name.clone()),
                    ("relation", crate::reviewed::relation(member.relation).to_owned()),
                    ("birth", format!("{year}-{month:02}-{day:02}")),
                    ("sex", if member.female { "female" } else { "male" }.to_owned()),
                    ("citizen_id", member.citizen_id.clone().unwrap_or_default()),
                ] {
                    session.set_text(&place.child(field).expect("a path"), &text).expect(field);
                }
            }
            let findings = session.findings();
            let doubted = findings.iter().find(|finding| finding.kind == FindingKind::Warning);
            assert_eq!(doubted, None, "seed 2026, household {number}");
            complete(&mut session, &poor());
            let result = standard.classify(&session, AreaType::Rural);
            assert_eq!(
                result.class.map(|class| class.key).as_deref(),
                Some("poor"),
                "seed 2026, household {number}"
            );
        }
    }
}
