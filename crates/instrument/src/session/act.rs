//! What a person does to a form.

use std::collections::BTreeSet;

use super::place::{Place, takes};
use super::recompute::Act;
use super::{Changes, Held, InstanceKey, MOST_INSTANCES, Session, SetError};
use crate::path::{InstanceId, Path};
use crate::plan::{NodeId, NodeKind};
use crate::value::{Number, Value, ValueKind};

/// The one choice of an `acknowledge` question.
const ACKNOWLEDGED: &str = "OK";

impl Session {
    /// Sets or (with `None`) clears an answer, a reason or a note, and recomputes what depends on it.
    ///
    /// A text is trimmed and brought to NFC; an empty one clears. A whole number is taken for a decimal.
    ///
    /// # Errors
    /// The form has no such place, it is not answered by hand, or does not take this value.
    pub fn set(&mut self, path: &Path, value: Option<Value>) -> Result<Changes, SetError> {
        let (instance, node) = self.find_node(path).ok_or(SetError::UnknownPath)?;
        let mut act = Act::default();
        if path.facet().is_some() {
            let value = self.facet_value(node, value)?;
            self.keep(&mut act, path.clone(), value);
        } else {
            let value = self.answer(instance, node, value)?;
            self.unplaced.remove(path);
            self.give(&mut act, instance, node, value);
            self.settle(&mut act);
            self.fire(&mut act);
        }
        Ok(self.changes(act, Some((instance, node))))
    }

    /// As [`Session::set`], from the canonical text of a value; an empty text clears.
    ///
    /// # Errors
    /// As [`Session::set`]; a text that is not a value of the question's kind is of the wrong kind.
    pub fn set_text(&mut self, path: &Path, text: &str) -> Result<Changes, SetError> {
        let (_, node) = self.find_node(path).ok_or(SetError::UnknownPath)?;
        let kind = match self.plan.node(node).kind {
            _ if path.facet().is_some() => ValueKind::Text,
            NodeKind::Asked(kind, _) => kind,
            NodeKind::Calculated | NodeKind::Stored | NodeKind::Finished | NodeKind::Note => {
                return Err(SetError::ReadOnly);
            }
            NodeKind::Group | NodeKind::Repeat(_) => return Err(SetError::UnknownPath),
        };
        let value = Value::parse(kind, text).map_err(|_| SetError::WrongKind { expected: kind })?;
        self.set(path, value)
    }

    /// Adds an instance to a repeat, last. A repeat inside an instance is named by its path: `members.a1.jobs`.
    ///
    /// # Errors
    /// There is no such repeat or place in it, or the id is taken.
    pub fn add_instance(&mut self, repeat: &str, id: &InstanceId) -> Result<Changes, SetError> {
        let (around, scope) = self.find_repeat(repeat).ok_or(SetError::UnknownPath)?;
        let child = self.plan.scope(scope).child_index;
        let holder = self.plan.scope(scope).repeat.ok_or(SetError::UnknownPath)?;
        if self.plan.is_counted(holder) {
            return Err(SetError::Counted);
        }
        if self.state.child(around, child, id.as_str()).is_some() {
            return Err(SetError::InstanceExists);
        }
        if self.state.count() >= MOST_INSTANCES {
            return Err(SetError::TooMany);
        }
        let mut act = Act::default();
        let (key, path) = self.append(&mut act, around, scope, id).ok_or(SetError::UnknownPath)?;
        self.queue_dependents(&mut act, holder, around);
        act.added.push(path);
        act.fresh.insert(key);
        self.settle(&mut act);
        Ok(self.changes(act, None))
    }

    /// Removes an instance with its answers.
    ///
    /// # Errors
    /// There is no such instance.
    pub fn remove_instance(&mut self, instance: &Path) -> Result<Changes, SetError> {
        let Some(Place::Instance(key)) = self.find(instance).filter(|_| instance.facet().is_none()) else {
            return Err(SetError::UnknownPath);
        };
        let removed = self.state.instance(key).ok_or(SetError::UnknownPath)?;
        let around = removed.parent.ok_or(SetError::UnknownPath)?;
        let repeat = self.plan.scope(removed.scope).repeat.ok_or(SetError::UnknownPath)?;
        if self.plan.is_counted(repeat) {
            return Err(SetError::Counted);
        }
        self.state.remove(&self.plan, key);
        let mut act = Act::default();
        let within: BTreeSet<Path> = self
            .kept
            .range(instance.clone()..)
            .map(|(path, _)| path)
            .take_while(|path| path.is_within(instance))
            .cloned()
            .collect();
        for path in within {
            self.unplaced.remove(&path);
            self.keep(&mut act, path, None);
        }
        // Whoever reads its answers from outside reads the repeat as well.
        self.queue_dependents(&mut act, repeat, around);
        self.queue_unmet_counts(&mut act);
        self.settle(&mut act);
        let mut changes = self.changes(act, None);
        changes.removed.push(instance.clone());
        Ok(changes)
    }

    /// The value as it will be stored, if the question takes it.
    fn answer(
        &self,
        instance: InstanceKey,
        node: NodeId,
        value: Option<Value>,
    ) -> Result<Option<Value>, SetError> {
        let plan = self.plan.node(node);
        let (kind, list) = match &plan.kind {
            NodeKind::Asked(kind, list) => (*kind, *list),
            NodeKind::Calculated | NodeKind::Stored | NodeKind::Finished | NodeKind::Note => {
                return Err(SetError::ReadOnly);
            }
            NodeKind::Group | NodeKind::Repeat(_) => return Err(SetError::UnknownPath),
        };
        if self.state.cell(instance, plan.slot).is_some_and(|cell| cell.read_only) {
            return Err(SetError::ReadOnly);
        }
        let Some(value) = value else { return Ok(None) };
        if !takes(kind, &value) {
            return Err(SetError::WrongKind { expected: kind });
        }
        let is_listed = |name: &str| match list {
            None => name == ACKNOWLEDGED,
            Some(list) => self.plan.list(list).find(name).is_some(),
        };
        let value = match value {
            Value::Integer(whole) if kind == ValueKind::Decimal => {
                Number::new(whole as f64).map(Value::Decimal)
            }
            Value::Text(text) => Value::parse(ValueKind::Text, &text).unwrap_or_default(),
            Value::Choice(name) if is_listed(&name) => Some(Value::Choice(name)),
            Value::Choices(names) if names.iter().all(|name| is_listed(name)) => {
                Value::parse(ValueKind::Choices, &names.join(" ")).unwrap_or_default()
            }
            Value::Choice(_) | Value::Choices(_) => return Err(SetError::UnknownChoice),
            value @ (Value::Integer(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::Point(_)
            | Value::File(_)) => Some(value),
        };
        Ok(value)
    }

    /// Reasons and notes are texts, at anything that is not a group.
    fn facet_value(&self, node: NodeId, value: Option<Value>) -> Result<Option<Value>, SetError> {
        match (&self.plan.node(node).kind, value) {
            (NodeKind::Group | NodeKind::Repeat(_), _) => Err(SetError::UnknownPath),
            (_, None) => Ok(None),
            (_, Some(Value::Text(text))) => Ok(Value::parse(ValueKind::Text, &text).unwrap_or_default()),
            (_, Some(_)) => Err(SetError::WrongKind { expected: ValueKind::Text }),
        }
    }

    /// States that differ from before, the place acted on first among equals of the form's order.
    pub(super) fn changes(&self, act: Act, acted_on: Option<(InstanceKey, NodeId)>) -> Changes {
        let mut touched: BTreeSet<(NodeId, InstanceKey)> =
            act.before.keys().map(|(instance, node)| (*node, *instance)).collect();
        touched.extend(acted_on.map(|(instance, node)| (node, instance)));
        // Of an instance that came to be everything is new.
        for path in &act.added {
            if let Some(Place::Instance(key)) = self.find(path) {
                self.walk(key, &mut |instance, node| {
                    touched.insert((node, instance));
                });
            }
        }
        // What lies beyond a count is kept, and nobody's to see.
        touched.retain(|(_, instance)| self.state.is_seen(*instance));
        let nodes =
            touched.into_iter().filter_map(|(node, instance)| self.node_state(instance, node)).collect();
        Changes { nodes, added: act.added, removed: Vec::new(), uncounted: act.uncounted, kept: act.kept }
    }

    /// Whether a place holds an answer.
    pub(super) fn is_answered(&self, instance: InstanceKey, node: NodeId) -> bool {
        let cell = self.state.cell(instance, self.plan.node(node).slot);
        cell.is_some_and(|cell| cell.held != Held::Nothing)
    }
}
