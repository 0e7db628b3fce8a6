//! `/api/notice`: what is read out to a household before the questions.

use axum::Json;
use axum::extract::State as Of;
use axum::extract::rejection::JsonRejection;
use rasoat_casework::nfc_name;
use rasoat_instrument::{Node, Question, Text};

use crate::auth::LoggedIn;
use crate::directives::{self, NoticeWord, ONLY, word};
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::{Directive, DirectiveKind};
use crate::time::rfc3339;
use crate::view::{NoticeForm, NoticeVersionView, NoticeView, ProblemView};

/// The question of the form that holds its own notice.
const QUESTION: &str = "notice";
/// Letters at most.
const LONGEST: usize = 4_000;

/// The notice and its versions.
#[utoipa::path(get, path = "/api/notice", operation_id = "show_notice", tag = "rounds", responses(
    (status = 200, body = NoticeView, description = "What holds and what held"),
))]
pub(crate) async fn show(Of(state): Of<State>, _: LoggedIn) -> Result<Json<NoticeView>, Refusal> {
    Ok(Json(view(&state).await?))
}

/// Changes the notice, for the next interview that is opened on a laptop that has heard of it.
#[utoipa::path(post, path = "/api/notice", operation_id = "set_notice", tag = "rounds",
    request_body = NoticeForm, responses(
    (status = 200, body = NoticeView, description = "Said"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`"),
))]
pub(crate) async fn set(
    Of(state): Of<State>,
    who: LoggedIn,
    form: Result<Json<NoticeForm>, JsonRejection>,
) -> Result<Json<NoticeView>, Refusal> {
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let word = NoticeWord { vi: lines(&form.vi), en: lines(&form.en) };
    let is_long = |text: &str| text.chars().count() > LONGEST;
    if is_long(&word.vi) || is_long(&word.en) || (word.vi.is_empty() && !word.en.is_empty()) {
        return Err(Refusal::Incomplete);
    }
    let actor = who.account.name.as_str();
    let of = (DirectiveKind::Notice, ONLY);
    directives::say(&state, (actor, "notice_changed"), of, &word, form.over).await?;
    Ok(Json(view(&state).await?))
}

async fn view(state: &State) -> Result<NoticeView, Refusal> {
    let said = state.storage.directives_of(DirectiveKind::Notice, ONLY.to_owned()).await?;
    let over = said.first().map_or(0, |last| last.number);
    Ok(NoticeView { versions: said.iter().filter_map(version).collect(), form: of_form(state), over })
}

fn version(directive: &Directive) -> Option<NoticeVersionView> {
    let NoticeWord { vi, en } = word(directive)?;
    let (at, by) = (rfc3339(directive.said_at), directive.said_by.clone());
    Some(NoticeVersionView { version: directive.number, vi, en, at, by })
}

/// What the form that is handed out says itself.
fn of_form(state: &State) -> Option<Text> {
    let library = state.library();
    let definition = library.latest()?.plan.definition();
    question(&definition.nodes).map(|question| question.label.clone())
}

fn question(nodes: &[Node]) -> Option<&Question> {
    nodes.iter().find_map(|node| match node {
        Node::Question(asked) => Some(&**asked).filter(|asked| asked.name == QUESTION),
        Node::Group(group) => question(&group.nodes),
        Node::Repeat(repeat) => question(&repeat.nodes),
    })
}

/// What was typed, line by line in shape.
fn lines(text: &str) -> String {
    text.lines().map(nfc_name).collect::<Vec<_>>().join("\n").trim().to_owned()
}
