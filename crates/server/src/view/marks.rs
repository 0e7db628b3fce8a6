//! Codes by which households are counted and picked out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a household is on its way through the round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureStage {
    /// On the list, nothing answered.
    #[default]
    Listed,
    /// The same, and somebody is to go there.
    Assigned,
    /// Too few agreed: the interview is to be made again.
    MeetingRejected,
    /// There is an interview, and nobody has accepted it as it is.
    Interviewed,
    /// The interview is accepted.
    Accepted,
    /// The meeting agreed.
    MeetingAgreed,
    /// A complaint is to be looked into.
    Complaint,
    /// A complaint was looked into, and the result stays as it was.
    Reverified,
    /// The result is posted.
    Posted,
    /// Not recognised.
    Refused,
    /// Recognised.
    Recognised,
    /// A certificate was made out.
    Certified,
}

impl ProcedureStage {
    /// Every stage, in the order of the way.
    pub(crate) const ALL: [Self; 12] = [
        Self::Listed,
        Self::Assigned,
        Self::MeetingRejected,
        Self::Interviewed,
        Self::Accepted,
        Self::MeetingAgreed,
        Self::Complaint,
        Self::Reverified,
        Self::Posted,
        Self::Refused,
        Self::Recognised,
        Self::Certified,
    ];

    /// The stage of that code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == code)
    }

    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Assigned => "assigned",
            Self::MeetingRejected => "meeting_rejected",
            Self::Interviewed => "interviewed",
            Self::Accepted => "accepted",
            Self::MeetingAgreed => "meeting_agreed",
            Self::Complaint => "complaint",
            Self::Reverified => "reverified",
            Self::Posted => "posted",
            Self::Refused => "refused",
            Self::Recognised => "recognised",
            Self::Certified => "certified",
        }
    }
}

/// What is doubtful in a household: to be looked at, never wrong by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The laptop showed another class than the same answers come to here.
    ClassDiffers,
    /// Signed, and the answers come to no class.
    SignedWithoutClass,
    /// The interview is dated after the day on which it came in.
    DatedAhead,
    /// The head of an interviewed household has no citizen ID.
    NoCitizenId,
    /// A citizen ID that nobody can have.
    ImpossibleCitizenId,
    /// One citizen ID twice in the household.
    CitizenIdTwice,
    /// A citizen ID that does not fit the year of birth.
    BirthAgainstCitizenId,
}

impl Check {
    /// Every check.
    pub const ALL: [Self; 7] = [
        Self::ClassDiffers,
        Self::SignedWithoutClass,
        Self::DatedAhead,
        Self::NoCitizenId,
        Self::ImpossibleCitizenId,
        Self::CitizenIdTwice,
        Self::BirthAgainstCitizenId,
    ];

    /// The check of that code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.as_str() == code)
    }

    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClassDiffers => "class_differs",
            Self::SignedWithoutClass => "signed_without_class",
            Self::DatedAhead => "dated_ahead",
            Self::NoCitizenId => "no_citizen_id",
            Self::ImpossibleCitizenId => "impossible_citizen_id",
            Self::CitizenIdTwice => "citizen_id_twice",
            Self::BirthAgainstCitizenId => "birth_against_citizen_id",
        }
    }
}
