//! The form as screens draw it, and what the program looks up in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rasoat_instrument::{
    ChoiceList, Definition, Group, Media, Node, Numbering, Plan, Question, QuestionKind, Repeat, Text,
    ValueKind,
};

use crate::app::App;
use crate::error::AppError;
use crate::view::{ChoiceView, FormView, InputKind, ItemView, QuestionView, RangeView, SectionView};

/// A form made ready to run, with what is looked up in it by name.
pub(crate) struct Form {
    /// To open sessions with.
    pub(crate) plan: Arc<Plan>,
    questions: BTreeMap<String, Wording>,
    repeats: BTreeSet<String>,
}

/// The words of one question.
pub(crate) struct Wording {
    /// The question.
    pub(crate) label: Text,
    /// Help.
    pub(crate) hint: Text,
    /// Where in the form it stands, counted from its beginning.
    pub(crate) place: usize,
    /// Whether either holds references to fill in.
    pub(crate) filled: bool,
    list: Option<String>,
    /// What kind of answer it takes; `None` where nothing is asked.
    kind: Option<ValueKind>,
    /// Whether last year's answer is none for this year.
    anew: bool,
    /// Of files, what they must be.
    files: FilesAsked,
}

/// What a question for files takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FilesAsked {
    /// What they must be; `None`: any that is taken.
    pub(crate) media: Option<Media>,
    /// Longest side of a picture, where the form says it.
    pub(crate) max_pixels: Option<u32>,
    /// A signature: it may stand on paper instead.
    pub(crate) signature: bool,
}

impl App {
    /// The form of the round.
    pub fn form(&self) -> Result<FormView, AppError> {
        Ok(view(self.need_desk()?.profile.form.definition()))
    }
}

impl Form {
    pub(crate) fn new(plan: Arc<Plan>) -> Self {
        let mut form = Self { questions: BTreeMap::new(), repeats: BTreeSet::new(), plan };
        let definition = Arc::clone(form.plan.definition());
        form.index(&definition.nodes);
        form
    }

    pub(crate) fn definition(&self) -> &Definition {
        self.plan.definition()
    }

    /// A question's words.
    pub(crate) fn wording(&self, name: &str) -> Option<&Wording> {
        self.questions.get(name)
    }

    /// What kind of answer a question takes.
    pub(crate) fn kind(&self, name: &str) -> Option<ValueKind> {
        self.questions.get(name).and_then(|wording| wording.kind)
    }

    /// What a question takes, if it takes files.
    pub(crate) fn takes_files(&self, name: &str) -> Option<FilesAsked> {
        let wording = self.questions.get(name)?;
        (wording.kind == Some(ValueKind::File)).then_some(wording.files)
    }

    /// Whether the form has a question of this name.
    pub(crate) fn asks(&self, name: &str) -> bool {
        self.questions.contains_key(name)
    }

    /// Whether a question is asked anew each year: one box to tick, or a moment that the program fills in.
    pub(crate) fn asks_anew(&self, name: &str) -> bool {
        self.questions.get(name).is_some_and(|wording| wording.anew)
    }

    /// The names of all repeats.
    pub(crate) fn repeats(&self) -> impl Iterator<Item = &str> {
        self.repeats.iter().map(String::as_str)
    }

    /// The words of a choice; the stored name where the form does not know it.
    pub(crate) fn choice_label(&self, question: &str, choice: &str) -> Text {
        let list = self.questions.get(question).and_then(|wording| wording.list.as_ref());
        let list = list.and_then(|list| self.definition().lists.get(list));
        let item = list.and_then(|list| list.find(choice));
        item.map_or_else(|| Text(BTreeMap::from([("vi".to_owned(), choice.to_owned())])), |item| item.label())
    }

    fn index(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Group(group) => self.index(&group.nodes),
                Node::Repeat(repeat) => {
                    self.repeats.insert(repeat.name.clone());
                    self.index(&repeat.nodes);
                }
                Node::Question(question) => {
                    let has_references = [&question.label, &question.hint]
                        .iter()
                        .any(|text| text.0.values().any(|words| words.contains("${")));
                    let wording = Wording {
                        place: self.questions.len(),
                        label: question.label.clone(),
                        hint: question.hint.clone(),
                        filled: has_references,
                        list: list_of(question),
                        kind: kind_of(question),
                        anew: is_asked_anew(question),
                        files: FilesAsked {
                            media: question.media,
                            max_pixels: question.max_pixels,
                            signature: question.appearance.iter().any(|looks| looks == "signature"),
                        },
                    };
                    self.questions.insert(question.name.clone(), wording);
                }
            }
        }
    }
}

/// The fixed part of a form.
pub(crate) fn view(definition: &Definition) -> FormView {
    let mut sections = Vec::new();
    for node in &definition.nodes {
        let number = crate::start::count(sections.len()) + 1;
        let (name, label, nodes) = match node {
            Node::Group(Group { name, label, nodes, .. }) => (name, label, nodes.as_slice()),
            Node::Repeat(repeat) => (&repeat.name, &repeat.label, std::slice::from_ref(node)),
            // Computed values may stand between sections; what is asked there has no section to be shown in but its own.
            Node::Question(question) if !is_shown(question) => continue,
            Node::Question(question) => (&question.name, &question.label, std::slice::from_ref(node)),
        };
        let mut numbering = Numbering::new(number);
        let mut items = Vec::new();
        collect(nodes, &mut numbering, &mut items);
        sections.push(SectionView { name: name.clone(), number, label: label.clone(), items });
    }
    FormView {
        id: definition.id.clone(),
        version: definition.version.clone(),
        title: definition.title.clone(),
        sections,
        lists: definition.lists.iter().map(|(name, list)| (name.clone(), choices(list))).collect(),
    }
}

/// Computed and hidden values have no place of their own on the screen.
fn is_shown(question: &Question) -> bool {
    match question.kind {
        QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished => false,
        QuestionKind::Asked { .. } | QuestionKind::Acknowledge | QuestionKind::Note => true,
    }
}

fn collect(nodes: &[Node], numbering: &mut Numbering, items: &mut Vec<ItemView>) {
    for node in nodes {
        match node {
            Node::Question(question) => items.push(ItemView::Question(question_view(question, numbering))),
            Node::Group(group) => {
                items.push(ItemView::Heading { name: group.name.clone(), label: group.label.clone() });
                collect(&group.nodes, numbering, items);
            }
            Node::Repeat(repeat) => items.push(roster(repeat, numbering)),
        }
    }
}

fn roster(repeat: &Repeat, numbering: &mut Numbering) -> ItemView {
    fn columns(nodes: &[Node], numbering: &mut Numbering, found: &mut Vec<QuestionView>) {
        for node in nodes {
            match node {
                Node::Question(question) => found.push(question_view(question, numbering)),
                Node::Group(group) => columns(&group.nodes, numbering, found),
                Node::Repeat(inner) => columns(&inner.nodes, numbering, found),
            }
        }
    }
    let mut found = Vec::new();
    columns(&repeat.nodes, numbering, &mut found);
    ItemView::Roster { name: repeat.name.clone(), label: repeat.label.clone(), columns: found }
}

fn question_view(question: &Question, numbering: &mut Numbering) -> QuestionView {
    QuestionView {
        name: question.name.clone(),
        number: numbering.next(question),
        input: input(question),
        kind: kind_of(question),
        list: list_of(question),
        range: question.range.map(|range| RangeView {
            start: range.start.get(),
            end: range.end.get(),
            step: range.step.get(),
        }),
        label: question.label.clone(),
        hint: question.hint.clone(),
        guidance: question.guidance.clone(),
        appearance: question.appearance.clone(),
        media: question.media,
        max_pixels: question.max_pixels,
        protected: question.protected,
        provenance: question.provenance.clone(),
    }
}

fn kind_of(question: &Question) -> Option<ValueKind> {
    match &question.kind {
        QuestionKind::Asked { kind, .. } => Some(*kind),
        QuestionKind::Acknowledge => Some(ValueKind::Choice),
        QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished | QuestionKind::Note => None,
    }
}

/// A box that is ticked for this interview, or a moment that the program fills in.
fn is_asked_anew(question: &Question) -> bool {
    let moment = matches!(kind_of(question), Some(ValueKind::Date | ValueKind::Time | ValueKind::DateTime));
    question.kind == QuestionKind::Acknowledge || (moment && question.default.is_some())
}

fn list_of(question: &Question) -> Option<String> {
    match &question.kind {
        QuestionKind::Asked { list, .. } => list.clone(),
        QuestionKind::Calculated
        | QuestionKind::Hidden
        | QuestionKind::Finished
        | QuestionKind::Note
        | QuestionKind::Acknowledge => None,
    }
}

/// How a question is asked: its type, and what its appearance says of it.
fn input(question: &Question) -> InputKind {
    let looks = |appearance: &str| question.appearance.iter().any(|known| known == appearance);
    match &question.kind {
        QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished => InputKind::Computed,
        QuestionKind::Note => InputKind::Note,
        QuestionKind::Acknowledge => InputKind::Acknowledge,
        QuestionKind::Asked { kind, .. } => match kind {
            _ if question.range.is_some() => InputKind::Range,
            ValueKind::Text if looks("partial-date") => InputKind::PartialDate,
            ValueKind::Text if question.name == "citizen_id" => InputKind::CitizenId,
            ValueKind::Text => InputKind::Text,
            ValueKind::Integer | ValueKind::Decimal if looks("thousands-sep") => InputKind::Money,
            ValueKind::Integer => InputKind::Integer,
            ValueKind::Decimal => InputKind::Decimal,
            ValueKind::Date => InputKind::Date,
            ValueKind::Time => InputKind::Time,
            ValueKind::DateTime => InputKind::DateTime,
            ValueKind::Point => InputKind::Point,
            ValueKind::File => InputKind::File,
            ValueKind::Choices if question.ranked => InputKind::Rank,
            ValueKind::Choice => InputKind::SelectOne,
            ValueKind::Choices => InputKind::SelectMultiple,
        },
    }
}

fn choices(list: &ChoiceList) -> Vec<ChoiceView> {
    list.items().map(|item| ChoiceView { name: item.name().to_owned(), label: item.label() }).collect()
}
