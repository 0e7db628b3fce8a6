//! Accounts, their sessions, and who did what.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CommuneRefView, Role};

/// An account as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountView {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The communes it is for; none for the whole province.
    pub communes: Vec<CommuneRefView>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last logged in (RFC 3339).
    pub last_login_at: Option<String>,
    /// Since when it may not log in (RFC 3339).
    pub disabled_at: Option<String>,
    /// Somebody else chose the password in use.
    pub must_change_password: bool,
    /// It logs in with a second factor.
    pub second_factor: bool,
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
pub struct NewAccountForm {
    /// Its name: letters, digits, spaces, `.`, `-` and `_`; compared without case and tones.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Codes of the communes it is for; none for the whole province.
    pub communes: Vec<String>,
}

/// What an account is to be like from now on.
#[derive(Deserialize, ToSchema)]
pub struct AccountForm {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Codes of the communes it is for; none for the whole province.
    pub communes: Vec<String>,
    /// Whether it may not log in.
    pub disabled: bool,
}

/// An account by name. In the body: a person's name must not stand in an address.
#[derive(Deserialize, ToSchema)]
pub struct AccountNameForm {
    /// Its name.
    pub name: String,
}

/// Ends sessions of an account.
#[derive(Deserialize, ToSchema)]
pub struct EndSessionsForm {
    /// Whose.
    pub name: String,
    /// The one of this id; all but one's own where it is left out.
    #[serde(default)]
    pub id: Option<String>,
}

/// A password that is shown this once.
#[derive(Serialize, ToSchema)]
pub struct PasswordShownView {
    /// Whose.
    pub name: String,
    /// For the first log-in alone.
    pub password: String,
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordForm {
    /// The one in use. Never logged.
    pub old: String,
    /// The next one. Never logged.
    pub new: String,
}

/// One's own second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SecondFactorView {
    /// Since when it is in force (RFC 3339); none before.
    pub since: Option<String>,
    /// Recovery codes that were not used.
    pub recovery_codes: u32,
    /// Accounts of this role must have one.
    pub demanded: bool,
}

/// What an app counts codes from; shown this once.
#[derive(Serialize, ToSchema)]
pub struct SecondFactorSecretView {
    /// To be typed into the app, in base 32.
    pub secret: String,
    /// The side of the picture that the app reads instead.
    pub picture_side: u32,
    /// The picture's dark squares as an SVG path.
    pub picture: String,
}

/// A code of one's app, or a recovery code.
#[derive(Deserialize, ToSchema)]
pub struct CodeForm {
    /// Never logged.
    pub code: String,
}

/// Codes for who lost the app, each for one use; shown this once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// The codes.
    pub codes: Vec<String>,
}

/// An open session of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenSessionView {
    /// What it is ended by; opens nothing.
    pub id: String,
    /// When it was opened (RFC 3339).
    pub opened_at: String,
    /// When it was last used, to the minute (RFC 3339).
    pub used_at: String,
    /// `firefox`, `edge`, `opera`, `coc_coc`, `chrome`, `safari` or `other`.
    pub browser: String,
    /// `windows`, `macos`, `android`, `ios`, `linux` or `other`.
    pub system: String,
    /// The session that asks.
    pub current: bool,
}

/// Which lines of the audit log are asked for; what is empty or left out asks for all.
#[derive(Deserialize, ToSchema)]
#[serde(default)]
pub struct AuditForm {
    /// Account name.
    pub actor: String,
    /// Code of the act.
    pub act: String,
    /// Part of the ids it was about.
    pub object: String,
    /// First day, `2026-10-01`, in Việt Nam.
    pub from: Option<String>,
    /// Last day, in Việt Nam.
    pub until: Option<String>,
    /// Lines passed over.
    pub offset: u32,
    /// Lines at most.
    pub limit: u32,
}

impl Default for AuditForm {
    fn default() -> Self {
        let empty = String::new;
        Self { actor: empty(), act: empty(), object: empty(), from: None, until: None, offset: 0, limit: 100 }
    }
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditPageView {
    /// How many lines there are in all.
    pub total: u64,
    /// Those asked for.
    pub lines: Vec<AuditLineView>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditLineView {
    /// Its number.
    pub number: u64,
    /// When (RFC 3339).
    pub at: String,
    /// Account name, `command_line` or `unknown`.
    pub actor: String,
    /// Code of what was done.
    pub act: String,
    /// Ids it was about.
    pub object: String,
}
