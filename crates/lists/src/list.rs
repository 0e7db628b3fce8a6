//! What a list says.

use rasoat_casework::{CitizenId, CommuneCode};

use crate::problem::ListProblem;

/// A list with everything that is wrong in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HouseholdList {
    /// Its columns of place.
    pub layout: Layout,
    /// Households that can be taken in, in the order of the workbook.
    pub households: Vec<ListedHousehold>,
    /// What is wrong, in the order of the workbook; repetitions last.
    pub problems: Vec<ListProblem>,
    /// Households that cannot be taken in.
    pub refused: u32,
    /// Where each of those begins.
    pub left_out: Vec<LeftOut>,
    /// Rows of members that were read.
    pub rows: u32,
}

/// A household that cannot be taken in; the problems of its rows say why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Sheet name.
    pub sheet: String,
    /// Its first row as Excel numbers it.
    pub row: u32,
    /// The head's name, if there is one.
    pub head: String,
}

/// The columns of place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// Province and commune: since July 2025.
    #[default]
    TwoTier,
    /// With district: its codes are those of before July 2025.
    WithDistrict,
}

impl Layout {
    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TwoTier => "two_tier",
            Self::WithDistrict => "with_district",
        }
    }
}

/// Which of the three sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    /// Poor and near-poor households after the review.
    Current,
    /// Households that left poverty.
    EscapedPoor,
    /// Households that left near-poverty.
    EscapedNearPoor,
}

/// One household of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedHousehold {
    /// Sheet name.
    pub sheet: String,
    /// Its first row as Excel numbers it.
    pub row: u32,
    /// Code of the commune in force.
    pub commune: CommuneCode,
    /// Village name, NFC.
    pub village_name: String,
    /// Address within the commune, if given.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// The province's household code, if the list has one.
    pub code: Option<String>,
    /// The head's name, NFC.
    pub head: String,
    /// Everybody, the head included.
    pub members: Vec<ListedMember>,
    /// `poor`, `near_poor`, `average`, `not_poor`, `escaped_poor`, `escaped_near_poor`.
    pub class: Option<String>,
    /// B1 points.
    pub b1: Option<f64>,
    /// B2 points.
    pub b2: Option<f64>,
    /// Number of the decision that recognised it.
    pub decision_number: Option<String>,
    /// Date of that decision: `2025-12-14` or a year.
    pub decision_date: Option<String>,
    /// Marked as a household of an ethnic minority.
    pub minority: bool,
    /// Marked as a household without anybody able to work.
    pub no_labour: bool,
    /// Marked as a household with a person of merit.
    pub merit: bool,
    /// Causes of poverty, as written.
    pub causes: Vec<String>,
    /// Whether the list speaks of no members beside the head.
    pub heads_only: bool,
    /// What tells this household from others in its commune, the same whenever the list is read again: the head's citizen
    /// ID where nobody else in the list has it, else village, folded name and birth. Personal.
    pub identity: String,
}

/// One member of a listed household.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedMember {
    /// Row as Excel numbers it.
    pub row: u32,
    /// Name, NFC.
    pub name: String,
    /// Code of the relation to the head: `head`, `spouse`, …
    pub relation: Option<String>,
    /// `1984-03-12` or `1987`.
    pub birth: Option<String>,
    /// `male` or `female`.
    pub sex: Option<String>,
    /// Citizen ID.
    pub citizen_id: Option<CitizenId>,
    /// Code of the ethnic group: `01` … `56`.
    pub ethnicity: Option<String>,
    /// What tells this member from others of the household: the citizen ID, else folded name and birth, numbered where
    /// equal. Personal.
    pub identity: String,
}

impl ListedHousehold {
    /// The head among the members.
    pub fn head_member(&self) -> Option<&ListedMember> {
        self.members.iter().find(|member| member.relation.as_deref() == Some("head"))
    }
}
