//! The tables that can be written: each gives its rows step by step.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::auth::LoggedIn;
use crate::permission::Act;
use crate::problem::Refusal;
use crate::project;
use crate::reports::{self, Part};
use crate::requests::restrict::{Restricted, restricted};
use crate::routes::{devices, listing, overview, rounds};
use crate::state::State;
use crate::stood::{self, Page};
use crate::storage::{
    DuplicateQuery, DuplicateRow, HouseholdKeyRef, HouseholdRow, ListQuery, RoundSnapshot, SnapshotLine,
    StorageError,
};
use crate::time::rfc3339;
use crate::view::{ExportColumnForm, ExportForm};

/// Rows read at once.
const STEP: u32 = 500;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// As people typed it.
    Text(String),
    /// A figure.
    Number(u64),
    /// Codes, to be put into words.
    Codes(Vec<String>),
}

/// A table that is being written.
pub(super) struct Table {
    rows: Source,
    /// What is processed no further, and how much of the table it was so far.
    restricted: Arc<Restricted>,
    pub(super) left_out: u32,
}

/// Where its rows come from.
enum Source {
    /// Households; `None` at the end.
    Households(Option<ListQuery>),
    /// Pairs.
    Duplicates(Option<DuplicateQuery>),
    /// Lines of what stood at a lock, only those that changed or all, behind a household; `None` at the end.
    Snapshot(Option<(Box<RoundSnapshot>, bool, Option<HouseholdKeyRef>)>),
    /// Households named one by one, those that are still to come.
    Keys(std::vec::IntoIter<HouseholdKeyRef>),
    /// Rows that are few: text, figures and codes by column.
    Rows(Vec<BTreeMap<String, Cell>>),
}

impl Table {
    /// Begins a table; what it holds is brought up before.
    pub(super) async fn open(
        state: &State,
        who: &LoggedIn,
        name: &str,
        form: &ExportForm,
    ) -> Result<Self, Refusal> {
        project::index(state).await?;
        let rows = Self::source(state, who, name, form).await?;
        Ok(Self { rows, restricted: restricted(state).await?, left_out: 0 })
    }

    async fn source(state: &State, who: &LoggedIn, name: &str, form: &ExportForm) -> Result<Source, Refusal> {
        let mut query = ListQuery { limit: STEP, ..listing::query_of(who, &form.filter)? };
        Ok(match name {
            "households" => Source::Households(Some(query)),
            "conflicts" => {
                query.marks.insert("conflict".to_owned());
                Source::Households(Some(query))
            }
            "duplicates" => Source::Duplicates(Some(DuplicateQuery {
                communes: who.communes(),
                within_too: false,
                offset: 0,
                limit: STEP,
            })),
            "report_households" => {
                let form = form.cell.as_ref().ok_or(Refusal::Unreadable)?;
                let opened = reports::table::Opened::of(state, who, &form.report).await?;
                Source::Keys(opened.households(&state.library(), form, &Part::ALL)?.keys.into_iter())
            }
            "target_households" => {
                let form = form.target.as_ref().ok_or(Refusal::Unreadable)?;
                let opened = reports::targets::Opened::of(state, who, &form.of, false).await?;
                Source::Keys(opened.households(&state.library(), form, &Part::ALL)?.keys.into_iter())
            }
            "communes" => Source::Rows(communes(state, who).await?),
            "villages" => Source::Rows(villages(state, query).await?),
            "requests" if who.may(Act::MakeRequests) => Source::Rows(requests(state, who).await?),
            "requests" => return Err(Refusal::NotAllowed),
            "devices" if who.may(Act::SeeDevices) => Source::Rows(devices(state, who).await?),
            "devices" => return Err(Refusal::NotAllowed),
            "round_snapshot" | "round_changes" if who.may(Act::ManageRounds) => {
                let snapshot = rounds::snapshot(state, form.snapshot).await?;
                Source::Snapshot(Some((Box::new(snapshot), name == "round_changes", None)))
            }
            "round_snapshot" | "round_changes" => return Err(Refusal::NotAllowed),
            _ => return Err(Refusal::NotFound),
        })
    }

    /// The next rows; none at the end.
    pub(super) async fn next(
        &mut self,
        state: &State,
        columns: &[ExportColumnForm],
    ) -> Result<Vec<Vec<Cell>>, StorageError> {
        let row = |cells: BTreeMap<String, Cell>| -> Vec<Cell> {
            let cell = |column: &ExportColumnForm| cells.get(&column.code).cloned();
            columns.iter().map(|column| cell(column).unwrap_or(Cell::Text(String::new()))).collect()
        };
        // A step of which nothing is left is not the end.
        while let Some(cells) = self.step(state).await? {
            if !cells.is_empty() {
                return Ok(cells.into_iter().map(row).collect());
            }
        }
        Ok(Vec::new())
    }

    /// A step's rows, as far as they may be given out; `None` at the end.
    async fn step(&mut self, state: &State) -> Result<Option<Vec<BTreeMap<String, Cell>>>, StorageError> {
        let Self { rows, restricted, left_out } = self;
        match rows {
            Source::Households(next) => {
                let Some(query) = next.take() else { return Ok(None) };
                let mut page = state.storage.household_list(query.clone()).await?;
                if page.more {
                    let after = page.rows.last().map(|row| row.key.clone());
                    *next = Some(ListQuery { after, ..query });
                }
                *left_out += restricted.leave_out(&mut page.rows, |row| &row.key);
                Ok(Some(page.rows.iter().map(|found| household(state, found, "")).collect()))
            }
            Source::Duplicates(next) => {
                let Some(query) = next.take() else { return Ok(None) };
                let mut page = state.storage.duplicates(query.clone()).await?;
                if page.rows.len() == STEP as usize {
                    *next = Some(DuplicateQuery { offset: query.offset + STEP, ..query });
                }
                *left_out += restricted.leave_out(&mut page.rows, |pair| {
                    if restricted.has(&pair.first.key) { &pair.first.key } else { &pair.second.key }
                });
                Ok(Some(page.rows.iter().map(|found| pair(state, found)).collect()))
            }
            Source::Snapshot(next) => {
                let Some((snapshot, only_changed, after)) = next.take() else { return Ok(None) };
                let Page { mut lines, after } = stood::page(state, &snapshot, only_changed, after).await?;
                if after.is_some() {
                    *next = Some((snapshot, only_changed, after));
                }
                lines.retain(|line| !only_changed || rounds::is_changed(line));
                *left_out += restricted.leave_out(&mut lines, |line| &line.household);
                Ok(Some(lines.iter().map(|line| snapshot_line(state, line)).collect()))
            }
            Source::Keys(keys) => {
                if keys.as_slice().is_empty() {
                    return Ok(None);
                }
                let keys = keys.by_ref().take(STEP as usize).collect();
                let mut rows: Vec<HouseholdRow> =
                    state.storage.households(keys).await?.into_values().collect();
                *left_out += restricted.leave_out(&mut rows, |row| &row.key);
                Ok(Some(rows.iter().map(|found| household(state, found, "")).collect()))
            }
            Source::Rows(rows) if rows.is_empty() => Ok(None),
            Source::Rows(rows) => Ok(Some(std::mem::take(rows))),
        }
    }
}

/// The register of requests. Of what is processed no further it tells neither who asked nor for whom.
async fn requests(state: &State, who: &LoggedIn) -> Result<Vec<BTreeMap<String, Cell>>, Refusal> {
    let restricted = restricted(state).await?;
    let mut rows = Vec::new();
    for request in crate::requests::all(state).await? {
        if !who.sees(&request.household.commune) {
            continue;
        }
        let line = state.storage.household(request.household.clone()).await?;
        let view = crate::routes::requests::view(state, &request, line, &restricted, None);
        let named = |name: &str| text(if view.restricted { "" } else { name });
        let last = view.acts.last();
        let answered = last.filter(|act| ["request_done", "request_refused"].contains(&act.act.as_str()));
        let optional = |at: Option<&String>| text(at.map(String::as_str).unwrap_or_default());
        let state_code = if view.overdue { "overdue" } else { request.state().as_str() };
        let cells = [
            ("number", Cell::Number(view.number)),
            ("commune", text(&view.commune.name)),
            ("commune_code", text(&view.commune.code)),
            ("village", text(&view.village_name)),
            ("code", text(view.code.as_deref().unwrap_or_default())),
            ("right", codes("right", [&view.right])),
            ("asker", named(&view.asker)),
            ("member", named(&view.member_name)),
            ("came_on", text(&view.came_on)),
            ("acknowledged_at", optional(view.acknowledged_at.as_ref())),
            ("due_on", optional(view.due_on.as_ref())),
            ("state", codes("request", [state_code])),
            ("restricted", codes("restricted", view.restricted.then_some("yes"))),
            ("acts", codes("act", view.acts.iter().map(|act| &act.act))),
            ("answered_at", optional(answered.map(|act| &act.at))),
            ("answered_by", optional(answered.map(|act| &act.by))),
            ("reason", named(answered.map(|act| act.text.as_str()).unwrap_or_default())),
        ];
        rows.push(cells.into_iter().map(|(code, cell)| (code.to_owned(), cell)).collect());
    }
    Ok(rows)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn codes(before: &str, codes: impl IntoIterator<Item = impl AsRef<str>>) -> Cell {
    Cell::Codes(codes.into_iter().map(|code| format!("{before}.{}", code.as_ref())).collect())
}

/// A household's cells, their columns' codes with something before them.
fn household(state: &State, row: &HouseholdRow, before: &str) -> BTreeMap<String, Cell> {
    let commune = state.library().commune(&row.key.commune);
    let class =
        |class: &Option<crate::storage::StoredClass>| codes("class", class.iter().map(|class| &class.key));
    let cells = [
        ("commune", text(&commune.name)),
        ("commune_code", text(&commune.code)),
        ("village", text(&row.village_name)),
        ("head_name", text(&row.head_name)),
        ("code", text(row.code.as_deref().unwrap_or_default())),
        ("citizen_id", text(row.citizen_id.as_deref().unwrap_or_default())),
        ("members", Cell::Number(row.members.into())),
        ("state", codes("state", [row.state.as_str()])),
        ("stage", codes("stage", [row.facts.stage.as_str()])),
        ("class_2022", class(&row.class_2022)),
        ("class_2027", class(&row.class_2027)),
        ("conflicts", Cell::Number(row.conflicts.into())),
        ("checks", codes("check", row.facts.checks.iter().map(|check| check.as_str()))),
        ("last_received_at", text(&rfc3339(row.last_received_at))),
    ];
    cells.into_iter().map(|(code, cell)| (format!("{before}{code}"), cell)).collect()
}

fn pair(state: &State, pair: &DuplicateRow) -> BTreeMap<String, Cell> {
    let mut cells = household(state, &pair.first, "first_");
    cells.extend(household(state, &pair.second, "second_"));
    cells
        .insert("reasons".to_owned(), codes("agreement", pair.shared.iter().map(|shared| &shared.agreement)));
    cells
}

/// A line of what stood at a lock, beside what stands now.
fn snapshot_line(state: &State, line: &SnapshotLine) -> BTreeMap<String, Cell> {
    let commune = state.library().commune(&line.household.commune);
    let mut cells = BTreeMap::from([
        ("commune".to_owned(), text(&commune.name)),
        ("commune_code".to_owned(), text(&commune.code)),
        ("village".to_owned(), text(&line.village_name)),
        ("code".to_owned(), text(line.code.as_deref().unwrap_or_default())),
        ("household".to_owned(), text(&line.household.household.to_string())),
    ]);
    for (when, marks) in [("then", &line.then), ("now", &line.now)] {
        let Some(standing) = rounds::standing(marks.as_deref()) else { continue };
        cells.insert(format!("{when}_stage"), codes("stage", [standing.stage]));
        cells.insert(format!("{when}_class_2022"), codes("class", standing.class_2022));
        cells.insert(format!("{when}_class_2027"), codes("class", standing.class_2027));
    }
    cells
}

fn counted(marks: &BTreeMap<String, u32>, columns: Vec<(&str, Cell)>) -> BTreeMap<String, Cell> {
    let figures = marks.iter().map(|(mark, households)| (mark.clone(), Cell::Number(u64::from(*households))));
    figures.chain(columns.into_iter().map(|(code, cell)| (code.to_owned(), cell))).collect()
}

async fn communes(state: &State, who: &LoggedIn) -> Result<Vec<BTreeMap<String, Cell>>, Refusal> {
    let overview = overview::overview(state, who).await?;
    let row = |commune: crate::view::CommuneProgressView| {
        let columns = vec![
            ("commune", text(&commune.commune.name)),
            ("commune_code", text(&commune.commune.code)),
            ("devices", Cell::Number(commune.devices.into())),
            ("silent_devices", Cell::Number(commune.silent_devices.into())),
            ("days_behind", Cell::Number(commune.days_behind.into())),
            ("last_received_at", text(commune.last_received_at.as_deref().unwrap_or_default())),
        ];
        counted(&commune.marks, columns)
    };
    Ok(overview.communes.into_iter().map(row).collect())
}

async fn villages(state: &State, query: ListQuery) -> Result<Vec<BTreeMap<String, Cell>>, Refusal> {
    let mut rows = Vec::new();
    for commune in state.library().units().communes.keys() {
        if query.communes.as_ref().is_some_and(|communes| !communes.contains(commune)) {
            continue;
        }
        let named = state.library().commune(commune);
        for village in state.storage.village_marks(commune.clone()).await? {
            let columns = vec![
                ("commune", text(&named.name)),
                ("commune_code", text(&named.code)),
                ("village", text(&village.village_name)),
            ];
            rows.push(counted(&village.marks, columns));
        }
    }
    Ok(rows)
}

async fn devices(state: &State, who: &LoggedIn) -> Result<Vec<BTreeMap<String, Cell>>, Refusal> {
    let row = |device: crate::view::DeviceView| {
        let communes: Vec<&str> = device.communes.iter().map(|commune| commune.name.as_str()).collect();
        let optional = |at: &Option<String>| text(at.as_deref().unwrap_or_default());
        let cells = [
            ("name", text(&device.name)),
            ("surveyor", text(&device.surveyor)),
            ("communes", text(&communes.join("; "))),
            ("enrolled_at", text(&device.enrolled_at)),
            ("last_seen_at", optional(&device.last_seen_at)),
            ("revoked_at", optional(&device.revoked_at)),
            ("edits", Cell::Number(device.edits)),
            ("refused", Cell::Number(device.refused_edits.into())),
            ("troubles", codes("trouble", device.troubles.iter().map(|trouble| trouble.as_str()))),
        ];
        let said = device.health.iter().flat_map(|health| {
            let free = health.free_mib.map(|free| Cell::Number(free.into()));
            [
                ("said_at", text(&health.said_at)),
                ("clock_behind_s", text(&health.clock_behind_s.to_string())),
                ("program", text(&health.program)),
                ("waiting_edits", Cell::Number(health.waiting_edits.into())),
                ("waiting_files", Cell::Number(health.waiting_files.into())),
                ("free_mib", free.unwrap_or_else(|| text(""))),
            ]
        });
        cells.into_iter().chain(said).map(|(code, cell)| (code.to_owned(), cell)).collect()
    };
    Ok(devices::all(state, who).await?.into_iter().map(row).collect())
}
