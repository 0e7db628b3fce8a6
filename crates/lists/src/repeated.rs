//! What stands in a list twice: household codes, citizen IDs, whole households.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rasoat_casework::fold_name;

use crate::list::{HouseholdList, LeftOut, ListedHousehold};
use crate::problem::{ListProblem, ProblemCode};

/// Reports repetitions, gives every household its identity and keeps the first of equal households.
pub(crate) fn report(list: &mut HouseholdList) {
    let mut codes: HashMap<String, (String, u32)> = HashMap::new();
    let mut people: HashMap<String, (String, u32, usize)> = HashMap::new();
    let mut shared: BTreeSet<String> = BTreeSet::new();
    for (index, household) in list.households.iter().enumerate() {
        if let Some(code) = &household.code {
            let here = (household.sheet.clone(), household.row);
            if let Some((sheet, row)) = codes.get(code) {
                list.problems.push(problem(
                    household,
                    household.row,
                    ProblemCode::DuplicateCode,
                    sheet,
                    *row,
                    false,
                ));
            } else {
                codes.insert(code.clone(), here);
            }
        }
        for member in &household.members {
            let Some(id) = &member.citizen_id else { continue };
            if let Some((sheet, row, other)) = people.get(id.as_str()) {
                // The whole household standing twice is said once, below.
                if !same_household(household, &list.households[*other]) {
                    list.problems.push(problem(
                        household,
                        member.row,
                        ProblemCode::DuplicateCitizenId,
                        sheet,
                        *row,
                        false,
                    ));
                    shared.insert(id.as_str().to_owned());
                }
            } else {
                people.insert(id.as_str().to_owned(), (household.sheet.clone(), member.row, index));
            }
        }
    }
    let mut seen: HashMap<(String, String), (String, u32)> = HashMap::new();
    let mut kept = Vec::with_capacity(list.households.len());
    for mut household in std::mem::take(&mut list.households) {
        household.identity = identity(&household, &shared);
        let key = (household.commune.to_string(), household.identity.clone());
        if let Some((sheet, row)) = seen.get(&key) {
            list.problems.push(problem(
                &household,
                household.row,
                ProblemCode::DuplicateHousehold,
                sheet,
                *row,
                true,
            ));
            list.refused += 1;
            let (sheet, row) = (household.sheet, household.row);
            list.left_out.push(LeftOut { sheet, row, head: household.head });
        } else {
            seen.insert(key, (household.sheet.clone(), household.row));
            kept.push(household);
        }
    }
    list.households = kept;
}

fn same_household(one: &ListedHousehold, other: &ListedHousehold) -> bool {
    one.commune == other.commune && fold_name(&one.head) == fold_name(&other.head) && {
        let id =
            |household: &ListedHousehold| household.head_member().and_then(|head| head.citizen_id.clone());
        id(one) == id(other)
    }
}

fn identity(household: &ListedHousehold, shared: &BTreeSet<String>) -> String {
    let head = household.head_member();
    match head.and_then(|head| head.citizen_id.as_ref()).filter(|id| !shared.contains(id.as_str())) {
        Some(id) => format!("id:{}", id.as_str()),
        None => format!(
            "name:{}|{}|{}",
            fold_name(&household.village_name),
            fold_name(&household.head),
            head.and_then(|head| head.birth.as_deref()).unwrap_or_default()
        ),
    }
}

fn problem(
    household: &ListedHousehold,
    row: u32,
    code: ProblemCode,
    other_sheet: &str,
    other_row: u32,
    refuses: bool,
) -> ListProblem {
    let params = BTreeMap::from([
        ("other_sheet".to_owned(), other_sheet.to_owned()),
        ("other_row".to_owned(), other_row.to_string()),
    ]);
    ListProblem { sheet: household.sheet.clone(), row, column: String::new(), code, params, refuses }
}
