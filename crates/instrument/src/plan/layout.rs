//! The form's nodes and scopes, numbered.

use std::collections::HashMap;

use super::code::{NodeId, ROOT, ScopeId};
use crate::definition::{Node, Question, QuestionKind};
use crate::text::Text;
use crate::value::ValueKind;

/// What one node is, as far as a session cares.
#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Group,
    /// A repeat and the scope of its instances.
    Repeat(ScopeId),
    /// Takes an answer of this kind, from this list.
    Asked(ValueKind, Option<String>),
    /// Computed, whatever it is called in the form.
    Calculated,
    Note,
}

#[derive(Debug, Clone)]
pub(crate) struct NodePlan {
    pub(crate) name: String,
    pub(crate) kind: NodeKind,
    pub(crate) parent: Option<NodeId>,
    /// The scope whose instances hold its cell; for a repeat the one around it.
    pub(crate) scope: ScopeId,
    /// Which cell of the instance.
    pub(crate) slot: u32,
    /// The top-level group or repeat it stands in (or is).
    pub(crate) section: Option<NodeId>,
    pub(crate) has_default: bool,
    pub(crate) required_message: Text,
    pub(crate) constraint_message: Text,
    pub(crate) warning_message: Text,
}

#[derive(Debug, Clone)]
pub(crate) struct ScopePlan {
    pub(crate) repeat: Option<NodeId>,
    pub(crate) parent: Option<ScopeId>,
    /// Number of scopes around it.
    pub(crate) depth: u32,
    /// Its nodes by slot, in the order of the form.
    pub(crate) nodes: Vec<NodeId>,
    /// Scopes of the repeats directly in it.
    pub(crate) children: Vec<ScopeId>,
    /// Which of its parent's children it is.
    pub(crate) child_index: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) nodes: Vec<NodePlan>,
    pub(crate) scopes: Vec<ScopePlan>,
    pub(crate) names: HashMap<String, NodeId>,
    /// Nodes whose name another node has already.
    pub(crate) duplicates: Vec<NodeId>,
}

impl Layout {
    pub(crate) fn of(nodes: &[Node]) -> Self {
        let root = ScopePlan {
            repeat: None,
            parent: None,
            depth: 0,
            nodes: Vec::new(),
            children: Vec::new(),
            child_index: 0,
        };
        let mut layout =
            Self { nodes: Vec::new(), scopes: vec![root], names: HashMap::new(), duplicates: Vec::new() };
        layout.add_all(nodes, None, ROOT, None);
        layout
    }

    pub(crate) fn node(&self, id: NodeId) -> &NodePlan {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn scope(&self, id: ScopeId) -> &ScopePlan {
        &self.scopes[id.0 as usize]
    }

    pub(crate) fn named(&self, name: &str) -> Option<NodeId> {
        self.names.get(name).copied()
    }

    /// Whether `outer` is `inner` or around it.
    pub(crate) fn encloses(&self, outer: ScopeId, inner: ScopeId) -> bool {
        let mut at = Some(inner);
        while let Some(scope) = at {
            if scope == outer {
                return true;
            }
            at = self.scope(scope).parent;
        }
        false
    }

    /// The innermost scope around both.
    pub(crate) fn common(&self, one: ScopeId, other: ScopeId) -> ScopeId {
        let mut at = one;
        while !self.encloses(at, other) {
            at = self.scope(at).parent.unwrap_or(ROOT);
        }
        at
    }

    /// The scopes from below `outer` down to `inner`, which it encloses.
    pub(crate) fn chain(&self, outer: ScopeId, inner: ScopeId) -> Vec<ScopeId> {
        let mut chain = Vec::new();
        let mut at = inner;
        while at != outer {
            chain.push(at);
            match self.scope(at).parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        chain.reverse();
        chain
    }

    fn add_all(&mut self, nodes: &[Node], parent: Option<NodeId>, scope: ScopeId, section: Option<NodeId>) {
        for node in nodes {
            match node {
                Node::Group(group) => {
                    let id = self.add(&group.name, NodeKind::Group, parent, scope, section);
                    self.add_all(&group.nodes, Some(id), scope, section.or(Some(id)));
                }
                Node::Repeat(repeat) => {
                    let inner = ScopeId(self.scopes.len() as u32);
                    let id = self.add(&repeat.name, NodeKind::Repeat(inner), parent, scope, section);
                    let outer = self.scope(scope);
                    self.scopes.push(ScopePlan {
                        repeat: Some(id),
                        parent: Some(scope),
                        depth: outer.depth + 1,
                        nodes: Vec::new(),
                        children: Vec::new(),
                        child_index: outer.children.len() as u32,
                    });
                    self.scopes[scope.0 as usize].children.push(inner);
                    self.add_all(&repeat.nodes, Some(id), inner, section.or(Some(id)));
                }
                Node::Question(question) => {
                    let id = self.add(&question.name, kind_of(question), parent, scope, section);
                    let plan = &mut self.nodes[id.0 as usize];
                    plan.has_default = question.default.is_some() && matches!(plan.kind, NodeKind::Asked(..));
                    plan.required_message = question.required_message.clone();
                    plan.constraint_message = question.constraint_message.clone();
                    plan.warning_message = question.warning_message.clone();
                }
            }
        }
    }

    fn add(
        &mut self,
        name: &str,
        kind: NodeKind,
        parent: Option<NodeId>,
        scope: ScopeId,
        section: Option<NodeId>,
    ) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        let holder = &mut self.scopes[scope.0 as usize].nodes;
        let slot = holder.len() as u32;
        holder.push(id);
        let is_section = parent.is_none() && matches!(kind, NodeKind::Group | NodeKind::Repeat(_));
        self.nodes.push(NodePlan {
            name: name.to_owned(),
            kind,
            parent,
            scope,
            slot,
            section: if is_section { Some(id) } else { section },
            has_default: false,
            required_message: Text::default(),
            constraint_message: Text::default(),
            warning_message: Text::default(),
        });
        if self.names.contains_key(name) {
            self.duplicates.push(id);
        } else {
            self.names.insert(name.to_owned(), id);
        }
        id
    }
}

fn kind_of(question: &Question) -> NodeKind {
    match &question.kind {
        QuestionKind::Note => NodeKind::Note,
        QuestionKind::Calculated => NodeKind::Calculated,
        QuestionKind::Asked { .. } | QuestionKind::Acknowledge if question.calculation.is_some() => {
            NodeKind::Calculated
        }
        QuestionKind::Asked { kind, list } => NodeKind::Asked(*kind, list.clone()),
        QuestionKind::Acknowledge => NodeKind::Asked(ValueKind::Choice, None),
    }
}
