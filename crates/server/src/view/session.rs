//! Logging in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CommuneRefView;
pub use crate::permission::Act;

/// What a person types to log in.
#[derive(Deserialize, ToSchema)]
pub struct LoginForm {
    /// Account name.
    pub username: String,
    /// Password. Never logged.
    pub password: String,
    /// Code of the account's app, or a recovery code, where the account has a second factor. Never logged.
    #[serde(default)]
    pub code: Option<String>,
}

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, accounts and devices included.
    Administrator,
    /// Sees every household of the province and settles conflicts.
    Officer,
    /// As an officer, in some communes alone.
    Supervisor,
    /// Sees households, of the whole province or of some communes.
    Reader,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Administrator, Self::Officer, Self::Supervisor, Self::Reader];
}

/// The person who is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserView {
    /// Account name.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// The communes it is for; none for the whole province.
    pub communes: Vec<CommuneRefView>,
    /// What the pages may offer.
    pub may: Vec<Act>,
    /// Somebody else chose the password: nothing else before it is changed.
    pub must_change_password: bool,
    /// A second factor is demanded of this account: nothing else before it is set up.
    pub must_set_up_second_factor: bool,
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionView {
    /// Who.
    pub user: UserView,
    /// To be sent back as header `x-rasoat-csrf` with every request that changes something.
    pub csrf: String,
    /// The server's name: "Sở Nông nghiệp và Môi trường tỉnh Lạng Sơn".
    pub server_name: String,
    /// The round's year.
    pub round: u16,
    /// When the session ends unless used before (RFC 3339).
    pub expires_at: String,
}
