//! The HTTP interface: a file per route.

pub(crate) mod accounts;
pub(crate) mod announcements;
pub(crate) mod attachment;
pub(crate) mod audit;
pub(crate) mod blob;
pub(crate) mod communes;
pub(crate) mod conflicts;
pub(crate) mod dataset;
pub(crate) mod devices;
pub(crate) mod duplicates;
pub(crate) mod enrol;
pub(crate) mod export;
pub(crate) mod exports;
pub(crate) mod health;
pub(crate) mod households;
pub(crate) mod inbox;
pub(crate) mod key;
pub(crate) mod library;
pub(crate) mod listing;
pub(crate) mod measures;
pub(crate) mod notice;
pub(crate) mod overview;
pub(crate) mod papers;
pub(crate) mod plan;
pub(crate) mod reports;
pub(crate) mod requests;
pub(crate) mod rounds;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod sync;
pub(crate) mod tokens;

use axum::Router;
use axum::routing::{delete, get, post};
use rasoat_exchange::Door;

use crate::problem::Refusal;
use crate::state::State;
use crate::{assets, http, permission};

/// The longest body of the API; a page of settlements is the largest.
const LONGEST_BODY: usize = 256 * 1024;

/// Every route, with what goes around all of them: what [`serve`](crate::serve) answers with, for a caller without sockets.
pub fn router(state: State) -> Router {
    let api = Router::new()
        .route("/session", post(session::open).get(session::show).delete(session::close))
        .route("/communes", get(communes::list))
        .route("/communes/{code}/households", post(households::list))
        .route("/communes/{code}/conflicts", get(conflicts::list).post(conflicts::settle))
        .route("/communes/{code}/conflicts/rule", post(conflicts::settle_by))
        .route("/households/{commune}/{id}", get(households::show))
        .route("/households/{commune}/{id}/attachments/{name}", get(households::show_attachment))
        .route("/devices", get(devices::list).post(devices::enrol))
        .route("/devices/{id}/households", get(devices::households))
        .route("/devices/{id}/revoke", post(devices::revoke))
        .route("/devices/{id}/aside", post(devices::decide_aside))
        .route("/overview", get(overview::show))
        .route("/communes/{code}/villages", get(overview::villages))
        .route("/households", post(listing::list))
        .route("/duplicates", get(duplicates::list))
        .route("/duplicates/not-same", post(duplicates::note_not_same))
        .route("/conflicts", get(inbox::list))
        .route("/exports/{table}", post(exports::write))
        .route("/reports", get(reports::list))
        .route("/reports/table", get(reports::table))
        .route("/reports/table/households", post(reports::table_households))
        .route("/reports/table/file", post(reports::table_file))
        .route("/reports/targets", get(reports::targets))
        .route("/reports/targets/file", post(reports::targets_file))
        .route("/reports/targets/households", post(reports::target_households))
        .route("/account/password", post(accounts::change_password))
        .route("/account/sessions", get(accounts::own_sessions))
        .route("/account/sessions/{id}", delete(accounts::end_own_session))
        .route("/accounts", get(accounts::list).post(accounts::add))
        .route("/accounts/edit", post(accounts::edit))
        .route("/accounts/reset", post(accounts::reset))
        .route("/accounts/sessions", post(accounts::sessions))
        .route("/accounts/sessions/end", post(accounts::end_sessions))
        .route("/audit", post(audit::page))
        .route("/round", get(rounds::show))
        .route("/round/lock", post(rounds::lock))
        .route("/round/reopen", post(rounds::reopen))
        .route("/round/term", post(rounds::set_term))
        .route("/round/open", post(rounds::open))
        .route("/round/snapshots/{number}/changes", get(rounds::changes))
        .route("/notice", get(notice::show).post(notice::set))
        .route("/communes/{code}/plan", get(plan::show))
        .route("/communes/{code}/plan/areas", post(plan::set_areas))
        .route("/communes/{code}/plan/file", post(plan::take_file))
        .route("/communes/{code}/plan/assignments", post(plan::assign))
        .route("/announcements", get(announcements::list).post(announcements::add))
        .route("/announcements/end", post(announcements::end))
        .route("/library/{kind}", get(library::list).post(library::upload))
        .route("/library/{kind}/{hash}", get(library::show).delete(library::discard))
        .route("/library/{kind}/{hash}/publish", post(library::publish))
        .route("/library/{kind}/{hash}/retire", post(library::retire))
        .route("/targets", post(library::set_target))
        .route("/tokens", get(tokens::list).post(tokens::make))
        .route("/tokens/{id}/revoke", post(tokens::revoke))
        .route("/export/{table}", get(export::page))
        .route("/account/second-factor", get(second_factor::show))
        .route("/account/second-factor/begin", post(second_factor::begin))
        .route("/account/second-factor/confirm", post(second_factor::confirm))
        .route("/account/second-factor/off", post(second_factor::switch_off))
        .route("/accounts/second-factor/reset", post(second_factor::reset))
        .route("/requests", get(requests::list).post(requests::register))
        .route("/requests/{id}", get(requests::show))
        .route("/requests/{id}/acts", post(requests::act))
        .route("/requests/{id}/correction", post(requests::correct))
        .route("/requests/{id}/account", post(requests::account))
        .route("/reports/dataset", post(dataset::write))
        .route("/papers", get(papers::show))
        .route("/papers/file", post(papers::file))
        .route("/reports/poverty", get(measures::show_poverty))
        .route("/reports/poverty/export", post(measures::export_poverty))
        .route("/reports/what-if", get(measures::begin_what_if).post(measures::show_what_if))
        .route("/reports/what-if/export", post(measures::export_what_if))
        // Whatever stands above is denied unless `permission` names it.
        .route_layer(axum::middleware::from_fn_with_state(state.clone(), permission::guard))
        .fallback(http::no_such_route)
        .method_not_allowed_fallback(async || Refusal::MethodNotAllowed)
        .layer(axum::extract::DefaultBodyLimit::max(LONGEST_BODY));
    Router::new()
        .nest("/api", api)
        .route(Door::Exchange.path(), post(sync::exchange).layer(axum::extract::DefaultBodyLimit::disable()))
        .route(
            Door::Key.path(),
            post(key::succeed)
                .layer(axum::extract::DefaultBodyLimit::max(rasoat_exchange::MAX_SUCCESSION_BYTES)),
        )
        .route(
            Door::Blob.path(),
            post(blob::fetch)
                .layer(axum::extract::DefaultBodyLimit::max(rasoat_exchange::MAX_BLOB_REQUEST_BYTES)),
        )
        .route(
            Door::Attachment.path(),
            post(attachment::exchange).layer(axum::extract::DefaultBodyLimit::disable()),
        )
        .route(
            Door::Enrolment.path(),
            post(enrol::fetch)
                .layer(axum::extract::DefaultBodyLimit::max(rasoat_exchange::MAX_ENROL_REQUEST_BYTES)),
        )
        .route("/healthz", get(health::show))
        .route("/readyz", get(health::ready))
        .fallback(assets::show)
        .method_not_allowed_fallback(async || Refusal::MethodNotAllowed)
        .layer(axum::middleware::from_fn_with_state(state.clone(), http::note_request))
        .layer(axum::middleware::from_fn_with_state(state.clone(), http::add_headers))
        .with_state(state)
}
