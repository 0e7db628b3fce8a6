//! Paths to places of the form.

use super::{FORM, InstanceKey, POSITION, SPENT, Session, State};
use crate::path::{Path, Segment};
use crate::plan::{NodeId, NodeKind, Plan, ROOT, ScopeId};
use crate::value::{Value, ValueKind};

/// What a path means in this form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A node in an instance.
    Node(InstanceKey, NodeId),
    /// An instance itself.
    Instance(InstanceKey),
    /// The hidden order of an instance.
    Position(InstanceKey),
    /// The hidden mark of a spent default.
    Spent(InstanceKey, NodeId),
}

/// The scope of a repeat by its name, if it stands directly in `outer`.
pub(crate) fn repeat_scope(plan: &Plan, name: &str, outer: ScopeId) -> Option<ScopeId> {
    let node = plan.node(plan.named(name)?);
    match node.kind {
        NodeKind::Repeat(scope) if node.scope == outer => Some(scope),
        NodeKind::Repeat(_)
        | NodeKind::Group
        | NodeKind::Asked(..)
        | NodeKind::Calculated
        | NodeKind::Stored
        | NodeKind::Finished
        | NodeKind::Note => None,
    }
}

/// Finds a path's place, its facet aside.
pub(super) fn find(plan: &Plan, state: &State, path: &Path) -> Option<Place> {
    let mut at = (FORM, ROOT);
    for segment in path.segments() {
        match segment {
            Segment::Instance(repeat, id) => {
                let scope = repeat_scope(plan, repeat, at.1)?;
                at = (state.child(at.0, plan.scope(scope).child_index, id)?, scope);
            }
            Segment::Field(name) => {
                if let Some(node) = plan.named(name) {
                    return (plan.node(node).scope == at.1).then_some(Place::Node(at.0, node));
                }
                if name == POSITION && at.0 != FORM {
                    return Some(Place::Position(at.0));
                }
                let node = plan.named(name.strip_suffix(SPENT)?)?;
                let holds = plan.node(node).scope == at.1 && plan.node(node).has_default;
                return holds.then_some(Place::Spent(at.0, node));
            }
        }
    }
    (at.0 != FORM).then_some(Place::Instance(at.0))
}

/// Whether an answer of this kind may stand at a question of that kind.
pub(crate) fn takes(kind: ValueKind, value: &Value) -> bool {
    kind == value.kind() || (kind == ValueKind::Decimal && value.kind() == ValueKind::Integer)
}

impl Session {
    pub(super) fn find(&self, path: &Path) -> Option<Place> {
        find(&self.plan, &self.state, path)
    }

    /// The node that an answer, reason or note stands at.
    pub(super) fn find_node(&self, path: &Path) -> Option<(InstanceKey, NodeId)> {
        match self.find(path)? {
            Place::Node(instance, node) => Some((instance, node)),
            Place::Instance(_) | Place::Position(_) | Place::Spent(..) => None,
        }
    }

    /// The instance that an expression is seen from: `at`, or the one that encloses it; the form itself for none or an unknown one.
    pub(super) fn instance_at(&self, at: Option<&Path>) -> InstanceKey {
        let instance = at.and_then(Path::enclosing_instance);
        match instance.and_then(|path| self.find(&path)) {
            Some(Place::Instance(key)) => key,
            Some(Place::Node(..) | Place::Position(_) | Place::Spent(..)) | None => FORM,
        }
    }

    /// A repeat's name (`members`), or the path of one inside an instance (`members.a1.jobs`): its scope and the instance around it.
    pub(super) fn find_repeat(&self, repeat: &str) -> Option<(InstanceKey, ScopeId)> {
        let path: Path = repeat.parse().ok()?;
        let around = self.instance_at(Some(&path));
        let scope = self.state.instance(around)?.scope;
        if path.enclosing_instance().is_some() && around == FORM {
            return None;
        }
        repeat_scope(&self.plan, path.field_name()?, scope).map(|scope| (around, scope))
    }
}
