//! The form's fixed part, fetched once per interview screen.

use rasoat_instrument::{Media, Provenance, Text, ValueKind};
use serde::Serialize;
use specta::Type;

/// A form as a screen draws it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FormView {
    /// Instrument id.
    pub id: String,
    /// Instrument version.
    pub version: String,
    /// Title.
    pub title: Text,
    /// Sections in order.
    pub sections: Vec<SectionView>,
    /// Choice lists by name, in order.
    pub lists: std::collections::BTreeMap<String, Vec<ChoiceView>>,
}

/// One section.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SectionView {
    /// Name of the group or repeat.
    pub name: String,
    /// Number, from 1.
    pub number: u32,
    /// Heading.
    pub label: Text,
    /// What it holds, in order.
    pub items: Vec<ItemView>,
}

/// A question, a heading within a section, or a roster.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ItemView {
    /// One question, note or computed value.
    Question(QuestionView),
    /// A group inside a section.
    Heading {
        /// Name of the group.
        name: String,
        /// Words.
        label: Text,
    },
    /// A repeat drawn as a grid.
    Roster {
        /// Name of the repeat.
        name: String,
        /// Heading.
        label: Text,
        /// Its columns in order.
        columns: Vec<QuestionView>,
    },
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct QuestionView {
    /// Field name; its path outside rosters.
    pub name: String,
    /// Number as shown: "5.4".
    pub number: String,
    /// How it is asked.
    pub input: InputKind,
    /// Kind of the value; `None` for notes.
    pub kind: Option<ValueKind>,
    /// Choice list.
    pub list: Option<String>,
    /// The scale to choose from.
    pub range: Option<RangeView>,
    /// The question. May hold `${name}`: the state carries the filled wording then.
    pub label: Text,
    /// Help.
    pub hint: Text,
    /// Longer help, shown when asked for.
    pub guidance: Text,
    /// As the sheet says.
    pub appearance: Vec<String>,
    /// What a file must be; `None`: any that is taken.
    pub media: Option<Media>,
    /// Longest side of a picture, in pixels.
    pub max_pixels: Option<u32>,
    /// Carried-over answers that only a deliberate act may change.
    pub protected: bool,
    /// Source and confidence, where it is the law's.
    pub provenance: Option<Provenance>,
}

/// A scale; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
pub struct RangeView {
    /// Where it begins.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
    /// From one mark to the next.
    pub step: f64,
}

/// How a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// Typed text.
    Text,
    /// Typed digits.
    Integer,
    /// Typed number with decimals.
    Decimal,
    /// đồng, typed with separators.
    Money,
    /// dd/mm/yyyy.
    Date,
    /// dd/mm/yyyy or a year alone.
    PartialDate,
    /// Twelve digits.
    CitizenId,
    /// hh:mm.
    Time,
    /// dd/mm/yyyy hh:mm.
    DateTime,
    /// A number on a scale.
    Range,
    /// Latitude and longitude in degrees.
    Point,
    /// A file beside the answers, by its name.
    File,
    /// One of a list.
    SelectOne,
    /// Several of a list.
    SelectMultiple,
    /// All of a list, put in order.
    Rank,
    /// A box to tick.
    Acknowledge,
    /// Computed and shown.
    Computed,
    /// Words only.
    Note,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ChoiceView {
    /// What is stored.
    pub name: String,
    /// What is shown.
    pub label: Text,
}
