//! Which household stands in which paper of the procedure, and if not, what is missing. The laptop and the province say it by this alone.

mod place;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::procedure::{CaseAct, Deed, Proceeding, Stage, Way};

pub use place::{Missing, Place, missing};

/// A list or paper of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// The list of households to review.
    Review,
    /// Filled interviews for signature.
    Interviews,
    /// One household's result in plain words.
    Explanations,
    /// The list of results for the meeting.
    Meeting,
    /// Minutes of the meeting.
    Minutes,
    /// The list that is put up.
    Posting,
    /// Decisions of the commune's chairman.
    Decisions,
    /// Certificates of poor and near-poor households.
    Certificates,
    /// The list of results with what was decided.
    Results,
    /// The detailed list of the households recognised as poor.
    DetailPoor,
    /// The same of those near-poor.
    DetailNearPoor,
    /// The interchange workbook of three sheets.
    Interchange,
}

/// Whether citizen IDs stand in full in a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FullIds {
    /// In every one.
    Always,
    /// Where somebody asks for it; masked else.
    OnRequest,
    /// None stands there at all.
    Never,
}

impl PaperKind {
    /// In the order of the work.
    pub const ALL: [Self; 12] = [
        Self::Review,
        Self::Interviews,
        Self::Explanations,
        Self::Meeting,
        Self::Minutes,
        Self::Posting,
        Self::Decisions,
        Self::Certificates,
        Self::Results,
        Self::DetailPoor,
        Self::DetailNearPoor,
        Self::Interchange,
    ];

    /// Stable name, which its file is called by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Interviews => "interviews",
            Self::Explanations => "explanations",
            Self::Meeting => "meeting",
            Self::Minutes => "minutes",
            Self::Posting => "posting",
            Self::Decisions => "decisions",
            Self::Certificates => "certificates",
            Self::Results => "results",
            Self::DetailPoor => "detail_poor",
            Self::DetailNearPoor => "detail_near_poor",
            Self::Interchange => "interchange",
        }
    }

    /// Whether everybody may read it.
    pub fn is_public(self) -> bool {
        self == Self::Posting
    }

    /// Whether citizen IDs stand there in full.
    pub fn full_ids(self) -> FullIds {
        match self {
            Self::Certificates | Self::Interchange => FullIds::Always,
            Self::Interviews => FullIds::OnRequest,
            Self::Review
            | Self::Explanations
            | Self::Meeting
            | Self::Minutes
            | Self::Posting
            | Self::Decisions
            | Self::Results
            | Self::DetailPoor
            | Self::DetailNearPoor => FullIds::Never,
        }
    }

    /// The class of which it is a detailed list.
    pub fn detail_of(self) -> Option<&'static str> {
        match self {
            Self::DetailPoor => Some("poor"),
            Self::DetailNearPoor => Some("near_poor"),
            Self::Review
            | Self::Interviews
            | Self::Explanations
            | Self::Meeting
            | Self::Minutes
            | Self::Posting
            | Self::Decisions
            | Self::Certificates
            | Self::Results
            | Self::Interchange => None,
        }
    }
}

/// A household as papers look at it: how far it is, what was done, and what its interview comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct OnPaper {
    /// Where it is.
    pub stage: Stage,
    /// Whether there is an interview.
    pub begun: bool,
    /// Its class by the interview under the standard in force.
    pub class: Option<String>,
    /// That class is provisional.
    pub provisional: bool,
    /// Class in the list before.
    pub previous: Option<String>,
    /// The acts that are not taken back, and whether each still holds.
    acts: Vec<(CaseAct, bool)>,
    /// Classes that are certified.
    certified: Vec<String>,
}

impl OnPaper {
    /// A household that is that far. `certified`: the classes of which certificates are made out.
    pub fn new(way: &Way<'_>, proceeding: &Proceeding, begun: bool, certified: &[String]) -> Self {
        let standing = proceeding.acts.iter().filter(|act| act.withdrawn.is_none());
        let holds = |act: &CaseAct| !way.lapsed.iter().any(|lapsed| lapsed.id == act.id);
        Self {
            stage: way.stage,
            begun,
            class: None,
            provisional: false,
            previous: None,
            acts: standing.map(|act| (act.clone(), holds(act))).collect(),
            certified: certified.to_vec(),
        }
    }

    /// Whether it stands in a paper that is made on a day.
    pub fn place(&self, kind: PaperKind, today: Date) -> Place {
        place::of(self, kind, today)
    }

    /// Whether it stands in each paper.
    pub fn places(&self) -> Places {
        let over = PaperKind::ALL.map(|kind| self.place(kind, Date::MAX));
        let runs = PaperKind::ALL.map(|kind| self.place(kind, Date::MIN) == Place::Out(Missing::PostingRuns));
        let until = self.posting().map(|(_, until, _)| until);
        Places { over, runs, until }
    }

    /// The last act that holds of which `what` can be said.
    pub fn last<T>(&self, what: impl Fn(&Deed) -> Option<T>) -> Option<T> {
        self.acts.iter().rev().filter(|(_, holds)| *holds).find_map(|(act, _)| what(&act.deed))
    }

    /// The last meeting, and whether it still holds: after one that did not agree the interview is made again.
    pub fn meeting(&self) -> Option<(&Deed, bool)> {
        let met = self.acts.iter().rev().find(|(act, _)| matches!(act.deed, Deed::Meeting { .. }));
        met.map(|(act, holds)| (&act.deed, *holds))
    }

    /// Number, date and class of the recognition.
    pub fn recognition(&self) -> Option<(String, Date, String)> {
        self.last(|deed| match deed {
            Deed::Recognition { number, on, class } => Some((number.clone(), *on, class.clone())),
            Deed::Meeting { .. }
            | Deed::Posting { .. }
            | Deed::Complaint { .. }
            | Deed::Finding { .. }
            | Deed::Refusal { .. }
            | Deed::Certificate { .. }
            | Deed::Correction { .. } => None,
        })
    }

    /// First and last day and place of the posting.
    pub fn posting(&self) -> Option<(Date, Date, String)> {
        self.last(|deed| match deed {
            Deed::Posting { from, until, place } => Some((*from, *until, place.clone())),
            Deed::Meeting { .. }
            | Deed::Complaint { .. }
            | Deed::Finding { .. }
            | Deed::Recognition { .. }
            | Deed::Refusal { .. }
            | Deed::Certificate { .. }
            | Deed::Correction { .. } => None,
        })
    }

    /// Number and date of the certificate.
    pub fn certificate(&self) -> Option<(String, Date)> {
        self.last(|deed| match deed {
            Deed::Certificate { number, on } => Some((number.clone(), *on)),
            Deed::Meeting { .. }
            | Deed::Posting { .. }
            | Deed::Complaint { .. }
            | Deed::Finding { .. }
            | Deed::Recognition { .. }
            | Deed::Refusal { .. }
            | Deed::Correction { .. } => None,
        })
    }

    /// Whether certificates are made out of a class.
    pub fn is_certified(&self, class: &str) -> bool {
        self.certified.iter().any(|known| known == class)
    }

    /// Whether it was poor or near-poor in the list before.
    pub fn was_listed(&self) -> bool {
        self.previous.as_deref().is_some_and(|class| self.is_certified(class))
    }
}

/// Whether a household stands in each paper, on whatever day it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// In the order of [`PaperKind::ALL`], with its posting over.
    over: [Place; PaperKind::ALL.len()],
    /// In which it waits for that.
    runs: [bool; PaperKind::ALL.len()],
    /// The last day of the posting.
    until: Option<Date>,
}

impl Places {
    /// As [`OnPaper::place`].
    pub fn place(&self, kind: PaperKind, today: Date) -> Place {
        let at = PaperKind::ALL.into_iter().position(|known| known == kind).unwrap_or_default();
        let waits = self.runs.get(at) == Some(&true) && self.until.is_some_and(|until| until >= today);
        if waits {
            return Place::Out(Missing::PostingRuns);
        }
        self.over.get(at).copied().unwrap_or(Place::NotFor)
    }
}

#[cfg(test)]
mod tests;
