//! What was decided on a household's interview in a round: accepted over one version of it, or returned with remarks.
//!
//! An acceptance holds for the version it was given over and for no other: whatever is changed after it, by whomever and
//! however late it arrives, is to be looked at again.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_instrument::{InstanceId, Path, PathError, Segment, Value};
use uuid::Uuid;

use crate::edit::{AuthorName, Change, Edit, VersionVector};
use crate::fold::Document;
use crate::id::{Round, uuid_of};

const HOUSEHOLD: &str = "household";
const ROUND: &str = "round";
const STEP: &str = "step";
const BY: &str = "checked_by";
const AT: &str = "checked_at";
const OVER: &str = "over";
/// Its instances are named by the ids of the remarks.
const REMARKS: &str = "remarks";
const LISTED: &str = "listed";
/// What an interview records when it is signed or compared with its paper, and holds no longer once it is open again.
const SIGNED_OFF: [&str; 8] = [
    "meta_signed_by",
    "meta_signed_at",
    "meta_classes",
    "meta_verified_by",
    "meta_verified_at",
    "meta_verified_compared",
    "meta_verified_differing",
    "meta_verified_over",
];

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The interview is right as it is.
    Accepted,
    /// The surveyor is to look at it again.
    Returned,
}

/// Where an interview stands between surveyor and supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has decided anything of it as it is.
    Unchecked,
    /// Accepted as it is.
    Accepted,
    /// Accepted, and changed since.
    ChangedSince,
    /// Returned, and not signed again.
    Returned,
    /// Returned, and signed again.
    SignedAgain,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub step: Step,
    /// By whom.
    pub by: AuthorName,
    /// When (RFC 3339).
    pub at: String,
    /// [`version_mark`] of the interview that was looked at.
    pub over: String,
}

/// A case as its edits leave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// Whose it is.
    pub household: Option<Uuid>,
    /// The last decision.
    pub decision: Option<Decision>,
    /// Every step that stands: two, where two people decided without seeing one another's word.
    pub steps: BTreeSet<Step>,
    /// Ids of the remarks made so far.
    pub remarks: BTreeSet<Uuid>,
}

/// The id of a household's case in a round: two supervisors who decide on one household write to the same case.
pub fn case_id(household: Uuid, round: Round) -> Uuid {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"case\0").update(household.as_bytes()).update(&round.0.to_be_bytes());
    uuid_of(&hasher.finalize())
}

/// A short name of a version: equal for whoever has the same edits, and only for them.
pub fn version_mark(version: &VersionVector) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"version\0");
    for (writer, seq) in &version.0 {
        hasher.update(writer.0.as_bytes()).update(&seq.to_be_bytes());
    }
    hasher.finalize().to_hex().as_str().chars().take(32).collect()
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Returned => "returned",
        }
    }

    fn of(value: &Value) -> Option<Self> {
        [Self::Accepted, Self::Returned].into_iter().find(|step| value.to_string() == step.name())
    }
}

impl Case {
    /// Reads what a case's edits come to.
    pub fn of(document: &Document) -> Self {
        let text = |name: &str| {
            let value = Path::field(name).ok().and_then(|path| document.get(&path).cloned());
            value.map(|value| value.to_string())
        };
        let steps = Path::field(STEP).ok().and_then(|path| document.fields.get(&path));
        let last = steps.and_then(|state| state.value()).and_then(Step::of);
        Self {
            household: text(HOUSEHOLD).and_then(|id| id.parse().ok()),
            decision: last.map(|step| Decision {
                step,
                by: text(BY).unwrap_or_default(),
                at: text(AT).unwrap_or_default(),
                over: text(OVER).unwrap_or_default(),
            }),
            steps: steps
                .into_iter()
                .flat_map(|state| &state.candidates)
                .filter_map(|candidate| candidate.value.as_ref().and_then(Step::of))
                .collect(),
            remarks: document.present().filter_map(|(path, _)| listed(path)).collect(),
        }
    }

    /// Whether the last word is that the interview goes back to whoever signed it.
    pub fn is_returned(&self) -> bool {
        self.decision.is_some() && self.steps.contains(&Step::Returned)
    }

    /// Where the interview stands, of which `signed` and `version` are as they are here.
    pub fn standing(&self, signed: bool, version: &VersionVector) -> Standing {
        match &self.decision {
            Some(_) if self.is_returned() && signed => Standing::SignedAgain,
            Some(_) if self.is_returned() => Standing::Returned,
            Some(decision) if signed && decision.over == version_mark(version) => Standing::Accepted,
            Some(_) if signed => Standing::ChangedSince,
            Some(_) | None => Standing::Unchecked,
        }
    }
}

/// What an edit of a case says of a decision and the remarks that come with it.
///
/// # Errors
/// Never with the names here; the type says what it cannot.
pub fn decide(
    household: Uuid,
    round: Round,
    decision: &Decision,
    remarks: &[Uuid],
) -> Result<BTreeMap<Path, Change>, PathError> {
    let set = |name: &str, value: Value| Ok((Path::field(name)?, Change::Set(value)));
    let mut changes = BTreeMap::from([
        set(HOUSEHOLD, Value::Text(household.to_string()))?,
        set(ROUND, Value::Integer(i64::from(round.0)))?,
        set(STEP, Value::Choice(decision.step.name().to_owned()))?,
        set(BY, Value::Text(decision.by.clone()))?,
        set(AT, Value::Text(decision.at.clone()))?,
        set(OVER, Value::Text(decision.over.clone()))?,
    ]);
    for remark in remarks {
        changes.insert(place_of(*remark)?, Change::Set(Value::Choice("yes".to_owned())));
    }
    Ok(changes)
}

/// What an edit of a case decides; `None` where it decides nothing.
pub fn decided(edit: &Edit) -> Option<Step> {
    let place = Path::field(STEP).ok()?;
    match edit.changes.get(&place)? {
        Change::Set(value) => Step::of(value),
        Change::Removed => None,
    }
}

/// What an edit of a case says that brings remarks up without deciding anything.
///
/// # Errors
/// Never with the names here.
pub fn bring_up(
    household: Uuid,
    round: Round,
    remarks: &[Uuid],
) -> Result<BTreeMap<Path, Change>, PathError> {
    let mut changes = BTreeMap::from([
        (Path::field(HOUSEHOLD)?, Change::Set(Value::Text(household.to_string()))),
        (Path::field(ROUND)?, Change::Set(Value::Integer(i64::from(round.0)))),
    ]);
    for remark in remarks {
        changes.insert(place_of(*remark)?, Change::Set(Value::Choice("yes".to_owned())));
    }
    Ok(changes)
}

/// What an edit of a signed interview says by which it is open again: who signed it, what it came to then, and that it was compared
/// with its paper fall.
///
/// # Errors
/// Never with the names here.
pub fn reopened() -> Result<BTreeMap<Path, Change>, PathError> {
    let mut changes =
        BTreeMap::from([(Path::field("meta_state")?, Change::Set(Value::Choice("open".to_owned())))]);
    for name in SIGNED_OFF {
        changes.insert(Path::field(name)?, Change::Removed);
    }
    Ok(changes)
}

fn place_of(remark: Uuid) -> Result<Path, PathError> {
    Path::instance(REMARKS, &remark.to_string().parse::<InstanceId>()?)?.child(LISTED)
}

fn listed(path: &Path) -> Option<Uuid> {
    match path.segments().next() {
        Some(Segment::Instance(REMARKS, id)) if path.field_name() == Some(LISTED) => id.parse().ok(),
        Some(Segment::Instance(..) | Segment::Field(_)) | None => None,
    }
}
