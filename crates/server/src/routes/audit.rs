//! `POST /api/audit`: who saw and did what. A POST, because account names must not stand in an address.

use axum::Json;
use axum::extract::State as Of;
use axum::extract::rejection::JsonRejection;

use crate::auth::{self, LoggedIn};
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::AuditQuery;
use crate::time::{day_begins, rfc3339};
use crate::view::{AuditForm, AuditLineView, AuditPageView};

/// Lines on a page at most.
const LONGEST_PAGE: u32 = 500;

/// Lines of the audit log, newest first.
#[utoipa::path(post, path = "/api/audit", operation_id = "list_audit", tag = "audit",
    request_body = AuditForm, responses(
    (status = 200, body = AuditPageView, description = "One page"),
))]
pub(crate) async fn page(
    Of(state): Of<State>,
    _: LoggedIn,
    form: Result<Json<AuditForm>, JsonRejection>,
) -> Result<Json<AuditPageView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let day = |day: &Option<String>, after: i64| {
        day.as_ref().map(|day| day_begins(day, after).ok_or(Refusal::Unreadable)).transpose()
    };
    let query = AuditQuery {
        from: day(&form.from, 0)?.unwrap_or(i64::MIN),
        until: day(&form.until, 1)?.unwrap_or(i64::MAX),
        actor: if form.actor.is_empty() { form.actor } else { auth::account_name(&form.actor) },
        act: form.act,
        object: form.object.trim().to_owned(),
        offset: form.offset,
        limit: form.limit.min(LONGEST_PAGE),
    };
    let page = state.storage.audit_page(query).await?;
    let lines = page.lines.into_iter().map(|(number, line)| AuditLineView {
        number,
        at: rfc3339(line.at),
        actor: line.actor,
        act: line.act,
        object: line.object,
    });
    Ok(Json(AuditPageView { total: page.total, lines: lines.collect() }))
}
