//! Minutes, decisions and certificates: of what was written down, and to be signed where nothing was yet.

use std::collections::BTreeMap;

use rasoat_casework::procedure::{Deed, MeetingRule};

use super::{Household, Village};
use crate::interchange::InterchangeMember;
use crate::official::{
    Certificate, CertificateMember, Decided, Decision, DecisionKind, Minutes, MinutesRow, Outcome, Source,
};
use crate::table::Head;

/// A meeting as its minutes name it. Empty of one that is still to be held.
type MeetingKey = (Option<String>, Option<u32>, [String; 4]);

/// A decision: the commune, which of the two, when and under which number. Nothing of one that is still to be made.
type DecisionKey = (String, DecisionKind, Option<String>, String);

/// Minutes of each meeting.
pub fn minutes(villages: &[Village], rule: &MeetingRule) -> Vec<Minutes> {
    let mut papers = Vec::new();
    for village in villages {
        let mut meetings: BTreeMap<MeetingKey, Vec<MinutesRow>> = BTreeMap::new();
        for household in &village.households {
            let (key, row) = met(household);
            meetings.entry(key).or_default().push(row);
        }
        let of = |(key, rows): (MeetingKey, Vec<MinutesRow>)| {
            let (on, attended, [number, chair, secretary, representative]) = key;
            Minutes {
                head: village.head(),
                number,
                on,
                attended,
                chair,
                secretary,
                representative,
                share_percent: rule.share_percent,
                share_source: Source::new(&rule.provenance.source, rule.provenance.confidence),
                rows,
            }
        };
        papers.extend(meetings.into_iter().map(of));
    }
    papers
}

fn met(household: &Household) -> (MeetingKey, MinutesRow) {
    let on_paper = &household.on_paper;
    let row = MinutesRow {
        head: household.head.clone(),
        previous: on_paper.previous.clone(),
        class: on_paper.class.clone(),
        provisional: on_paper.provisional,
        b1: household.b1,
        b2: household.b2,
        outcome: None,
    };
    match on_paper.meeting() {
        Some((
            Deed::Meeting { on, attended, agreed, passed, minutes, chair, secretary, representative },
            holds,
        )) if holds || !passed => {
            let people = [minutes, chair, secretary, representative].map(Clone::clone);
            let outcome = Some(Outcome { agreed: *agreed, passed: *passed });
            // What the interview comes to by now is not what that meeting spoke of.
            let row = if holds { row } else { MinutesRow { class: None, b1: None, b2: None, ..row } };
            ((Some(on.to_string()), Some(*attended), people), MinutesRow { outcome, ..row })
        }
        Some(_) | None => ((None, None, Default::default()), row),
    }
}

/// The decisions of each commune, by their numbers.
pub fn decisions(villages: &[Village], sources: &[Source]) -> Vec<Decision> {
    let mut found: BTreeMap<DecisionKey, (Head, Vec<Decided>)> = BTreeMap::new();
    for village in villages {
        for household in &village.households {
            let on_paper = &household.on_paper;
            let recognised = on_paper.recognition();
            let class = recognised.as_ref().map(|(.., class)| class.clone()).or(on_paper.class.clone());
            let class = class.unwrap_or_default();
            let is_poor = on_paper.is_certified(&class);
            let kind = if is_poor { DecisionKind::Recognition } else { DecisionKind::Escape };
            let (number, on) = recognised.map(|(number, on, _)| (number, on.to_string())).unzip();
            let key = (village.commune_name.clone(), kind, on, number.unwrap_or_default());
            let new = || (Head { village: None, ..village.head() }, Vec::new());
            found.entry(key).or_insert_with(new).1.push(Decided {
                head: household.head.clone(),
                village: village.name.clone(),
                members: household.members,
                previous: on_paper.previous.clone(),
                class,
                provisional: on_paper.provisional,
            });
        }
    }
    let decision = |((_, kind, on, number), (head, rows)): (DecisionKey, (Head, Vec<Decided>))| Decision {
        head,
        kind,
        number,
        on,
        sources: sources.to_vec(),
        rows,
    };
    found.into_iter().map(decision).collect()
}

/// Certificates of those that are recognised. `worded`: the words of a choice of a question.
pub fn certificates(
    villages: &[Village],
    sources: &[Source],
    worded: impl Fn(&str, &str) -> String,
) -> Vec<Certificate> {
    let mut papers = Vec::new();
    for village in villages {
        for household in &village.households {
            if let Some((number, on, class)) = household.on_paper.recognition() {
                let decision = (number, on.to_string(), class);
                papers.push(certificate((village, household), decision, sources, &worded));
            }
        }
    }
    papers
}

fn certificate(
    (village, household): (&Village, &Household),
    (decision_number, decision_on, class): (String, String, String),
    sources: &[Source],
    worded: &impl Fn(&str, &str) -> String,
) -> Certificate {
    let (number, on) = household.on_paper.certificate().unzip();
    let people = &household.details.people;
    let is_head = |member: &&InterchangeMember| member.relation.as_deref() == Some("head");
    let head = people.iter().find(is_head).or(people.first());
    let ethnicity =
        |member: &InterchangeMember| worded("ethnicity", member.ethnicity.as_deref().unwrap_or_default());
    let member = |member: &InterchangeMember| CertificateMember {
        name: member.name.clone(),
        ethnicity: ethnicity(member),
        relation: worded("relation", member.relation.as_deref().unwrap_or_default()),
        sex: member.sex.clone().unwrap_or_default(),
        born: member.birth.as_deref().unwrap_or_default().chars().take(4).collect(),
    };
    let place = [household.address.as_deref().unwrap_or_default(), &village.name, &village.commune_name];
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    Certificate {
        head: village.head(),
        number: number.unwrap_or_default(),
        on: on.map(|on| on.to_string()),
        decision_number,
        decision_on,
        holder: household.head.clone(),
        ethnicity: head.map(ethnicity).unwrap_or_default(),
        citizen_id: head.and_then(|head| head.citizen_id.clone()).unwrap_or_default(),
        address: place.join(", "),
        class,
        provisional: household.on_paper.provisional,
        sources: sources.to_vec(),
        members: people.iter().map(member).collect(),
    }
}
