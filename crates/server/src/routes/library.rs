//! `/api/library` and `/api/targets`: versions of forms, standards, point tables, targets and code lists.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::sync::{self, STALL};
use crate::auth::LoggedIn;
use crate::hex;
use crate::library::acts::{self, NotDone, Uploaded};
use crate::library::preview::{self, Marks};
use crate::library::upload::{LARGEST, Upload};
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::LibraryKind;
use crate::view::{LibraryView, ProblemView, ReportView, TargetForm, UploadForm, UploadedView, VersionView};

/// Files in base 64 take a third more, and their names a little.
const LONGEST_UPLOAD: usize = LARGEST / 3 * 4 + 64 * 1024;

/// All versions of a kind, the last taken in first.
#[utoipa::path(get, path = "/api/library/{kind}", operation_id = "list_versions", tag = "library",
    params(("kind" = String, Path, description = "`instruments`, `standards`, `points`, `targets` or `units`")), responses(
    (status = 200, body = LibraryView, description = "All versions, drafts among them"),
))]
pub(crate) async fn list(
    Of(state): Of<State>,
    kind: Result<Path<String>, PathRejection>,
) -> Result<Json<LibraryView>, Refusal> {
    let kind = kind_of(&kind.map_err(|_| Refusal::Unreadable)?)?;
    let (versions, _) = acts::now(&state).await?;
    let marks = marks(&state).await?;
    let of_kind = versions.items.iter().rev().filter(|item| item.kind == kind);
    Ok(Json(LibraryView { items: of_kind.map(|item| preview::item(&versions, &marks, item)).collect() }))
}

/// Checks files and, where they can be read, keeps them as a draft. What is wrong, and what they change, is answered in any case.
#[utoipa::path(post, path = "/api/library/{kind}", operation_id = "upload_version", tag = "library",
    params(("kind" = String, Path, description = "`instruments`, `standards`, `points`, `targets` or `units`")),
    request_body = UploadForm, responses(
    (status = 200, body = UploadedView, description = "Checked"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`version_changed`"),
    (status = 413, body = ProblemView, content_type = "application/problem+json", description = "`upload_too_large`"),
))]
pub(crate) async fn upload(
    Of(state): Of<State>,
    who: LoggedIn,
    kind: Result<Path<String>, PathRejection>,
    mut body: Body,
) -> Result<Json<UploadedView>, Refusal> {
    let kind = kind_of(&kind.map_err(|_| Refusal::Unreadable)?)?;
    let form = whole(&mut body).await.inspect_err(|_| sync::drain(body))?;
    let Json(form) = Json::<UploadForm>::from_bytes(&form).map_err(|_| Refusal::Unreadable)?;
    let mut files = BTreeMap::new();
    for file in form.files {
        let bytes = BASE64_STANDARD.decode(&file.content).map_err(|_| Refusal::Unreadable)?;
        files.insert(file.name, bytes);
    }
    let upload = Upload { files, version: form.version };
    let uploaded = acts::take_in(&state, &who.account.name, kind, upload).await?;
    Ok(Json(match uploaded {
        Uploaded::Refused(problems) => UploadedView {
            item: None,
            known: false,
            report: ReportView { problems, ..ReportView::default() },
        },
        Uploaded::Read { item, known, report } => {
            let (versions, _) = acts::now(&state).await?;
            let item = preview::item(&versions, &marks(&state).await?, &item);
            UploadedView { item: Some(item), known, report }
        }
    }))
}

/// A version, what it says, what is wrong with it here and now, and what it changes.
#[utoipa::path(get, path = "/api/library/{kind}/{hash}", operation_id = "show_version", tag = "library",
    params(("kind" = String, Path, description = "`instruments`, `standards`, `points`, `targets` or `units`"), ("hash" = String, Path, description = "Its hash")), responses(
    (status = 200, body = VersionView, description = "The version"),
))]
pub(crate) async fn show(
    Of(state): Of<State>,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<VersionView>, Refusal> {
    let (kind, hash) = version_of(named)?;
    let (versions, item, report) = acts::reported(&state, kind, &hash).await?;
    let marks = marks(&state).await?;
    let view = tokio::task::spawn_blocking(move || preview::version(&versions, &marks, &item, report));
    view.await.map(Json).map_err(|_| Refusal::Busy)
}

/// Forgets a draft.
#[utoipa::path(delete, path = "/api/library/{kind}/{hash}", operation_id = "discard_version", tag = "library",
    params(("kind" = String, Path, description = "`instruments`, `standards`, `points`, `targets` or `units`"), ("hash" = String, Path, description = "Its hash")), responses(
    (status = 204, description = "Forgotten"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`version_wrong_state`, `version_changed`"),
))]
pub(crate) async fn discard(
    Of(state): Of<State>,
    who: LoggedIn,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let (kind, hash) = version_of(named)?;
    acts::discard(&state, &who.account.name, kind, hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Publishes a version: laptops get it at their next exchange, and what it scores is scored anew.
#[utoipa::path(post, path = "/api/library/{kind}/{hash}/publish", operation_id = "publish_version", tag = "library",
    params(("kind" = String, Path, description = "`instruments`, `standards`, `points`, `targets` or `units`"), ("hash" = String, Path, description = "Its hash")), responses(
    (status = 204, description = "Published"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`version_wrong_state`, `version_changed`, `version_still_used`"),
    (status = 422, body = ProblemView, content_type = "application/problem+json", description = "`version_has_problems`"),
))]
pub(crate) async fn publish(
    Of(state): Of<State>,
    who: LoggedIn,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let (kind, hash) = version_of(named)?;
    acts::publish(&state, &who.account.name, kind, hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Retires a version: the one before counts again. What was made with it stays with it.
#[utoipa::path(post, path = "/api/library/{kind}/{hash}/retire", operation_id = "retire_version", tag = "library",
    params(("kind" = String, Path, description = "`instruments`, `standards`, `points`, `targets` or `units`"), ("hash" = String, Path, description = "Its hash")), responses(
    (status = 204, description = "Retired"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`version_wrong_state`, `version_changed`, `version_last_published`, `version_still_used`"),
    (status = 422, body = ProblemView, content_type = "application/problem+json", description = "`version_has_problems`"),
))]
pub(crate) async fn retire(
    Of(state): Of<State>,
    who: LoggedIn,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let (kind, hash) = version_of(named)?;
    acts::retire(&state, &who.account.name, kind, hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets what a target is to be in a year, with its source: a new version of the targets, in force at once.
#[utoipa::path(post, path = "/api/targets", operation_id = "set_target", tag = "library",
    request_body = TargetForm, responses(
    (status = 204, description = "Set"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`version_changed`"),
    (status = 422, body = ProblemView, content_type = "application/problem+json", description = "`target_bad`, `version_has_problems`"),
))]
pub(crate) async fn set_target(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<TargetForm>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    acts::set_target(&state, &who.account.name, form).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A body of files, as long as it comes on and is not too large.
async fn whole(body: &mut Body) -> Result<Vec<u8>, Refusal> {
    let mut whole = Vec::new();
    let stalled = |_| Refusal::Unreadable;
    while let Some(frame) = tokio::time::timeout(STALL, sync::next_frame(body)).await.map_err(stalled)? {
        let frame = frame.map_err(|_| Refusal::Unreadable)?;
        if whole.len() + frame.len() > LONGEST_UPLOAD {
            return Err(NotDone::TooLarge.into());
        }
        whole.extend_from_slice(&frame);
    }
    Ok(whole)
}

fn kind_of(code: &str) -> Result<LibraryKind, Refusal> {
    LibraryKind::of(code).ok_or(Refusal::NotFound)
}

fn version_of(
    named: Result<Path<(String, String)>, PathRejection>,
) -> Result<(LibraryKind, [u8; 32]), Refusal> {
    let Path((kind, hash)) = named.map_err(|_| Refusal::Unreadable)?;
    Ok((kind_of(&kind)?, hex::parse(&hash).ok_or(Refusal::NotFound)?))
}

async fn marks(state: &State) -> Result<Marks, Refusal> {
    let mut marks = Marks::new();
    for commune in state.storage.commune_marks().await? {
        for (mark, households) in commune.marks {
            *marks.entry(mark).or_default() += u64::from(households);
        }
    }
    Ok(marks)
}
