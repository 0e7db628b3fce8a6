//! The board of a village, and a household with all that was done.

use std::collections::BTreeSet;

use rasoat_casework::procedure::{CaseAct, Deed, Procedure, Way};
use rasoat_store::{HouseholdQuery, HouseholdRow, HouseholdSort, Reader, StoreError};

use super::looked::{Desk, Looked};
use crate::app::App;
use crate::bundle::devices::DeviceBook;
use crate::error::AppError;
use crate::household::{all_rows, need_row, parse_id, parse_village, village_key};
use crate::moment::{moment, rfc3339};
use crate::profile::Profile;
use crate::users;
use crate::view::{
    ProcedureActState, ProcedureActView, ProcedureBoardView, ProcedureHouseholdView, ProcedureStepView,
    ProcedureView, ProcedureVillageView, ProcedureWithdrawalView,
};

impl App {
    /// A village's households; without a village the first that has some.
    ///
    /// # Errors
    /// `unknown_village`
    pub fn procedure_board(&self, village: Option<&str>) -> Result<ProcedureBoardView, AppError> {
        let opened = self.need_open()?;
        let now = self.now();
        let profile = &opened.profile;
        opened.store.read(|reader| {
            let desk = Desk::of(profile, reader, now)?;
            let villages: Vec<ProcedureVillageView> = reader
                .villages()?
                .into_iter()
                .filter(|known| known.households > 0)
                .map(|known| ProcedureVillageView {
                    id: village_key(&known.village.commune, &known.village.id),
                    name: known.village.name,
                    commune_name: profile.commune_name(&known.village.commune),
                    households: known.households,
                })
                .collect();
            let first = || villages.first().map(|village| village.id.clone());
            let village = village.map(str::to_owned).or_else(first);
            let mut rows = Vec::new();
            let mut people = known_people(profile, reader)?;
            for row in
                village.as_deref().map(|village| rows_of(reader, village)).transpose()?.unwrap_or_default()
            {
                let looked = Looked::at(&desk, reader, row)?;
                people.extend(looked.proceeding.assigned.iter().cloned());
                rows.push(looked.view(&desk));
            }
            Ok(ProcedureBoardView {
                procedure: desk.procedure.as_ref().map(|procedure| procedure_view(&desk, procedure)),
                locked_at: desk.locked_at.map(rfc3339),
                villages,
                village,
                rows,
                people: people.into_iter().collect(),
            })
        })
    }

    /// One household with all that was done.
    pub fn procedure_household(&self, household: &str) -> Result<ProcedureHouseholdView, AppError> {
        let opened = self.need_open()?;
        let id = parse_id(household)?;
        let now = self.now();
        opened.store.read(|reader| {
            let desk = Desk::of(&opened.profile, reader, now)?;
            let looked = Looked::at(&desk, reader, need_row(reader, id)?)?;
            let way = looked.way();
            let acts = looked.proceeding.acts.iter().rev();
            Ok(ProcedureHouseholdView {
                row: looked.view(&desk),
                village: village_key(&looked.row.commune, &looked.row.village),
                locked_at: desk.locked_at.map(rfc3339),
                known: desk.procedure.is_some(),
                acts: acts.map(|act| act_view(act, &way)).collect(),
            })
        })
    }
}

/// Households of a village by the head's name.
fn rows_of(reader: &Reader<'_>, village: &str) -> Result<Vec<HouseholdRow>, AppError> {
    let (commune, village) = parse_village(village)?;
    Ok(all_rows(
        reader,
        HouseholdQuery {
            commune: Some(commune),
            village: Some(village),
            sort: HouseholdSort::Name,
            ..HouseholdQuery::default()
        },
    )?)
}

/// People and laptops that a household can be assigned to.
fn known_people(profile: &Profile, reader: &Reader<'_>) -> Result<BTreeSet<String>, StoreError> {
    let mut known: BTreeSet<String> = users::people(reader)?.into_values().collect();
    known.extend(DeviceBook::read(reader)?.devices.into_iter().map(|device| device.name));
    known.insert(profile.author.clone());
    known.insert(profile.enrolled.device_name.clone());
    known.retain(|name| !name.is_empty());
    Ok(known)
}

fn procedure_view(desk: &Desk<'_>, procedure: &Procedure) -> ProcedureView {
    let today = moment(desk.now).date();
    let season = procedure.season(desk.profile.enrolled.round);
    let (from, to) = season.unwrap_or((today, today));
    let left = today.until(to).map(|span| span.get_days()).unwrap_or_default();
    ProcedureView {
        title: procedure.title.clone(),
        from: from.to_string(),
        to: to.to_string(),
        days_left: left,
        has_begun: today >= from,
        share_percent: procedure.meeting.share_percent,
        working_days: procedure.posting.working_days,
        knows_holidays: !procedure.work.holidays.is_empty(),
        steps: procedure
            .steps
            .iter()
            .map(|step| ProcedureStepView {
                key: step.key.clone(),
                label: step.label.clone(),
                actor: step.actor.clone(),
                rule: step.rule.clone(),
                left_out: step.left_out,
                provenance: step.provenance.clone(),
            })
            .collect(),
    }
}

fn act_view(act: &CaseAct, way: &Way<'_>) -> ProcedureActView {
    let state = match &act.withdrawn {
        Some(_) => ProcedureActState::Withdrawn,
        None if way.lapsed.iter().any(|lapsed| lapsed.id == act.id) => ProcedureActState::Lapsed,
        None => ProcedureActState::Holds,
    };
    let empty = ProcedureActView {
        id: act.id.to_string(),
        kind: act.deed.kind().to_owned(),
        state,
        may_withdraw: way.last.iter().any(|last| last.id == act.id),
        on: None,
        until: None,
        attended: None,
        agreed: None,
        outcome: None,
        number: String::new(),
        people: Vec::new(),
        who_or_where: String::new(),
        text: String::new(),
        class: None,
        by: act.by.clone(),
        at: act.at.clone(),
        withdrawn: act.withdrawn.as_ref().map(|withdrawal| ProcedureWithdrawalView {
            reason: withdrawal.reason.clone(),
            by: withdrawal.by.clone(),
            at: withdrawal.at.clone(),
        }),
    };
    said(empty, &act.deed)
}

fn said(view: ProcedureActView, deed: &Deed) -> ProcedureActView {
    let on = deed.day().map(|day| day.to_string());
    let view = ProcedureActView { on, ..view };
    match deed {
        Deed::Meeting { attended, agreed, passed, minutes, chair, secretary, representative, .. } => {
            let people = [chair, secretary, representative].into_iter().cloned().collect();
            ProcedureActView {
                attended: Some(*attended),
                agreed: Some(*agreed),
                outcome: Some(*passed),
                number: minutes.clone(),
                people,
                ..view
            }
        }
        Deed::Posting { until, place, .. } => {
            ProcedureActView { until: Some(until.to_string()), who_or_where: place.clone(), ..view }
        }
        Deed::Complaint { person, about, .. } => {
            ProcedureActView { who_or_where: person.clone(), text: about.clone(), ..view }
        }
        Deed::Finding { found, upheld, .. } => {
            ProcedureActView { text: found.clone(), outcome: Some(*upheld), ..view }
        }
        Deed::Recognition { number, class, .. } => {
            ProcedureActView { number: number.clone(), class: Some(class.clone()), ..view }
        }
        Deed::Refusal { number, reason, .. } => {
            ProcedureActView { number: number.clone(), text: reason.clone(), ..view }
        }
        Deed::Certificate { number, .. } => ProcedureActView { number: number.clone(), ..view },
        Deed::Correction { reason } => ProcedureActView { text: reason.clone(), ..view },
    }
}
