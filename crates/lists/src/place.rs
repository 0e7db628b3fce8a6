//! Which commune in force a household belongs to.

use std::collections::BTreeMap;

use rasoat_casework::{CommuneCode, Units};

use crate::list::Layout;
use crate::problem::ProblemCode;
use crate::words::plain;

/// A commune, with what had to be said about it: `Err` where none was found.
pub(crate) struct Place {
    pub(crate) commune: Option<CommuneCode>,
    pub(crate) problem: Option<(ProblemCode, BTreeMap<String, String>)>,
}

fn say(code: ProblemCode, params: &[(&str, &str)]) -> Option<(ProblemCode, BTreeMap<String, String>)> {
    Some((code, params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
}

/// Finds the commune by its code, else by its name. With a district the code is of the old list, where some codes in force
/// named another extent.
pub(crate) fn find(units: &Units, layout: Layout, code: Option<&str>, name: Option<&str>) -> Place {
    let digits = code.map(|code| format!("{:0>5}", code.trim()));
    let parsed: Option<CommuneCode> = digits.as_deref().and_then(|digits| digits.parse().ok());
    if let Some(code) = parsed {
        let in_force = units.communes.contains_key(&code);
        let mapped = units.old_to_new.get(&code).filter(|new| !new.is_empty());
        match (layout, mapped) {
            (Layout::WithDistrict, Some(new)) => return old(&code, new),
            (Layout::WithDistrict | Layout::TwoTier, _) if in_force => {
                return Place { commune: Some(code), problem: None };
            }
            (Layout::TwoTier, Some(new)) => return old(&code, new),
            (Layout::WithDistrict | Layout::TwoTier, _) => {}
        }
    }
    match name.and_then(|name| by_name(units, name)) {
        Some(found) => {
            let problem = say(ProblemCode::CommuneByName, &[("new", found.as_str())]);
            Place { commune: Some(found), problem }
        }
        None => {
            let params = digits.as_deref().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let problem = say(ProblemCode::UnknownCommune, params.map(|code| ("code", code)).as_slice());
            Place { commune: None, problem }
        }
    }
}

fn old(code: &CommuneCode, new: &[CommuneCode]) -> Place {
    let Some((default, others)) = new.split_first() else { return Place { commune: None, problem: None } };
    let problem = if !others.is_empty() {
        let others = others.iter().map(CommuneCode::as_str).collect::<Vec<_>>().join(", ");
        say(
            ProblemCode::DividedCommune,
            &[("old", code.as_str()), ("new", default.as_str()), ("others", &others)],
        )
    } else if code == default {
        None
    } else {
        say(ProblemCode::OldCommuneMapped, &[("old", code.as_str()), ("new", default.as_str())])
    };
    Place { commune: Some(default.clone()), problem }
}

/// By name with or without its kind; `None` also when two have it.
fn by_name(units: &Units, name: &str) -> Option<CommuneCode> {
    let wanted = plain(name);
    let bare = without_kind(&wanted);
    let mut found = units.communes.values().filter(|commune| plain(&commune.name) == bare);
    let first = found.next()?;
    found.next().is_none().then(|| first.code.clone())
}

fn without_kind(plain_name: &str) -> &str {
    ["xa ", "phuong ", "thi tran "]
        .iter()
        .find_map(|kind| plain_name.strip_prefix(kind))
        .unwrap_or(plain_name)
}

/// An address as `village, commune, …`: its village, and the commune if one of its parts names one.
pub(crate) fn of_address(units: &Units, address: &str) -> (Option<String>, Option<CommuneCode>) {
    let parts: Vec<&str> = address.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let commune = parts.iter().skip(1).find_map(|part| by_name(units, part));
    let named_village = parts.iter().find(|part| {
        let words = plain(part);
        ["thon ", "ban ", "khoi ", "to ", "xom "].iter().any(|kind| words.starts_with(kind))
    });
    let village = named_village.or_else(|| parts.first()).map(|part| (*part).to_owned());
    (village, commune)
}
