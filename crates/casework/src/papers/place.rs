//! Whether a household stands in a paper, and if not, why.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{OnPaper, PaperKind};
use crate::procedure::{Deed, Stage};

/// Whether a household stands in a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It does.
    In,
    /// It is to, and something is missing.
    Out(Missing),
    /// The paper is none for it: it is past that step, or the step is not for it.
    NotFor,
}

/// What is missing, in the order of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// Nothing was asked yet.
    NotBegun,
    /// Its interview is not accepted.
    NotAccepted,
    /// Open answers decide its class.
    NoClass,
    /// The meeting has not agreed.
    NotMet,
    /// Its result is not posted.
    NotPosted,
    /// The posting is not over.
    PostingRuns,
    /// A complaint is to be looked into.
    Complaint,
    /// Its class is provisional.
    Provisional,
    /// It is not recognised.
    NotRecognised,
}

impl Missing {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotBegun => "not_begun",
            Self::NotAccepted => "not_accepted",
            Self::NoClass => "no_class",
            Self::NotMet => "not_met",
            Self::NotPosted => "not_posted",
            Self::PostingRuns => "posting_runs",
            Self::Complaint => "complaint",
            Self::Provisional => "provisional",
            Self::NotRecognised => "not_recognised",
        }
    }
}

/// How many are missing in a paper, by why, in the order of the work.
pub fn missing(places: impl Iterator<Item = Place>) -> BTreeMap<Missing, u32> {
    let mut counts = BTreeMap::new();
    for place in places {
        if let Place::Out(why) = place {
            *counts.entry(why).or_default() += 1;
        }
    }
    counts
}

pub(super) fn of(household: &OnPaper, kind: PaperKind, today: Date) -> Place {
    match kind {
        PaperKind::Review => Place::In,
        PaperKind::Interviews | PaperKind::Explanations => {
            if household.begun {
                Place::In
            } else {
                Place::Out(Missing::NotBegun)
            }
        }
        PaperKind::Meeting => match household.stage {
            Stage::Scored => with_class(household),
            Stage::MeetingAgreed
            | Stage::Complaint
            | Stage::Reverified
            | Stage::Posted
            | Stage::Refused
            | Stage::Recognised
            | Stage::Certified => Place::NotFor,
            Stage::Listed | Stage::Assigned | Stage::MeetingRejected | Stage::Interviewed => {
                before(household)
            }
        },
        PaperKind::Minutes => minutes(household),
        PaperKind::Posting => match household.stage {
            Stage::MeetingAgreed | Stage::Reverified | Stage::Posted => Place::In,
            Stage::Complaint => Place::Out(Missing::Complaint),
            Stage::Scored => Place::Out(Missing::NotMet),
            Stage::Refused | Stage::Recognised | Stage::Certified => Place::NotFor,
            Stage::Listed | Stage::Assigned | Stage::MeetingRejected | Stage::Interviewed => {
                before(household)
            }
        },
        PaperKind::Results => {
            if household.stage >= Stage::Scored {
                with_class(household)
            } else {
                before(household)
            }
        }
        PaperKind::Decisions => decisions(household, today),
        PaperKind::Certificates => recognised(household, |class| household.is_certified(class)),
        PaperKind::DetailPoor | PaperKind::DetailNearPoor => {
            recognised(household, |class| kind.detail_of() == Some(class))
        }
        PaperKind::Interchange => recognised(household, |class| is_decided(household, class)),
    }
}

/// A paper of what was recognised, of some classes.
fn recognised(household: &OnPaper, is_of: impl Fn(&str) -> bool) -> Place {
    match household.recognition() {
        Some((.., class)) if !is_of(&class) => Place::NotFor,
        Some(_) => unless_provisional(household),
        None if household.stage == Stage::Refused => Place::NotFor,
        None => Place::Out(Missing::NotRecognised),
    }
}

/// Minutes are of a meeting that was held, or of the one that is to be.
fn minutes(household: &OnPaper) -> Place {
    match household.meeting() {
        Some((_, true)) => Place::In,
        // Too few agreed, and the interview is made again: the minutes say so.
        Some((Deed::Meeting { passed: false, .. }, false)) if household.stage < Stage::Scored => Place::In,
        Some(_) | None if household.stage == Stage::Scored => with_class(household),
        Some(_) | None => before(household),
    }
}

fn decisions(household: &OnPaper, today: Date) -> Place {
    match household.stage {
        Stage::Recognised | Stage::Certified => {
            let class = household.recognition().map(|(.., class)| class).unwrap_or_default();
            if is_decided(household, &class) { unless_provisional(household) } else { Place::NotFor }
        }
        Stage::Posted => {
            let runs = household.posting().is_some_and(|(_, until, _)| until >= today);
            match &household.class {
                None => Place::Out(Missing::NoClass),
                Some(class) if !is_decided(household, class) => Place::NotFor,
                Some(_) if runs => Place::Out(Missing::PostingRuns),
                Some(_) => unless_provisional(household),
            }
        }
        Stage::Complaint => Place::Out(Missing::Complaint),
        Stage::MeetingAgreed | Stage::Reverified => Place::Out(Missing::NotPosted),
        Stage::Scored => Place::Out(Missing::NotMet),
        Stage::Refused => Place::NotFor,
        Stage::Listed | Stage::Assigned | Stage::MeetingRejected | Stage::Interviewed => before(household),
    }
}

/// Whether one of the two decisions is about a household of that class.
fn is_decided(household: &OnPaper, class: &str) -> bool {
    household.is_certified(class) || household.was_listed()
}

fn with_class(household: &OnPaper) -> Place {
    if household.class.is_some() { Place::In } else { Place::Out(Missing::NoClass) }
}

fn unless_provisional(household: &OnPaper) -> Place {
    if household.provisional { Place::Out(Missing::Provisional) } else { Place::In }
}

/// Of a household before its interview is accepted.
fn before(household: &OnPaper) -> Place {
    Place::Out(if household.begun { Missing::NotAccepted } else { Missing::NotBegun })
}
