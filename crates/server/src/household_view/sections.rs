//! A filled form by section.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::Document;
use rasoat_instrument::{
    Facet, Node, Numbering, Path, Question, QuestionKind, Repeat, Segment, Session, Text,
};

use super::edit_id;
use super::words::Words;
use crate::assess::is_meta;
use crate::view::{ColumnView, QuestionView, RosterRowView, RosterView, SectionView};

/// The form's sections with what is asked in each.
pub(super) fn of_form(session: &Session, document: &Document, words: &Words<'_>) -> Vec<SectionView> {
    let form = session.definition();
    let filler = Filler { session, document, words };
    let mut sections = Vec::new();
    for node in &form.nodes {
        let number = u32::try_from(sections.len() + 1).unwrap_or(u32::MAX);
        let (name, label) = match node {
            Node::Group(group) => (group.name.as_str(), &group.label),
            Node::Repeat(repeat) => (repeat.name.as_str(), &repeat.label),
            Node::Question(question) => (question.name.as_str(), &question.label),
        };
        let mut section = SectionView {
            name: name.to_owned(),
            number,
            label: session.fill(label, None),
            questions: Vec::new(),
            rosters: Vec::new(),
        };
        let mut numbering = Numbering::new(number);
        let nodes = match node {
            Node::Group(group) => group.nodes.as_slice(),
            Node::Repeat(_) | Node::Question(_) => std::slice::from_ref(node),
        };
        filler.fill(nodes, &mut section, &mut numbering);
        sections.push(section);
    }
    sections
}

struct Filler<'a> {
    session: &'a Session,
    document: &'a Document,
    words: &'a Words<'a>,
}

impl Filler<'_> {
    fn fill(&self, nodes: &[Node], section: &mut SectionView, numbering: &mut Numbering) {
        for node in nodes {
            match node {
                Node::Group(group) => self.fill(&group.nodes, section, numbering),
                Node::Repeat(repeat) => {
                    section.rosters.push(self.roster(repeat, numbering));
                }
                Node::Question(question) if holds_a_value(question) => {
                    let number = numbering.next(question);
                    let path = Path::field(&question.name).ok();
                    if let Some(view) = path.and_then(|path| self.question(question, path, number)) {
                        section.questions.push(view);
                    }
                }
                Node::Question(_) => {}
            }
        }
    }

    /// The question as it stands; `None` when it is not asked, unless people differ there.
    fn question(&self, question: &Question, path: Path, number: String) -> Option<QuestionView> {
        let conflict = is_in_conflict(self.document, &path);
        let node = self.session.node(&path);
        let is_asked = node.as_ref().is_some_and(|node| node.relevant);
        (is_asked || conflict).then(|| self.cell(question, path, number))
    }

    fn cell(&self, question: &Question, path: Path, number: String) -> QuestionView {
        let node = self.session.node(&path).filter(|node| node.relevant);
        let beside = |facet| self.document.get(&path.with_facet(facet)).map(ToString::to_string);
        QuestionView {
            number,
            label: self.session.fill(&question.label, Some(&path)),
            value: node.and_then(|node| node.value).map(|value| self.words.answer(&path, &value)),
            computed: question.kind == QuestionKind::Calculated,
            reason: beside(Facet::Reason),
            note: beside(Facet::Note),
            conflict: is_in_conflict(self.document, &path),
            edit: origin(self.document, &path),
            path: path.to_string(),
        }
    }

    fn roster(&self, repeat: &Repeat, numbering: &mut Numbering) -> RosterView {
        let mut questions = Vec::new();
        columns(&repeat.nodes, &mut questions);
        let columns: Vec<ColumnView> = questions
            .iter()
            .map(|question| ColumnView {
                name: question.name.clone(),
                number: numbering.next(question),
                label: question.label.clone(),
            })
            .collect();
        let rows = self.session.instances(&repeat.name).into_iter().map(|instance| {
            let cells = questions.iter().zip(&columns).filter_map(|(question, column)| {
                Some(self.cell(question, instance.child(&question.name).ok()?, column.number.clone()))
            });
            RosterRowView { path: instance.to_string(), cells: cells.collect() }
        });
        RosterView {
            name: repeat.name.clone(),
            label: self.session.fill(&repeat.label, None),
            rows: rows.collect(),
            columns,
        }
    }
}

/// Questions with words of their own: notes hold no value, and computed values without a label are the form's inner works.
fn holds_a_value(question: &Question) -> bool {
    match question.kind {
        QuestionKind::Asked { .. } | QuestionKind::Acknowledge => true,
        QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished => {
            !question.label.is_empty()
        }
        QuestionKind::Note => false,
    }
}

fn columns<'a>(nodes: &'a [Node], found: &mut Vec<&'a Question>) {
    for node in nodes {
        match node {
            Node::Group(group) => columns(&group.nodes, found),
            Node::Question(question) if holds_a_value(question) => found.push(question),
            Node::Question(_) | Node::Repeat(_) => {}
        }
    }
}

fn is_in_conflict(document: &Document, path: &Path) -> bool {
    document.fields.get(path).is_some_and(|state| state.in_conflict())
}

fn origin(document: &Document, path: &Path) -> Option<String> {
    let state = document.fields.get(path)?;
    state.candidates.last().map(|candidate| edit_id(candidate.edit))
}

/// A document without its form: one section with every value, labelled as far as the words go.
pub(super) fn of_document(document: &Document, words: &Words<'_>) -> Vec<SectionView> {
    let values = document.values();
    let cell = |path: &Path| QuestionView {
        number: String::new(),
        path: path.to_string(),
        label: words.label(path),
        value: values.get(path).map(|value| words.answer(path, value)),
        computed: false,
        reason: document.get(&path.with_facet(Facet::Reason)).map(ToString::to_string),
        note: document.get(&path.with_facet(Facet::Note)).map(ToString::to_string),
        conflict: is_in_conflict(document, path),
        edit: origin(document, path),
    };
    let mut questions = Vec::new();
    let mut repeats: BTreeMap<String, (BTreeSet<String>, BTreeSet<Path>)> = BTreeMap::new();
    for path in values.keys().filter(|path| path.facet().is_none() && !is_meta(path)) {
        match (path.segments().next(), path.enclosing_instance(), path.field_name()) {
            (Some(Segment::Instance(repeat, _)), Some(instance), Some(field)) => {
                let (fields, instances) = repeats.entry(repeat.to_owned()).or_default();
                fields.insert(field.to_owned());
                instances.insert(instance);
            }
            (_, _, _) => questions.push(cell(path)),
        }
    }
    let rosters = repeats.into_iter().map(|(repeat, (fields, instances))| RosterView {
        label: words.repeat_label(&repeat),
        columns: fields
            .iter()
            .map(|field| ColumnView {
                name: field.clone(),
                number: String::new(),
                label: Path::field(field).map(|path| words.label(&path)).unwrap_or_default(),
            })
            .collect(),
        rows: instances
            .iter()
            .map(|instance| RosterRowView {
                path: instance.to_string(),
                cells: fields.iter().filter_map(|field| Some(cell(&instance.child(field).ok()?))).collect(),
            })
            .collect(),
        name: repeat,
    });
    let section = SectionView {
        name: String::new(),
        number: 1,
        label: Text::default(),
        questions,
        rosters: rosters.collect(),
    };
    vec![section]
}
