//! `/api/round`: how far the round is, locking it and opening it again, its term, and what stood at its locks.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use jiff::civil::Date;
use rasoat_casework::{Round, nfc_name};
use rasoat_exchange::MOST_RETENTION_DAYS;

use crate::auth::{self, LoggedIn};
use crate::directives::{OpenedWord, RoundWord, Said, TermWord, said, word};
use crate::hex;
use crate::problem::Refusal;
use crate::routes::overview;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::facts::{ALL, LATE};
use crate::storage::{Directive, DirectiveKind, HouseholdKeyRef, RoundSnapshot, SnapshotLine};
use crate::time::{day_in_vietnam, rfc3339};
use crate::view::{
    BeforeView, FormerRoundView, LockForm, NextRoundView, OpenRoundForm, OverviewView, ProblemView,
    ReopenForm, RoundChangeView, RoundChangesView, RoundLockView, RoundSnapshotView, RoundStandardView,
    RoundView, RoundWaitingView, RoundWordView, StandingView, TermForm, TermView,
};
use crate::{project, rounds, stood};

/// Letters of a reason at most.
const LONGEST_REASON: usize = 500;
/// Changed households shown at once.
const SHOWN: usize = 200;

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
    let key = rounds::key_of(rounds::open_round(&state).await?);
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
    let key = rounds::key_of(rounds::open_round(&state).await?);
    if !said(&state).await?.word(DirectiveKind::Round, &key).is_some_and(|word: RoundWord| word.locked) {
        return Err(Refusal::ChangedMeanwhile);
    }
    rounds::reopen(&state, &who.account.name, &reason, form.over).await?;
    Ok(Json(view(&state, &who).await?))
}

/// Opens the next round. The one before stays locked for good, and what stood at its lock is what is read of it.
#[utoipa::path(post, path = "/api/round/open", operation_id = "open_round", tag = "rounds",
    request_body = OpenRoundForm, responses(
    (status = 200, body = RoundView, description = "Open"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`, `round_open`"),
))]
pub(crate) async fn open(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<OpenRoundForm>, JsonRejection>,
) -> Result<Json<RoundView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let (said, round) = (said(&state).await?, rounds::open_round(&state).await?);
    if form.year <= round.0 {
        return Err(Refusal::ChangedMeanwhile);
    }
    if form.year != round.0 + 1 {
        return Err(Refusal::Incomplete);
    }
    let key = rounds::key_of(round);
    if !said.word(DirectiveKind::Round, &key).is_some_and(|word: RoundWord| word.locked) {
        return Err(Refusal::RoundOpen);
    }
    rounds::open_next(&state, &who.account.name, form.over).await?;
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
    let snapshot = snapshot(&state, Some(number)).await?;
    project::catch_up(&state).await?;
    auth::note_act(&state, &who.account.name, "round_changes_listed", &number.to_string()).await?;
    let mut after = None;
    let mut rows = Vec::new();
    loop {
        let page = stood::page(&state, &snapshot, true, after).await?;
        rows.extend(page.lines.into_iter().filter(is_changed).map(|line| change(&state, line)));
        after = page.after;
        if after.is_none() || rows.len() > SHOWN {
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
    let rounds = rounds::rounds(state).await?;
    let (round, key) = (rounds.open, rounds::key_of(rounds.open));
    let said = said(state).await?;
    let history = state.storage.directives_of(DirectiveKind::Round, key.clone()).await?;
    let terms = state.storage.directives_of(DirectiveKind::Term, key.clone()).await?;
    let due = rounds::retention(state).await?.filter(|term| term.round == round);
    let overview = overview::overview(state, who).await?;
    let lock = history.first().filter(|last| word(last).is_some_and(|word: RoundWord| word.locked));
    let snapshots = state.storage.round_snapshots().await?;
    let of = |round: Round| {
        let own = snapshots.iter().filter(|snapshot| snapshot.round == round.0);
        own.cloned().map(snapshot_view).collect::<Vec<_>>()
    };
    let former = rounds.former().map(|round| former(&said, round, of(round), &overview.marks)).collect();
    Ok(RoundView {
        year: round.0,
        kind: overview::procedure(state, round).map(|(procedure, _)| procedure.title),
        standards: standards(state).map(|(_, view)| view).collect(),
        next: next(state, Round(round.0 + 1), &overview.marks),
        former,
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
        snapshots: of(round),
    })
}

fn next(state: &State, round: Round, marks: &BTreeMap<String, u32>) -> NextRoundView {
    let count = |mark: &str| marks.get(mark).copied().unwrap_or_default();
    let decided = ["stage.recognised", "stage.refused", "stage.certified"].map(count).iter().sum();
    let library = state.library();
    let in_force = standards(state).filter(|(years, _)| years.contains(&round.0));
    let today = day_in_vietnam(state.now());
    NextRoundView {
        year: round.0,
        kind: overview::procedure(state, round).map(|(procedure, _)| procedure.title),
        calendar: overview::calendar(state, round, today),
        standards: in_force.map(|(_, view)| view).collect(),
        form: library.latest().map(|form| format!("{} {}", form.files.id, form.files.version)),
        undecided: count("state.signed").saturating_sub(decided),
    }
}

fn former(
    said: &Said,
    round: Round,
    snapshots: Vec<RoundSnapshotView>,
    marks: &BTreeMap<String, u32>,
) -> FormerRoundView {
    let next = said.one(DirectiveKind::Opened, &rounds::key_of(Round(round.0 + 1)));
    let locked_at = next.and_then(word::<OpenedWord>).map(|word| rfc3339(word.locked_at));
    FormerRoundView {
        year: round.0,
        locked_at,
        ended_at: next.map(|next| rfc3339(next.said_at)),
        ended_by: next.map(|next| next.said_by.clone()),
        late: marks.get(&format!("{LATE}{}", round.0)).copied().unwrap_or_default(),
        snapshots,
    }
}

/// What a household was when the round before the open one was locked.
pub(crate) async fn before(
    state: &State,
    scoring: &Scoring,
    household: &HouseholdKeyRef,
) -> Result<Option<BeforeView>, Refusal> {
    let Some(round) = scoring.rounds.former().next() else { return Ok(None) };
    let snapshots = state.storage.round_snapshots().await?;
    let Some(last) = snapshots.iter().find(|snapshot| snapshot.round == round.0) else { return Ok(None) };
    let stood = state.storage.stood(last.number, vec![household.clone()]).await?;
    let marks = stood.into_iter().next().flatten();
    Ok(standing(marks.as_deref()).map(|standing| BeforeView { year: round.0, standing }))
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

/// The standards, each with the years whose classes it decides.
fn standards(state: &State) -> impl Iterator<Item = (RangeInclusive<u16>, RoundStandardView)> {
    let year = |day: Date| u16::try_from(day.year()).unwrap_or_default();
    let view = |known: &crate::library::KnownStandard| {
        let (from, to) = (known.standard.valid_from, known.standard.valid_to);
        let view = RoundStandardView {
            id: known.standard.id.clone(),
            title: known.standard.title.clone(),
            valid_from: from.to_string(),
            valid_to: to.to_string(),
        };
        (year(from)..=year(to), view)
    };
    let views: Vec<_> = state.library().standards().iter().map(view).collect();
    views.into_iter()
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
