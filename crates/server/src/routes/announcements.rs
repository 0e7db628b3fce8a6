//! `/api/announcements`: what people at laptops and at the province are to know for some days.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State as Of;
use axum::extract::rejection::JsonRejection;
use jiff::civil::Date;
use rasoat_casework::{CommuneCode, nfc_name};

use crate::auth::LoggedIn;
use crate::directives::{self, AnnouncementWord, said, word};
use crate::problem::Refusal;
use crate::random;
use crate::state::State;
use crate::storage::{Directive, DirectiveKind};
use crate::time::{day_in_vietnam, rfc3339};
use crate::view::{AnnouncementEndForm, AnnouncementForm, AnnouncementView, ProblemView};

/// Letters of an announcement at most.
const LONGEST: usize = 1_000;

/// Announcements that are not over, for all or for communes that the account sees.
#[utoipa::path(get, path = "/api/announcements", operation_id = "list_announcements", tag = "announcements", responses(
    (status = 200, body = Vec<AnnouncementView>, description = "By their first day, the latest first"),
))]
pub(crate) async fn list(
    Of(state): Of<State>,
    who: LoggedIn,
) -> Result<Json<Vec<AnnouncementView>>, Refusal> {
    Ok(Json(views(&state, &who).await?))
}

/// Makes an announcement: shown on the laptops from their next exchange on.
#[utoipa::path(post, path = "/api/announcements", operation_id = "add_announcement", tag = "announcements",
    request_body = AnnouncementForm, responses(
    (status = 200, body = Vec<AnnouncementView>, description = "Made"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`, `unknown_commune`"),
))]
pub(crate) async fn add(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<AnnouncementForm>, JsonRejection>,
) -> Result<Json<Vec<AnnouncementView>>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let day = |text: &str| text.parse::<Date>().map_err(|_| Refusal::Incomplete);
    let (from, until) = (day(&form.from)?, day(&form.until)?);
    let text = nfc_name(&form.text);
    if text.is_empty() || text.chars().count() > LONGEST || until < from {
        return Err(Refusal::Incomplete);
    }
    let communes: Result<BTreeSet<CommuneCode>, _> = form.communes.iter().map(|code| code.parse()).collect();
    let communes = communes.map_err(|_| Refusal::UnknownCommune)?;
    if communes.iter().any(|code| !state.library().units().communes.contains_key(code)) {
        return Err(Refusal::UnknownCommune);
    }
    let id = random::uuid().map_err(|_| Refusal::Busy)?.to_string();
    let (from, until) = (from.to_string(), until.to_string());
    let word = AnnouncementWord { text, from, until, communes, ended: false };
    let actor = who.account.name.as_str();
    let of = (DirectiveKind::Announcement, id.as_str());
    directives::say(&state, (actor, "announcement_made"), of, &word, 0).await?;
    Ok(Json(views(&state, &who).await?))
}

/// Takes an announcement down.
#[utoipa::path(post, path = "/api/announcements/end", operation_id = "end_announcement", tag = "announcements",
    request_body = AnnouncementEndForm, responses(
    (status = 200, body = Vec<AnnouncementView>, description = "Ended"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`"),
))]
pub(crate) async fn end(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<AnnouncementEndForm>, JsonRejection>,
) -> Result<Json<Vec<AnnouncementView>>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let known: Option<AnnouncementWord> = said(&state).await?.word(DirectiveKind::Announcement, &form.id);
    let word = AnnouncementWord { ended: true, ..known.ok_or(Refusal::NotFound)? };
    let actor = who.account.name.as_str();
    let of = (DirectiveKind::Announcement, form.id.as_str());
    directives::say(&state, (actor, "announcement_ended"), of, &word, form.over).await?;
    Ok(Json(views(&state, &who).await?))
}

async fn views(state: &State, who: &LoggedIn) -> Result<Vec<AnnouncementView>, Refusal> {
    let today = day_in_vietnam(state.now()).to_string();
    let said = said(state).await?;
    let view = |directive: &Directive| {
        let word: AnnouncementWord = word(directive)?;
        let is_for = word.communes.is_empty() || word.communes.iter().any(|code| who.sees(code));
        (is_for && !word.ended && word.until >= today).then(|| AnnouncementView {
            id: directive.key.clone(),
            shown: word.from <= today,
            text: word.text,
            from: word.from,
            until: word.until,
            communes: word.communes.iter().map(|code| state.library().commune(code)).collect(),
            at: rfc3339(directive.said_at),
            by: directive.said_by.clone(),
            over: directive.number,
        })
    };
    let mut views: Vec<AnnouncementView> = said.all(DirectiveKind::Announcement).filter_map(view).collect();
    views.sort_by(|one, other| (&other.from, &other.at, &one.id).cmp(&(&one.from, &one.at, &other.id)));
    Ok(views)
}
