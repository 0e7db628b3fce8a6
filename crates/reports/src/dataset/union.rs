//! The questions of all versions put together.

use std::collections::BTreeSet;

use rasoat_instrument::{Node, Provenance, Question, QuestionKind, Text, ValueKind};

use super::labels::{plain, unit};
use super::names::Names;
use super::{Code, DataSet, Given, HOUSEHOLDS, Kind, Origin, Plan, Privacy, Table, Variable};

/// A question over the versions.
struct Asked {
    /// Its names, the latest first.
    names: Vec<String>,
    kind: ValueKind,
    label: Text,
    choices: Vec<(String, Text)>,
    versions: Vec<usize>,
    provenance: Option<Provenance>,
}

/// A repeat over the versions, or what stands outside of any.
struct Place {
    /// Its names, the latest first.
    repeats: Vec<String>,
    questions: Vec<Asked>,
}

/// What `acknowledge` holds where it is ticked.
const TICKED: &str = "OK";

pub(super) fn union(plan: Plan<'_>) -> DataSet {
    let mut places = vec![Place { repeats: Vec::new(), questions: Vec::new() }];
    for (version, form) in plan.forms.iter().enumerate() {
        let mut walk = Walk { places: &mut places, version, definition: form.definition };
        walk.nodes(0, &form.definition.nodes);
    }
    let mut names = Names::default();
    let mut tables: Vec<Table> = Vec::new();
    for place in places {
        let latest = place.repeats.first().map_or(HOUSEHOLDS, String::as_str);
        let given = if place.repeats.is_empty() { &plan.of_interviews } else { &plan.of_instances };
        let name = names.take(latest);
        tables.push(table(name, place, given, &plan));
    }
    let versions = plan.forms.iter().map(|form| form.name.to_owned()).collect();
    DataSet { tables, flags: plan.flags, versions }
}

struct Walk<'w, 'd> {
    places: &'w mut Vec<Place>,
    version: usize,
    definition: &'d rasoat_instrument::Definition,
}

impl Walk<'_, '_> {
    fn nodes(&mut self, place: usize, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Group(group) => self.nodes(place, &group.nodes),
                Node::Repeat(repeat) => {
                    let inside = self.place(&repeat.name, &repeat.renamed_from);
                    self.nodes(inside, &repeat.nodes);
                }
                Node::Question(question) => self.question(place, question),
            }
        }
    }

    fn place(&mut self, name: &str, former: &[String]) -> usize {
        let is_it = |place: &Place| place.repeats.iter().any(|known| known == name || former.contains(known));
        let at = self.places.iter().position(is_it);
        let at = at.unwrap_or_else(|| {
            self.places.push(Place { repeats: Vec::new(), questions: Vec::new() });
            self.places.len() - 1
        });
        if let Some(place) = self.places.get_mut(at) {
            put_first(&mut place.repeats, name);
        }
        at
    }

    fn question(&mut self, place: usize, question: &Question) {
        let (kind, list) = match &question.kind {
            QuestionKind::Asked { kind, list } => (*kind, list.as_deref()),
            QuestionKind::Acknowledge => (ValueKind::Choices, None),
            // What is computed can be computed again, and may hold anything of what it is computed from.
            QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished | QuestionKind::Note => {
                return;
            }
        };
        let list = list.and_then(|list| self.definition.lists.get(list));
        let of_list = list.into_iter().flat_map(|list| list.items());
        let mut choices: Vec<(String, Text)> =
            of_list.map(|choice| (choice.name().to_owned(), choice.label())).collect();
        if question.kind == QuestionKind::Acknowledge {
            choices.push((TICKED.to_owned(), Text::default()));
        }
        let Some(place) = self.places.get_mut(place) else { return };
        let is_it = |asked: &&mut Asked| {
            asked.names.iter().any(|name| *name == question.name || question.renamed_from.contains(name))
                && fits(asked.kind, kind)
        };
        match place.questions.iter_mut().find(is_it) {
            Some(asked) => {
                put_first(&mut asked.names, &question.name);
                // A number with decimals takes whole ones too.
                asked.kind = if asked.kind == ValueKind::Integer { kind } else { asked.kind };
                if !question.label.is_empty() {
                    asked.label = question.label.clone();
                }
                for (name, label) in choices {
                    match asked.choices.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = label,
                        None => asked.choices.push((name, label)),
                    }
                }
                asked.provenance = question.provenance.clone().or(asked.provenance.take());
                if asked.versions.last() != Some(&self.version) {
                    asked.versions.push(self.version);
                }
            }
            None => place.questions.push(Asked {
                names: vec![question.name.clone()],
                kind,
                label: question.label.clone(),
                choices,
                versions: vec![self.version],
                provenance: question.provenance.clone(),
            }),
        }
    }
}

fn put_first(names: &mut Vec<String>, name: &str) {
    names.retain(|known| known != name);
    names.insert(0, name.to_owned());
}

/// Whether answers of both kinds can stand in one column.
fn fits(one: ValueKind, other: ValueKind) -> bool {
    let is_number = |kind| matches!(kind, ValueKind::Integer | ValueKind::Decimal);
    one == other || (is_number(one) && is_number(other))
}

fn table(name: String, place: Place, given: &[Given], plan: &Plan<'_>) -> Table {
    let mut names = Names::default();
    let mut variables: Vec<Variable> = given.iter().map(|given| known(given, &mut names)).collect();
    for asked in place.questions {
        variables.extend(of_question(asked, plan, &mut names));
    }
    Table { name, repeats: place.repeats, variables }
}

fn known(given: &Given, names: &mut Names) -> Variable {
    let codes = given.codes.iter().map(|code| Code { label: plain(&code.label), ..code.clone() });
    Variable {
        name: names.take(&given.name),
        label: plain(&given.label),
        kind: given.kind,
        unit: Text::default(),
        codes: codes.collect(),
        versions: Vec::new(),
        provenance: given.provenance.clone(),
        from: Origin::Given(given.name.clone()),
    }
}

fn of_question(asked: Asked, plan: &Plan<'_>, names: &mut Names) -> Vec<Variable> {
    let Asked { names: all, kind, label, choices, versions, provenance } = asked;
    let is_of = |named: &BTreeSet<String>| all.iter().any(|name| named.contains(name));
    let question = all.first().cloned().unwrap_or_default();
    let label = plain(&label);
    let variable = |name: String, label: Text, kind: Kind, codes: Vec<Code>, from: Origin| {
        let unit = if matches!(kind, Kind::Whole | Kind::Number) { unit(&label) } else { Text::default() };
        let (versions, provenance) = (versions.clone(), provenance.clone());
        Variable { name, label, kind, unit, codes, versions, provenance, from }
    };
    if let Privacy::Pseudonymised { withheld, births } = &plan.privacy {
        if is_of(births) {
            let name = names.take(&format!("{question}_year"));
            let label = super::labels::beside(&label, &plan.year);
            return vec![variable(name, label, Kind::Whole, Vec::new(), Origin::Year(all))];
        }
        if is_of(withheld) || tells_who(kind) {
            return Vec::new();
        }
    }
    let simple = match kind {
        ValueKind::Integer => Kind::Whole,
        ValueKind::Decimal => Kind::Number,
        ValueKind::Date => Kind::Day,
        ValueKind::Choice => Kind::Code,
        ValueKind::Choices => {
            let flag = |(choice, worded): (String, Text)| {
                let name = names.take(&format!("{question}_{choice}"));
                let label = super::labels::beside(&label, &plain(&worded));
                variable(name, label, Kind::Flag, Vec::new(), Origin::Chosen(all.clone(), choice))
            };
            return choices.into_iter().map(flag).collect();
        }
        ValueKind::Text | ValueKind::Time | ValueKind::DateTime | ValueKind::Point | ValueKind::File => {
            Kind::Text
        }
    };
    let name = names.take(&question);
    vec![variable(name, label.clone(), simple, coded(choices), Origin::Answer(all))]
}

/// Whether answers of a kind may tell who somebody is, whatever was asked.
fn tells_who(kind: ValueKind) -> bool {
    match kind {
        ValueKind::Text | ValueKind::Point | ValueKind::File => true,
        ValueKind::Integer
        | ValueKind::Decimal
        | ValueKind::Date
        | ValueKind::Time
        | ValueKind::DateTime
        | ValueKind::Choice
        | ValueKind::Choices => false,
    }
}

/// Numbers for choices: their own where their names are numbers, else their places. Later versions add behind, so that a number stays.
fn coded(choices: Vec<(String, Text)>) -> Vec<Code> {
    let own: Option<Vec<u32>> = choices.iter().map(|(name, _)| name.parse().ok()).collect();
    let own = own.filter(|own| own.iter().collect::<BTreeSet<_>>().len() == choices.len());
    let numbers: Vec<u32> = own.unwrap_or_else(|| (1..).take(choices.len()).collect());
    let code = |((name, label), number): ((String, Text), u32)| Code { number, name, label: plain(&label) };
    choices.into_iter().zip(numbers).map(code).collect()
}
