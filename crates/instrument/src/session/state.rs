//! Instances and their cells: what an evaluator reads and a recomputation writes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::path::{InstanceId, Path};
use crate::plan::{NodeId, Plan, ROOT, ScopeId};
use crate::value::Value;

/// An instance's place in the arena; [`FORM`] is the form itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct InstanceKey(pub(crate) u32);

/// What lies outside any repeat.
pub(crate) const FORM: InstanceKey = InstanceKey(0);

/// What a place holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Held {
    Nothing,
    Value(Value),
    /// A computed truth; outside it is the text `true` or `false`.
    Truth(bool),
}

/// One node in one instance.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) held: Held,
    pub(crate) relevant: bool,
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    pub(crate) violates_constraint: bool,
    pub(crate) violates_warning: bool,
    /// Numbers of the choices offered, where a filter narrows them.
    pub(crate) offered: Option<Arc<[u32]>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) scope: ScopeId,
    pub(crate) parent: Option<InstanceKey>,
    /// None for the form itself.
    pub(crate) path: Option<Path>,
    pub(crate) id: Option<InstanceId>,
    pub(crate) position: i64,
    /// Which of its parent's repeats it belongs to.
    child: u32,
    cells: Vec<Cell>,
    children: Vec<Children>,
}

#[derive(Debug, Clone, Default)]
struct Children {
    ordered: Vec<InstanceKey>,
    by_id: BTreeMap<InstanceId, InstanceKey>,
    /// How many of them count, where the form says; the others are kept and not asked.
    counted: Option<usize>,
}

impl Children {
    fn asked(&self) -> &[InstanceKey] {
        let count = self.counted.unwrap_or(usize::MAX).min(self.ordered.len());
        self.ordered.get(..count).unwrap_or_default()
    }
}

/// The cells that there are where only a part of a form is open.
#[derive(Debug)]
pub(crate) struct CellsOfPart {
    by_scope: Vec<SlotsOfPart>,
}

#[derive(Debug)]
struct SlotsOfPart {
    /// By slot, the place of its cell; beyond all cells where there is none.
    places: Vec<u32>,
    cells: usize,
}

impl CellsOfPart {
    /// Cells for certain nodes only.
    pub(crate) fn of(plan: &Plan, is_read: impl Fn(NodeId) -> bool) -> Self {
        let of_scope = |scope| {
            let mut cells = 0;
            let mut place = |node: &NodeId| {
                if !is_read(*node) {
                    return u32::MAX;
                }
                cells += 1;
                cells - 1
            };
            let places = plan.scope(scope).nodes.iter().map(&mut place).collect();
            SlotsOfPart { places, cells: cells as usize }
        };
        Self { by_scope: plan.scopes().map(of_scope).collect() }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct State {
    instances: Vec<Option<Instance>>,
    free: Vec<InstanceKey>,
    /// None where there are all cells.
    part: Option<Arc<CellsOfPart>>,
}

impl State {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self::of(plan, None)
    }

    /// One without the cells that a part of the form does not read.
    pub(crate) fn of_part(plan: &Plan, part: &Arc<CellsOfPart>) -> Self {
        Self::of(plan, Some(Arc::clone(part)))
    }

    fn of(plan: &Plan, part: Option<Arc<CellsOfPart>>) -> Self {
        let form = Instance {
            scope: ROOT,
            parent: None,
            path: None,
            id: None,
            position: 0,
            child: 0,
            cells: cells(plan, part.as_deref(), ROOT),
            children: vec![Children::default(); plan.scope(ROOT).children.len()],
        };
        Self { instances: vec![Some(form)], free: Vec::new(), part }
    }

    pub(crate) fn instance(&self, key: InstanceKey) -> Option<&Instance> {
        self.instances.get(key.0 as usize)?.as_ref()
    }

    pub(crate) fn cell(&self, key: InstanceKey, slot: u32) -> Option<&Cell> {
        let instance = self.instance(key)?;
        instance.cells.get(place_of(self.part.as_deref(), instance.scope, slot)?)
    }

    pub(crate) fn cell_mut(&mut self, key: InstanceKey, slot: u32) -> Option<&mut Cell> {
        let instance = self.instances.get_mut(key.0 as usize)?.as_mut()?;
        instance.cells.get_mut(place_of(self.part.as_deref(), instance.scope, slot)?)
    }

    /// Instances of the `child`-th repeat directly in `parent`, in order; those beyond the form's own count left out.
    pub(crate) fn children(&self, parent: InstanceKey, child: u32) -> &[InstanceKey] {
        self.siblings(parent, child).map_or(&[], Children::asked)
    }

    /// The same with those beyond the count.
    pub(crate) fn all_children(&self, parent: InstanceKey, child: u32) -> &[InstanceKey] {
        self.siblings(parent, child).map_or(&[], |children| &children.ordered)
    }

    /// Whether an instance and all those around it are counted.
    pub(crate) fn is_seen(&self, key: InstanceKey) -> bool {
        let mut at = Some(key);
        while let Some(key) = at {
            if !self.is_counted_in(key) {
                return false;
            }
            at = self.instance(key).and_then(|instance| instance.parent);
        }
        true
    }

    fn siblings(&self, parent: InstanceKey, child: u32) -> Option<&Children> {
        self.instance(parent)?.children.get(child as usize)
    }

    /// Says how many instances count. Answers with those that began or ceased to.
    pub(crate) fn set_count(
        &mut self,
        parent: InstanceKey,
        child: u32,
        count: Option<usize>,
    ) -> Vec<InstanceKey> {
        let holder = self.instances.get_mut(parent.0 as usize).and_then(Option::as_mut);
        let Some(children) = holder.and_then(|holder| holder.children.get_mut(child as usize)) else {
            return Vec::new();
        };
        let before = children.asked().len();
        children.counted = count;
        let after = children.asked().len();
        children.ordered.get(before.min(after)..before.max(after)).unwrap_or_default().to_vec()
    }

    /// Whether an instance is one of those that its repeat's count allows.
    pub(crate) fn is_counted_in(&self, key: InstanceKey) -> bool {
        let Some(instance) = self.instance(key) else { return false };
        let Some(holder) = instance.parent.and_then(|parent| self.instance(parent)) else { return true };
        let Some(children) = holder.children.get(instance.child as usize) else { return true };
        children.counted.is_none() || children.asked().contains(&key)
    }

    pub(crate) fn child(&self, parent: InstanceKey, child: u32, id: &str) -> Option<InstanceKey> {
        self.instance(parent)?.children.get(child as usize)?.by_id.get(id).copied()
    }

    /// The instance of `scope` that `key` is or lies in.
    pub(crate) fn enclosing(&self, key: InstanceKey, scope: ScopeId) -> Option<InstanceKey> {
        let mut at = key;
        loop {
            let instance = self.instance(at)?;
            if instance.scope == scope {
                return Some(at);
            }
            at = instance.parent?;
        }
    }

    /// The place of an instance among its siblings, from 1.
    pub(crate) fn place(&self, key: InstanceKey) -> usize {
        let found = self.instance(key).and_then(|instance| {
            let siblings = self.instance(instance.parent?)?;
            siblings.children.iter().find_map(|children| children.ordered.iter().position(|k| *k == key))
        });
        found.map_or(0, |index| index + 1)
    }

    /// Adds an instance after those of its position, or gives the one that is there.
    pub(crate) fn add(
        &mut self,
        plan: &Plan,
        scope: ScopeId,
        parent: InstanceKey,
        id: &InstanceId,
        path: Path,
        position: i64,
    ) -> InstanceKey {
        let scope_plan = plan.scope(scope);
        if let Some(known) = self.child(parent, scope_plan.child_index, id.as_str()) {
            return known;
        }
        let instance = Instance {
            scope,
            parent: Some(parent),
            path: Some(path),
            id: Some(id.clone()),
            position,
            child: scope_plan.child_index,
            cells: cells(plan, self.part.as_deref(), scope),
            children: vec![Children::default(); scope_plan.children.len()],
        };
        let key = self.free.pop().unwrap_or(InstanceKey(self.instances.len() as u32));
        match self.instances.get_mut(key.0 as usize) {
            Some(slot) => *slot = Some(instance),
            None => self.instances.push(Some(instance)),
        }
        let order =
            |key: &InstanceKey| self.instance(*key).map(|instance| (instance.position, instance.id.as_ref()));
        let mine = Some((position, Some(id)));
        let at = self
            .all_children(parent, scope_plan.child_index)
            .partition_point(|sibling| order(sibling) < mine);
        let holder = self.instances.get_mut(parent.0 as usize).and_then(Option::as_mut);
        if let Some(children) =
            holder.and_then(|holder| holder.children.get_mut(scope_plan.child_index as usize))
        {
            children.ordered.insert(at, key);
            children.by_id.insert(id.clone(), key);
        }
        key
    }

    /// Takes an instance away with all that lies in it.
    pub(crate) fn remove(&mut self, plan: &Plan, key: InstanceKey) {
        let Some(instance) = self.instances.get_mut(key.0 as usize).and_then(Option::take) else { return };
        if let (Some(parent), Some(id)) = (instance.parent, &instance.id) {
            let child = plan.scope(instance.scope).child_index as usize;
            let holder = self.instances.get_mut(parent.0 as usize).and_then(Option::as_mut);
            if let Some(children) = holder.and_then(|holder| holder.children.get_mut(child)) {
                children.ordered.retain(|sibling| *sibling != key);
                children.by_id.remove(id);
            }
        }
        for children in instance.children {
            for child in children.ordered {
                self.remove(plan, child);
            }
        }
        self.free.push(key);
    }

    /// Every instance of `scope` that is `from` or lies in it, counted or not; `from` must be of a scope around it.
    pub(crate) fn below(&self, plan: &Plan, from: InstanceKey, scope: ScopeId) -> Vec<InstanceKey> {
        let Some(start) = self.instance(from).map(|instance| instance.scope) else { return Vec::new() };
        let mut found = vec![from];
        for step in plan.chain(start, scope) {
            let child = plan.scope(step).child_index;
            found = found.iter().flat_map(|key| self.all_children(*key, child).iter().copied()).collect();
        }
        found
    }

    /// How many instances there are, the form not counted.
    pub(crate) fn count(&self) -> usize {
        self.instances.len() - self.free.len() - 1
    }

    /// The path of a node in an instance.
    pub(crate) fn path(&self, plan: &Plan, key: InstanceKey, node: NodeId) -> Option<Path> {
        let name = &plan.node(node).name;
        match &self.instance(key)?.path {
            None => Path::field(name).ok(),
            Some(instance) => instance.child(name).ok(),
        }
    }
}

/// The place of a slot's cell among those of an instance.
fn place_of(part: Option<&CellsOfPart>, scope: ScopeId, slot: u32) -> Option<usize> {
    let place = match part {
        None => slot,
        Some(part) => *part.by_scope.get(scope.0 as usize)?.places.get(slot as usize)?,
    };
    Some(place as usize)
}

fn cells(plan: &Plan, part: Option<&CellsOfPart>, scope: ScopeId) -> Vec<Cell> {
    let empty = Cell {
        held: Held::Nothing,
        relevant: true,
        required: false,
        read_only: false,
        violates_constraint: false,
        violates_warning: false,
        offered: None,
    };
    let of_part = part.and_then(|part| part.by_scope.get(scope.0 as usize));
    vec![empty; of_part.map_or(plan.scope(scope).nodes.len(), |slots| slots.cells)]
}
