//! One filled form: answers in, what changed out.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::definition::Definition;
use crate::expression::{Expr, ExprError, Outcome};
use crate::findings::{Finding, FindingKind};
use crate::path::{InstanceId, Path};
use crate::value::{Value, ValueKind};

/// What the outside world tells the form.
#[derive(Debug, Clone)]
pub struct Context {
    /// The day of the interview on the laptop's clock.
    pub today: Date,
    /// Who interviews (`username`).
    pub username: String,
    /// Which device (`deviceid`).
    pub device: String,
}

/// The state of one node after the last change.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeState {
    /// Where.
    pub path: Path,
    /// Whether it is asked.
    pub relevant: bool,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether it may be changed by hand.
    pub read_only: bool,
    /// The answer or computed value. Kept while not relevant, but not part of [`Session::answers`].
    pub value: Option<Value>,
    /// Names of the choices offered, when a choice filter narrows them.
    pub offered: Option<Vec<String>>,
    /// The finding of each kind at this place, if any.
    pub findings: Vec<FindingKind>,
}

/// What one act changed: the states that differ from before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// New states of the nodes that changed (the node acted on included).
    pub nodes: Vec<NodeState>,
    /// Instances that came to be.
    pub added: Vec<Path>,
    /// Instances that went.
    pub removed: Vec<Path>,
}

/// How far a section is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionProgress {
    /// The group's or repeat's name.
    pub name: String,
    /// Whether the section is asked at all.
    pub relevant: bool,
    /// Relevant questions that take an answer.
    pub questions: usize,
    /// Of these, answered.
    pub answered: usize,
    /// Findings that block sign-off, unanswered ones not counted.
    pub errors: usize,
    /// Required and unanswered.
    pub unanswered: usize,
    /// Warnings without a reason.
    pub warnings: usize,
}

/// Why an act was refused. The form is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// The form has no such place.
    #[error("the form has no such place")]
    UnknownPath,
    /// The value is not of the question's kind.
    #[error("the question takes {expected:?}")]
    WrongKind {
        /// What it takes.
        expected: ValueKind,
    },
    /// The question is computed, a note, or read-only.
    #[error("the question is not answered by hand")]
    ReadOnly,
    /// The choice is not in the question's list.
    #[error("the choice is not in the list")]
    UnknownChoice,
    /// The instance exists already.
    #[error("the instance exists")]
    InstanceExists,
    /// More instances than a form may have.
    #[error("too many instances")]
    TooMany,
}

/// One filled form.
#[derive(Debug, Clone)]
pub struct Session {
    definition: Arc<Definition>,
}

impl Session {
    /// Opens a form with answers given before (empty for a new one). Answers at places that the form does not know are
    /// kept and listed by [`Session::unplaced`], never dropped. Defaults are applied to places that never had an answer.
    pub fn open(_definition: Arc<Definition>, _answers: BTreeMap<Path, Value>, _context: Context) -> Self {
        todo!()
    }

    /// The form.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// Sets or (with `None`) clears an answer, a reason or a note, and recomputes what depends on it.
    pub fn set(&mut self, _path: &Path, _value: Option<Value>) -> Result<Changes, SetError> {
        todo!()
    }

    /// As [`Session::set`], from the canonical text of a value; an empty text clears.
    pub fn set_text(&mut self, _path: &Path, _text: &str) -> Result<Changes, SetError> {
        todo!()
    }

    /// Adds an instance to a repeat, last.
    pub fn add_instance(&mut self, _repeat: &str, _id: &InstanceId) -> Result<Changes, SetError> {
        todo!()
    }

    /// Removes an instance with its answers.
    pub fn remove_instance(&mut self, _instance: &Path) -> Result<Changes, SetError> {
        todo!()
    }

    /// The instances of a repeat, in order.
    pub fn instances(&self, _repeat: &str) -> Vec<Path> {
        todo!()
    }

    /// Every node's state, in the order of the form.
    pub fn nodes(&self) -> Vec<NodeState> {
        todo!()
    }

    /// One node's state.
    pub fn node(&self, _path: &Path) -> Option<NodeState> {
        todo!()
    }

    /// A value by path: answers and computed fields, only where relevant.
    pub fn value(&self, _path: &Path) -> Option<Value> {
        todo!()
    }

    /// The answers that count: relevant, asked, with reasons and notes. Computed values are not among them.
    pub fn answers(&self) -> BTreeMap<Path, Value> {
        todo!()
    }

    /// Everything that was ever answered here, relevant or not, with the answers the form does not know: what a draft keeps.
    pub fn kept(&self) -> &BTreeMap<Path, Value> {
        todo!()
    }

    /// Answers whose place this version of the form does not have.
    pub fn unplaced(&self) -> Vec<Path> {
        todo!()
    }

    /// All findings, in the order of the form.
    pub fn findings(&self) -> Vec<Finding> {
        todo!()
    }

    /// Progress of each section, in the order of the form.
    pub fn progress(&self) -> Vec<SectionProgress> {
        todo!()
    }

    /// A label or message with its `${name}` references filled in, seen from `at`.
    pub fn fill(&self, _text: &crate::Text, _at: Option<&Path>) -> crate::Text {
        todo!()
    }

    /// Evaluates an expression of a standard, seen from the instance `at` (or from outside any).
    pub fn evaluate(&self, _expr: &Expr, _at: Option<&Path>) -> Outcome {
        todo!()
    }

    /// The places an expression reads, seen from `at`, that are relevant and have no answer (or no computable value, followed
    /// down to the answers it wants). Members' fields are read for every instance when `at` is outside.
    pub fn missing(&self, _expr: &Expr, _at: Option<&Path>) -> Vec<Path> {
        todo!()
    }

    /// Whether an expression may be evaluated on this form: unknown names and wrong calls are reported with their place.
    pub fn check(_definition: &Definition, _expr: &Expr) -> Result<(), ExprError> {
        todo!()
    }
}
