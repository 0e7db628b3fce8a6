//! Refusals over HTTP, as `application/problem+json`.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rasoat_exchange::{PROBLEM_CONTENT_TYPE, Problem, ProblemCode};

use crate::accounts::AccountError;
use crate::admission::NoRoom;
use crate::directives::SayError;
use crate::enrol::EnrolError;
use crate::intake::NotOpened;
use crate::library::LibraryError;
use crate::library::acts::NotDone;
use crate::password::Weakness;
use crate::requests::NotActed;
use crate::storage::StorageError;
use crate::view::ProblemView;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No session, or an ended one.
    NotLoggedIn,
    /// Wrong name or password: nothing tells which.
    WrongPassword,
    /// Too many failures under this name.
    LockedOut { retry_after_s: i64 },
    /// A request that is not a GET without the session's token.
    BadCsrf,
    /// Only for administrators.
    NotAllowed,
    /// A commune that is not on the code list, or none at all.
    UnknownCommune,
    /// No such route, commune or household.
    NotFound,
    /// The route does not take this method.
    MethodNotAllowed,
    /// The request is not what the route takes.
    Unreadable,
    /// Too much at once, or the storage does not answer.
    Busy,
    /// The disk is full: nothing was stored.
    DiskFull,
    /// A refusal of the exchange.
    Exchange(Problem),
    /// Somebody else chose this account's password: nothing else before it is changed.
    MustChangePassword,
    /// The password in use that was typed is not the one.
    WrongOldPassword,
    /// The new password is the one in use.
    SamePassword,
    /// A password that would be guessed.
    WeakPassword(Weakness),
    /// Not a name for an account.
    BadAccountName,
    /// There is an account of this name.
    AccountExists,
    /// This role needs communes, or may have none.
    WrongScope,
    /// Nobody takes rights from, or resets, themselves here.
    OwnAccount,
    /// Somebody else said something of it since it was looked at.
    ChangedMeanwhile,
    /// A round is not locked before it is said for how long laptops keep it.
    NoTerm,
    /// Something that is needed is missing, or out of what it may be.
    Incomplete,
    /// A file of villages, by line from 1, and why.
    VillagesFile { line: u64, reason: &'static str },
    /// Something is not done with a version of a form, standard, …
    Version(NotDone),
    /// The password was right; a code of the account's app is asked for.
    SecondFactorNeeded,
    /// Neither the app's code nor a recovery code, or one that was used.
    WrongCode,
    /// There is a second factor in force.
    SecondFactorOn,
    /// There is no second factor to be confirmed.
    SecondFactorNotBegun,
    /// A second factor is demanded of this account: nothing else before it is set up.
    MustSetUpSecondFactor,
    /// No such token, or one that was revoked or whose time is over.
    WrongToken,
    /// A last day that is over, too far, or none at all.
    WrongEnd,
    /// Processed no further at somebody's request: for whoever keeps the register alone.
    Restricted,
    /// A request that was answered already.
    RequestClosed,
    /// A request by another right.
    RequestOtherRight,
    /// Restricted is what is restricted already, lifted what is not, said what was said.
    RequestNothingToDo,
    /// A round is not opened before the one before it is locked.
    RoundOpen,
    /// Reports are being counted: so many households of so many.
    ReportsPreparing { done: u32, of: u32 },
    /// Whoever asked is gone.
    Cancelled,
    /// Nobody would stand in a paper.
    PapersNothing,
    /// All who would stand in a paper have a provisional class: so many of them.
    PapersProvisional { households: usize },
    /// More than so many households at once, or a place that is too large for a paper of this kind.
    PapersTooMany { most: usize },
}

impl Refusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn | Self::WrongPassword | Self::SecondFactorNeeded => StatusCode::UNAUTHORIZED,
            Self::LockedOut { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::BadCsrf | Self::NotAllowed | Self::MustChangePassword | Self::WrongOldPassword => {
                StatusCode::FORBIDDEN
            }
            Self::AccountExists
            | Self::OwnAccount
            | Self::ChangedMeanwhile
            | Self::NoTerm
            | Self::RoundOpen
            | Self::SecondFactorOn
            | Self::SecondFactorNotBegun
            | Self::RequestClosed
            | Self::RequestOtherRight
            | Self::RequestNothingToDo => StatusCode::CONFLICT,
            Self::Restricted => StatusCode::FORBIDDEN,
            Self::PapersNothing | Self::PapersProvisional { .. } | Self::PapersTooMany { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::WrongToken => StatusCode::UNAUTHORIZED,
            Self::WrongEnd => StatusCode::BAD_REQUEST,
            Self::WrongCode | Self::MustSetUpSecondFactor => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unreadable
            | Self::UnknownCommune
            | Self::SamePassword
            | Self::WeakPassword(_)
            | Self::BadAccountName
            | Self::WrongScope
            | Self::Incomplete
            | Self::VillagesFile { .. } => StatusCode::BAD_REQUEST,
            Self::Version(why) => match why {
                NotDone::Changed | NotDone::WrongState | NotDone::LastPublished | NotDone::StillUsed => {
                    StatusCode::CONFLICT
                }
                NotDone::HasProblems | NotDone::BadTarget => StatusCode::UNPROCESSABLE_ENTITY,
                NotDone::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            },
            Self::Busy | Self::Cancelled | Self::ReportsPreparing { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Exchange(problem) => match problem.code {
                ProblemCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                ProblemCode::UnknownDevice | ProblemCode::DeviceRevoked | ProblemCode::BadSignature => {
                    StatusCode::FORBIDDEN
                }
                ProblemCode::ProtocolTooNew | ProblemCode::ProtocolTooOld => StatusCode::UPGRADE_REQUIRED,
                ProblemCode::UnknownCode => StatusCode::NOT_FOUND,
                ProblemCode::ServerBusy => StatusCode::SERVICE_UNAVAILABLE,
                ProblemCode::UnknownDictionary | ProblemCode::Unreadable | ProblemCode::Other => {
                    StatusCode::BAD_REQUEST
                }
            },
        }
    }

    pub(crate) fn view(self) -> ProblemView {
        let (code, params) = match self {
            Self::NotLoggedIn => ("not_logged_in", BTreeMap::new()),
            Self::WrongPassword => ("wrong_password", BTreeMap::new()),
            Self::LockedOut { retry_after_s } => {
                ("locked_out", BTreeMap::from([("retry_after_s".to_owned(), retry_after_s.to_string())]))
            }
            Self::BadCsrf => ("bad_csrf", BTreeMap::new()),
            Self::NotAllowed => ("not_allowed", BTreeMap::new()),
            Self::UnknownCommune => ("unknown_commune", BTreeMap::new()),
            Self::NotFound => ("not_found", BTreeMap::new()),
            Self::MethodNotAllowed => ("method_not_allowed", BTreeMap::new()),
            Self::Unreadable => ("unreadable", BTreeMap::new()),
            Self::Busy => ("server_busy", BTreeMap::new()),
            Self::Cancelled => ("cancelled", BTreeMap::new()),
            Self::PapersNothing => ("papers_nothing", BTreeMap::new()),
            Self::PapersProvisional { households } => {
                ("papers_provisional", BTreeMap::from([("households".to_owned(), households.to_string())]))
            }
            Self::PapersTooMany { most } => {
                ("papers_too_many", BTreeMap::from([("most".to_owned(), most.to_string())]))
            }
            Self::DiskFull => ("disk_full", BTreeMap::new()),
            Self::Exchange(problem) => (problem.code.as_str(), problem.params),
            Self::MustChangePassword => ("password_must_change", BTreeMap::new()),
            Self::WrongOldPassword => ("wrong_old_password", BTreeMap::new()),
            Self::SamePassword => ("password_same", BTreeMap::new()),
            Self::WeakPassword(Weakness::Short) => ("password_short", BTreeMap::new()),
            Self::WeakPassword(Weakness::Long) => ("password_long", BTreeMap::new()),
            Self::WeakPassword(Weakness::LikeName) => ("password_like_name", BTreeMap::new()),
            Self::WeakPassword(Weakness::Common) => ("password_common", BTreeMap::new()),
            Self::BadAccountName => ("bad_account_name", BTreeMap::new()),
            Self::AccountExists => ("account_exists", BTreeMap::new()),
            Self::WrongScope => ("wrong_scope", BTreeMap::new()),
            Self::OwnAccount => ("own_account", BTreeMap::new()),
            Self::ChangedMeanwhile => ("changed_meanwhile", BTreeMap::new()),
            Self::NoTerm => ("no_term", BTreeMap::new()),
            Self::RoundOpen => ("round_open", BTreeMap::new()),
            Self::Incomplete => ("incomplete", BTreeMap::new()),
            Self::ReportsPreparing { done, of } => {
                let params = [("done", done.to_string()), ("of", of.to_string())];
                ("reports_preparing", params.map(|(name, value)| (name.to_owned(), value)).into())
            }
            Self::VillagesFile { line, reason } => {
                let params = [("line", line.to_string()), ("reason", reason.to_owned())];
                ("villages_file", params.map(|(name, value)| (name.to_owned(), value)).into())
            }
            Self::Version(NotDone::Changed) => ("version_changed", BTreeMap::new()),
            Self::Version(NotDone::WrongState) => ("version_wrong_state", BTreeMap::new()),
            Self::Version(NotDone::LastPublished) => ("version_last_published", BTreeMap::new()),
            Self::Version(NotDone::StillUsed) => ("version_still_used", BTreeMap::new()),
            Self::Version(NotDone::HasProblems) => ("version_has_problems", BTreeMap::new()),
            Self::Version(NotDone::TooLarge) => ("upload_too_large", BTreeMap::new()),
            Self::Version(NotDone::BadTarget) => ("target_bad", BTreeMap::new()),
            Self::WrongToken => ("wrong_token", BTreeMap::new()),
            Self::WrongEnd => ("wrong_end", BTreeMap::new()),
            Self::Restricted => ("household_restricted", BTreeMap::new()),
            Self::RequestClosed => ("request_closed", BTreeMap::new()),
            Self::RequestOtherRight => ("request_other_right", BTreeMap::new()),
            Self::RequestNothingToDo => ("request_nothing_to_do", BTreeMap::new()),
            Self::SecondFactorNeeded => ("second_factor_needed", BTreeMap::new()),
            Self::WrongCode => ("wrong_code", BTreeMap::new()),
            Self::SecondFactorOn => ("second_factor_on", BTreeMap::new()),
            Self::SecondFactorNotBegun => ("second_factor_not_begun", BTreeMap::new()),
            Self::MustSetUpSecondFactor => ("second_factor_must_set_up", BTreeMap::new()),
        };
        ProblemView { code: code.to_owned(), params }
    }
}

/// Seconds after which a busy server may be asked again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");
/// Seconds after which somebody may have made room on the disk.
const RETRY_WHEN_FULL: HeaderValue = HeaderValue::from_static("300");

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let retry = if let Self::LockedOut { retry_after_s } = &self {
            Some(HeaderValue::from(*retry_after_s))
        } else {
            match status {
                StatusCode::SERVICE_UNAVAILABLE => Some(RETRY_AFTER),
                StatusCode::INSUFFICIENT_STORAGE => Some(RETRY_WHEN_FULL),
                _ => None,
            }
        };
        let body = serde_json::to_vec(&self.view()).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_CONTENT_TYPE));
        if let Some(retry) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, retry);
        }
        response
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Exchange(problem)
    }
}

impl From<NoRoom> for Refusal {
    fn from(_: NoRoom) -> Self {
        Self::Exchange(ProblemCode::ServerBusy.into())
    }
}

impl From<EnrolError> for Refusal {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::NoCommune | EnrolError::UnknownCommune(_) => Self::UnknownCommune,
            EnrolError::Storage(error) => error.into(),
            EnrolError::Villages { line, code } => Self::VillagesFile { line, reason: code },
            EnrolError::File(_) | EnrolError::Seal | EnrolError::DataDir(_) | EnrolError::NoRandomness(_) => {
                tracing::error!("a laptop cannot be enrolled");
                Self::Busy
            }
        }
    }
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Name => Self::BadAccountName,
            AccountError::Exists => Self::AccountExists,
            AccountError::Scope => Self::WrongScope,
            AccountError::UnknownCommune => Self::UnknownCommune,
            AccountError::NoAccount => Self::NotFound,
            AccountError::NoRandomness(_) => Self::Busy,
            AccountError::Storage(error) => error.into(),
        }
    }
}

impl From<SayError> for Refusal {
    fn from(error: SayError) -> Self {
        match error {
            SayError::Meanwhile => Self::ChangedMeanwhile,
            SayError::Storage(error) => error.into(),
        }
    }
}

impl From<NotActed> for Refusal {
    fn from(why: NotActed) -> Self {
        match why {
            NotActed::Meanwhile => Self::ChangedMeanwhile,
            NotActed::Closed => Self::RequestClosed,
            NotActed::OtherRight => Self::RequestOtherRight,
            NotActed::NothingToDo => Self::RequestNothingToDo,
            NotActed::Storage(error) => error.into(),
        }
    }
}

impl From<NotOpened> for Refusal {
    fn from(error: NotOpened) -> Self {
        match error {
            NotOpened::Refused(code) => Problem::from(code).into(),
            NotOpened::Storage(error) => error.into(),
        }
    }
}

impl From<NotDone> for Refusal {
    fn from(why: NotDone) -> Self {
        Self::Version(why)
    }
}

impl From<LibraryError> for Refusal {
    fn from(error: LibraryError) -> Self {
        tracing::error!(%error, "library");
        match error {
            LibraryError::Storage(error) => error.into(),
            LibraryError::Instrument(_)
            | LibraryError::Standard { .. }
            | LibraryError::Procedure { .. }
            | LibraryError::Figures { .. }
            | LibraryError::Units(_)
            | LibraryError::Missing(_) => Self::Busy,
        }
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        tracing::error!(%error, "storage");
        match error {
            StorageError::DiskFull => Self::DiskFull,
            StorageError::Busy
            | StorageError::NotOpened
            | StorageError::Exists
            | StorageError::Damaged(_)
            | StorageError::Failed(_) => Self::Busy,
        }
    }
}
