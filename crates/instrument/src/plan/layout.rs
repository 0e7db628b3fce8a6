//! The form's nodes and scopes, numbered.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::code::{ListId, NodeId, ROOT, ScopeId};
use crate::definition::{Definition, Node, Question, QuestionKind, Range};
use crate::findings::Completion;
use crate::list::ChoiceList;
use crate::text::Text;
use crate::value::ValueKind;

/// What one node is, as far as a session cares.
#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Group,
    /// A repeat and the scope of its instances.
    Repeat(ScopeId),
    /// Takes an answer of this kind, from this list.
    Asked(ValueKind, Option<ListId>),
    /// Computed, whatever it is called in the form.
    Calculated,
    /// Holds what a default or a trigger put there; not answered by hand.
    Stored,
    /// Holds when the form was signed off.
    Finished,
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
    /// All choices must be given (`rank`).
    pub(crate) ranked: bool,
    pub(crate) range: Option<Range>,
    pub(crate) completion: Option<Completion>,
    pub(crate) label: Text,
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
    /// Lists by number. One that a question names and the form does not have is empty.
    pub(crate) lists: Vec<(String, Arc<ChoiceList>)>,
    pub(crate) nodes: Vec<NodePlan>,
    pub(crate) scopes: Vec<ScopePlan>,
    pub(crate) names: HashMap<String, NodeId, BuildHasherDefault<NameHasher>>,
    /// Nodes whose name another node has already.
    pub(crate) duplicates: Vec<NodeId>,
}

impl Layout {
    pub(crate) fn of(definition: &Definition) -> Self {
        let root = ScopePlan {
            repeat: None,
            parent: None,
            depth: 0,
            nodes: Vec::new(),
            children: Vec::new(),
            child_index: 0,
        };
        let lists = definition.lists.iter().map(|(name, list)| (name.clone(), Arc::clone(list)));
        let mut layout = Self {
            lists: lists.collect(),
            nodes: Vec::new(),
            scopes: vec![root],
            names: HashMap::default(),
            duplicates: Vec::new(),
        };
        layout.add_all(&definition.nodes, None, ROOT, None);
        layout
    }

    pub(crate) fn list(&self, id: ListId) -> &Arc<ChoiceList> {
        &self.lists[usize::from(id.0)].1
    }

    pub(crate) fn list_named(&self, name: &str) -> Option<ListId> {
        let at = self.lists.iter().position(|(known, _)| known == name)?;
        u16::try_from(at).ok().map(ListId)
    }

    fn list_for(&mut self, name: &str) -> ListId {
        self.list_named(name).unwrap_or_else(|| {
            self.lists.push((name.to_owned(), Arc::default()));
            // The definition's readers allow far fewer lists.
            ListId(u16::try_from(self.lists.len() - 1).unwrap_or(u16::MAX))
        })
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
                    self.nodes[id.0 as usize].label = group.label.clone();
                    self.add_all(&group.nodes, Some(id), scope, section.or(Some(id)));
                }
                Node::Repeat(repeat) => {
                    let inner = ScopeId(self.scopes.len() as u32);
                    let id = self.add(&repeat.name, NodeKind::Repeat(inner), parent, scope, section);
                    self.nodes[id.0 as usize].label = repeat.label.clone();
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
                    let kind = self.kind_of(question);
                    let id = self.add(&question.name, kind, parent, scope, section);
                    let plan = &mut self.nodes[id.0 as usize];
                    plan.has_default = question.default.is_some()
                        && matches!(plan.kind, NodeKind::Asked(..) | NodeKind::Stored);
                    plan.ranked = question.ranked;
                    plan.range = question.range;
                    plan.completion = question.completion;
                    plan.label = question.label.clone();
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
            ranked: false,
            range: None,
            completion: None,
            label: Text::default(),
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

    fn kind_of(&mut self, question: &Question) -> NodeKind {
        let is_computed = question.calculation.is_some() && question.triggers.is_empty();
        match &question.kind {
            QuestionKind::Note => NodeKind::Note,
            QuestionKind::Calculated | QuestionKind::Hidden if !question.triggers.is_empty() => {
                NodeKind::Stored
            }
            QuestionKind::Calculated => NodeKind::Calculated,
            QuestionKind::Finished => NodeKind::Finished,
            QuestionKind::Asked { .. } | QuestionKind::Acknowledge | QuestionKind::Hidden if is_computed => {
                NodeKind::Calculated
            }
            QuestionKind::Hidden => NodeKind::Stored,
            QuestionKind::Asked { kind, list } => {
                NodeKind::Asked(*kind, list.as_deref().map(|list| self.list_for(list)))
            }
            QuestionKind::Acknowledge => NodeKind::Asked(ValueKind::Choice, None),
        }
    }
}

/// FNV-1a: names are short, and looked up for every answer. Who writes a form gains nothing from names that collide.
#[derive(Debug, Clone)]
pub(crate) struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
