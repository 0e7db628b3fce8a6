//! `/api/account` and `/api/accounts`: one's own password and sessions, and the accounts of all.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use axum::http::StatusCode;
use axum_extra::extract::cookie::CookieJar;
use rasoat_casework::CommuneCode;

use crate::accounts::{self, NewAccount};
use crate::auth::{self, LoggedIn};
use crate::hex;
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::{Account, OpenSession};
use crate::time::rfc3339;
use crate::view::{
    AccountForm, AccountNameForm, AccountView, EndSessionsForm, NewAccountForm, OpenSessionView,
    PasswordForm, PasswordShownView, ProblemView, SessionView,
};

/// Changes one's own password. Every other session of the account ends, and this one goes on under a new cookie and token.
#[utoipa::path(post, path = "/api/account/password", operation_id = "change_password", tag = "accounts",
    request_body = PasswordForm, responses(
    (status = 200, body = SessionView, description = "Changed"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `password_short`, `password_long`, `password_like_name`, `password_common`, `password_same`"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`bad_csrf`, `not_allowed`, `password_must_change`, `wrong_old_password`"),
    (status = 429, body = ProblemView, content_type = "application/problem+json", description = "`locked_out` {retry_after_s}"),
))]
pub(crate) async fn change_password(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<PasswordForm>, JsonRejection>,
) -> Result<(CookieJar, Json<SessionView>), Refusal> {
    // The cause of a rejection may quote the body: it goes nowhere.
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let (who, cookie) = auth::change_password(&state, &who, form.old, form.new).await?;
    Ok((CookieJar::new().add(cookie), Json(who.view(&state).await?)))
}

/// One's own sessions, the last used first.
#[utoipa::path(get, path = "/api/account/sessions", operation_id = "own_sessions", tag = "accounts", responses(
    (status = 200, body = Vec<OpenSessionView>, description = "Those that are open"),
))]
pub(crate) async fn own_sessions(
    Of(state): Of<State>,
    who: LoggedIn,
) -> Result<Json<Vec<OpenSessionView>>, Refusal> {
    let sessions = state.storage.sessions_of(who.account.name.clone()).await?;
    Ok(Json(views(&state, &who, sessions)))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/api/account/sessions/{id}", operation_id = "end_own_session", tag = "accounts",
    params(("id" = String, Path, description = "The session's id")), responses(
    (status = 204, description = "Ended"),
))]
pub(crate) async fn end_own_session(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let Path(id) = id.map_err(|_| Refusal::Unreadable)?;
    let mut sessions = state.storage.sessions_of(who.account.name.clone()).await?.into_iter();
    let session = sessions.find(|session| id_of(session) == id).ok_or(Refusal::NotFound)?;
    state.storage.close_session(session.token_hash).await?;
    auth::note_act(&state, &who.account.name, "session_ended", &who.account.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every account, by name.
#[utoipa::path(get, path = "/api/accounts", operation_id = "list_accounts", tag = "accounts", responses(
    (status = 200, body = Vec<AccountView>, description = "All accounts"),
))]
pub(crate) async fn list(Of(state): Of<State>, _: LoggedIn) -> Result<Json<Vec<AccountView>>, Refusal> {
    let accounts = accounts::accounts(&state).await?;
    let second_factors = state.storage.second_factors().await?;
    Ok(Json(accounts.into_iter().map(|account| view(&state, account, &second_factors)).collect()))
}

/// Makes an account; its first password is shown this once.
#[utoipa::path(post, path = "/api/accounts", operation_id = "add_account", tag = "accounts",
    request_body = NewAccountForm, responses(
    (status = 200, body = PasswordShownView, description = "Made"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `bad_account_name`, `unknown_commune`, `wrong_scope`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`account_exists`"),
))]
pub(crate) async fn add(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<NewAccountForm>, JsonRejection>,
) -> Result<Json<PasswordShownView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let new = NewAccount { name: form.name, role: form.role, communes: codes(&form.communes)? };
    let name = auth::account_name(&new.name);
    let password = accounts::add_as(&state, &who.account.name, new).await?.to_string();
    Ok(Json(PasswordShownView { name, password }))
}

/// Changes role, communes and standing of an account. Its sessions end at once.
#[utoipa::path(post, path = "/api/accounts/edit", operation_id = "edit_account", tag = "accounts",
    request_body = AccountForm, responses(
    (status = 200, body = AccountView, description = "Changed"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `unknown_commune`, `wrong_scope`"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`own_account`"),
))]
pub(crate) async fn edit(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<AccountForm>, JsonRejection>,
) -> Result<Json<AccountView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let new = NewAccount { name: form.name, role: form.role, communes: codes(&form.communes)? };
    let name = not_oneself(&who, &new.name)?;
    accounts::edit_as(&state, &who.account.name, new, form.disabled).await?;
    let second_factors = state.storage.second_factors().await?;
    Ok(Json(view(&state, accounts::one(&state, &name).await?, &second_factors)))
}

/// Gives an account a password for one log-in, shown this once. Its sessions end at once.
#[utoipa::path(post, path = "/api/accounts/reset", operation_id = "reset_password", tag = "accounts",
    request_body = AccountNameForm, responses(
    (status = 200, body = PasswordShownView, description = "Reset"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`own_account`"),
))]
pub(crate) async fn reset(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<AccountNameForm>, JsonRejection>,
) -> Result<Json<PasswordShownView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let name = not_oneself(&who, &form.name)?;
    let password = accounts::reset_as(&state, &who.account.name, &name).await?.to_string();
    Ok(Json(PasswordShownView { name, password }))
}

/// The sessions of an account, the last used first.
#[utoipa::path(post, path = "/api/accounts/sessions", operation_id = "list_sessions", tag = "accounts",
    request_body = AccountNameForm, responses(
    (status = 200, body = Vec<OpenSessionView>, description = "Those that are open"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
))]
pub(crate) async fn sessions(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<AccountNameForm>, JsonRejection>,
) -> Result<Json<Vec<OpenSessionView>>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let account = accounts::one(&state, &form.name).await?;
    let sessions = state.storage.sessions_of(account.name).await?;
    Ok(Json(views(&state, &who, sessions)))
}

/// Ends one session of an account, or all of them but for the one that asks.
#[utoipa::path(post, path = "/api/accounts/sessions/end", operation_id = "end_sessions", tag = "accounts",
    request_body = EndSessionsForm, responses(
    (status = 204, description = "Ended"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: no such account, or no such session of it"),
))]
pub(crate) async fn end_sessions(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<EndSessionsForm>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let account = accounts::one(&state, &form.name).await?;
    if let Some(id) = form.id {
        let mut sessions = state.storage.sessions_of(account.name.clone()).await?.into_iter();
        let session = sessions.find(|session| id_of(session) == id).ok_or(Refusal::NotFound)?;
        state.storage.close_session(session.token_hash).await?;
    } else {
        state.storage.close_sessions_of(account.name.clone(), Some(who.session.token_hash)).await?;
    }
    auth::note_act(&state, &who.account.name, "session_ended", &account.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The name of another account than the one that asks: so there is always an administrator.
pub(super) fn not_oneself(who: &LoggedIn, name: &str) -> Result<String, Refusal> {
    let name = auth::account_name(name);
    if name == who.account.name { Err(Refusal::OwnAccount) } else { Ok(name) }
}

pub(super) fn codes(communes: &[String]) -> Result<BTreeSet<CommuneCode>, Refusal> {
    communes.iter().map(|code| code.parse().map_err(|_| Refusal::UnknownCommune)).collect()
}

/// Some of what the storage knows a session by, which is itself the hash of what the browser holds.
fn id_of(session: &OpenSession) -> String {
    hex::of(&session.token_hash[..16])
}

fn views(state: &State, who: &LoggedIn, sessions: Vec<OpenSession>) -> Vec<OpenSessionView> {
    let now = state.now();
    let alive = sessions.iter().filter(|session| auth::is_alive(session, now));
    let views = alive.map(|session| {
        let (browser, system) = session.browser.split_once(' ').unwrap_or(("other", "other"));
        OpenSessionView {
            id: id_of(session),
            opened_at: rfc3339(session.opened_at),
            used_at: rfc3339(session.used_at),
            browser: browser.to_owned(),
            system: system.to_owned(),
            current: session.token_hash == who.session.token_hash,
        }
    });
    views.collect()
}

fn view(state: &State, account: Account, second_factors: &BTreeSet<String>) -> AccountView {
    AccountView {
        second_factor: second_factors.contains(&account.name),
        name: account.name,
        role: account.role,
        communes: account.communes.iter().map(|code| state.library().commune(code)).collect(),
        created_at: rfc3339(account.created_at),
        last_login_at: account.last_login_at.map(rfc3339),
        disabled_at: account.disabled_at.map(rfc3339),
        must_change_password: account.must_change,
    }
}
