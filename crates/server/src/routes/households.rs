//! `/api/communes/{code}/households` and `/api/households/{commune}/{id}`.

#![expect(unused_qualifications, reason = "the path macro qualifies the name of the query type")]
use serde::Deserialize;
use utoipa::IntoParams;

use crate::view::{HouseholdPageView, HouseholdView, ProblemView};

/// Which households to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HouseholdQuery {
    /// Words of the head's name (tones may be left out), or a household code.
    #[serde(default)]
    pub(crate) text: String,
    /// Rows to skip.
    #[serde(default)]
    pub(crate) offset: u32,
    /// Rows to return, at most 500.
    #[serde(default = "default_limit")]
    pub(crate) limit: u32,
}

fn default_limit() -> u32 {
    100
}

/// A commune's households.
#[utoipa::path(get, path = "/api/communes/{code}/households", operation_id = "list_households", tag = "households",
    params(("code" = String, Path, description = "Commune code, five digits"), HouseholdQuery), responses(
    (status = 200, body = HouseholdPageView, description = "One page, by village and head's name"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`not_logged_in`"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
))]
pub(crate) async fn list() {}

/// One household with answers, classes and history.
#[utoipa::path(get, path = "/api/households/{commune}/{id}", operation_id = "show_household", tag = "households",
    params(("commune" = String, Path, description = "Commune code, five digits"), ("id" = String, Path, description = "Household id")), responses(
    (status = 200, body = HouseholdView, description = "The household"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`not_logged_in`"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
))]
pub(crate) async fn show() {}
