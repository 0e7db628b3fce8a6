//! What lists show of households: made from their documents, kept to be searched, sorted and counted.

use std::collections::BTreeMap;

use rasoat_casework::{CitizenId, CommuneCode, VillageId};
use rasoat_instrument::Path;
use rusqlite::{OptionalExtension, Row, ToSql, named_params, params};
use uuid::Uuid;

use crate::columns::{self, Parsed};
use crate::duplicates::PersonKeys;
use crate::error::StoreError;
use crate::search::{SearchWords, fold_words};
use crate::store::{Reader, Tx};
use rasoat_casework::sort_key;

/// How far a household is in the round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HouseholdState {
    /// On the list, nothing answered.
    Listed,
    /// Some answers, not signed off.
    Started,
    /// Signed off.
    Signed,
}

/// Where a household's answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Custody {
    /// Nothing to send.
    Nothing,
    /// Something is only on this machine, sealed or not.
    OnlyHere,
    /// Everything was confirmed by a receipt.
    Confirmed,
    /// Something was refused; it is kept here.
    Refused,
}

/// How far an interview is, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// State in this round.
    pub state: HouseholdState,
    /// Key of the class under the standard in force, when it is known.
    pub class: Option<String>,
    /// Whether that class is provisional.
    pub provisional: bool,
    /// Findings that keep it from being signed off.
    pub findings: u32,
    /// Warnings without a reason.
    pub warnings: u32,
    /// Questions answered.
    pub answered: u32,
    /// Questions asked.
    pub questions: u32,
}

impl Progress {
    /// Of a household of which nothing was asked.
    pub fn listed() -> Self {
        Self {
            state: HouseholdState::Listed,
            class: None,
            provisional: false,
            findings: 0,
            warnings: 0,
            answered: 0,
            questions: 0,
        }
    }
}

/// One line of a household list, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHousehold {
    /// The household's id.
    pub id: Uuid,
    /// The id of its interview in this round.
    pub interview: Uuid,
    /// Its commune.
    pub commune: CommuneCode,
    /// Its village.
    pub village: VillageId,
    /// The head's name.
    pub head_name: String,
    /// The province's household code.
    pub code: Option<String>,
    /// Address within the village.
    pub address: Option<String>,
    /// The head's citizen ID.
    pub citizen_id: Option<CitizenId>,
    /// Members known.
    pub members: u32,
    /// Class in the list before: `poor`, `near_poor`, …
    pub previous_class: Option<String>,
    /// What else it is found by.
    pub words: SearchWords,
    /// What duplicates are found by.
    pub persons: Vec<PersonKeys>,
}

/// One line of a household list, as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdRow {
    /// The household's id.
    pub id: Uuid,
    /// The id of its interview in this round.
    pub interview: Uuid,
    /// Its commune.
    pub commune: CommuneCode,
    /// Its village.
    pub village: VillageId,
    /// The village's name; empty while the village is not known.
    pub village_name: String,
    /// The head's name.
    pub head_name: String,
    /// The province's household code.
    pub code: Option<String>,
    /// Address within the village.
    pub address: Option<String>,
    /// The head's citizen ID.
    pub citizen_id: Option<CitizenId>,
    /// Members known.
    pub members: u32,
    /// Class in the list before.
    pub previous_class: Option<String>,
    /// How far its interview is.
    pub progress: Progress,
    /// Where its answers are.
    pub custody: Custody,
    /// Its edits that wait to be sent.
    pub unsent: u32,
    /// Places of its documents in conflict.
    pub conflicts: u32,
    /// The household that stands for it, where it was merged into another.
    pub merged_into: Option<Uuid>,
    /// Whether the list that brought it was undone. Lists leave it out unless somebody works on it.
    pub withdrawn: bool,
    /// Whether the last word on its interview is that it goes back; signed again, it may still be so.
    pub returned: bool,
}

/// Households by where their answers are; each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustodyCounts {
    /// Nothing to send.
    pub nothing: u32,
    /// Something is only on this machine.
    pub only_here: u32,
    /// Everything confirmed.
    pub confirmed: u32,
    /// Something refused.
    pub refused: u32,
}

/// Where a person stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// The household.
    pub household: HouseholdRow,
    /// The question worked on last.
    pub cursor: Option<Path>,
    /// When, milliseconds since 1970 on the laptop's clock.
    pub at: i64,
}

/// A household on the sync screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdCustody {
    /// The household.
    pub household: HouseholdRow,
    /// When the province confirmed its latest confirmed edit: milliseconds since 1970 on the server's clock.
    pub confirmed_at: Option<i64>,
    /// Why its latest refused edit was refused: code and parameters.
    pub refusal: Option<(String, BTreeMap<String, String>)>,
    /// Since when all of its unsent edits are on sticks: milliseconds since 1970 on the laptop's clock. A stick confirms
    /// nothing.
    pub on_stick_since: Option<i64>,
}

impl Reader<'_> {
    /// One household's line.
    pub fn household(&self, id: Uuid) -> Result<Option<HouseholdRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(concat!(
            include_str!("households/columns.sql"),
            include_str!("households/row.sql"),
            include_str!("households/of_id.sql")
        ))?;
        Ok(statement.query_row(params![id.as_bytes()], read_row).optional()?)
    }

    /// Households by where their answers are.
    pub fn custody_counts(&self) -> Result<CustodyCounts, StoreError> {
        let mut counts = CustodyCounts::default();
        self.each_record(|_, record| {
            *match record.custody {
                Custody::Nothing => &mut counts.nothing,
                Custody::OnlyHere => &mut counts.only_here,
                Custody::Confirmed => &mut counts.confirmed,
                Custody::Refused => &mut counts.refused,
            } += 1;
        })?;
        Ok(counts)
    }

    /// Households with something to show on the sync screen, merged ones, too: refused first, then those with something only
    /// here, then confirmed ones. Within a transaction that changes some, the list is as it was before.
    pub fn custody_list(&self, limit: u32) -> Result<Vec<HouseholdCustody>, StoreError> {
        let mut statement = self.connection.prepare_cached(concat!(
            include_str!("households/columns.sql"),
            include_str!("households/custody_list.sql")
        ))?;
        let mut found = Vec::new();
        for number in self.in_custody(limit as usize)? {
            let (household, confirmed_at, code, params, on_stick_since) =
                statement.query_row(params![number], |row| {
                    let code: Option<String> = row.get(25)?;
                    let params: Option<String> = row.get(26)?;
                    Ok((read_row(row)?, row.get(24)?, code, params, row.get(27)?))
                })?;
            let refusal = match (code, params) {
                (Some(code), Some(params)) => Some((code, serde_json::from_str(&params)?)),
                _ => None,
            };
            found.push(HouseholdCustody { household, confirmed_at, refusal, on_stick_since });
        }
        Ok(found)
    }

    /// Every household with a conflict, by commune, village and head's name in Vietnamese order.
    pub fn conflicted(&self) -> Result<Vec<Uuid>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("households/conflicted.sql"))?;
        let found = statement.query_map([], |row| columns::uuid(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Every household whose interview was returned and is not signed again, in the order of their places.
    pub fn returned(&self) -> Result<Vec<Uuid>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("households/returned.sql"))?;
        let found = statement.query_map([], |row| columns::uuid(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Every household with its commune, in the order they came here.
    pub fn all_households(&self) -> Result<Vec<(CommuneCode, Uuid)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("households/all.sql"))?;
        let found = statement.query_map([], |row| {
            let Parsed(commune) = row.get(0)?;
            Ok((commune, columns::uuid(row, 1)?))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Households that edits speak of and no line stands for, each with its commune, in the order they came here.
    pub fn unlisted_households(&self) -> Result<Vec<(CommuneCode, Uuid)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("households/unlisted.sql"))?;
        let found = statement.query_map([], |row| {
            let Parsed(commune) = row.get(0)?;
            Ok((commune, columns::uuid(row, 1)?))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Every household of which an interview was begun.
    pub fn begun(&self) -> Result<Vec<Uuid>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("households/begun.sql"))?;
        let found = statement.query_map([], |row| columns::uuid(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The household whose interview that is.
    pub fn household_of(&self, interview: Uuid) -> Result<Option<Uuid>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("households/of_interview.sql"))?;
        Ok(statement.query_row(params![interview.as_bytes()], |row| columns::uuid(row, 0)).optional()?)
    }

    /// The interview worked on last that is not signed off.
    pub fn resume(&self) -> Result<Option<Resume>, StoreError> {
        let mut statement = self.connection.prepare_cached(concat!(
            include_str!("households/columns.sql"),
            include_str!("households/row.sql"),
            include_str!("households/worked_on.sql")
        ))?;
        for given in self.given()?.into_iter().rev() {
            let found = statement.query_row(params![given.subject.as_bytes()], read_row).optional()?;
            if let Some(household) = found {
                return Ok(Some(Resume { household, cursor: given.path, at: given.at }));
            }
        }
        let mut statement = self.connection.prepare_cached(concat!(
            include_str!("households/columns.sql"),
            include_str!("households/resume.sql")
        ))?;
        let found = statement.query_row([], |row| {
            let cursor: Option<Parsed<Path>> = row.get(24)?;
            Ok(Resume {
                household: read_row(row)?,
                cursor: cursor.map(|Parsed(path)| path),
                at: row.get(25)?,
            })
        });
        Ok(found.optional()?)
    }
}

impl Tx<'_> {
    /// Adds a household's line or replaces what the list says of it; its progress stays.
    pub fn upsert_household(&self, household: &NewHousehold) -> Result<(), StoreError> {
        let number: i64 = self.connection.prepare_cached(include_str!("households/upsert.sql"))?.query_row(
            named_params! {
                ":id": household.id.as_bytes(),
                ":interview": household.interview.as_bytes(),
                ":commune": household.commune.as_str(),
                ":village": household.village.as_str(),
                ":head_name": household.head_name,
                ":sort_key": sort_key(&household.head_name),
                ":code": household.code,
                ":address": household.address,
                ":citizen_id": household.citizen_id.as_ref().map(CitizenId::as_str),
                ":members": household.members,
                ":previous_class": household.previous_class,
            },
            |row| row.get(0),
        )?;
        let mut texts: Vec<&str> = vec![&household.head_name];
        texts.extend(household.words.names.iter().map(String::as_str));
        texts.extend(household.code.as_deref());
        texts.extend(household.address.as_deref());
        let citizen_ids: Vec<&CitizenId> =
            household.citizen_id.iter().chain(&household.words.citizen_ids).collect();
        self.say_words(number, fold_words(&texts, &citizen_ids));
        self.keep_persons((number, household.id), &household.persons)?;
        self.note(|changed| changed.households = true);
        Ok(())
    }

    /// Keeps how far a household's interview is.
    pub fn set_progress(&self, household: Uuid, progress: &Progress) -> Result<(), StoreError> {
        let changed = self.connection.prepare_cached(include_str!("households/set_progress.sql"))?.execute(
            named_params! {
                ":id": household.as_bytes(),
                ":state": state_name(progress.state),
                ":class": progress.class,
                ":provisional": progress.provisional,
                ":findings": progress.findings,
                ":warnings": progress.warnings,
                ":answered": progress.answered,
                ":questions": progress.questions,
            },
        )?;
        if changed == 0 {
            return Err(StoreError::NotFound);
        }
        self.said_of_progress.borrow_mut().insert(household, None);
        self.note(|changed| changed.households = true);
        Ok(())
    }

    /// Keeps how many places of a household's documents are in conflict.
    pub fn set_conflicts(&self, household: Uuid, conflicts: u32) -> Result<(), StoreError> {
        self.set_of_household(include_str!("households/set_conflicts.sql"), household, conflicts)
    }

    /// Keeps whether the list that brought a household was undone.
    pub fn set_withdrawn(&self, household: Uuid, withdrawn: bool) -> Result<(), StoreError> {
        self.set_of_household(include_str!("households/set_withdrawn.sql"), household, withdrawn)
    }

    /// Keeps whether the last word on a household's interview is that it goes back.
    pub fn set_returned(&self, household: Uuid, returned: bool) -> Result<(), StoreError> {
        self.set_of_household(include_str!("households/set_returned.sql"), household, returned)
    }

    fn set_of_household(&self, sql: &str, household: Uuid, value: impl ToSql) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        if statement.execute(params![household.as_bytes(), value])? > 0 {
            self.note(|changed| changed.households = true);
        }
        Ok(())
    }
}

pub(crate) fn read_row(row: &Row<'_>) -> rusqlite::Result<HouseholdRow> {
    let Parsed(commune) = row.get(2)?;
    let Parsed(village) = row.get(3)?;
    let citizen_id: Option<Parsed<CitizenId>> = row.get(8)?;
    Ok(HouseholdRow {
        id: columns::uuid(row, 0)?,
        interview: columns::uuid(row, 1)?,
        commune,
        village,
        village_name: row.get(4)?,
        head_name: row.get(5)?,
        code: row.get(6)?,
        address: row.get(7)?,
        citizen_id: citizen_id.map(|Parsed(id)| id),
        members: row.get(9)?,
        previous_class: row.get(10)?,
        progress: Progress {
            state: read_state(row, 11)?,
            class: row.get(12)?,
            provisional: row.get(13)?,
            findings: row.get(14)?,
            warnings: row.get(20)?,
            answered: row.get(15)?,
            questions: row.get(16)?,
        },
        custody: read_custody(row, 17)?,
        unsent: row.get(18)?,
        conflicts: row.get(19)?,
        merged_into: row.get::<_, Option<[u8; 16]>>(21)?.map(Uuid::from_bytes),
        withdrawn: row.get(22)?,
        returned: row.get(23)?,
    })
}

pub(crate) fn read_state(row: &Row<'_>, index: usize) -> rusqlite::Result<HouseholdState> {
    let name: String = row.get(index)?;
    [HouseholdState::Listed, HouseholdState::Started, HouseholdState::Signed]
        .into_iter()
        .find(|known| state_name(*known) == name)
        .ok_or_else(|| columns::out_of_range(index))
}

pub(crate) fn read_custody(row: &Row<'_>, index: usize) -> rusqlite::Result<Custody> {
    let name: String = row.get(index)?;
    [Custody::Nothing, Custody::OnlyHere, Custody::Confirmed, Custody::Refused]
        .into_iter()
        .find(|known| custody_name(*known) == name)
        .ok_or_else(|| columns::out_of_range(index))
}

fn state_name(state: HouseholdState) -> &'static str {
    match state {
        HouseholdState::Listed => "listed",
        HouseholdState::Started => "started",
        HouseholdState::Signed => "signed",
    }
}

fn custody_name(custody: Custody) -> &'static str {
    match custody {
        Custody::Nothing => "nothing",
        Custody::OnlyHere => "only_here",
        Custody::Confirmed => "confirmed",
        Custody::Refused => "refused",
    }
}
