//! What each role may do, and which act each route of the API is: one table each. A route that is not here is denied to everybody.
//!
//! Where an account is for some communes alone, whatever lies elsewhere does not exist for it: it is answered with `not_found`, and
//! lists and counts are made without it. Routes with a commune in their path are held to that here, all others in their handler.

use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request, State as Of};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use rasoat_casework::CommuneCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::LoggedIn;
use crate::problem::Refusal;
use crate::state::State;
use crate::tokens::System;
use crate::view::Role;

/// Something that a role may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Logging in: for everybody.
    LogIn,
    /// One's own session and password: also before the first password is changed.
    OwnAccount,
    /// Counts, lists, households and the files beside them.
    SeeHouseholds,
    /// Deciding between answers that differ.
    SettleConflicts,
    /// Laptops, whose they are and what they hold.
    SeeDevices,
    /// Enrolling and revoking laptops.
    ManageDevices,
    /// Accounts and the sessions of others.
    ManageAccounts,
    /// Who saw and did what.
    SeeAudit,
    /// The round, its lock, the term of retention, the notice, announcements.
    ManageRounds,
    /// A commune's villages: which income line applies, and who does them.
    PlanVillages,
    /// Forms, standards, point tables, targets and code lists.
    ManageInstruments,
    /// The register of requests of people whose data are held, and putting one in it.
    MakeRequests,
    /// Answering requests: giving out what is held, asking for corrections, restricting.
    DecideRequests,
    /// Taking out answers with all that people typed.
    ExportInFull,
    /// Papers in which citizen IDs stand in full.
    PapersInFull,
    /// Trying other lines and rules on what came in.
    TryRules,
    /// Reading tables page by page: for other systems with a token, and for no account.
    ReadExport,
}

impl Act {
    /// All of them.
    pub(crate) const ALL: [Self; 16] = [
        Self::LogIn,
        Self::OwnAccount,
        Self::SeeHouseholds,
        Self::SettleConflicts,
        Self::SeeDevices,
        Self::ManageDevices,
        Self::ManageAccounts,
        Self::SeeAudit,
        Self::ManageRounds,
        Self::PlanVillages,
        Self::ManageInstruments,
        Self::MakeRequests,
        Self::DecideRequests,
        Self::ExportInFull,
        Self::PapersInFull,
        Self::TryRules,
    ];

    /// Whether a role may.
    pub(crate) fn is_for(self, role: Role) -> bool {
        use Role::{Administrator, Officer, Reader, Supervisor};
        match self {
            Self::LogIn | Self::OwnAccount | Self::SeeHouseholds => true,
            Self::ReadExport => false,
            Self::SettleConflicts | Self::SeeDevices | Self::MakeRequests | Self::PapersInFull => {
                match role {
                    Administrator | Officer | Supervisor => true,
                    Reader => false,
                }
            }
            Self::PlanVillages => match role {
                Administrator | Supervisor => true,
                Officer | Reader => false,
            },
            Self::ManageDevices | Self::ManageAccounts | Self::SeeAudit | Self::ManageRounds => match role {
                Administrator => true,
                Officer | Supervisor | Reader => false,
            },
            Self::ManageInstruments => match role {
                Administrator => true,
                Officer | Supervisor | Reader => false,
            },
            Self::ExportInFull => match role {
                Administrator => true,
                Officer | Supervisor | Reader => false,
            },
            Self::DecideRequests | Self::TryRules => match role {
                Administrator | Officer => true,
                Supervisor | Reader => false,
            },
        }
    }
}

/// Which act each route is.
const ROUTES: &[(Method, &str, Act)] = &[
    (Method::POST, "/api/session", Act::LogIn),
    (Method::GET, "/api/session", Act::OwnAccount),
    (Method::DELETE, "/api/session", Act::OwnAccount),
    (Method::POST, "/api/account/password", Act::OwnAccount),
    (Method::GET, "/api/account/sessions", Act::OwnAccount),
    (Method::DELETE, "/api/account/sessions/{id}", Act::OwnAccount),
    (Method::GET, "/api/communes", Act::SeeHouseholds),
    (Method::POST, "/api/communes/{code}/households", Act::SeeHouseholds),
    (Method::GET, "/api/communes/{code}/conflicts", Act::SeeHouseholds),
    (Method::POST, "/api/communes/{code}/conflicts", Act::SettleConflicts),
    (Method::POST, "/api/communes/{code}/conflicts/rule", Act::SettleConflicts),
    (Method::GET, "/api/households/{commune}/{id}", Act::SeeHouseholds),
    (Method::GET, "/api/households/{commune}/{id}/attachments/{name}", Act::SeeHouseholds),
    (Method::GET, "/api/overview", Act::SeeHouseholds),
    (Method::GET, "/api/communes/{code}/villages", Act::SeeHouseholds),
    (Method::POST, "/api/households", Act::SeeHouseholds),
    (Method::GET, "/api/duplicates", Act::SeeHouseholds),
    (Method::POST, "/api/duplicates/not-same", Act::SettleConflicts),
    (Method::GET, "/api/conflicts", Act::SeeHouseholds),
    (Method::POST, "/api/exports/{table}", Act::SeeHouseholds),
    (Method::GET, "/api/reports", Act::SeeHouseholds),
    (Method::GET, "/api/reports/table", Act::SeeHouseholds),
    (Method::POST, "/api/reports/table/households", Act::SeeHouseholds),
    (Method::POST, "/api/reports/table/file", Act::SeeHouseholds),
    (Method::GET, "/api/reports/targets", Act::SeeHouseholds),
    (Method::POST, "/api/reports/targets/file", Act::SeeHouseholds),
    (Method::POST, "/api/reports/targets/households", Act::SeeHouseholds),
    (Method::GET, "/api/devices", Act::SeeDevices),
    (Method::POST, "/api/devices", Act::ManageDevices),
    (Method::GET, "/api/devices/{id}/households", Act::SeeDevices),
    (Method::POST, "/api/devices/{id}/revoke", Act::ManageDevices),
    (Method::POST, "/api/devices/{id}/aside", Act::ManageDevices),
    (Method::GET, "/api/accounts", Act::ManageAccounts),
    (Method::POST, "/api/accounts", Act::ManageAccounts),
    (Method::POST, "/api/accounts/edit", Act::ManageAccounts),
    (Method::POST, "/api/accounts/reset", Act::ManageAccounts),
    (Method::POST, "/api/accounts/sessions", Act::ManageAccounts),
    (Method::POST, "/api/accounts/sessions/end", Act::ManageAccounts),
    (Method::POST, "/api/audit", Act::SeeAudit),
    (Method::GET, "/api/round", Act::ManageRounds),
    (Method::POST, "/api/round/lock", Act::ManageRounds),
    (Method::POST, "/api/round/reopen", Act::ManageRounds),
    (Method::POST, "/api/round/term", Act::ManageRounds),
    (Method::GET, "/api/round/snapshots/{number}/changes", Act::ManageRounds),
    (Method::GET, "/api/notice", Act::ManageRounds),
    (Method::POST, "/api/notice", Act::ManageRounds),
    (Method::GET, "/api/communes/{code}/plan", Act::PlanVillages),
    (Method::POST, "/api/communes/{code}/plan/areas", Act::PlanVillages),
    (Method::POST, "/api/communes/{code}/plan/file", Act::PlanVillages),
    (Method::POST, "/api/communes/{code}/plan/assignments", Act::PlanVillages),
    (Method::GET, "/api/announcements", Act::SeeHouseholds),
    (Method::POST, "/api/announcements", Act::ManageRounds),
    (Method::POST, "/api/announcements/end", Act::ManageRounds),
    (Method::GET, "/api/library/{kind}", Act::ManageInstruments),
    (Method::POST, "/api/library/{kind}", Act::ManageInstruments),
    (Method::GET, "/api/library/{kind}/{hash}", Act::ManageInstruments),
    (Method::DELETE, "/api/library/{kind}/{hash}", Act::ManageInstruments),
    (Method::POST, "/api/library/{kind}/{hash}/publish", Act::ManageInstruments),
    (Method::POST, "/api/library/{kind}/{hash}/retire", Act::ManageInstruments),
    (Method::POST, "/api/targets", Act::ManageInstruments),
    (Method::GET, "/api/tokens", Act::ManageAccounts),
    (Method::POST, "/api/tokens", Act::ManageAccounts),
    (Method::POST, "/api/tokens/{id}/revoke", Act::ManageAccounts),
    (Method::GET, "/api/export/{table}", Act::ReadExport),
    (Method::GET, "/api/account/second-factor", Act::OwnAccount),
    (Method::POST, "/api/account/second-factor/begin", Act::OwnAccount),
    (Method::POST, "/api/account/second-factor/confirm", Act::OwnAccount),
    (Method::POST, "/api/account/second-factor/off", Act::OwnAccount),
    (Method::POST, "/api/accounts/second-factor/reset", Act::ManageAccounts),
    (Method::GET, "/api/requests", Act::MakeRequests),
    (Method::POST, "/api/requests", Act::MakeRequests),
    (Method::GET, "/api/requests/{id}", Act::MakeRequests),
    (Method::POST, "/api/requests/{id}/acts", Act::DecideRequests),
    (Method::POST, "/api/requests/{id}/correction", Act::DecideRequests),
    (Method::POST, "/api/requests/{id}/account", Act::DecideRequests),
    (Method::POST, "/api/round/open", Act::ManageRounds),
    (Method::POST, "/api/reports/dataset", Act::SeeHouseholds),
    (Method::GET, "/api/papers", Act::SeeHouseholds),
    (Method::POST, "/api/papers/file", Act::SeeHouseholds),
    (Method::GET, "/api/reports/poverty", Act::SeeHouseholds),
    (Method::POST, "/api/reports/poverty/export", Act::SeeHouseholds),
    (Method::GET, "/api/reports/what-if", Act::TryRules),
    (Method::POST, "/api/reports/what-if", Act::TryRules),
    (Method::POST, "/api/reports/what-if/export", Act::TryRules),
];

/// Stands before every route of the API.
pub(crate) async fn guard(Of(state): Of<State>, request: Request, next: Next) -> Result<Response, Refusal> {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.ok_or(Refusal::NotFound)?;
    let act = act_of(request.method(), &path)?;
    if act == Act::LogIn {
        return Ok(next.run(request).await);
    }
    let (mut parts, body) = request.into_parts();
    if System::is_one(&parts) {
        let system = System::of(&parts, &state, act).await?;
        parts.extensions.insert(system);
        return Ok(next.run(Request::from_parts(parts, body)).await);
    }
    let who = LoggedIn::from_request_parts(&mut parts, &state).await?;
    if !act.is_for(who.account.role) {
        return Err(Refusal::NotAllowed);
    }
    if who.account.must_change && act != Act::OwnAccount {
        return Err(Refusal::MustChangePassword);
    }
    if who.must_set_up && act != Act::OwnAccount {
        return Err(Refusal::MustSetUpSecondFactor);
    }
    let named = RawPathParams::from_request_parts(&mut parts, &state).await;
    for (name, value) in &named.map_err(|_| Refusal::Unreadable)? {
        if matches!(name, "code" | "commune")
            && let Ok(commune) = value.parse::<CommuneCode>()
        {
            who.must_see(&commune)?;
        }
    }
    parts.extensions.insert(who);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Whether a route is the one by which people log in.
pub(crate) fn is_log_in(method: &Method, path: &str) -> bool {
    act_of(method, path).is_ok_and(|act| act == Act::LogIn)
}

fn act_of(method: &Method, path: &str) -> Result<Act, Refusal> {
    let asked = if method == Method::HEAD { &Method::GET } else { method };
    let mut of_path = ROUTES.iter().filter(|(_, route, _)| *route == path).peekable();
    if of_path.peek().is_none() {
        return Err(Refusal::NotFound);
    }
    of_path.find(|(method, _, _)| method == asked).map(|(_, _, act)| *act).ok_or(Refusal::MethodNotAllowed)
}
