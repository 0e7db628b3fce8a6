//! Requests of people whose data are held: the register, and what is done about each.
//!
//! Everything that is done is added and nothing is changed; what a request comes to is read from its acts. Whoever does something names
//! how many acts they saw.

pub(crate) mod account;
pub(crate) mod correct;
pub(crate) mod restrict;

use jiff::civil::Date;
use rasoat_casework::{Right, Rights};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit;
use crate::random;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, NewRequestAct, RequestAct, StorageError};
use crate::view::{Asker, RequestState};

/// What an act says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum Deed {
    /// The request came in. Always the first.
    Registered(Asked),
    /// Whoever asked was told that it did.
    Acknowledged,
    /// All that is held was given out.
    AccountGiven,
    /// The commune was asked to look at an answer.
    CorrectionAsked(Correction),
    /// What is held is processed no further.
    Restricted { reason: String },
    /// It is again.
    RestrictionLifted { reason: String },
    /// What was asked for was done.
    Done { reason: String },
    /// It was not, and why.
    Refused { reason: String },
}

/// What was asked for. Personal: never logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// `see`, `correct`, `restrict` or `erase`.
    pub(crate) right: String,
    /// Who asked.
    pub(crate) asker: String,
    /// As whom.
    pub(crate) capacity: Asker,
    /// The member it is about, as the interview names them; none for the household as such.
    pub(crate) member: Option<Member>,
    /// The day on which it came: `2026-11-27`.
    pub(crate) came_on: Date,
    /// What was asked for, in words.
    pub(crate) text: String,
}

/// A member of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Member {
    /// `members.m0`
    pub(crate) path: String,
    /// Their name when the request came.
    pub(crate) name: String,
}

/// What the commune was asked to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Correction {
    /// The question.
    pub(crate) question: String,
    /// What is asked.
    pub(crate) text: String,
    /// The round that was open: the question is one of its interview.
    pub(crate) round: u16,
    /// The edits whose answers stood there.
    pub(crate) stood: Vec<String>,
    /// Whether the interview was returned for it.
    pub(crate) returned: bool,
}

impl Deed {
    /// Its stable code, in the storage and in the audit log.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Registered(_) => "request_registered",
            Self::Acknowledged => "request_acknowledged",
            Self::AccountGiven => "person_account_given",
            Self::CorrectionAsked(_) => "correction_asked",
            Self::Restricted { .. } => "processing_restricted",
            Self::RestrictionLifted { .. } => "restriction_lifted",
            Self::Done { .. } => "request_done",
            Self::Refused { .. } => "request_refused",
        }
    }
}

/// A request with all that was done about it.
pub(crate) struct Request {
    pub(crate) id: Uuid,
    /// Its number in the register.
    pub(crate) number: u64,
    pub(crate) household: HouseholdKeyRef,
    pub(crate) asked: Asked,
    pub(crate) acts: Vec<Done>,
}

/// Something that was done.
pub(crate) struct Done {
    pub(crate) deed: Deed,
    pub(crate) by: String,
    pub(crate) at: i64,
}

impl Request {
    /// What its acts, in their order, come to; `None` where they are nothing that this program understands.
    fn of(acts: &[RequestAct]) -> Option<Self> {
        let first = acts.first()?;
        let read = |act: &RequestAct| {
            let deed = serde_json::from_str(&act.content);
            let deed = deed.inspect_err(|_| tracing::warn!(number = act.number, "an act is not understood"));
            Some(Done { deed: deed.ok()?, by: act.done_by.clone(), at: act.done_at })
        };
        let done: Vec<Done> = acts.iter().map(read).collect::<Option<_>>()?;
        let Deed::Registered(asked) = &done.first()?.deed else { return None };
        Some(Self {
            id: first.request,
            number: first.number,
            household: first.household.clone(),
            asked: asked.clone(),
            acts: done,
        })
    }

    /// How many acts there are: what is done next is done over them.
    pub(crate) fn over(&self) -> u32 {
        u32::try_from(self.acts.len()).unwrap_or(u32::MAX)
    }

    /// How it stands.
    pub(crate) fn state(&self) -> RequestState {
        let is = |ends: fn(&Deed) -> bool| self.acts.iter().any(|act| ends(&act.deed));
        if is(|deed| matches!(deed, Deed::Refused { .. })) {
            RequestState::Refused
        } else if is(|deed| matches!(deed, Deed::Done { .. })) {
            RequestState::Done
        } else {
            RequestState::Open
        }
    }

    /// Whether what is held is processed no further because of it.
    pub(crate) fn restricts(&self) -> bool {
        restrict::is_in_force(self.acts.iter().map(|act| act.deed.code()))
    }

    /// The day by which it is to be answered.
    pub(crate) fn due_on(&self, rights: &Rights) -> Option<Date> {
        self.right(rights).map(|right| rights.last_day(&right.term, self.asked.came_on))
    }

    pub(crate) fn right<'r>(&self, rights: &'r Rights) -> Option<&'r Right> {
        rights.right(&self.asked.right)
    }

    /// When the first act of a kind was.
    pub(crate) fn when(&self, is: impl Fn(&Deed) -> bool) -> Option<i64> {
        self.acts.iter().find(|act| is(&act.deed)).map(|act| act.at)
    }
}

/// Something is not done about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotActed {
    /// Somebody else did something since it was looked at.
    Meanwhile,
    /// It was answered already.
    Closed,
    /// It is a request by another right.
    OtherRight,
    /// Restricted is what is restricted already, and lifted what is not.
    NothingToDo,
    /// The storage.
    Storage(StorageError),
}

impl From<StorageError> for NotActed {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Every request, in the order in which they were registered.
pub(crate) async fn all(state: &State) -> Result<Vec<Request>, StorageError> {
    let mut acts = state.storage.request_acts().await?;
    acts.sort_by_key(|act| (act.request, act.step));
    let mut requests: Vec<Request> =
        acts.chunk_by(|one, next| one.request == next.request).filter_map(Request::of).collect();
    requests.sort_by_key(|request| request.number);
    // In the register requests are counted, whatever was done about others between.
    for (request, number) in requests.iter_mut().zip(1..) {
        request.number = number;
    }
    Ok(requests)
}

/// One request.
pub(crate) async fn one(state: &State, id: Uuid) -> Result<Option<Request>, StorageError> {
    Ok(all(state).await?.into_iter().find(|request| request.id == id))
}

/// Registers a request; its id.
pub(crate) async fn register(
    state: &State,
    actor: &str,
    household: HouseholdKeyRef,
    asked: Asked,
) -> Result<Uuid, NotActed> {
    let id = random::uuid().map_err(|_| StorageError::Failed(-1))?;
    put(state, actor, (household, id, 0), Deed::Registered(asked)).await?;
    Ok(id)
}

/// Does something about a request over what was seen of it.
pub(crate) async fn act(
    state: &State,
    actor: &str,
    request: &Request,
    over: u32,
    deed: Deed,
) -> Result<(), NotActed> {
    must_fit(request, &deed)?;
    put(state, actor, (request.household.clone(), request.id, over), deed).await
}

/// Refuses what cannot be done about a request as it stands.
pub(crate) fn must_fit(request: &Request, deed: &Deed) -> Result<(), NotActed> {
    let (right, is_open) = (request.asked.right.as_str(), request.state() == RequestState::Open);
    let needs = match deed {
        Deed::AccountGiven => Some("see"),
        Deed::CorrectionAsked(_) => Some("correct"),
        Deed::Restricted { .. } => Some("restrict"),
        Deed::Registered(_)
        | Deed::Acknowledged
        | Deed::RestrictionLifted { .. }
        | Deed::Done { .. }
        | Deed::Refused { .. } => None,
    };
    if needs.is_some_and(|needs| needs != right) {
        return Err(NotActed::OtherRight);
    }
    // What was restricted stays so after the request was answered, until it is lifted.
    let lifts = matches!(deed, Deed::RestrictionLifted { .. });
    let is_done = match deed {
        Deed::RestrictionLifted { .. } => !request.restricts(),
        Deed::Restricted { .. } => request.restricts(),
        Deed::Acknowledged => request.when(|deed| *deed == Deed::Acknowledged).is_some(),
        Deed::Registered(_)
        | Deed::AccountGiven
        | Deed::CorrectionAsked(_)
        | Deed::Done { .. }
        | Deed::Refused { .. } => false,
    };
    if !is_open && !lifts {
        Err(NotActed::Closed)
    } else if is_done {
        Err(NotActed::NothingToDo)
    } else {
        Ok(())
    }
}

async fn put(
    state: &State,
    actor: &str,
    (household, request, over): (HouseholdKeyRef, Uuid, u32),
    deed: Deed,
) -> Result<(), NotActed> {
    let object = format!("{}/{} {request}", household.commune, household.household);
    let content = serde_json::to_string(&deed).map_err(|_| StorageError::Damaged("request"))?;
    let new = NewRequestAct {
        household,
        request,
        over,
        act: deed.code().to_owned(),
        content,
        done_by: actor.to_owned(),
        done_at: state.now(),
    };
    if !state.storage.put_request_act(new).await? {
        return Err(NotActed::Meanwhile);
    }
    Ok(audit::note(state, actor, deed.code(), &object).await?)
}
