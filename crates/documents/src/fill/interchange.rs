//! The interchange list of what was recognised.

use super::{Household, Village};
use crate::interchange::{Interchange, InterchangeHousehold};
use crate::words::said;

/// The list of a round. Each household is let go of as it is taken over.
pub fn interchange(round: u16, villages: Vec<Village>) -> Interchange {
    let mut households = Vec::new();
    for mut village in villages {
        for household in std::mem::take(&mut village.households) {
            households.extend(of(&village, household));
        }
    }
    Interchange { round, province: said("province", &[]), households }
}

pub(super) fn of(village: &Village, household: Household) -> Option<InterchangeHousehold> {
    let Household { on_paper, code, head, address, b1, b2, details, .. } = household;
    let (number, on, recognised) = on_paper.recognition()?;
    // A household that is neither any more stands on the sheet of what it left.
    let class = match on_paper.previous.as_deref() {
        _ if on_paper.is_certified(&recognised) => recognised,
        Some("poor") => "escaped_poor".to_owned(),
        Some("near_poor") => "escaped_near_poor".to_owned(),
        Some(_) | None => recognised,
    };
    Some(InterchangeHousehold {
        code,
        head,
        commune: village.commune.clone(),
        commune_name: village.commune_name.clone(),
        village: village.name.clone(),
        address,
        phone: details.phone,
        class: Some(class),
        decision_number: Some(number),
        decision_date: Some(on.to_string()),
        b1,
        b2,
        minority: details.minority,
        no_labour: details.no_labour,
        merit: details.merit,
        causes: details.causes,
        members: details.people,
    })
}
