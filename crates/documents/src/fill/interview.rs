//! A filled interview in words, from the form as it stands.

use rasoat_casework::standard::Classification;
use rasoat_casework::{AreaType, CitizenId};
use rasoat_instrument::{
    ChoiceList, Group, Node, NodeState, Numbering, Path, Question, QuestionKind, Repeat, Session, Text,
    ValueKind,
};

use crate::interview::{Interview, InterviewPart, InterviewSection, Line, RosterLine};
use crate::table::decimal;
use crate::words::said;

/// A signature that stands on paper.
const ON_PAPER: &str = rasoat_casework::SIGNED_ON_PAPER;
/// The question that takes citizen IDs.
const CITIZEN_ID: &str = "citizen_id";

/// What is known of an interview beside its answers.
#[derive(Debug, Clone, PartialEq)]
pub struct InterviewFacts {
    /// The round's year.
    pub round: u16,
    /// The head's name.
    pub head: String,
    /// The province's household code.
    pub code: Option<String>,
    /// Address, village and commune; empty parts are left out.
    pub place: [String; 3],
    /// Which income line applies.
    pub area: AreaType,
    /// Who asked, and signed off if that was done.
    pub signed_by: Option<String>,
    /// When it was signed off (RFC 3339).
    pub signed_at: Option<String>,
    /// Whether citizen IDs stand there in full.
    pub full_ids: bool,
    /// When the paper is made (RFC 3339), by whom and where.
    pub made: [String; 3],
    /// The classes, with every reason.
    pub results: Vec<Classification>,
}

/// The filled interview.
pub fn filled_interview(session: &Session, facts: InterviewFacts) -> Interview {
    let InterviewFacts { round, head, code, place, area, signed_by, signed_at, full_ids, made, mut results } =
        facts;
    let filler = Filler::new(session, full_ids);
    for result in &mut results {
        filler.hide_in(result);
    }
    let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let area = match area {
        AreaType::Rural => "area_rural",
        AreaType::Urban => "area_urban",
    };
    let [time, name, device] = made;
    Interview {
        title: vi(&session.definition().title).to_owned(),
        round,
        household: head,
        code,
        place: place.join(", "),
        area: said(area, &[]),
        signed_by,
        signed_at: signed_at.as_deref().map(stamp),
        full_ids,
        made: said("made", &[("time", &stamp(&time)), ("name", &name), ("device", &device)]),
        results,
        sections: filler.sections(),
    }
}

struct Filler<'a> {
    session: &'a Session,
    /// Citizen IDs that are not to be read, wherever they stand: computed values hold them too.
    hidden: Vec<(String, String)>,
}

impl<'a> Filler<'a> {
    fn new(session: &'a Session, full_ids: bool) -> Self {
        let is_id = |path: &Path| path.facet().is_none() && path.field_name() == Some(CITIZEN_ID);
        let given = session.kept().iter().filter(|(path, _)| !full_ids && is_id(path));
        let given = given.map(|(_, value)| value.to_string()).filter(|id| !id.is_empty());
        let hidden = given.map(|id| {
            let masked = masked(&id);
            (id, masked)
        });
        Self { session, hidden: hidden.collect() }
    }

    fn plain(&self, text: String) -> String {
        self.hidden.iter().fold(text, |text, (id, masked)| {
            if text.contains(id.as_str()) { text.replace(id.as_str(), masked) } else { text }
        })
    }

    /// Reasons are made of answers too.
    fn hide_in(&self, result: &mut Classification) {
        let causes = result.indicators.iter_mut().flat_map(|indicator| &mut indicator.causes);
        let candidates = result.turning_points.iter_mut().flat_map(|point| &mut point.candidates);
        let all = causes.chain(candidates.flat_map(|candidate| &mut candidate.causes));
        for words in all.flat_map(|cause| cause.text.0.values_mut()) {
            *words = self.plain(std::mem::take(words));
        }
    }

    fn sections(&self) -> Vec<InterviewSection> {
        let mut number = 0;
        let mut found = Vec::new();
        for node in &self.session.definition().nodes {
            let (title, nodes) = match node {
                Node::Group(Group { label, nodes, .. }) => (label, nodes.as_slice()),
                Node::Repeat(repeat) => (&repeat.label, std::slice::from_ref(node)),
                // Computed values may stand between sections; what is asked there has no section to be in but its own.
                Node::Question(question) if is_computed(question) => continue,
                Node::Question(question) => (&question.label, std::slice::from_ref(node)),
            };
            number += 1;
            let mut numbering = Numbering::new(number);
            let mut parts = vec![lines_under(String::new())];
            self.collect(nodes, &mut numbering, &mut parts);
            parts.retain(|part| match part {
                InterviewPart::Lines { lines, .. } => !lines.is_empty(),
                InterviewPart::Roster { people, lines, .. } => !people.is_empty() && !lines.is_empty(),
            });
            if !parts.is_empty() {
                found.push(InterviewSection { number, title: vi(title).to_owned(), parts });
            }
        }
        found
    }

    fn collect(&self, nodes: &[Node], numbering: &mut Numbering, parts: &mut Vec<InterviewPart>) {
        for node in nodes {
            match node {
                Node::Question(question) => {
                    let number = numbering.next(question);
                    let line = self.line(question, number);
                    if let (Some(line), Some(InterviewPart::Lines { lines, .. })) = (line, parts.last_mut()) {
                        lines.push(line);
                    }
                }
                Node::Group(group) => {
                    parts.push(lines_under(vi(&group.label).to_owned()));
                    self.collect(&group.nodes, numbering, parts);
                }
                Node::Repeat(repeat) => {
                    parts.push(self.roster(repeat, numbering));
                    parts.push(lines_under(String::new()));
                }
            }
        }
    }

    fn line(&self, question: &Question, number: String) -> Option<Line> {
        let path = Path::field(&question.name).ok()?;
        let node = self.session.node(&path).filter(|node| is_said(question, node))?;
        let label = self.session.fill(&question.label, Some(&path));
        Some(Line { number, label: self.plain(vi(&label).to_owned()), answer: self.answer(question, &node) })
    }

    fn roster(&self, repeat: &Repeat, numbering: &mut Numbering) -> InterviewPart {
        let mut columns = Vec::new();
        flat(&repeat.nodes, numbering, &mut columns);
        let people = self.session.instances(&repeat.name);
        let node = |person: &Path, question: &Question| {
            person.child(&question.name).ok().and_then(|path| self.session.node(&path))
        };
        let named = |(place, person): (usize, &Path)| {
            let first = columns.first().and_then(|(column, _)| node(person, column)?.value);
            let known = first.map(|value| value.to_string()).filter(|name| !name.is_empty());
            let known = known.map(|name| self.plain(name));
            known.unwrap_or_else(|| said("line_of", &[("number", &(place + 1).to_string())]))
        };
        let line = |(question, number): &(&Question, String)| {
            let of = |person: &Path| {
                let node = node(person, question).filter(|node| is_said(question, node))?;
                Some(self.answer(question, &node))
            };
            let answers: Vec<Option<String>> = people.iter().map(of).collect();
            let is_asked = answers.iter().any(Option::is_some);
            let (number, label) = (number.clone(), vi(&question.label).to_owned());
            is_asked.then_some(RosterLine { number, label, answers })
        };
        InterviewPart::Roster {
            title: vi(&repeat.label).to_owned(),
            people: people.iter().enumerate().map(named).collect(),
            lines: columns.iter().filter_map(line).collect(),
        }
    }

    /// A canonical value as it is read.
    fn answer(&self, question: &Question, node: &NodeState) -> String {
        let value = node.value.as_ref().map(ToString::to_string).unwrap_or_default();
        if value.is_empty() {
            return value;
        }
        self.plain(match &question.kind {
            QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished => computed(&value),
            QuestionKind::Note => value,
            QuestionKind::Acknowledge => said("acknowledged", &[]),
            QuestionKind::Asked { kind, list } => {
                let list = list.as_ref().and_then(|list| self.session.definition().lists.get(list));
                asked(question, *kind, list.map(|list| &**list), value)
            }
        })
    }
}

fn lines_under(title: String) -> InterviewPart {
    InterviewPart::Lines { title, lines: Vec::new() }
}

/// The questions of a repeat as columns.
fn flat<'q>(nodes: &'q [Node], numbering: &mut Numbering, found: &mut Vec<(&'q Question, String)>) {
    for node in nodes {
        match node {
            Node::Question(question) => found.push((question, numbering.next(question))),
            Node::Group(group) => flat(&group.nodes, numbering, found),
            Node::Repeat(inner) => flat(&inner.nodes, numbering, found),
        }
    }
}

fn is_computed(question: &Question) -> bool {
    match question.kind {
        QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished => true,
        QuestionKind::Asked { .. } | QuestionKind::Acknowledge | QuestionKind::Note => false,
    }
}

/// Whether a question goes on paper: it is asked, and says something.
fn is_said(question: &Question, node: &NodeState) -> bool {
    let says = match question.kind {
        QuestionKind::Note => false,
        QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished => {
            !vi(&question.label).is_empty()
        }
        QuestionKind::Asked { .. } | QuestionKind::Acknowledge => true,
    };
    node.relevant && says
}

/// What somebody answered.
fn asked(question: &Question, kind: ValueKind, list: Option<&ChoiceList>, value: String) -> String {
    let looks = |appearance: &str| question.appearance.iter().any(|known| known == appearance);
    let choices = || value.split(' ').map(|name| choice(list, name));
    match kind {
        _ if question.range.is_some() => number(&value, 6),
        ValueKind::Text if looks("partial-date") => day(&value),
        ValueKind::Text => value,
        ValueKind::Integer | ValueKind::Decimal if looks("thousands-sep") => {
            format!("{} đ", number(&value, 0))
        }
        ValueKind::Integer => value,
        ValueKind::Decimal => number(&value, 6),
        ValueKind::Date => day(&value),
        ValueKind::DateTime => stamp(&value),
        ValueKind::Time => value.chars().take(5).collect(),
        ValueKind::Point => {
            let mut parts = value.split(' ');
            let (latitude, longitude) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            said("point", &[("latitude", latitude), ("longitude", longitude)])
        }
        ValueKind::File if value == ON_PAPER => said("on_paper", &[]),
        ValueKind::File => said("file", &[]),
        ValueKind::Choice => choice(list, &value),
        ValueKind::Choices if question.ranked => {
            let ordered = choices().enumerate().map(|(place, choice)| {
                said("ordered", &[("number", &(place + 1).to_string()), ("choice", &choice)])
            });
            ordered.collect::<Vec<_>>().join(", ")
        }
        ValueKind::Choices => choices().collect::<Vec<_>>().join(", "),
    }
}

/// A computed value has no kind of its own: it is read as what it can only be. A whole number may as well be a code, and stays.
fn computed(value: &str) -> String {
    if value.contains('.') && value.parse::<f64>().is_ok() { number(value, 2) } else { day(value) }
}

fn choice(list: Option<&ChoiceList>, name: &str) -> String {
    let label = list.and_then(|list| list.find(name)).map(|item| item.label());
    label
        .map(|label| vi(&label).to_owned())
        .filter(|label| !label.is_empty())
        .unwrap_or_else(|| name.to_owned())
}

fn number(value: &str, most_decimals: usize) -> String {
    value.parse().map_or_else(|_| value.to_owned(), |number| decimal(number, most_decimals))
}

/// `20/11/2026` of `2026-11-20`; what is no day stays.
fn day(value: &str) -> String {
    value
        .parse::<jiff::civil::Date>()
        .map_or_else(|_| value.to_owned(), |day| day.strftime("%d/%m/%Y").to_string())
}

/// `14:32 20/11/2026`, in Vietnam, of a moment.
fn stamp(value: &str) -> String {
    let Ok(at) = value.parse::<jiff::Timestamp>() else { return value.to_owned() };
    let at = jiff::tz::Offset::constant(7).to_datetime(at);
    at.strftime("%H:%M %d/%m/%Y").to_string()
}

fn masked(id: &str) -> String {
    id.parse::<CitizenId>().map_or_else(|_| "••••".to_owned(), |id| id.masked())
}

fn vi(text: &Text) -> &str {
    text.get("vi")
}
