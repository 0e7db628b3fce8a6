//! `/api/requests`: the register of what people ask about the data that are held of them, and what is done about it.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State as Of};
use jiff::civil::Date;
use rasoat_casework::{CommuneCode, MAX_REMARK_CHARS, Round, Term, nfc_name};
use rasoat_instrument::Path as Place;
use uuid::Uuid;

use crate::auth::{self, LoggedIn};
use crate::household_view;
use crate::problem::Refusal;
use crate::project;
use crate::requests::account::account as account_of;
use crate::requests::restrict::{Restricted, restricted};
use crate::requests::{self, Asked, Correction, Deed, Done, Member, Request, correct as correcting};
use crate::rounds;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, HouseholdRow, StoredEdit};
use crate::time::{day_in_vietnam, rfc3339};
use crate::view::{
    CorrectionForm, CorrectionView, NewRequestForm, PersonAccountForm, PersonAccountView, ProblemView,
    RequestActForm, RequestActView, RequestState, RequestStep, RequestView, RequestsForm, RequestsView,
    RightView, TermRuleView,
};

/// Requests on a page.
const PAGE: usize = 500;
/// Letters of a name, and of a text, at most.
const LONGEST_NAME: usize = 200;
const LONGEST_TEXT: usize = 2_000;

/// The register: open requests, what is overdue and due first; or what was answered.
#[utoipa::path(get, path = "/api/requests", operation_id = "list_requests", tag = "requests", params(RequestsForm), responses(
    (status = 200, body = RequestsView, description = "Of the communes that the account sees"),
))]
pub(crate) async fn list(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Query<RequestsForm>, QueryRejection>,
) -> Result<Json<RequestsView>, Refusal> {
    let Query(form) = form.map_err(|_| Refusal::Unreadable)?;
    let household = form.household.as_deref().map(str::parse::<Uuid>).transpose();
    let household = household.map_err(|_| Refusal::Unreadable)?;
    let mut seen = requests::all(&state).await?;
    seen.retain(|request| who.sees(&request.household.commune));
    let today = day_in_vietnam(state.now());
    let open: Vec<&Request> = seen.iter().filter(|request| request.state() == RequestState::Open).collect();
    let overdue = open.iter().filter(|request| is_overdue(&state, request, today)).count();
    let counts = (count(open.len()), count(overdue));
    seen.retain(|request| match household {
        Some(household) => request.household.household == household,
        None => (request.state() != RequestState::Open) == form.closed,
    });
    if form.closed {
        seen.sort_by_key(|request| std::cmp::Reverse(request.acts.last().map(|act| act.at)));
    } else {
        seen.sort_by_key(|request| {
            (request.state() != RequestState::Open, request.due_on(&state.rights), request.number)
        });
    }
    seen.truncate(PAGE);
    project::catch_up(&state).await?;
    let restricted = restricted(&state).await?;
    let mut views = Vec::with_capacity(seen.len());
    for request in &seen {
        let row = state.storage.household(request.household.clone()).await?;
        views.push(view(&state, request, row, &restricted, None));
    }
    auth::note_act(&state, &who.account.name, "requests_listed", &form.household.unwrap_or_default()).await?;
    let rights = state.rights.rights.iter().map(|right| RightView {
        key: right.key.clone(),
        label: right.label.clone(),
        term: term(&right.term),
    });
    Ok(Json(RequestsView {
        rights: rights.collect(),
        acknowledge: term(&state.rights.acknowledge),
        sources: state.rights.sources.clone(),
        open: counts.0,
        overdue: counts.1,
        requests: views,
    }))
}

/// Registers a request.
#[utoipa::path(post, path = "/api/requests", operation_id = "register_request", tag = "requests",
    request_body = NewRequestForm, responses(
    (status = 200, body = RequestView, description = "Registered"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such household"),
))]
pub(crate) async fn register(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<NewRequestForm>, JsonRejection>,
) -> Result<Json<RequestView>, Refusal> {
    // The cause of a rejection may quote the body: it goes nowhere.
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let commune: CommuneCode = form.commune.parse().map_err(|_| Refusal::Unreadable)?;
    let household = HouseholdKeyRef::new(commune, form.household.parse().map_err(|_| Refusal::Unreadable)?);
    if !who.sees(&household.commune) || state.storage.edits_of(household.clone()).await?.is_empty() {
        return Err(Refusal::NotFound);
    }
    let came_on: Date = form.came_on.parse().map_err(|_| Refusal::Incomplete)?;
    let (asker, text) = (nfc_name(&form.asker), nfc_name(&form.text));
    let member = form.member.as_ref().map(|path| member(path, &form.member_name)).transpose()?;
    let is_right = state.rights.right(&form.right).is_some();
    let is_named = (1..=LONGEST_NAME).contains(&asker.chars().count());
    let fits = text.chars().count() <= LONGEST_TEXT && came_on <= day_in_vietnam(state.now());
    // What came before there was anything of the kind is a slip of the keys, and would be overdue at once.
    let is_of_now = came_on >= state.rights.valid_from;
    if !is_right || !is_named || !fits || !is_of_now {
        return Err(Refusal::Incomplete);
    }
    let asked = Asked { right: form.right, asker, capacity: form.capacity, member, came_on, text };
    let id = requests::register(&state, &who.account.name, household, asked).await?;
    let request = requests::one(&state, id).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(shown(&state, &request).await?))
}

/// One request, with what became of it.
#[utoipa::path(get, path = "/api/requests/{id}", operation_id = "show_request", tag = "requests",
    params(("id" = String, Path, description = "The request's id")), responses(
    (status = 200, body = RequestView, description = "The request"),
))]
pub(crate) async fn show(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<RequestView>, Refusal> {
    let request = seen(&state, &who, id).await?;
    auth::note_act(&state, &who.account.name, "request_shown", &request.id.to_string()).await?;
    Ok(Json(shown(&state, &request).await?))
}

/// Does what a word alone does: acknowledge, restrict, lift, answer.
#[utoipa::path(post, path = "/api/requests/{id}/acts", operation_id = "act_on_request", tag = "requests",
    params(("id" = String, Path, description = "The request's id")), request_body = RequestActForm, responses(
    (status = 200, body = RequestView, description = "Done"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`: a reason is missing"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`, `request_closed`, `request_other_right`, `request_nothing_to_do`"),
))]
pub(crate) async fn act(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
    form: Result<Json<RequestActForm>, JsonRejection>,
) -> Result<Json<RequestView>, Refusal> {
    let request = seen(&state, &who, id).await?;
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let reason = nfc_name(&form.reason);
    let needs_reason = match form.step {
        RequestStep::Restrict | RequestStep::Lift | RequestStep::Refuse => true,
        RequestStep::Acknowledge | RequestStep::Done => false,
    };
    if reason.chars().count() > LONGEST_TEXT || (needs_reason && reason.is_empty()) {
        return Err(Refusal::Incomplete);
    }
    let deed = match form.step {
        RequestStep::Acknowledge => Deed::Acknowledged,
        RequestStep::Restrict => Deed::Restricted { reason },
        RequestStep::Lift => Deed::RestrictionLifted { reason },
        RequestStep::Done => Deed::Done { reason },
        RequestStep::Refuse => Deed::Refused { reason },
    };
    requests::act(&state, &who.account.name, &request, form.over, deed).await?;
    again(&state, &request).await
}

/// Asks the commune to correct an answer: a remark on its laptops.
#[utoipa::path(post, path = "/api/requests/{id}/correction", operation_id = "ask_correction", tag = "requests",
    params(("id" = String, Path, description = "The request's id")), request_body = CorrectionForm, responses(
    (status = 200, body = RequestView, description = "Asked, and on its way to the laptops"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`: no such question, no text"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`, `request_closed`, `request_other_right`"),
))]
pub(crate) async fn correct(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
    form: Result<Json<CorrectionForm>, JsonRejection>,
) -> Result<Json<RequestView>, Refusal> {
    let request = seen(&state, &who, id).await?;
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let (question, text) = (form.question.parse::<Place>(), nfc_name(&form.text));
    let question = question.ok().filter(|question| household_view::kind_at(&state, question).is_some());
    let fits = (1..=MAX_REMARK_CHARS).contains(&text.chars().count());
    let question = question.filter(|_| fits).ok_or(Refusal::Incomplete)?;
    let actor = who.account.name.as_str();
    let empty = Correction {
        question: String::new(),
        text: String::new(),
        round: 0,
        stood: Vec::new(),
        returned: false,
    };
    requests::must_fit(&request, &Deed::CorrectionAsked(empty))?;
    if form.over != request.over() {
        return Err(Refusal::ChangedMeanwhile);
    }
    let correction = correcting::ask(&state, actor, &request, &question, &text).await?;
    requests::act(&state, actor, &request, form.over, Deed::CorrectionAsked(correction)).await?;
    again(&state, &request).await
}

/// Gives out all that is held of whom the request is about.
#[utoipa::path(post, path = "/api/requests/{id}/account", operation_id = "give_account", tag = "requests",
    params(("id" = String, Path, description = "The request's id")), request_body = PersonAccountForm, responses(
    (status = 200, body = PersonAccountView, description = "What is held; that it was given out stands in the register"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`, `request_closed`, `request_other_right`"),
))]
pub(crate) async fn account(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
    form: Result<Json<PersonAccountForm>, JsonRejection>,
) -> Result<Json<PersonAccountView>, Refusal> {
    let request = seen(&state, &who, id).await?;
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    // Noted before anything is given out.
    requests::act(&state, &who.account.name, &request, form.over, Deed::AccountGiven).await?;
    project::catch_up(&state).await?;
    let account = account_of(&state, &request).await?;
    let right = request.right(&state.rights).map(|right| right.label.clone()).unwrap_or_default();
    let Json(request) = again(&state, &request).await?;
    Ok(Json(PersonAccountView {
        request,
        right,
        server_name: state.config.name.clone(),
        made_by: who.account.name,
        made_at: rfc3339(state.now()),
        round: rounds::open_round(&state).await?.0,
        values: account.held.values,
        class_2022: account.class_2022,
        class_2027: account.class_2027,
        procedure: account.procedure,
        remarks: account.held.remarks,
        laptops: account.laptops,
        seen: account.seen,
        left_out: account.held.left_out,
    }))
}

/// A request of a commune that the account sees.
async fn seen(
    state: &State,
    who: &LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Request, Refusal> {
    let Path(id) = id.map_err(|_| Refusal::Unreadable)?;
    let request = requests::one(state, id).await?;
    request.filter(|request| who.sees(&request.household.commune)).ok_or(Refusal::NotFound)
}

async fn again(state: &State, request: &Request) -> Result<Json<RequestView>, Refusal> {
    let request = requests::one(state, request.id).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(shown(state, &request).await?))
}

async fn shown(state: &State, request: &Request) -> Result<RequestView, Refusal> {
    let row = state.storage.household(request.household.clone()).await?;
    let asks = request.acts.iter().any(|act| matches!(act.deed, Deed::CorrectionAsked(_)));
    let stored = if asks { Some(state.storage.edits_of(request.household.clone()).await?) } else { None };
    Ok(view(state, request, row, &*restricted(state).await?, stored.as_deref()))
}

/// The member that a request is about.
fn member(path: &str, name: &str) -> Result<Member, Refusal> {
    let place: Place = path.parse().map_err(|_| Refusal::Incomplete)?;
    let name = nfc_name(name);
    // The instance itself, and no question of it.
    if place.field_name().is_some() || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::Incomplete);
    }
    Ok(Member { path: place.to_string(), name })
}

fn is_overdue(state: &State, request: &Request, today: Date) -> bool {
    request.state() == RequestState::Open && request.due_on(&state.rights).is_some_and(|due| due < today)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn term(term: &Term) -> TermRuleView {
    TermRuleView { days: term.days, working: term.working, provenance: term.provenance.clone() }
}

pub(super) fn view(
    state: &State,
    request: &Request,
    row: Option<HouseholdRow>,
    restricted: &Restricted,
    stored: Option<&[StoredEdit]>,
) -> RequestView {
    let (asked, rights) = (&request.asked, &*state.rights);
    let acknowledged = request.when(|deed| *deed == Deed::Acknowledged);
    RequestView {
        id: request.id.to_string(),
        number: request.number,
        commune: state.library().commune(&request.household.commune),
        household: request.household.household.to_string(),
        code: row.as_ref().and_then(|row| row.code.clone()),
        village_name: row.map(|row| row.village_name).unwrap_or_default(),
        restricted: restricted.has(&request.household),
        right: asked.right.clone(),
        asker: asked.asker.clone(),
        capacity: asked.capacity,
        member: asked.member.as_ref().map(|member| member.path.clone()),
        member_name: asked.member.as_ref().map(|member| member.name.clone()).unwrap_or_default(),
        text: asked.text.clone(),
        came_on: asked.came_on.to_string(),
        acknowledge_by: rights.last_day(&rights.acknowledge, asked.came_on).to_string(),
        acknowledged_at: acknowledged.map(rfc3339),
        due_on: request.due_on(rights).map(|day| day.to_string()),
        term: request.right(rights).map(|right| term(&right.term)),
        state: request.state(),
        overdue: is_overdue(state, request, day_in_vietnam(state.now())),
        restricts: request.restricts(),
        over: request.over(),
        acts: request.acts.iter().map(|act| act_view(request, act, stored)).collect(),
    }
}

fn act_view(request: &Request, act: &Done, stored: Option<&[StoredEdit]>) -> RequestActView {
    let text = match &act.deed {
        Deed::Registered(asked) => asked.text.clone(),
        Deed::CorrectionAsked(correction) => correction.text.clone(),
        Deed::Restricted { reason }
        | Deed::RestrictionLifted { reason }
        | Deed::Done { reason }
        | Deed::Refused { reason } => reason.clone(),
        Deed::Acknowledged | Deed::AccountGiven => String::new(),
    };
    RequestActView {
        act: act.deed.code().to_owned(),
        by: act.by.clone(),
        at: rfc3339(act.at),
        text,
        correction: if let Deed::CorrectionAsked(correction) = &act.deed {
            Some(correction_view(request, correction, stored))
        } else {
            None
        },
    }
}

fn correction_view(
    request: &Request,
    correction: &Correction,
    stored: Option<&[StoredEdit]>,
) -> CorrectionView {
    let question = correction.question.parse::<Place>().ok();
    let now = question.zip(stored).map(|(question, stored)| {
        correcting::standing(&request.household, Round(correction.round), stored, &question)
    });
    CorrectionView {
        question: correction.question.clone(),
        returned: correction.returned,
        remark: now
            .as_ref()
            .and_then(|now| now.remark)
            .map(|remark| household_view::remark_state(remark).to_owned()),
        changed_since: now.map(|now| now.stood != correction.stood),
    }
}
