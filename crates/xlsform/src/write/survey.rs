//! The survey sheet.

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{
    Completion, Confidence, Definition, Group, Media, Node, Question, QuestionKind, Repeat, ValueKind,
};

use super::lists::Places;
use super::rows::Rows;
use crate::support::SUPPORTED_COLUMNS;
use crate::survey::Type;

pub(super) fn rows(definition: &Definition, places: &Places) -> Rows {
    let mut rows = Rows::new(definition, SUPPORTED_COLUMNS);
    for column in ["type", "name"] {
        rows.need(column, None);
    }
    for language in &definition.languages {
        rows.need("label", Some(language));
    }
    let mut writer = Writer { rows, places };
    writer.nodes(&definition.nodes);
    writer.rows
}

struct Writer<'d> {
    rows: Rows,
    places: &'d Places,
}

impl Writer<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Group(group) => self.group(group),
                Node::Repeat(repeat) => self.repeat(repeat),
                Node::Question(question) => self.question(question),
            }
        }
    }

    fn group(&mut self, group: &Group) {
        self.begin(Type::BeginGroup, &group.name);
        self.rows.put_words("label", &group.label);
        self.put_expr("relevant", group.relevant.as_ref());
        self.rows.put("appearance", &group.appearance.join(" "));
        self.nodes(&group.nodes);
        self.begin(Type::EndGroup, "");
    }

    fn repeat(&mut self, repeat: &Repeat) {
        self.begin(Type::BeginRepeat, &repeat.name);
        self.rows.put_words("label", &repeat.label);
        self.put_expr("relevant", repeat.relevant.as_ref());
        self.put_expr("repeat_count", repeat.count.as_ref());
        self.rows.put("appearance", &repeat.appearance.join(" "));
        self.nodes(&repeat.nodes);
        self.begin(Type::EndRepeat, "");
    }

    fn question(&mut self, question: &Question) {
        let row_type = type_of(question, self.places);
        self.begin(row_type, &question.name);
        if let QuestionKind::Asked { list: Some(list), .. } = &question.kind {
            let end = if self.places.is_file(list) { ".csv" } else { "" };
            self.rows.put("type", &format!("{} {list}{end}", row_type.name()));
        }
        self.words(question);
        if row_type.metadata().is_none() {
            self.put_expr("calculation", question.calculation.as_ref());
        }
        self.put_expr("required", question.required.as_ref());
        self.put_expr("relevant", question.relevant.as_ref());
        self.put_expr("constraint", question.constraint.as_ref());
        self.put_expr("warning", question.warning.as_ref());
        self.put_expr("default", question.default.as_ref());
        self.put_expr("read_only", question.read_only.as_ref());
        self.put_expr("choice_filter", question.choice_filter.as_ref());
        let triggers: Vec<String> = question.triggers.iter().map(|name| format!("${{{name}}}")).collect();
        self.rows.put("trigger", &triggers.join(", "));
        self.rows.put("parameters", &self.parameters(question));
        self.rows.put("appearance", &question.appearance.join(" "));
        self.rows.put("renamed_from", &question.renamed_from.join(" "));
        self.ours(question);
    }

    fn words(&mut self, question: &Question) {
        for (column, words) in [
            ("label", &question.label),
            ("hint", &question.hint),
            ("guidance_hint", &question.guidance),
            ("required_message", &question.required_message),
            ("constraint_message", &question.constraint_message),
            ("warning_message", &question.warning_message),
        ] {
            self.rows.put_words(column, words);
        }
    }

    fn ours(&mut self, question: &Question) {
        if question.protected {
            self.rows.put("protected", "yes");
        }
        let completion = question.completion.map_or("", |completion| match completion {
            Completion::Block => "block",
            Completion::Warn => "warn",
            Completion::Allow => "allow",
        });
        self.rows.put("completion", completion);
        if let Some(provenance) = &question.provenance {
            let confidence = match provenance.confidence {
                Confidence::Verbatim => "V",
                Confidence::SecondHand => "S",
                Confidence::Unverified => "M",
            };
            self.rows.put("confidence", confidence);
            self.rows.put("source", &provenance.source);
        }
    }

    fn parameters(&self, question: &Question) -> String {
        let mut parameters = match &question.kind {
            QuestionKind::Asked { list: Some(list), .. } => self.places.parameters(list),
            QuestionKind::Asked { .. }
            | QuestionKind::Calculated
            | QuestionKind::Hidden
            | QuestionKind::Finished
            | QuestionKind::Note
            | QuestionKind::Acknowledge => Vec::new(),
        };
        if let Some(range) = question.range {
            let numbers = [("start", range.start), ("end", range.end), ("step", range.step)];
            parameters.extend(numbers.map(|(key, number)| format!("{key}={}", number.get())));
        }
        if let Some(shuffle) = &question.shuffled {
            parameters.push("randomize=true".to_owned());
            parameters.extend(shuffle.seed.as_ref().map(|seed| format!("seed={}", seed.source())));
        }
        parameters.extend(question.max_pixels.map(|pixels| format!("max-pixels={pixels}")));
        parameters.join(" ")
    }

    fn begin(&mut self, row_type: Type, name: &str) {
        self.rows.begin();
        self.rows.put("type", row_type.name());
        self.rows.put("name", name);
    }

    fn put_expr(&mut self, column: &str, expr: Option<&Expr>) {
        self.rows.put(column, expr.map_or("", Expr::source));
    }
}

fn type_of(question: &Question, places: &Places) -> Type {
    let (kind, list) = match &question.kind {
        QuestionKind::Calculated => return metadata_of(question).unwrap_or(Type::Calculate),
        QuestionKind::Hidden => return Type::Hidden,
        QuestionKind::Finished => return Type::End,
        QuestionKind::Note => return Type::Note,
        QuestionKind::Acknowledge => return Type::Acknowledge,
        QuestionKind::Asked { kind, list } => (*kind, list.as_deref()),
    };
    let is_file = list.is_some_and(|list| places.is_file(list));
    match kind {
        ValueKind::Text => Type::Text,
        ValueKind::Integer | ValueKind::Decimal if question.range.is_some() => Type::Range,
        ValueKind::Integer => Type::Integer,
        ValueKind::Decimal => Type::Decimal,
        ValueKind::Date => Type::Date,
        ValueKind::Time => Type::Time,
        ValueKind::DateTime => Type::DateTime,
        ValueKind::Point => Type::Geopoint,
        ValueKind::File => match question.media {
            Some(Media::Picture) => Type::Image,
            Some(Media::Sound) => Type::Audio,
            Some(Media::Film) => Type::Video,
            None => Type::File,
        },
        ValueKind::Choice if is_file => Type::SelectOneFromFile,
        ValueKind::Choice => Type::SelectOne,
        ValueKind::Choices if question.ranked => Type::Rank,
        ValueKind::Choices if is_file => Type::SelectMultipleFromFile,
        ValueKind::Choices => Type::SelectMultiple,
    }
}

/// What the program fills in itself, if nothing else is said of it.
fn metadata_of(question: &Question) -> Option<Type> {
    let source = question.calculation.as_ref()?.source();
    let candidates = [Type::Start, Type::Today, Type::Username, Type::DeviceId];
    let found = candidates.into_iter().find(|candidate| candidate.metadata() == Some(source))?;
    let is_plain = question.relevant.is_none()
        && question.constraint.is_none()
        && question.constraint_message.is_empty()
        && question.warning.is_none()
        && question.warning_message.is_empty()
        && question.triggers.is_empty()
        && question.default.is_none()
        && !question.protected
        && question.completion.is_none()
        && question.renamed_from.is_empty()
        && question.provenance.is_none();
    is_plain.then_some(found)
}
