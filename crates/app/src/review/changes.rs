//! What an interview says otherwise than the list of last year.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_instrument::{POSITION, Path, Value};

use crate::view::ListChangeView;

/// The field by which a person is named.
const NAME: &str = "full_name";

/// Each question that the list has a word on and the interview another, and each person who came or went. `carried` is what the
/// list says where the form asks the same.
pub(super) fn against_list(
    carried: &BTreeMap<Path, Value>,
    answers: &BTreeMap<Path, Value>,
) -> Vec<ListChangeView> {
    let (before, after) = (people(carried), people(answers));
    let mut changes = Vec::new();
    // Before anybody was listed nobody came.
    let came = after.difference(&before).filter(|_| !before.is_empty());
    for (person, from, to) in before
        .difference(&after)
        .map(|person| (person, name(carried, person), None))
        .chain(came.map(|person| (person, None, name(answers, person))))
    {
        changes.push(ListChangeView { path: person.to_string(), before: from, after: to });
    }
    for (path, value) in carried.iter().filter(|(path, _)| path.facet().is_none()) {
        let stayed = path.enclosing_instance().is_none_or(|person| after.contains(&person));
        let told = answers.get(path);
        if stayed && path.field_name() != Some(POSITION) && told != Some(value) {
            changes.push(ListChangeView {
                path: path.to_string(),
                before: Some(value.to_string()),
                after: told.map(ToString::to_string),
            });
        }
    }
    changes
}

fn people(of: &BTreeMap<Path, Value>) -> BTreeSet<Path> {
    of.keys().filter_map(Path::enclosing_instance).collect()
}

fn name(of: &BTreeMap<Path, Value>, person: &Path) -> Option<String> {
    Some(person.child(NAME).ok().and_then(|path| of.get(&path)).map(ToString::to_string).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(of: &[(&str, &str)]) -> BTreeMap<Path, Value> {
        of.iter().map(|(path, value)| (path.parse().unwrap(), Value::Text((*value).to_owned()))).collect()
    }

    #[test]
    fn what_differs_from_the_list_is_told_with_both_values_and_people_by_name() {
        let carried = texts(&[
            ("address", "Ngõ 1"),
            ("phone", "0912"),
            ("members.a.full_name", "Nông Văn Thử"),
            ("members.b.full_name", "Hoàng Thị Thử"),
            ("members.b.position_", "2"),
        ]);
        let answers = texts(&[
            ("address", "Ngõ 2"),
            ("phone", "0912"),
            ("members.b.full_name", "Hoàng Thị Thử"),
            ("members.c.full_name", "Lý Thị Thử"),
            ("roof", "tile"),
        ]);
        let told = against_list(&carried, &answers);
        let told: Vec<_> =
            told.iter().map(|one| (&*one.path, one.before.as_deref(), one.after.as_deref())).collect();
        assert!(told.contains(&("members.a", Some("Nông Văn Thử"), None)), "{told:?}");
        assert!(told.contains(&("members.c", None, Some("Lý Thị Thử"))), "{told:?}");
        assert!(told.contains(&("address", Some("Ngõ 1"), Some("Ngõ 2"))), "{told:?}");
        assert!(!told.iter().any(|(path, ..)| ["phone", "roof", "members.b.full_name"].contains(path)));
    }

    #[test]
    fn of_a_household_that_was_on_no_list_nothing_has_changed() {
        assert!(against_list(&BTreeMap::new(), &texts(&[("members.c.full_name", "Lý Thị Thử")])).is_empty());
    }
}
