//! `/api/round`: how far the round is, locking it and opening it again, its term, and what stood at its locks.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use rasoat_casework::nfc_name;
use rasoat_exchange::MOST_RETENTION_DAYS;

use crate::auth::{self, LoggedIn};
use crate::directives::{RoundWord, TermWord, said, word};
use crate::hex;
use crate::problem::Refusal;
use crate::routes::overview;
use crate::state::State;
use crate::storage::facts::ALL;
use crate::storage::{Directive, DirectiveKind, RoundSnapshot, SnapshotLine, SnapshotQuery};
use crate::time::rfc3339;
use crate::view::{
    LockForm, OverviewView, ProblemView, ReopenForm, RoundChangeView, RoundChangesView, RoundLockView,
    RoundSnapshotView, RoundStandardView, RoundView, RoundWaitingView, RoundWordView, StandingView, TermForm,
    TermView,
};
use crate::{project, rounds};

/// Letters of a reason at most.
const LONGEST_REASON: usize = 500;
/// Changed households shown at once.
const SHOWN: usize = 200;
/// Lines of a snapshot read at once.
const STEP: u32 = 500;

/// The round.
#[utoipa::path(get, path = "/api/round", operation_id = "show_round", tag = "rounds", responses(
    (status = 200, body = RoundView, description = "The server's round"),
))]
pub(crate) async fn show(Of(state): Of<State>, who: LoggedIn) -> Result<Json<RoundView>, Refusal> {
    Ok(Json(view(&state, &who).await?))
}

/// Locks the round and keeps what stands at this moment.
#[utoipa::path(post, path = "/api/round/lock", operation_id = "lock_round", tag = "rounds",
    request_body = LockForm, responses(
    (status = 200, body = RoundView, description = "Locked"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`, `no_term`"),
))]
pub(crate) async fn lock(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<LockForm>, JsonRejection>,
) -> Result<Json<RoundView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let said = said(&state).await?;
    let key = rounds::key_of(state.config.round);
    if said.word::<TermWord>(DirectiveKind::Term, &key).is_none() {
        return Err(Refusal::NoTerm);
    }
    if said.word(DirectiveKind::Round, &key).is_some_and(|word: RoundWord| word.locked) {
        return Err(Refusal::ChangedMeanwhile);
    }
    rounds::lock_at(&state, &who.account.name, state.now(), form.over).await?;
    Ok(Json(view(&state, &who).await?))
}

/// Opens the round again. What stood when it was locked stays.
#[utoipa::path(post, path = "/api/round/reopen", operation_id = "reopen_round", tag = "rounds",
    request_body = ReopenForm, responses(
    (status = 200, body = RoundView, description = "Open again"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`"),
))]
pub(crate) async fn reopen(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<ReopenForm>, JsonRejection>,
) -> Result<Json<RoundView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let reason = nfc_name(&form.reason);
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(Refusal::Incomplete);
    }
    let key = rounds::key_of(state.config.round);
    if !said(&state).await?.word(DirectiveKind::Round, &key).is_some_and(|word: RoundWord| word.locked) {
        return Err(Refusal::ChangedMeanwhile);
    }
    rounds::reopen(&state, &who.account.name, &reason, form.over).await?;
    Ok(Json(view(&state, &who).await?))
}

/// Says for how long laptops keep the round's households once it is locked.
#[utoipa::path(post, path = "/api/round/term", operation_id = "set_term", tag = "rounds",
    request_body = TermForm, responses(
    (status = 200, body = RoundView, description = "Said"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`"),
))]
pub(crate) async fn set_term(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<TermForm>, JsonRejection>,
) -> Result<Json<RoundView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    if !(1..=MOST_RETENTION_DAYS).contains(&form.days) {
        return Err(Refusal::Incomplete);
    }
    rounds::set_term(&state, &who.account.name, form.days, form.over).await?;
    Ok(Json(view(&state, &who).await?))
}

/// Households whose stage or class is not what it was at a lock.
#[utoipa::path(get, path = "/api/round/snapshots/{number}/changes", operation_id = "list_round_changes", tag = "rounds",
    params(("number" = u64, Path, description = "The snapshot's number")), responses(
    (status = 200, body = RoundChangesView, description = "The first of them"),
))]
pub(crate) async fn changes(
    Of(state): Of<State>,
    who: LoggedIn,
    number: Result<Path<u64>, PathRejection>,
) -> Result<Json<RoundChangesView>, Refusal> {
    let Path(number) = number.map_err(|_| Refusal::Unreadable)?;
    snapshot(&state, Some(number)).await?;
    project::catch_up(&state).await?;
    auth::note_act(&state, &who.account.name, "round_changes_listed", &number.to_string()).await?;
    let mut query = SnapshotQuery { number, only_changed: true, after: None, limit: STEP };
    let mut rows = Vec::new();
    loop {
        let lines = state.storage.round_snapshot_page(query.clone()).await?;
        query.after = lines.last().map(|line| line.household.clone());
        let is_last = lines.len() < STEP as usize;
        rows.extend(lines.into_iter().filter(is_changed).map(|line| change(&state, line)));
        if is_last || rows.len() > SHOWN {
            break;
        }
    }
    let more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    Ok(Json(RoundChangesView { rows, more }))
}

/// A snapshot, or the newest where none is named.
pub(crate) async fn snapshot(state: &State, number: Option<u64>) -> Result<RoundSnapshot, Refusal> {
    let mut all = state.storage.round_snapshots().await?.into_iter();
    all.find(|snapshot| number.is_none_or(|number| snapshot.number == number)).ok_or(Refusal::NotFound)
}

/// Whether stage or class are not what they were.
pub(crate) fn is_changed(line: &SnapshotLine) -> bool {
    standing(line.then.as_deref()) != standing(line.now.as_deref())
}

/// What marks say of stage and classes.
pub(crate) fn standing(marks: Option<&str>) -> Option<StandingView> {
    let marks: Vec<&str> = marks?.split_whitespace().collect();
    let after = |before: &str| marks.iter().find_map(|mark| mark.strip_prefix(before)).map(str::to_owned);
    Some(StandingView {
        stage: after("stage.").unwrap_or_default(),
        class_2022: after("class_2022."),
        class_2027: after("class_2027."),
    })
}

fn change(state: &State, line: SnapshotLine) -> RoundChangeView {
    RoundChangeView {
        commune: state.library().commune(&line.household.commune),
        household: line.household.household.to_string(),
        then: standing(line.then.as_deref()),
        now: standing(line.now.as_deref()),
        code: line.code,
        village_name: line.village_name,
    }
}

async fn view(state: &State, who: &LoggedIn) -> Result<RoundView, Refusal> {
    let key = rounds::key_of(state.config.round);
    let said = said(state).await?;
    let history = state.storage.directives_of(DirectiveKind::Round, key.clone()).await?;
    let terms = state.storage.directives_of(DirectiveKind::Term, key.clone()).await?;
    let due = rounds::retention(state).await?;
    let overview = overview::overview(state, who).await?;
    let lock = history.first().filter(|last| word(last).is_some_and(|word: RoundWord| word.locked));
    let snapshots = state.storage.round_snapshots().await?.into_iter();
    let own = snapshots.filter(|snapshot| snapshot.round == state.config.round.0);
    Ok(RoundView {
        year: state.config.round.0,
        kind: overview::procedure(state).map(|(procedure, _)| procedure.title),
        standards: standards(state),
        waiting: waiting(&overview),
        marks: overview.marks,
        calendar: overview.calendar,
        lock: lock.map(|lock| RoundLockView {
            at: rfc3339(lock.said_at),
            by: lock.said_by.clone(),
            due_at: due.map(|term| rfc3339(term.due_millis())),
        }),
        over: said.over(DirectiveKind::Round, &key),
        terms: terms.iter().filter_map(term_view).collect(),
        term_over: said.over(DirectiveKind::Term, &key),
        history: history.iter().filter_map(word_view).collect(),
        snapshots: own.map(snapshot_view).collect(),
    })
}

fn waiting(overview: &OverviewView) -> RoundWaitingView {
    let count = |mark: &str| overview.marks.get(mark).copied().unwrap_or_default();
    RoundWaitingView {
        unsigned: count(ALL).saturating_sub(count("state.signed")),
        conflicts: count("conflict"),
        returned: count("returned"),
        silent_devices: overview.devices.silent + overview.devices.never,
        aside: overview.devices.aside,
    }
}

fn standards(state: &State) -> Vec<RoundStandardView> {
    let view = |known: &crate::library::KnownStandard| RoundStandardView {
        id: known.standard.id.clone(),
        title: known.standard.title.clone(),
        valid_from: known.standard.valid_from.to_string(),
        valid_to: known.standard.valid_to.to_string(),
    };
    state.library().standards().iter().map(view).collect()
}

fn term_view(directive: &Directive) -> Option<TermView> {
    let TermWord { days } = word(directive)?;
    Some(TermView { days, at: rfc3339(directive.said_at), by: directive.said_by.clone() })
}

fn word_view(directive: &Directive) -> Option<RoundWordView> {
    let RoundWord { locked, reason } = word(directive)?;
    Some(RoundWordView { locked, reason, at: rfc3339(directive.said_at), by: directive.said_by.clone() })
}

fn snapshot_view(snapshot: RoundSnapshot) -> RoundSnapshotView {
    let marks: BTreeMap<String, u32> = snapshot.marks;
    RoundSnapshotView {
        number: snapshot.number,
        made_at: rfc3339(snapshot.made_at),
        households: snapshot.households,
        marks,
        hash: hex::of(&snapshot.hash),
    }
}
