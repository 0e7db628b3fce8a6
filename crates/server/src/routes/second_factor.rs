//! `/api/account/second-factor` and `/api/accounts/second-factor/reset`: what an account logs in with beside its password.

use axum::Json;
use axum::extract::State as Of;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;

use super::accounts::not_oneself;
use crate::auth::LoggedIn;
use crate::problem::Refusal;
use crate::state::State;
use crate::time::rfc3339;
use crate::view::{
    AccountNameForm, CodeForm, ProblemView, RecoveryCodesView, SecondFactorSecretView, SecondFactorView,
};
use crate::{second_factor, totp};

/// One's own second factor.
#[utoipa::path(get, path = "/api/account/second-factor", operation_id = "show_second_factor", tag = "accounts", responses(
    (status = 200, body = SecondFactorView, description = "Whether there is one"),
))]
pub(crate) async fn show(Of(state): Of<State>, who: LoggedIn) -> Result<Json<SecondFactorView>, Refusal> {
    let factor = second_factor::in_force(&state, &who.account.name).await?;
    Ok(Json(SecondFactorView {
        since: factor.as_ref().and_then(|factor| factor.confirmed_at).map(rfc3339),
        recovery_codes: factor.map_or(0, |factor| factor.recovery_codes),
        demanded: state.config.second_factor.demanded_of.contains(&who.account.role),
    }))
}

/// Begins to set one up. Not in force before it is confirmed; to begin again makes another one.
#[utoipa::path(post, path = "/api/account/second-factor/begin", operation_id = "begin_second_factor", tag = "accounts",
    responses(
    (status = 200, body = SecondFactorSecretView, description = "For the app; shown this once"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`second_factor_on`"),
))]
pub(crate) async fn begin(
    Of(state): Of<State>,
    who: LoggedIn,
) -> Result<Json<SecondFactorSecretView>, Refusal> {
    let name = &who.account.name;
    let secret = second_factor::begin(&state, name).await?;
    let (picture_side, picture) = totp::picture(&totp::address(name, &secret)).ok_or(Refusal::Busy)?;
    Ok(Json(SecondFactorSecretView { secret: totp::typed(&secret), picture_side, picture }))
}

/// Puts it in force by a code of the app.
#[utoipa::path(post, path = "/api/account/second-factor/confirm", operation_id = "confirm_second_factor", tag = "accounts",
    request_body = CodeForm, responses(
    (status = 200, body = RecoveryCodesView, description = "In force; codes for who lost the app"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`bad_csrf`, `wrong_code`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`second_factor_on`, `second_factor_not_begun`"),
    (status = 429, body = ProblemView, content_type = "application/problem+json", description = "`locked_out` {retry_after_s}"),
))]
pub(crate) async fn confirm(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<CodeForm>, JsonRejection>,
) -> Result<Json<RecoveryCodesView>, Refusal> {
    // The cause of a rejection may quote the body: it goes nowhere.
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let codes = second_factor::confirm(&state, &who.account.name, &form.code).await?;
    Ok(Json(RecoveryCodesView { codes }))
}

/// Switches one's own off by a code of the app or a recovery code.
#[utoipa::path(post, path = "/api/account/second-factor/off", operation_id = "switch_off_second_factor", tag = "accounts",
    request_body = CodeForm, responses(
    (status = 204, description = "Off"),
    (status = 403, body = ProblemView, content_type = "application/problem+json", description = "`bad_csrf`, `wrong_code`"),
    (status = 429, body = ProblemView, content_type = "application/problem+json", description = "`locked_out` {retry_after_s}"),
))]
pub(crate) async fn switch_off(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<CodeForm>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    second_factor::switch_off(&state, &who.account.name, &form.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switches that of another account off, for who lost app and recovery codes. Its sessions end.
#[utoipa::path(post, path = "/api/accounts/second-factor/reset", operation_id = "reset_second_factor", tag = "accounts",
    request_body = AccountNameForm, responses(
    (status = 204, description = "Off"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`own_account`"),
))]
pub(crate) async fn reset(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<AccountNameForm>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let name = not_oneself(&who, &form.name)?;
    second_factor::reset_as(&state, &who.account.name, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
