//! Which communes somebody may see.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;

use crate::auth::LoggedIn;

/// The communes that somebody may see; `None`: all of them.
pub(crate) fn communes_of(_: &LoggedIn) -> Option<BTreeSet<CommuneCode>> {
    None
}

/// Whether somebody may see a commune.
pub(crate) fn sees(who: &LoggedIn, commune: &CommuneCode) -> bool {
    communes_of(who).is_none_or(|communes| communes.contains(commune))
}

/// Of the communes that are asked for, those that somebody may see; all that they may see where none is asked for.
pub(crate) fn within(who: &LoggedIn, asked: Option<CommuneCode>) -> Option<BTreeSet<CommuneCode>> {
    match (asked, communes_of(who)) {
        (None, scope) => scope,
        (Some(asked), None) => Some(BTreeSet::from([asked])),
        (Some(asked), Some(scope)) => Some(scope.into_iter().filter(|code| *code == asked).collect()),
    }
}
