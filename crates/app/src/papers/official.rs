//! Minutes, decisions and certificates: of what was written down, and to be signed where nothing was yet.

use std::collections::BTreeMap;

use rasoat_casework::procedure::Deed;
use rasoat_documents::{
    Certificate, CertificateMember, Decided, Decision, DecisionKind, Head, Minutes, MinutesRow, Outcome,
    Source, pdf,
};

use super::household::{Household, Village};
use super::state::Work;
use crate::error::AppError;
use crate::procedure::Desk;
use crate::projection::{Person, Record};

/// A meeting as its minutes name it. Empty of one that is still to be held.
type MeetingKey = (Option<String>, Option<u32>, [String; 4]);

pub(super) fn minutes(work: &Work<'_>, desk: &Desk<'_>, villages: &[Village]) -> Result<Vec<u8>, AppError> {
    let procedure = desk.procedure.as_ref().ok_or_else(|| AppError::new("procedure_missing"))?;
    let rule = &procedure.meeting;
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
    work.watched(|watch| pdf(&papers, watch))
}

fn met(household: &Household) -> (MeetingKey, MinutesRow) {
    let result = household.result_row();
    let row = MinutesRow {
        head: result.head,
        previous: result.previous,
        class: result.class,
        provisional: result.provisional,
        b1: result.b1,
        b2: result.b2,
        outcome: None,
    };
    match household.meeting() {
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

pub(super) fn decisions(work: &Work<'_>, desk: &Desk<'_>, villages: &[Village]) -> Result<Vec<u8>, AppError> {
    type Key = (String, DecisionKind, Option<String>, String);
    let mut found: BTreeMap<Key, (Head, Vec<Decided>)> = BTreeMap::new();
    for village in villages {
        for household in &village.households {
            let row = household.row();
            let recognised = household.recognition();
            let class = recognised.as_ref().map(|(.., class)| class.clone()).or(row.progress.class.clone());
            let class = class.unwrap_or_default();
            let is_poor = household.is_certified(&class);
            let kind = if is_poor { DecisionKind::Recognition } else { DecisionKind::Escape };
            let (number, on) = recognised.map(|(number, on, _)| (number, on.to_string())).unzip();
            let key = (village.commune.clone(), kind, on, number.unwrap_or_default());
            let new = || (Head { village: None, ..village.head() }, Vec::new());
            found.entry(key).or_insert_with(new).1.push(Decided {
                head: row.head_name.clone(),
                village: row.village_name.clone(),
                members: row.members,
                previous: row.previous_class.clone(),
                class,
                provisional: row.progress.provisional,
            });
        }
    }
    let papers: Vec<Decision> = found
        .into_iter()
        .map(|((_, kind, on, number), (head, rows))| {
            let sources = sources(desk);
            Decision { head, kind, number, on, sources, rows }
        })
        .collect();
    work.watched(|watch| pdf(&papers, watch))
}

pub(super) fn certificates(
    work: &Work<'_>,
    desk: &Desk<'_>,
    villages: &[Village],
) -> Result<Vec<u8>, AppError> {
    let mut papers = Vec::new();
    for village in villages {
        for household in &village.households {
            let Some((decision_number, decision_on, class)) = household.recognition() else { continue };
            papers.push(certificate(
                desk,
                village,
                household,
                (decision_number, decision_on.to_string(), class),
            ));
        }
    }
    work.watched(|watch| pdf(&papers, watch))
}

fn certificate(
    desk: &Desk<'_>,
    village: &Village,
    household: &Household,
    (decision_number, decision_on, class): (String, String, String),
) -> Certificate {
    let row = household.row();
    let made_out = household.last(|deed| match deed {
        Deed::Certificate { number, on } => Some((number.clone(), on.to_string())),
        Deed::Meeting { .. }
        | Deed::Posting { .. }
        | Deed::Complaint { .. }
        | Deed::Finding { .. }
        | Deed::Recognition { .. }
        | Deed::Refusal { .. }
        | Deed::Correction { .. } => None,
    });
    let (number, on) = made_out.unzip();
    let record: &Record = &household.people;
    let people = record.members();
    let head = people.iter().find(|person| person.is_head()).or(people.first());
    let of_head = |name: &str| head.and_then(|head| head.text(name)).unwrap_or_default();
    let worded = |name: &str, code: &str| desk.profile.form.choice_label(name, code).get("vi").to_owned();
    let member = |person: &Person<'_>| {
        let text = |name: &str| person.text(name).unwrap_or_default();
        CertificateMember {
            name: text("full_name"),
            ethnicity: worded("ethnicity", &text("ethnicity")),
            relation: worded("relation", &text("relation")),
            sex: text("sex"),
            born: text("birth").chars().take(4).collect(),
        }
    };
    let place = [row.address.clone().unwrap_or_default(), village.name.clone(), village.commune.clone()];
    let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
    Certificate {
        head: village.head(),
        number: number.unwrap_or_default(),
        on,
        decision_number,
        decision_on,
        holder: row.head_name.clone(),
        ethnicity: worded("ethnicity", &of_head("ethnicity")),
        citizen_id: of_head("citizen_id"),
        address: place.join(", "),
        class,
        provisional: row.progress.provisional,
        sources: sources(desk),
        members: people.iter().map(member).collect(),
    }
}

/// The legal texts that the standard and the procedure name, with how sure each is.
fn sources(desk: &Desk<'_>) -> Vec<Source> {
    let standard = desk.profile.standard_in_force().and_then(|index| desk.profile.standards.get(index));
    let of_standard = standard.map(|ready| ready.standard().sources.clone()).unwrap_or_default();
    let of_procedure = desk.procedure.as_ref().map(|procedure| procedure.sources.clone()).unwrap_or_default();
    let mut found: Vec<Source> = Vec::new();
    for text in of_standard.into_iter().chain(of_procedure) {
        // Both name some texts, each in its own words behind the number.
        if !found.iter().any(|known| numbered(&known.text) == numbered(&text)) {
            // Titles, numbers and dates stand as they were published; what they say is marked where it is used.
            found.push(Source { text, verified: true });
        }
    }
    found
}

/// "Thông tư 07/2021/TT-BLĐTBXH" of whatever is said behind it.
fn numbered(text: &str) -> &str {
    let text = text.split(',').next().unwrap_or(text);
    text.split(" ngày ").next().unwrap_or(text)
}
