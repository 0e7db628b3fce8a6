//! `/api/tokens`: what other systems read with.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use rasoat_casework::nfc_name;
use uuid::Uuid;

use super::accounts::codes;
use crate::auth::{self, LoggedIn};
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::Token;
use crate::time::{day_begins, rfc3339};
use crate::tokens::{self, NewToken, TABLES};
use crate::view::{NewTokenForm, ProblemView, TokenShownView, TokenView};

/// Letters of a name at most.
const LONGEST_NAME: usize = 100;
/// A token is for so long at most: two years.
const LONGEST_MILLIS: i64 = 2 * 366 * 24 * 60 * 60 * 1000;

/// Every token, newest first.
#[utoipa::path(get, path = "/api/tokens", operation_id = "list_tokens", tag = "tokens", responses(
    (status = 200, body = Vec<TokenView>, description = "All tokens, ended ones too"),
))]
pub(crate) async fn list(Of(state): Of<State>, _: LoggedIn) -> Result<Json<Vec<TokenView>>, Refusal> {
    let tokens = state.storage.tokens().await?;
    Ok(Json(tokens.into_iter().map(|token| view(&state, token)).collect()))
}

/// Makes a token; it is shown this once.
#[utoipa::path(post, path = "/api/tokens", operation_id = "make_token", tag = "tokens",
    request_body = NewTokenForm, responses(
    (status = 200, body = TokenShownView, description = "Made"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `unknown_commune`, `wrong_end`"),
))]
pub(crate) async fn make(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<NewTokenForm>, JsonRejection>,
) -> Result<Json<TokenShownView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let name = nfc_name(&form.name);
    let is_named = (1..=LONGEST_NAME).contains(&name.chars().count());
    let are_tables =
        !form.tables.is_empty() && form.tables.iter().all(|table| TABLES.contains(&table.as_str()));
    if !is_named || !are_tables {
        return Err(Refusal::Unreadable);
    }
    let communes = codes(&form.communes)?;
    if communes.iter().any(|code| !state.library().units().communes.contains_key(code)) {
        return Err(Refusal::UnknownCommune);
    }
    let expires_at = day_begins(&form.until, 1).ok_or(Refusal::WrongEnd)?;
    if !(1..=LONGEST_MILLIS).contains(&(expires_at - state.now())) {
        return Err(Refusal::WrongEnd);
    }
    let new = NewToken { name, tables: form.tables, communes, citizen_ids: form.citizen_ids, expires_at };
    let (token, secret) = tokens::make(&state, &who.account.name, new).await?;
    Ok(Json(TokenShownView { token: view(&state, token), secret }))
}

/// Revokes a token: it opens nothing from now on. Once more does no harm.
#[utoipa::path(post, path = "/api/tokens/{id}/revoke", operation_id = "revoke_token", tag = "tokens",
    params(
        ("id" = String, Path, description = "The token's id"),
            ), responses(
    (status = 200, body = TokenView, description = "Revoked"),
))]
pub(crate) async fn revoke(
    Of(state): Of<State>,
    who: LoggedIn,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<TokenView>, Refusal> {
    let Path(id) = id.map_err(|_| Refusal::Unreadable)?;
    if state.storage.revoke_token(id, state.now()).await? {
        auth::note_act(&state, &who.account.name, "token_revoked", &id.to_string()).await?;
    }
    let mut tokens = state.storage.tokens().await?.into_iter();
    let token = tokens.find(|token| token.id == id).ok_or(Refusal::NotFound)?;
    Ok(Json(view(&state, token)))
}

fn view(state: &State, token: Token) -> TokenView {
    TokenView {
        id: token.id.to_string(),
        name: token.name,
        tables: token.tables,
        communes: token.communes.iter().map(|code| state.library().commune(code)).collect(),
        citizen_ids: token.citizen_ids,
        made_by: token.made_by,
        made_at: rfc3339(token.made_at),
        expires_at: rfc3339(token.expires_at),
        ended: token.revoked_at.is_some() || token.expires_at <= state.now(),
        revoked_at: token.revoked_at.map(rfc3339),
        last_used_at: token.last_used_at.map(rfc3339),
        uses: token.uses,
    }
}
