//! What tells households and members apart: the same words for a line of the list and for a household added by hand, so
//! that the list of next month finds it.

use rasoat_casework::fold_name;

/// Identity of a household by its head.
pub(crate) fn household(
    village_name: &str,
    head: &str,
    birth: Option<&str>,
    citizen_id: Option<&str>,
) -> String {
    match citizen_id {
        Some(id) => format!("id:{id}"),
        None => {
            format!("name:{}|{}|{}", fold_name(village_name), fold_name(head), birth.unwrap_or_default())
        }
    }
}

/// Identity of a member.
pub(crate) fn member(name: &str, birth: Option<&str>, citizen_id: Option<&str>) -> String {
    match citizen_id {
        Some(id) => format!("id:{id}"),
        None => format!("name:{}|{}", fold_name(name), birth.unwrap_or_default()),
    }
}
