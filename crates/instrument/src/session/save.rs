//! A filled form put away and taken up again, and what differs from another time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Context, Session};
use crate::moment::Moment;
use crate::path::Path;
use crate::plan::{NodeKind, Plan};
use crate::value::Value;

/// A filled form put away: opened again with [`Session::resume`] it is exactly as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// The form's id.
    pub form: String,
    /// The form's version.
    pub version: String,
    /// When it was opened, on the laptop's clock.
    pub now: Moment,
    /// Who interviews.
    pub username: String,
    /// Which device.
    pub device: String,
    /// What everything drawn by lot follows from.
    pub seed: u64,
    /// [`Session::kept`].
    pub kept: BTreeMap<Path, Value>,
}

/// A filled form of another form or version: migrate its answers instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("saved from another form or version")]
pub struct ResumeError;

/// An answer that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub path: Path,
    /// What it was.
    pub before: Option<Value>,
    /// What it is.
    pub now: Option<Value>,
}

impl Session {
    /// Puts the form away.
    pub fn save(&self) -> Saved {
        let definition = self.definition();
        let Context { now, username, device, seed } = self.context.clone();
        Saved {
            form: definition.id.clone(),
            version: definition.version.clone(),
            now,
            username,
            device,
            seed,
            kept: self.kept.clone(),
        }
    }

    /// Takes a form up again.
    ///
    /// # Errors
    /// It was saved from another form or version.
    pub fn resume(plan: Arc<Plan>, saved: Saved) -> Result<Self, ResumeError> {
        let definition = plan.definition();
        if definition.id != saved.form || definition.version != saved.version {
            return Err(ResumeError);
        }
        let Saved { now, username, device, seed, kept, .. } = saved;
        Ok(Self::open_plan(plan, kept, Context { now, username, device, seed }))
    }

    /// What differs from the answers of another time, in the order of the places: answers to questions, whether of one that is
    /// asked now or of one that is not any more; reasons, notes and hidden places aside.
    pub fn changed_since(&self, previous: &BTreeMap<Path, Value>) -> Vec<Difference> {
        let current = self.answers();
        let is_answer = |path: &&Path| {
            let asked = self
                .find_node(path)
                .is_some_and(|(_, node)| matches!(self.plan.node(node).kind, NodeKind::Asked(..)));
            path.facet().is_none() && (asked || !current.contains_key(*path) && !path.is_hidden())
        };
        let places: BTreeSet<&Path> = previous.keys().chain(current.keys()).filter(is_answer).collect();
        let differing = places.into_iter().filter(|path| previous.get(*path) != current.get(*path));
        differing
            .map(|path| Difference {
                path: path.clone(),
                before: previous.get(path).cloned(),
                now: current.get(path).cloned(),
            })
            .collect()
    }
}
