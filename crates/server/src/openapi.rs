//! The API's description, from which the dashboard's types are generated.

use utoipa::OpenApi;

use crate::routes;

#[derive(OpenApi)]
#[openapi(
    info(title = "Rà Soát", description = "The province's dashboard API."),
    paths(
        routes::session::open,
        routes::session::show,
        routes::session::close,
        routes::communes::list,
        routes::households::list,
        routes::households::show,
        routes::households::show_attachment,
        routes::devices::list,
        routes::devices::enrol,
        routes::devices::households,
        routes::devices::revoke,
        routes::devices::decide_aside,
        routes::conflicts::list,
        routes::conflicts::settle,
        routes::conflicts::settle_by,
        routes::overview::show,
        routes::overview::villages,
        routes::listing::list,
        routes::duplicates::list,
        routes::duplicates::note_not_same,
        routes::inbox::list,
        routes::exports::write,
        routes::accounts::change_password,
        routes::accounts::own_sessions,
        routes::accounts::end_own_session,
        routes::accounts::list,
        routes::accounts::add,
        routes::accounts::edit,
        routes::accounts::reset,
        routes::accounts::sessions,
        routes::accounts::end_sessions,
        routes::audit::page,
        routes::rounds::show,
        routes::rounds::lock,
        routes::rounds::reopen,
        routes::rounds::set_term,
        routes::rounds::changes,
        routes::notice::show,
        routes::notice::set,
        routes::plan::show,
        routes::plan::set_areas,
        routes::plan::take_file,
        routes::plan::assign,
        routes::announcements::list,
        routes::announcements::add,
        routes::announcements::end,
        routes::library::list,
        routes::library::upload,
        routes::library::show,
        routes::library::discard,
        routes::library::publish,
        routes::library::retire,
        routes::library::set_target,
    )
)]
struct Api;

/// The OpenAPI document as JSON, with a final line break.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi() -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&Api::openapi())? + "\n")
}
