//! The `type` column.

use rasoat_instrument::{QuestionKind, ValueKind};

/// What a row of the survey sheet is.
#[derive(Debug, Clone)]
pub(super) enum RowKind {
    Begin {
        repeat: bool,
    },
    End {
        repeat: bool,
    },
    Question(QuestionKind),
    /// Filled in once by the program: the expression that does.
    Metadata(&'static str),
}

impl RowKind {
    pub(super) fn read(written: &str) -> Option<Self> {
        let words: Vec<&str> = written.split_whitespace().collect();
        let asked = |kind| Some(Self::Question(QuestionKind::Asked { kind, list: None }));
        let chosen = |kind, list: &str| {
            Some(Self::Question(QuestionKind::Asked { kind, list: Some(list.to_owned()) }))
        };
        match words.as_slice() {
            ["begin_group"] | ["begin", "group"] => Some(Self::Begin { repeat: false }),
            ["begin_repeat"] | ["begin", "repeat"] => Some(Self::Begin { repeat: true }),
            ["end_group"] | ["end", "group"] => Some(Self::End { repeat: false }),
            ["end_repeat"] | ["end", "repeat"] => Some(Self::End { repeat: true }),
            ["text"] => asked(ValueKind::Text),
            ["integer"] => asked(ValueKind::Integer),
            ["decimal"] => asked(ValueKind::Decimal),
            ["date"] => asked(ValueKind::Date),
            ["select_one", list] => chosen(ValueKind::Choice, list),
            ["select_multiple", list] => chosen(ValueKind::Choices, list),
            ["acknowledge"] => Some(Self::Question(QuestionKind::Acknowledge)),
            ["note"] => Some(Self::Question(QuestionKind::Note)),
            ["calculate"] => Some(Self::Question(QuestionKind::Calculated)),
            ["today"] => Some(Self::Metadata("once(today())")),
            ["username"] => Some(Self::Metadata("once(username())")),
            ["deviceid"] => Some(Self::Metadata("once(deviceid())")),
            _ => None,
        }
    }

    /// Whether such a row may have something in this column.
    pub(super) fn has_column(&self, name: &str) -> bool {
        let checks =
            ["constraint", "constraint_message", "warning", "warning_message", "confidence", "source"];
        match (self, name) {
            (_, "type" | "name") => true,
            (Self::End { .. }, _) => false,
            (Self::Metadata(_), _) => name == "label",
            (_, "label" | "relevant") => true,
            (Self::Begin { .. }, _) => name == "appearance",
            (Self::Question(QuestionKind::Calculated), _) => name == "calculation" || checks.contains(&name),
            (Self::Question(QuestionKind::Note), _) => {
                name == "hint" || name == "appearance" || checks.contains(&name)
            }
            (Self::Question(QuestionKind::Asked { list, .. }), "choice_filter") => list.is_some(),
            (Self::Question(_), _) => name != "calculation" && name != "choice_filter",
        }
    }
}
