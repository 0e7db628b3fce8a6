//! Households that may be one, and what people say of them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::household::{HouseholdRowView, MemberView};

/// Why two households may be one, or how little it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateReason {
    /// One member of each has one citizen ID.
    SameCitizenId,
    /// One member of each has one name and day of birth.
    SameNameAndDate,
    /// One member of each has one name and year of birth.
    SameNameAndYear,
    /// One member of each has one name, born a year apart or on other days of a year.
    SameNameAndNearYear,
    /// Those two have different citizen IDs: one is mistyped, or they are two people.
    CitizenIdsDiffer,
    /// Several members in common.
    SeveralMembers,
    /// The heads are among the members in common.
    BothHeads,
    /// Both live in one village.
    SameVillage,
    /// They live in different villages.
    OtherVillage,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct DuplicateReasonView {
    /// Which.
    pub code: DuplicateReason,
    /// Ids of the member of the first and of the second household, where it is about one of each.
    pub members: Option<(String, String)>,
    /// That member's name in the first household; empty where it is not about one.
    pub name: String,
    /// Members in common.
    pub count: u32,
}

/// One of two households side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DuplicateSideView {
    /// As in lists.
    pub row: HouseholdRowView,
    /// Members as last known.
    pub members: Vec<MemberView>,
}

/// Two households that may be one.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DuplicateView {
    /// One.
    pub first: DuplicateSideView,
    /// The other.
    pub second: DuplicateSideView,
    /// How much speaks for it; means something only beside other pairs'.
    pub score: u32,
    /// Why, the strongest first.
    pub reasons: Vec<DuplicateReasonView>,
}

/// A page of pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DuplicatesView {
    /// Pairs in all.
    pub total: u32,
    /// This page, the likeliest first.
    pub pairs: Vec<DuplicateView>,
}

/// A household on the list that may be the one being added.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LikelyHouseholdView {
    /// As in lists.
    pub row: HouseholdRowView,
    /// Why; the second of the members is the one being added.
    pub reasons: Vec<DuplicateReasonView>,
}

/// What somebody says of two households.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
pub struct NotSameForm {
    /// One.
    pub first: String,
    /// The other.
    pub second: String,
    /// Whether they are two; `false` takes that back.
    pub not_same: bool,
}

/// Two households that are one.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
pub struct MergeForm {
    /// The one that stands for both.
    pub kept: String,
    /// The one that leaves lists and counts.
    pub merged: String,
    /// Ids of members of the latter that are to be members of the former too.
    pub take_over: Vec<String>,
}
