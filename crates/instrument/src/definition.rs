//! The form as its authors wrote it: a tree of groups, repeats and questions with parsed expressions.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::expression::Expr;
use crate::findings::Completion;
use crate::list::ChoiceList;
use crate::text::{Language, Text};
use crate::value::{Number, ValueKind};

/// How sure we are that a wording, threshold or rule is the law's own (`domain.md` marks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The source's own text was seen.
    Verbatim,
    /// Reported second-hand.
    SecondHand,
    /// Not verified: must be checked against the official text, and shown as such.
    Unverified,
}

/// Where something of the law comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
pub struct Provenance {
    /// How sure we are.
    pub confidence: Confidence,
    /// The source in a few words: decree and article, or the publication.
    pub source: String,
}

/// A versioned questionnaire.
#[derive(Debug, Clone)]
pub struct Definition {
    /// `form_id` of the settings sheet.
    pub id: String,
    /// `version` of the settings sheet.
    pub version: String,
    /// `form_title`.
    pub title: Text,
    /// The language to start in.
    pub default_language: Language,
    /// Every language that a label is given in.
    pub languages: Vec<Language>,
    /// What names one filled form.
    pub instance_name: Option<Expr>,
    /// How to draw the form as a whole, as the settings say (`pages`).
    pub style: Vec<String>,
    /// Top level, in the order of the sheet. Groups at this level are the sections.
    pub nodes: Vec<Node>,
    /// Choice lists and look-up tables by name; a file's is its name without `.csv`.
    pub lists: BTreeMap<String, Arc<ChoiceList>>,
}

/// One row (or begin … end pair) of the survey sheet.
#[derive(Debug, Clone)]
pub enum Node {
    /// `begin group`.
    Group(Group),
    /// `begin repeat`.
    Repeat(Repeat),
    /// Anything that holds or shows one value.
    Question(Box<Question>),
}

/// Questions that stand together; a section when at the top level.
#[derive(Debug, Clone)]
pub struct Group {
    /// Name, unique in the form.
    pub name: String,
    /// Heading.
    pub label: Text,
    /// Asked only when true.
    pub relevant: Option<Expr>,
    /// How to draw it, as the sheet says.
    pub appearance: Vec<String>,
    /// What it holds.
    pub nodes: Vec<Node>,
}

/// Questions asked once per instance (per member).
#[derive(Debug, Clone)]
pub struct Repeat {
    /// Name, unique in the form; the first half of its instances' paths.
    pub name: String,
    /// Heading.
    pub label: Text,
    /// Asked only when true.
    pub relevant: Option<Expr>,
    /// How to draw it (`roster` = as a grid).
    pub appearance: Vec<String>,
    /// How many instances there are, where the form decides (`repeat_count`).
    pub count: Option<Expr>,
    /// Names it had in earlier versions of the form.
    pub renamed_from: Vec<String>,
    /// What each instance holds.
    pub nodes: Vec<Node>,
}

/// What a question takes, and how it comes by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionKind {
    /// Asked; the kinds choice and choices name their list.
    Asked {
        /// Kind of the answer.
        kind: ValueKind,
        /// Choice list, for choice and choices.
        list: Option<String>,
    },
    /// Computed; its value's kind follows from the expression.
    Calculated,
    /// Neither asked nor shown; holds its default or what a trigger put there.
    Hidden,
    /// When the form was signed off (`end`).
    Finished,
    /// Words only.
    Note,
    /// One box to tick (`acknowledge`): the choice `OK` or no answer.
    Acknowledge,
}

/// One question, note or computed field.
#[derive(Debug, Clone)]
pub struct Question {
    /// Name, unique in the form; the last part of its path.
    pub name: String,
    /// What it takes.
    pub kind: QuestionKind,
    /// The question; may hold `${name}` references.
    pub label: Text,
    /// Help for the interviewer.
    pub hint: Text,
    /// Longer help, shown when asked for.
    pub guidance: Text,
    /// Must be answered when relevant.
    pub required: Option<Expr>,
    /// What to say when it is not.
    pub required_message: Text,
    /// Asked only when true.
    pub relevant: Option<Expr>,
    /// Must hold for an answer (`.`); else an error finding.
    pub constraint: Option<Expr>,
    /// What to say when it does not.
    pub constraint_message: Text,
    /// Should hold for an answer; else a warning finding that wants a reason.
    pub warning: Option<Expr>,
    /// What to say when it does not.
    pub warning_message: Text,
    /// How a computed field is computed.
    pub calculation: Option<Expr>,
    /// Questions whose change computes it anew; when there are any, nothing else does.
    pub triggers: Vec<String>,
    /// First value.
    pub default: Option<Expr>,
    /// May not be changed by hand.
    pub read_only: Option<Expr>,
    /// Which choices of the list are offered.
    pub choice_filter: Option<Expr>,
    /// The choices are put in order: all of them, the first first (`rank`).
    pub ranked: bool,
    /// Choices are offered in an order drawn by lot.
    pub shuffled: Option<Shuffle>,
    /// The scale that a number is chosen from (`range`).
    pub range: Option<Range>,
    /// What a file must be; `None`: any that is taken.
    pub media: Option<Media>,
    /// Longest side of a picture, in pixels.
    pub max_pixels: Option<u32>,
    /// How to draw it, as the sheet says.
    pub appearance: Vec<String>,
    /// Carried-over answers that only a deliberate act may change.
    pub protected: bool,
    /// What its findings do to sign-off, where that is not the usual.
    pub completion: Option<Completion>,
    /// Names it had in earlier versions of the form.
    pub renamed_from: Vec<String>,
    /// Whose wording or rule this is, where it is the law's.
    pub provenance: Option<Provenance>,
}

/// What a question for files takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Pictures (`image`).
    Picture,
    /// Recordings (`audio`).
    Sound,
    /// Films (`video`).
    Film,
}

impl Question {
    /// A question of this name and kind with nothing else said of it.
    pub fn new(name: &str, kind: QuestionKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            label: Text::default(),
            hint: Text::default(),
            guidance: Text::default(),
            required: None,
            required_message: Text::default(),
            relevant: None,
            constraint: None,
            constraint_message: Text::default(),
            warning: None,
            warning_message: Text::default(),
            calculation: None,
            triggers: Vec::new(),
            default: None,
            read_only: None,
            choice_filter: None,
            ranked: false,
            shuffled: None,
            range: None,
            media: None,
            max_pixels: None,
            appearance: Vec::new(),
            protected: false,
            completion: None,
            renamed_from: Vec::new(),
            provenance: None,
        }
    }
}

/// Choices in an order drawn by lot.
#[derive(Debug, Clone)]
pub struct Shuffle {
    /// Equal seeds give equal orders; without one each filled form has an order of its own.
    pub seed: Option<Expr>,
}

/// A scale: both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub start: Number,
    /// Where it ends; never below `start`.
    pub end: Number,
    /// From one mark to the next; above 0.
    pub step: Number,
}

impl Range {
    /// Whether a number is a mark of the scale.
    pub fn holds(&self, number: f64) -> bool {
        let [start, end, step] = [self.start, self.end, self.step].map(Number::get);
        let steps = (number - start) / step;
        (start..=end).contains(&number) && (steps - steps.round()).abs() < 1e-6
    }
}
