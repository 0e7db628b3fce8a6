//! Filled interviews and their results in plain words, one after the other: no more than one is open at a time.

use rasoat_documents::{
    Binder, Explanation, Interview, InterviewPart, InterviewSection, Line, RosterLine, decimal, said,
};
use rasoat_instrument::Text;

use super::household::{Household, Village};
use super::state::Work;
use crate::app::Opened;
use crate::error::AppError;
use crate::form;
use crate::interview::{OpenInterview, on_paper};
use crate::view::{
    ChoiceView, FormView, InputKind, InterviewView, ItemView, NodeView, PrintView, QuestionView, SectionView,
};

/// A signature that stands on paper.
const ON_PAPER: &str = "signed_on_paper";

pub(super) fn interviews(
    opened: &Opened,
    work: &Work<'_>,
    villages: &[Village],
    full_ids: bool,
    now: i64,
) -> Result<Vec<u8>, AppError> {
    let form = form::view(opened.profile.form.definition());
    each(work, villages, |binder, household| {
        let view = opened.store.read(|reader| {
            let open = OpenInterview::open(&opened.profile, reader, household.row().id, now)?;
            Ok::<_, AppError>(on_paper(&opened.profile, &open, full_ids, now))
        })?;
        Ok(binder.add(&interview(&form, view))?)
    })
}

pub(super) fn explanations(
    opened: &Opened,
    work: &Work<'_>,
    villages: &[Village],
    now: i64,
) -> Result<Vec<u8>, AppError> {
    let heads: Vec<_> = villages.iter().map(Village::head).collect();
    each(work, villages, |binder, household| {
        let results = opened.store.read(|reader| {
            let open = OpenInterview::open(&opened.profile, reader, household.row().id, now)?;
            let mut results = opened.profile.classify(&open.session, open.area);
            // The one in force first.
            if let Some(index) = opened.profile.standard_in_force().filter(|index| *index < results.len()) {
                results[..=index].rotate_right(1);
            }
            Ok::<_, AppError>(results)
        })?;
        let row = household.row();
        let of_village = |head: &&rasoat_documents::Head| {
            head.village.as_deref() == Some(row.village_name.as_str())
                && head.commune == opened.profile.commune_name(&row.commune)
        };
        let Some(head) = heads.iter().find(of_village).or(heads.first()).cloned() else { return Ok(()) };
        Ok(binder.add(&Explanation { head, household: row.head_name.clone(), results })?)
    })
}

/// Goes over all households, and binds what is made of them.
fn each(
    work: &Work<'_>,
    villages: &[Village],
    mut add: impl FnMut(&mut Binder, &Household) -> Result<(), AppError>,
) -> Result<Vec<u8>, AppError> {
    let total = villages.iter().map(|village| village.households.len()).sum();
    let mut binder = Binder::default();
    for (done, household) in villages.iter().flat_map(|village| &village.households).enumerate() {
        work.at(done, total)?;
        add(&mut binder, household)?;
    }
    work.at(total, total)?;
    Ok(binder.finish()?)
}

fn interview(form: &FormView, view: PrintView) -> Interview {
    let PrintView { interview, code, address, signed_by, signed_at, full_ids, made_at, made_by, device_name } =
        view;
    let place = [address.unwrap_or_default(), interview.village_name.clone(), interview.commune_name.clone()];
    let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let area = match interview.area {
        rasoat_casework::AreaType::Rural => "area_rural",
        rasoat_casework::AreaType::Urban => "area_urban",
    };
    let made = [("time", &*stamp(&made_at)), ("name", &made_by), ("device", &device_name)];
    Interview {
        title: vi(&form.title).to_owned(),
        round: interview.round,
        household: interview.head_name.clone(),
        code,
        place: place.join(", "),
        area: said(area, &[]),
        signed_by: signed_by.or(Some(made_by.clone())),
        signed_at: signed_at.as_deref().map(stamp),
        full_ids,
        made: said("made", &made),
        results: interview.summary.classifications.clone(),
        sections: form
            .sections
            .iter()
            .filter_map(|section| self::section(form, section, &interview))
            .collect(),
    }
}

fn section(form: &FormView, section: &SectionView, interview: &InterviewView) -> Option<InterviewSection> {
    let mut parts = vec![InterviewPart::Lines { title: String::new(), lines: Vec::new() }];
    for item in &section.items {
        match item {
            ItemView::Question(question) => {
                let line = node(interview, &question.name).filter(|node| is_said(question, node));
                let line = line.map(|node| Line {
                    number: question.number.clone(),
                    label: label(question, node),
                    answer: answer(form, question, node),
                });
                if let (Some(line), Some(InterviewPart::Lines { lines, .. })) = (line, parts.last_mut()) {
                    lines.push(line);
                }
            }
            ItemView::Heading { label, .. } => {
                parts.push(InterviewPart::Lines { title: vi(label).to_owned(), lines: Vec::new() });
            }
            ItemView::Roster { name, label, columns } => {
                parts.push(roster(form, interview, (name, label), columns));
                parts.push(InterviewPart::Lines { title: String::new(), lines: Vec::new() });
            }
        }
    }
    parts.retain(|part| match part {
        InterviewPart::Lines { lines, .. } => !lines.is_empty(),
        InterviewPart::Roster { people, lines, .. } => !people.is_empty() && !lines.is_empty(),
    });
    let title = vi(&section.label).to_owned();
    (!parts.is_empty()).then_some(InterviewSection { number: section.number, title, parts })
}

fn roster(
    form: &FormView,
    interview: &InterviewView,
    (name, title): (&str, &Text),
    columns: &[QuestionView],
) -> InterviewPart {
    let people = interview.instances.get(name).map(Vec::as_slice).unwrap_or_default();
    let named = |(place, person): (usize, &String)| {
        let first = columns.first().and_then(|column| node(interview, &format!("{person}.{}", column.name)));
        let known = first.and_then(|node| node.value.clone()).filter(|name| !name.is_empty());
        known.unwrap_or_else(|| said("line_of", &[("number", &(place + 1).to_string())]))
    };
    let line = |question: &QuestionView| {
        let of = |person: &String| {
            let node = node(interview, &format!("{person}.{}", question.name))?;
            is_said(question, node).then(|| answer(form, question, node))
        };
        let answers: Vec<Option<String>> = people.iter().map(of).collect();
        let is_asked = answers.iter().any(Option::is_some);
        let label = vi(&question.label).to_owned();
        is_asked.then_some(RosterLine { number: question.number.clone(), label, answers })
    };
    InterviewPart::Roster {
        title: vi(title).to_owned(),
        people: people.iter().enumerate().map(named).collect(),
        lines: columns.iter().filter_map(line).collect(),
    }
}

fn node<'a>(interview: &'a InterviewView, path: &str) -> Option<&'a NodeView> {
    interview.nodes.iter().find(|node| node.path == path)
}

/// Whether a question goes on paper: it is asked, and says something.
fn is_said(question: &QuestionView, node: &NodeView) -> bool {
    let says = match question.input {
        InputKind::Note => false,
        InputKind::Computed => !vi(&question.label).is_empty(),
        InputKind::Text
        | InputKind::Integer
        | InputKind::Decimal
        | InputKind::Money
        | InputKind::Date
        | InputKind::PartialDate
        | InputKind::CitizenId
        | InputKind::Time
        | InputKind::DateTime
        | InputKind::Range
        | InputKind::Point
        | InputKind::File
        | InputKind::SelectOne
        | InputKind::SelectMultiple
        | InputKind::Rank
        | InputKind::Acknowledge => true,
    };
    node.relevant && says
}

fn label(question: &QuestionView, node: &NodeView) -> String {
    let filled = node.label.as_ref().map(vi).filter(|label| !label.is_empty());
    filled.unwrap_or_else(|| vi(&question.label)).to_owned()
}

/// A canonical value as it is read.
fn answer(form: &FormView, question: &QuestionView, node: &NodeView) -> String {
    let Some(value) = node.value.as_deref().filter(|value| !value.is_empty()) else { return String::new() };
    let list = question.list.as_ref().and_then(|list| form.lists.get(list)).map(Vec::as_slice);
    let choices = || value.split(' ').map(|name| choice(list.unwrap_or_default(), name));
    match question.input {
        InputKind::SelectOne => choice(list.unwrap_or_default(), value),
        InputKind::SelectMultiple => choices().collect::<Vec<_>>().join(", "),
        InputKind::Rank => {
            let ordered = choices().enumerate().map(|(place, choice)| {
                said("ordered", &[("number", &(place + 1).to_string()), ("choice", &choice)])
            });
            ordered.collect::<Vec<_>>().join(", ")
        }
        InputKind::Acknowledge => said("acknowledged", &[]),
        InputKind::File if value == ON_PAPER => said("on_paper", &[]),
        InputKind::File => said("file", &[]),
        InputKind::Money => format!("{} đ", number(value, 0)),
        InputKind::Decimal | InputKind::Range => number(value, 6),
        InputKind::Date | InputKind::PartialDate => day(value),
        InputKind::DateTime => stamp(value),
        InputKind::Time => value.chars().take(5).collect(),
        InputKind::Point => {
            let mut parts = value.split(' ');
            let (latitude, longitude) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            said("point", &[("latitude", latitude), ("longitude", longitude)])
        }
        InputKind::Computed => computed(value),
        InputKind::Text | InputKind::Integer | InputKind::CitizenId | InputKind::Note => value.to_owned(),
    }
}

/// A computed value has no kind of its own: it is read as what it can only be. A whole number may as well be a code, and stays.
fn computed(value: &str) -> String {
    if value.contains('.') && value.parse::<f64>().is_ok() { number(value, 2) } else { day(value) }
}

fn choice(list: &[ChoiceView], name: &str) -> String {
    let known = list.iter().find(|choice| choice.name == name).map(|choice| vi(&choice.label));
    known.filter(|label| !label.is_empty()).unwrap_or(name).to_owned()
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

fn vi(text: &Text) -> &str {
    text.get("vi")
}
