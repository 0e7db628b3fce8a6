//! What the administration has said, as it holds at this moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use rasoat_casework::{AreaType, CommuneCode, VillageId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::audit;
use crate::state::State;
use crate::storage::{Directive, DirectiveKind, NewDirective, StorageError};

/// A round is locked, or open again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoundWord {
    pub(crate) locked: bool,
    /// Why it is open again.
    #[serde(default)]
    pub(crate) reason: String,
}

/// A round was opened after the one before it, which stays locked from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenedWord {
    pub(crate) year: u16,
    /// The year of the one before.
    pub(crate) before: u16,
    /// The moment of its last lock.
    pub(crate) locked_at: i64,
}

/// For how many days laptops keep a round's households once it is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TermWord {
    pub(crate) days: u32,
}

/// The notice; without a text the form's own holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoticeWord {
    pub(crate) vi: String,
    pub(crate) en: String,
}

/// Who does a village: names of people or laptops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AssignmentWord {
    pub(crate) to: Vec<String>,
}

/// Which income line applies in a village.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AreaWord {
    pub(crate) area: AreaType,
}

/// Something for people to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnnouncementWord {
    pub(crate) text: String,
    /// First and last day: `2026-10-01`.
    pub(crate) from: String,
    pub(crate) until: String,
    /// Empty: for all.
    pub(crate) communes: BTreeSet<CommuneCode>,
    /// Taken down before its last day.
    #[serde(default)]
    pub(crate) ended: bool,
}

/// By what a village's directives go.
pub(crate) fn village_key(commune: &CommuneCode, village: &VillageId) -> String {
    format!("{commune}/{village}")
}

/// The key of what there is one of.
pub(crate) const ONLY: &str = "all";

/// Something cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SayError {
    /// Somebody else said something of it since it was looked at.
    #[error("something else was said meanwhile")]
    Meanwhile,
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// All that holds.
#[derive(Debug, Default)]
pub(crate) struct Said {
    number: u64,
    holds: BTreeMap<(DirectiveKind, String), Directive>,
    /// Which income line applies, by a village's key: every household that is scored asks for it.
    areas: BTreeMap<String, AreaType>,
}

impl Said {
    /// Which income line applies in a village, where that was said.
    pub(crate) fn area(
        &self,
        commune: &CommuneCode,
        village: impl FnOnce() -> Option<String>,
    ) -> Option<AreaType> {
        if self.areas.is_empty() {
            return None;
        }
        self.areas.get(&format!("{commune}/{}", village()?)).copied()
    }

    /// Which income line applies in which villages, as far as that was said.
    pub(crate) fn areas(&self) -> impl Iterator<Item = (&str, AreaType)> {
        self.areas.iter().map(|(village, area)| (village.as_str(), *area))
    }

    /// What holds of one.
    pub(crate) fn one(&self, kind: DirectiveKind, key: &str) -> Option<&Directive> {
        self.holds.get(&(kind, key.to_owned()))
    }

    /// What it says; `None` where nothing was said, or nothing that this program understands.
    pub(crate) fn word<T: DeserializeOwned>(&self, kind: DirectiveKind, key: &str) -> Option<T> {
        self.one(kind, key).and_then(word)
    }

    /// What holds of a kind, by key.
    pub(crate) fn all(&self, kind: DirectiveKind) -> impl Iterator<Item = &Directive> + Clone {
        self.holds.values().filter(move |directive| directive.kind == kind)
    }

    /// The number that something new of it is to be said over.
    pub(crate) fn over(&self, kind: DirectiveKind, key: &str) -> u64 {
        self.one(kind, key).map_or(0, |directive| directive.number)
    }
}

/// What a directive says.
pub(crate) fn word<T: DeserializeOwned>(directive: &Directive) -> Option<T> {
    let read = serde_json::from_str(&directive.content);
    read.inspect_err(|_| tracing::warn!(number = directive.number, "a directive is not understood")).ok()
}

/// What holds now. It is read again only where something was said since, by whichever server.
pub(crate) async fn said(state: &State) -> Result<Arc<Said>, StorageError> {
    let last = state.storage.last_directive().await?;
    let known = Arc::clone(&state.said.lock().unwrap_or_else(PoisonError::into_inner));
    if known.number == last {
        return Ok(known);
    }
    let all = state.storage.directives().await?;
    let number = all.iter().map(|directive| directive.number).max().unwrap_or_default();
    let holds = all.into_iter().map(|directive| ((directive.kind, directive.key.clone()), directive));
    let mut read = Said { number, holds: holds.collect(), areas: BTreeMap::new() };
    let areas = read.all(DirectiveKind::Area);
    read.areas = areas.filter_map(|one| Some((one.key.clone(), word::<AreaWord>(one)?.area))).collect();
    let read = Arc::new(read);
    *state.said.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&read);
    Ok(read)
}

/// A directive to be said.
pub(crate) fn new<T: Serialize>(
    actor: &str,
    at: i64,
    (kind, key): (DirectiveKind, &str),
    content: &T,
    over: u64,
) -> Result<NewDirective, SayError> {
    let content = serde_json::to_string(content).map_err(|_| StorageError::Damaged("directive"))?;
    let (key, said_by) = (key.to_owned(), actor.to_owned());
    Ok(NewDirective { kind, key, content, said_by, said_at: at, over })
}

/// Says something over what was seen, and notes it in the audit log.
pub(crate) async fn say<T: Serialize>(
    state: &State,
    (actor, act): (&str, &str),
    of: (DirectiveKind, &str),
    content: &T,
    over: u64,
) -> Result<(), SayError> {
    let new = new(actor, state.now(), of, content, over)?;
    state.storage.put_directive(new).await?.ok_or(SayError::Meanwhile)?;
    Ok(audit::note(state, actor, act, of.1).await?)
}
