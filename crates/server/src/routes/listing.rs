//! `POST /api/households`: households over communes, by what they bear and by words.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State as Of;
use axum::extract::rejection::JsonRejection;
use rasoat_casework::{CommuneCode, fold_name, nfc_name};

use crate::auth::{self, LoggedIn};
use crate::household_view;
use crate::permission::Act;
use crate::problem::Refusal;
use crate::project;
use crate::requests::restrict::{Restricted, restricted};
use crate::scope;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, HouseholdList, HouseholdRow, ListQuery, MOST_MARKS};
use crate::view::{
    HouseholdFilter, HouseholdKeyForm, HouseholdListForm, HouseholdListView, ListedHouseholdView, ProblemView,
};

/// Rows on a page when nothing is said, and at most.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 500;
/// Words of a search that count at most.
const MOST_WORDS: usize = 8;
/// Letters of a village's name or a mark at most.
const LONGEST: usize = 200;

/// Households over communes. A POST, because a name that is searched for must not stand in an address.
#[utoipa::path(post, path = "/api/households", operation_id = "list_all_households", tag = "households",
    request_body = HouseholdListForm, responses(
    (status = 200, body = HouseholdListView, description = "One page"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `unknown_commune`"),
))]
pub(crate) async fn list(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<HouseholdListForm>, JsonRejection>,
) -> Result<Json<HouseholdListView>, Refusal> {
    // The cause of a rejection may quote the body: it goes nowhere.
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let after = form.after.as_ref().map(key_of).transpose()?;
    let limit = form.limit.unwrap_or(PAGE).clamp(1, LONGEST_PAGE);
    let query = ListQuery { after, limit, ..query_of(&who, &form.filter)? };
    // What is processed no further is found by nobody's name.
    let is_sought = !query.words.is_empty();
    if is_sought {
        project::index(&state).await?;
    } else {
        project::catch_up(&state).await?;
    }
    let HouseholdList { total, is_cut, rows, more } = state.storage.household_list(query).await?;
    let restricted = restricted(&state).await?;
    let object = form.filter.commune.as_deref().unwrap_or("all");
    auth::note_act(&state, &who.account.name, "households_listed", object).await?;
    let last = rows.last().filter(|_| more);
    Ok(Json(HouseholdListView {
        total,
        is_cut,
        next: last.map(|row| form_of(&row.key)),
        rows: rows
            .into_iter()
            .filter(|row| !is_sought || who.may(Act::MakeRequests) || !restricted.has(&row.key))
            .map(|row| listed(&state, row, &restricted))
            .collect(),
    }))
}

/// What a filter asks for, within what somebody may see.
pub(crate) fn query_of(who: &LoggedIn, filter: &HouseholdFilter) -> Result<ListQuery, Refusal> {
    let commune = filter.commune.as_ref().map(|code| code.parse::<CommuneCode>());
    let commune = commune.transpose().map_err(|_| Refusal::UnknownCommune)?;
    let is_mark = |mark: &String| {
        mark.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            && mark.len() <= LONGEST
    };
    let marks: BTreeSet<String> = filter.marks.iter().cloned().collect();
    if marks.len() > MOST_MARKS || !marks.iter().all(is_mark) {
        return Err(Refusal::Unreadable);
    }
    let words = fold_name(&filter.text);
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    Ok(ListQuery {
        communes: scope::within(who, commune),
        village_name: filter.village.as_ref().map(|name| nfc_name(name)),
        marks,
        words: words.take(MOST_WORDS).map(|word| word.chars().take(LONGEST).collect()).collect(),
        after: None,
        limit: PAGE,
    })
}

/// A household as lists over communes show it.
pub(crate) fn listed(state: &State, row: HouseholdRow, restricted: &Restricted) -> ListedHouseholdView {
    ListedHouseholdView {
        commune: state.library().commune(&row.key.commune),
        stage: row.facts.stage,
        checks: row.facts.checks.iter().copied().collect(),
        household: household_view::row(row, restricted),
    }
}

pub(crate) fn key_of(form: &HouseholdKeyForm) -> Result<HouseholdKeyRef, Refusal> {
    let commune = form.commune.parse().map_err(|_| Refusal::Unreadable)?;
    Ok(HouseholdKeyRef::new(commune, form.id.parse().map_err(|_| Refusal::Unreadable)?))
}

pub(crate) fn form_of(key: &HouseholdKeyRef) -> HouseholdKeyForm {
    HouseholdKeyForm { commune: key.commune.as_str().to_owned(), id: key.household.to_string() }
}
