//! An account's rights as text. The same for every storage.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;

use super::Account;
use crate::view::Role;

pub(super) fn role_text(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Officer => "officer",
        Role::Supervisor => "supervisor",
        Role::Reader => "reader",
    }
}

pub(super) fn role_of(text: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role_text(*role) == text)
}

pub(super) fn communes_text(account: &Account) -> String {
    account.communes.iter().map(CommuneCode::as_str).collect::<Vec<_>>().join(" ")
}

pub(super) fn communes_of(text: &str) -> Option<BTreeSet<CommuneCode>> {
    text.split(' ').filter(|code| !code.is_empty()).map(|code| code.parse().ok()).collect()
}
