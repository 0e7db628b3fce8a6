//! Labels of questions and wording of values, from a form.

use std::collections::BTreeMap;

use rasoat_instrument::{
    Definition, Group, Node, Path, Question, QuestionKind, Repeat, Segment, Text, Value, ValueKind,
};

use crate::assess::masked;
use crate::view::AnswerView;

/// A form's words by name. Empty without a form: paths stand for themselves then.
pub(super) struct Words<'a> {
    form: Option<&'a Definition>,
    questions: BTreeMap<&'a str, &'a Question>,
    repeats: BTreeMap<&'a str, &'a Repeat>,
}

/// The field that holds a citizen ID, in every form and list.
const CITIZEN_ID: &str = "citizen_id";

impl<'a> Words<'a> {
    pub(super) fn of(form: Option<&'a Definition>) -> Self {
        let mut words = Self { form, questions: BTreeMap::new(), repeats: BTreeMap::new() };
        if let Some(form) = form {
            words.gather(&form.nodes);
        }
        words
    }

    fn gather(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            match node {
                Node::Group(Group { nodes, .. }) => self.gather(nodes),
                Node::Repeat(repeat) => {
                    self.repeats.insert(&repeat.name, repeat);
                    self.gather(&repeat.nodes);
                }
                Node::Question(question) => {
                    self.questions.insert(&question.name, question);
                }
            }
        }
    }

    /// The question at a path, or the repeat of an instance; empty when the form has none.
    pub(super) fn label(&self, path: &Path) -> Text {
        match path.segments().last() {
            Some(Segment::Field(name)) => {
                self.questions.get(name).map(|question| question.label.clone()).unwrap_or_default()
            }
            Some(Segment::Instance(repeat, _)) => {
                self.repeats.get(repeat).map(|repeat| repeat.label.clone()).unwrap_or_default()
            }
            None => Text::default(),
        }
    }

    /// What kind of answer the question at a path takes; `None` where nothing is asked.
    pub(super) fn kind(&self, path: &Path) -> Option<ValueKind> {
        let question = self.questions.get(path.field_name()?).filter(|_| path.facet().is_none())?;
        match &question.kind {
            QuestionKind::Asked { kind, .. } => Some(*kind),
            QuestionKind::Acknowledge => Some(ValueKind::Choice),
            QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished | QuestionKind::Note => {
                None
            }
        }
    }

    /// The heading of a repeat.
    pub(super) fn repeat_label(&self, repeat: &str) -> Text {
        self.repeats.get(repeat).map(|repeat| repeat.label.clone()).unwrap_or_default()
    }

    /// A value in words. Citizen IDs are masked here, so that no view can forget to.
    pub(super) fn answer(&self, path: &Path, value: &Value) -> AnswerView {
        let is_citizen_id = path.field_name() == Some(CITIZEN_ID) && path.facet().is_none();
        let canonical = if is_citizen_id { masked(&value.to_string()) } else { value.to_string() };
        let worded = match value {
            Value::Choice(name) => self.choice(path, name),
            Value::Choices(names) => self.choices(path, names),
            Value::Text(_)
            | Value::Integer(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::Point(_)
            | Value::File(_) => None,
        };
        let text = worded.unwrap_or_else(|| plain(&canonical));
        AnswerView { kind: value.kind(), text, canonical }
    }

    fn choice(&self, path: &Path, name: &str) -> Option<Text> {
        let question = self.questions.get(path.field_name()?)?;
        let QuestionKind::Asked { list: Some(list), .. } = &question.kind else { return None };
        let label = self.form?.lists.get(list)?.find(name)?.label();
        (!label.is_empty()).then_some(label)
    }

    fn choices(&self, path: &Path, names: &[String]) -> Option<Text> {
        let items: Vec<Text> =
            names.iter().map(|name| self.choice(path, name).unwrap_or_else(|| plain(name))).collect();
        let languages = &self.form?.languages;
        let joined = |language: &String| {
            let words: Vec<&str> = items.iter().map(|item| item.get(language)).collect();
            (language.clone(), words.join("; "))
        };
        Some(Text(languages.iter().map(joined).collect()))
    }
}

/// The same in every language.
pub(super) fn plain(text: &str) -> Text {
    Text(BTreeMap::from([("vi".to_owned(), text.to_owned())]))
}
