//! Where a household is on its way, by the acts that hold: those over the accepted version of its interview, not taken back,
//! and following acts that hold themselves.

use std::collections::BTreeSet;

use rasoat_instrument::InstanceId;

use super::act::{CaseAct, Deed, Proceeding};

/// Where a household is. In this order: of two words that did not see one another the first here counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// On the list, nothing answered.
    Listed,
    /// The same, and somebody is to go there.
    Assigned,
    /// Too few agreed: the interview is to be made again.
    MeetingRejected,
    /// There is an interview, and nobody has accepted it as it is.
    Interviewed,
    /// The interview is accepted.
    Scored,
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

/// How far the interview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interviewed<'a> {
    No,
    Begun,
    /// The version that is accepted as it is.
    Accepted(&'a str),
}

/// A household's way so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way<'a> {
    /// Where it is.
    pub stage: Stage,
    /// The acts that nothing follows yet: two, where two people acted without seeing one another.
    pub last: Vec<&'a CaseAct>,
    /// Acts that are not taken back and hold no more: the interview was changed since, or what they followed was taken back.
    pub lapsed: Vec<&'a CaseAct>,
}

/// Follows a household's acts. `begun`: there is an interview; `accepted`: the version that was accepted, if that is the one
/// that is here.
pub fn way<'a>(proceeding: &'a Proceeding, begun: bool, accepted: Option<&str>) -> Way<'a> {
    let interview = match accepted {
        Some(mark) => Interviewed::Accepted(mark),
        None if begun => Interviewed::Begun,
        None => Interviewed::No,
    };
    let acts: Vec<&CaseAct> = proceeding
        .acts
        .iter()
        .filter(|act| act.withdrawn.is_none() && !matches!(act.deed, Deed::Correction { .. }))
        .collect();
    let holding = holding(&acts, interview);
    let (held, lapsed): (Vec<_>, Vec<_>) = acts.into_iter().partition(|act| holding.contains(&act.id));
    let followed: BTreeSet<&InstanceId> = held.iter().flat_map(|act| &act.after).collect();
    let last: Vec<&CaseAct> = held.into_iter().filter(|act| !followed.contains(&act.id)).collect();
    let stage = match interview {
        Interviewed::Accepted(_) => last.iter().map(|act| stage_of(&act.deed)).min().unwrap_or(Stage::Scored),
        Interviewed::Begun if was_rejected(&lapsed) => Stage::MeetingRejected,
        Interviewed::Begun => Stage::Interviewed,
        Interviewed::No if proceeding.assigned.is_empty() => Stage::Listed,
        Interviewed::No => Stage::Assigned,
    };
    Way { stage, last, lapsed }
}

impl Way<'_> {
    /// Whether two people acted without seeing one another, and nobody has acted over both.
    pub fn is_in_two(&self) -> bool {
        self.last.len() > 1
    }
}

/// The acts that hold. What follows itself in a circle (no honest writer makes that) does not.
fn holding(acts: &[&CaseAct], interview: Interviewed<'_>) -> BTreeSet<InstanceId> {
    let Interviewed::Accepted(mark) = interview else { return BTreeSet::new() };
    let mut holding = BTreeSet::new();
    loop {
        let follows = |act: &&&CaseAct| act.over == mark && act.after.iter().all(|id| holding.contains(id));
        let found: BTreeSet<InstanceId> = acts.iter().filter(follows).map(|act| act.id.clone()).collect();
        if found.len() == holding.len() {
            return found;
        }
        holding = found;
    }
}

/// Whether the last thing that was done was a meeting in which too few agreed.
fn was_rejected(lapsed: &[&CaseAct]) -> bool {
    let followed: BTreeSet<&InstanceId> = lapsed.iter().flat_map(|act| &act.after).collect();
    let last = lapsed.iter().rev().find(|act| !followed.contains(&act.id));
    last.is_some_and(|act| matches!(act.deed, Deed::Meeting { passed: false, .. }))
}

fn stage_of(deed: &Deed) -> Stage {
    match deed {
        Deed::Meeting { passed: true, .. } => Stage::MeetingAgreed,
        Deed::Meeting { passed: false, .. } => Stage::MeetingRejected,
        Deed::Posting { .. } => Stage::Posted,
        Deed::Finding { upheld: false, .. } => Stage::Reverified,
        Deed::Complaint { .. } | Deed::Finding { upheld: true, .. } => Stage::Complaint,
        Deed::Recognition { .. } => Stage::Recognised,
        Deed::Refusal { .. } => Stage::Refused,
        Deed::Certificate { .. } => Stage::Certified,
        // Beside the way; left out before.
        Deed::Correction { .. } => Stage::Scored,
    }
}
