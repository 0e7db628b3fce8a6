//! The API's description, from which the dashboard's types are generated.

use axum::http::Method;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, Required, ResponseBuilder};
use utoipa::{Modify, OpenApi, PartialSchema as _};

use crate::auth::CSRF_HEADER;
use crate::{permission, routes};

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
        routes::reports::list,
        routes::reports::table,
        routes::reports::table_households,
        routes::reports::table_file,
        routes::reports::targets,
        routes::reports::targets_file,
        routes::reports::target_households,
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
        routes::tokens::list,
        routes::tokens::make,
        routes::tokens::revoke,
        routes::export::page,
        routes::second_factor::show,
        routes::second_factor::begin,
        routes::second_factor::confirm,
        routes::second_factor::switch_off,
        routes::second_factor::reset,
        routes::requests::list,
        routes::requests::register,
        routes::requests::show,
        routes::requests::act,
        routes::requests::correct,
        routes::requests::account,
        routes::rounds::open,
        routes::dataset::write,
        routes::papers::show,
        routes::papers::file,
        routes::measures::show_poverty,
        routes::measures::export_poverty,
        routes::measures::begin_what_if,
        routes::measures::show_what_if,
        routes::measures::export_what_if,
    ),
    modifiers(&EveryRoute)
)]
struct Api;

/// What every route asks and may answer, where it does not say more of it itself.
struct EveryRoute;

type Answer = (&'static str, &'static str);

impl EveryRoute {
    const ANSWERS: [Answer; 3] =
        [("401", "`not_logged_in`"), ("503", "`server_busy`"), ("507", "`disk_full`")];
    const TO_WHO_LOOKS: Answer =
        ("403", "`not_allowed`, `password_must_change`, `second_factor_must_set_up`");
    const TO_WHO_ACTS: Answer =
        ("403", "`bad_csrf`, `not_allowed`, `password_must_change`, `second_factor_must_set_up`");
    /// Where something is asked for that can be written wrongly.
    const OF_ASKED: Answer = ("400", "`unreadable`");
    /// Where something is named in the address: it may be none, or out of sight.
    const OF_NAMED: Answer = ("404", "`not_found`");

    fn complete(path: &str, method: &Method, operation: &mut Operation) {
        let (acts, is_named) = (*method != Method::GET, path.contains('{'));
        let asks = is_named || operation.request_body.is_some() || operation.parameters.is_some();
        let answers = Self::ANSWERS.into_iter();
        let answers = answers.chain([if acts { Self::TO_WHO_ACTS } else { Self::TO_WHO_LOOKS }]);
        let answers = answers.chain(asks.then_some(Self::OF_ASKED)).chain(is_named.then_some(Self::OF_NAMED));
        for (status, description) in answers {
            let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemView"))).build();
            let answer = ResponseBuilder::new().description(description);
            let answer = answer.content("application/problem+json", problem).build();
            operation.responses.responses.entry(status.to_owned()).or_insert_with(|| answer.into());
        }
        if acts && !permission::is_log_in(method, path) {
            let token = ParameterBuilder::new()
                .name(CSRF_HEADER)
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some("`csrf` of the session"))
                .schema(Some(String::schema()));
            operation.parameters.get_or_insert_default().push(token.build().into());
        }
    }
}

impl Modify for EveryRoute {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        if let Some(components) = &mut api.components {
            let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
            components.add_security_scheme("token", SecurityScheme::Http(token));
        }
        for (path, PathItem { get, post, delete, .. }) in &mut api.paths.paths {
            for (method, operation) in [(Method::GET, get), (Method::POST, post), (Method::DELETE, delete)] {
                if let Some(operation) = operation {
                    Self::complete(path, &method, operation);
                }
            }
        }
    }
}

/// The OpenAPI document as JSON, with a final line break.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi() -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&Api::openapi())? + "\n")
}
