//! `POST /api/reports/dataset`: all interviews as tables for statisticians.

use std::collections::BTreeSet;

use axum::Json;
use axum::body::Body;
use axum::extract::State as Of;
use axum::extract::rejection::JsonRejection;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use rasoat_casework::CommuneCode;
use tokio::sync::mpsc;

use super::exports::{PIECES, Pieces};
use crate::auth::{self, LoggedIn};
use crate::dataset::{self, Order};
use crate::permission::Act;
use crate::problem::Refusal;
use crate::state::State;
use crate::view::{DatasetForm, ProblemView};

/// Letters of a reason at most.
const LONGEST_REASON: usize = 500;

/// The data set as one ZIP. A POST, because it carries words and is noted.
#[utoipa::path(post, path = "/api/reports/dataset", operation_id = "export_dataset", tag = "reports",
    request_body = DatasetForm, responses(
    (status = 200, body = String, content_type = "application/zip", description = "Tables as CSV, `codebook.csv`, `codebook_values.csv`, Stata and SPSS syntax in two languages, and `contents.csv`, which comes last"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `unknown_commune`, `incomplete`: in full without a reason"),
    (status = 404, body = ProblemView, content_type = "application/problem+json", description = "`not_found`: a commune that does not exist for this account"),
))]
pub(crate) async fn write(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<DatasetForm>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let communes = match &form.commune {
        None => who.communes(),
        Some(code) => {
            let commune = code.parse::<CommuneCode>().map_err(|_| Refusal::Unreadable)?;
            who.must_see(&commune)?;
            Some(BTreeSet::from([commune]))
        }
    };
    let (name, actor) = (if form.full { "dataset_full" } else { "dataset" }, &who.account.name);
    if form.full {
        let reason = form.reason.trim();
        if !who.may(Act::ExportInFull) {
            return Err(Refusal::NotAllowed);
        }
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(Refusal::Incomplete);
        }
        auth::note_act(&state, actor, "exported_in_full", reason).await?;
    }
    let object = form.commune.as_ref().map_or_else(|| name.to_owned(), |code| format!("{name}/{code}"));
    auth::note_act(&state, actor, "exported", &object).await?;
    let (pieces, body) = mpsc::channel(PIECES);
    tokio::spawn(dataset::produce(state, Order { communes, form }, pieces));
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.zip\"")),
    ];
    Ok((headers, Body::new(Pieces(body))).into_response())
}
