//! What a supervisor asks of a question, or of a whole interview, until it is answered and the interview accepted.

use std::collections::BTreeMap;

use rasoat_instrument::{Path, PathError, Value};
use uuid::Uuid;

use crate::edit::{AuthorName, Change};
use crate::fold::Document;
use crate::id::uuid_of;

const INTERVIEW: &str = "interview";
const QUESTION: &str = "question";
const TEXT: &str = "text";
const BY: &str = "made_by";
const AT: &str = "made_at";
const STATE: &str = "state";

/// The most letters of a remark.
pub const MAX_REMARK_CHARS: usize = 1000;

/// How far a remark is. Of several words that did not see one another the first here counts: nothing asked is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemarkState {
    /// The surveyor is to do something.
    Open,
    /// A new answer was given there.
    Answered,
    /// The interview was accepted.
    Closed,
}

/// A remark as its edits leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Of which interview.
    pub interview: Uuid,
    /// At which question; `None`: of the whole.
    pub question: Option<Path>,
    /// What is asked; several texts, where two people wrote without seeing one another's. Personal: never logged.
    pub texts: Vec<String>,
    /// Who wrote the last.
    pub by: AuthorName,
    /// When (RFC 3339).
    pub at: String,
    /// How far it is.
    pub state: RemarkState,
}

/// The id of the remark on a question of an interview, or on all of it: two people who ask of one question write to one remark.
pub fn remark_id(interview: Uuid, question: Option<&Path>) -> Uuid {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"remark\0").update(interview.as_bytes());
    hasher.update(question.map(Path::as_str).unwrap_or_default().as_bytes());
    uuid_of(&hasher.finalize())
}

impl RemarkState {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    fn of(value: &Value) -> Option<Self> {
        [Self::Open, Self::Answered, Self::Closed].into_iter().find(|state| value.to_string() == state.name())
    }

    /// What an edit of a remark says of its state alone.
    ///
    /// # Errors
    /// Never with the name here.
    pub fn change(self) -> Result<BTreeMap<Path, Change>, PathError> {
        let value = Value::Choice(self.name().to_owned());
        Ok(BTreeMap::from([(Path::field(STATE)?, Change::Set(value))]))
    }
}

impl Remark {
    /// Reads what a remark's edits come to; `None` where they do not say of which interview it is.
    pub fn of(document: &Document) -> Option<Self> {
        let state = |name: &str| Path::field(name).ok().and_then(|path| document.fields.get(&path));
        let text = |name: &str| state(name).and_then(|state| state.value()).map(ToString::to_string);
        let candidates = |name: &str| state(name).into_iter().flat_map(|state| &state.candidates);
        let values = |name: &str| candidates(name).filter_map(|candidate| candidate.value.as_ref());
        Some(Self {
            interview: text(INTERVIEW)?.parse().ok()?,
            question: text(QUESTION).and_then(|path| path.parse().ok()),
            texts: values(TEXT).map(ToString::to_string).collect(),
            by: text(BY).unwrap_or_default(),
            at: text(AT).unwrap_or_default(),
            state: values(STATE).filter_map(RemarkState::of).min().unwrap_or(RemarkState::Open),
        })
    }

    /// What an edit says that makes it, or asks once more.
    ///
    /// # Errors
    /// Never with the names here.
    pub fn changes(&self) -> Result<BTreeMap<Path, Change>, PathError> {
        let set = |name: &str, value: String| Ok((Path::field(name)?, Change::Set(Value::Text(value))));
        let mut changes = self.state.change()?;
        changes.extend([
            set(INTERVIEW, self.interview.to_string())?,
            set(TEXT, self.texts.join("\n"))?,
            set(BY, self.by.clone())?,
            set(AT, self.at.clone())?,
        ]);
        if let Some(question) = &self.question {
            let (path, change) = set(QUESTION, question.to_string())?;
            changes.insert(path, change);
        }
        Ok(changes)
    }
}
