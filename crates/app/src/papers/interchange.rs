//! The interchange list of what was recognised.

use rasoat_documents::{Interchange, InterchangeHousehold, InterchangeMember, said};
use rasoat_instrument::Value;

use super::household::{Household, Village};
use super::state::Work;
use crate::app::Opened;
use crate::error::AppError;
use crate::projection::Person;

pub(super) fn write(opened: &Opened, work: &Work<'_>, villages: &[Village]) -> Result<Vec<u8>, AppError> {
    let of_village = |village: &'_ Village| -> Vec<InterchangeHousehold> {
        village.households.iter().filter_map(|household| of(opened, village, household)).collect()
    };
    let list = Interchange {
        round: opened.profile.enrolled.round.0,
        province: said("province", &[]),
        households: villages.iter().flat_map(of_village).collect(),
    };
    work.watched(|watch| list.xlsx(watch))
}

fn of(opened: &Opened, village: &Village, household: &Household) -> Option<InterchangeHousehold> {
    let (number, on, recognised) = household.recognition()?;
    let row = household.row();
    // A household that is neither any more stands on the sheet of what it left.
    let class = match row.previous_class.as_deref() {
        _ if household.is_certified(&recognised) => recognised,
        Some("poor") => "escaped_poor".to_owned(),
        Some("near_poor") => "escaped_near_poor".to_owned(),
        Some(_) | None => recognised,
    };
    let text = |name: &str| household.people.text(name).or_else(|| household.listed.text(name));
    Some(InterchangeHousehold {
        code: row.code.clone(),
        head: row.head_name.clone(),
        commune: row.commune.to_string(),
        commune_name: village.commune.clone(),
        village: row.village_name.clone(),
        address: row.address.clone(),
        phone: text("phone"),
        class: Some(class),
        decision_number: Some(number),
        decision_date: Some(on.to_string()),
        b1: household.b1(),
        b2: household.b2(),
        minority: household.minority,
        no_labour: household.no_labour,
        merit: household.merit,
        causes: causes(opened, household),
        members: household.people.members().iter().map(member).collect(),
    })
}

/// As the interview says, else as the list did.
fn causes(opened: &Opened, household: &Household) -> Vec<String> {
    match household.people.get("poverty_causes") {
        Some(Value::Choices(chosen)) => {
            let label = |name: &String| opened.profile.form.choice_label("poverty_causes", name);
            chosen.iter().map(|name| label(name).get("vi").to_owned()).collect()
        }
        Some(_) | None => {
            let listed = household.listed.text("listed_causes").unwrap_or_default();
            listed.split("; ").filter(|cause| !cause.is_empty()).map(str::to_owned).collect()
        }
    }
}

fn member(person: &Person<'_>) -> InterchangeMember {
    InterchangeMember {
        name: person.text("full_name").unwrap_or_default(),
        relation: person.text("relation"),
        birth: person.text("birth"),
        sex: person.text("sex"),
        citizen_id: person.text("citizen_id"),
        ethnicity: person.text("ethnicity"),
    }
}
