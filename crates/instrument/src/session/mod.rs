//! One filled form: answers in, what changed out.

mod act;
mod ask;
mod open;
mod part;
mod place;
mod prepared;
mod recompute;
mod repeats;
mod report;
mod save;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use crate::definition::Definition;
use crate::evaluate::Evaluator;
use crate::findings::FindingKind;
use crate::moment::Moment;
use crate::path::Path;
use crate::plan::Plan;
use crate::value::{Value, ValueKind};
pub use part::Part;
pub(crate) use place::{repeat_scope, takes};
pub use prepared::{Prepared, Standpoint, Wanted};
pub use save::{Difference, ResumeError, Saved};
pub(crate) use state::{Cell, FORM, Held, InstanceKey, State};

/// What the outside world tells the form.
#[derive(Debug, Clone)]
pub struct Context {
    /// The moment on the laptop's clock; its day is `today()`.
    pub now: Moment,
    /// Who interviews (`username`).
    pub username: String,
    /// Which device (`deviceid`).
    pub device: String,
    /// What everything drawn by lot follows from; the same number for the same filled form.
    pub seed: u64,
}

impl Context {
    /// A day of which neither the time nor the person matters.
    pub fn of_day(today: Date) -> Self {
        Self { now: Moment::midnight(today, 0), username: String::new(), device: String::new(), seed: 0 }
    }
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
    /// Instances that came to be, or count again.
    pub added: Vec<Path>,
    /// Instances that went.
    pub removed: Vec<Path>,
    /// Instances beyond what the form counts: they are not asked any more, and kept.
    pub uncounted: Vec<Path>,
    /// What changed in [`Session::kept`]: exactly what a draft has to write (`None`: delete) to open the same again.
    pub kept: BTreeMap<Path, Option<Value>>,
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
    /// The form itself says how many instances there are.
    #[error("the form decides how many instances there are")]
    Counted,
}

/// The hidden whole number at `<instance>.position_` that orders the instances of a repeat; instances without one come first,
/// equal ones are ordered by id. Adding gives the highest plus one and removing renumbers nothing, so additions and removals on
/// two machines merge without conflict.
pub const POSITION: &str = "position_";

/// The hidden whole number at `<name>_spent_` beside a question with a default that has no answer: the default was applied once
/// and is not applied again. There is one exactly where such a question is empty.
pub(crate) const SPENT: &str = "_spent_";

/// How many instances a form may have, all repeats together.
const MOST_INSTANCES: usize = 1_000;

/// One filled form.
///
/// Beside answers it keeps hidden whole numbers at places whose names end in `_` (see [`POSITION`]); they are part of
/// [`Session::kept`] and [`Session::answers`], so that a form opens the same from its answers alone.
#[derive(Debug, Clone)]
pub struct Session {
    plan: Arc<Plan>,
    context: Context,
    state: State,
    kept: BTreeMap<Path, Value>,
    unplaced: BTreeSet<Path>,
}

impl Session {
    /// The form.
    pub fn definition(&self) -> &Arc<Definition> {
        self.plan.definition()
    }

    /// The form made ready to run, for opening others with [`Session::open_plan`].
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// What the outside world told the form.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Everything that was ever answered here, relevant or not, with the answers the form does not know: what a draft keeps.
    pub fn kept(&self) -> &BTreeMap<Path, Value> {
        &self.kept
    }

    /// Answers whose place this version of the form does not have, or has for another kind of value.
    pub fn unplaced(&self) -> Vec<Path> {
        self.unplaced.iter().cloned().collect()
    }

    fn evaluator(&self) -> Evaluator<'_> {
        Evaluator::new(&self.plan, &self.state, &self.context)
    }
}
