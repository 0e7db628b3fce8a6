//! The form as its authors wrote it: a tree of groups, repeats and questions with parsed expressions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::expression::Expr;
use crate::text::{Language, Text};
use crate::value::ValueKind;

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
    /// Top level, in the order of the sheet. Groups at this level are the sections.
    pub nodes: Vec<Node>,
    /// Choice lists by name.
    pub lists: BTreeMap<String, ChoiceList>,
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
    /// First value.
    pub default: Option<Expr>,
    /// May not be changed by hand.
    pub read_only: Option<Expr>,
    /// Which choices of the list are offered.
    pub choice_filter: Option<Expr>,
    /// How to draw it, as the sheet says.
    pub appearance: Vec<String>,
    /// Carried-over answers that only a deliberate act may change.
    pub protected: bool,
    /// Whose wording or rule this is, where it is the law's.
    pub provenance: Option<Provenance>,
}

/// A named list of choices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChoiceList {
    /// Items in the order of the sheet.
    pub items: Vec<ChoiceItem>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceItem {
    /// The value that is stored.
    pub name: String,
    /// What is shown.
    pub label: Text,
    /// Further columns of the sheet, for choice filters.
    pub extra: BTreeMap<String, String>,
}
