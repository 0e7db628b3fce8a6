//! Which communes a list is made of.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;

use crate::auth::LoggedIn;

/// Of the communes that are asked for, those that somebody may see; all that they may see where none is asked for. `None`: all
/// communes there are.
pub(crate) fn within(who: &LoggedIn, asked: Option<CommuneCode>) -> Option<BTreeSet<CommuneCode>> {
    match (asked, who.communes()) {
        (None, scope) => scope,
        (Some(asked), None) => Some(BTreeSet::from([asked])),
        (Some(asked), Some(scope)) => Some(scope.into_iter().filter(|code| *code == asked).collect()),
    }
}
