//! `GET /api/conflicts`: answers that differ, over all communes. They are settled under their communes.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Of};
use rasoat_casework::CommuneCode;

use super::listing::{form_of, key_of};
use crate::auth::{self, LoggedIn};
use crate::conflicts;
use crate::problem::Refusal;
use crate::project;
use crate::scope;
use crate::state::State;
use crate::storage::{HouseholdList, ListQuery};
use crate::view::{
    ConflictInboxView, HouseholdConflictsView, HouseholdKeyForm, InboxForm, InboxHouseholdView,
};

/// Households on a page.
const PAGE: u32 = 20;

/// A page of the households with answers that differ.
#[utoipa::path(get, path = "/api/conflicts", operation_id = "list_all_conflicts", tag = "conflicts", params(InboxForm), responses(
    (status = 200, body = ConflictInboxView, description = "By commune, village and head's name"),
))]
pub(crate) async fn list(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Query<InboxForm>, QueryRejection>,
) -> Result<Json<ConflictInboxView>, Refusal> {
    let Query(form) = form.map_err(|_| Refusal::Unreadable)?;
    let commune = form.commune.map(|code| code.parse::<CommuneCode>().map_err(|_| Refusal::UnknownCommune));
    let after = form.after.zip(form.after_commune);
    let after = after.map(|(id, commune)| key_of(&HouseholdKeyForm { commune, id })).transpose()?;
    project::catch_up(&state).await?;
    let query = ListQuery {
        communes: scope::within(&who, commune.transpose()?),
        marks: BTreeSet::from(["conflict".to_owned()]),
        after,
        limit: PAGE,
        ..ListQuery::default()
    };
    let HouseholdList { total, rows, more, .. } = state.storage.household_list(query).await?;
    let last = rows.last().filter(|_| more).map(|row| form_of(&row.key));
    let found = conflicts::list(&state, rows).await?;
    auth::note_act(&state, &who.account.name, "conflicts_listed", "all").await?;
    let view = |household: HouseholdConflictsView| {
        let commune = household.row.commune.parse().map_err(|_| Refusal::NotFound)?;
        Ok(InboxHouseholdView { commune: state.library().commune(&commune), household })
    };
    let households = found.into_iter().map(view).collect::<Result<_, Refusal>>()?;
    Ok(Json(ConflictInboxView { total: total.unwrap_or_default(), households, next: last }))
}
