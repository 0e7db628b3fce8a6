//! `GET /api/communes`: the province at a glance.

use crate::view::{CommunesView, ProblemView};

/// Every commune with its progress.
#[utoipa::path(get, path = "/api/communes", operation_id = "list_communes", tag = "communes", responses(
    (status = 200, body = CommunesView, description = "All communes of the code list"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`not_logged_in`"),
))]
pub(crate) async fn list() {}
