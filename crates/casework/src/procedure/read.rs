//! A procedure's file to a [`Procedure`].

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

use super::{
    CertificateRule, MeetingRule, PostingRule, Procedure, ProcedureStep, Season, WorkingDays, number_of,
};
use crate::standard::StandardProblem;
use crate::standard::table::Section;

/// The longest posting worth saying, in working days.
const MOST_WORKING_DAYS: u8 = 60;
/// A leap year, so that each day of any year is one of it.
const LEAP_YEAR: i16 = 2024;

pub(super) fn procedure(text: &str) -> Result<Procedure, Vec<StandardProblem>> {
    let table = crate::standard::parse(text)?;
    let mut problems = Vec::new();
    let procedure = file(Section::new("", table, &mut problems));
    match procedure {
        Some(procedure) if problems.is_empty() => Ok(procedure),
        _ => Err(problems),
    }
}

fn file(mut file: Section<'_>) -> Option<Procedure> {
    let id = file.require("id", Section::string);
    let title = file.require("title", Section::text);
    let valid_from = file.require("valid_from", Section::date);
    let valid_to = file.require("valid_to", Section::date);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && from > to
    {
        file.report("valid_to", "bad_value", "before valid_from");
    }
    let sources = file.require("sources", Section::strings);
    let calendar = file.require("calendar", |file, key| season(file.table(key)?));
    let work = file.require("working_days", |file, key| working_days(file.table(key)?));
    let meeting = file.require("meeting", |file, key| meeting(file.table(key)?));
    let posting = file.require("posting", |file, key| posting(file.table(key)?));
    let certificate = file.require("certificate", |file, key| certificate(file.table(key)?));
    let steps = file.each("step", Some("key"), step);
    if steps.is_empty() {
        file.report("step", "missing", "");
    }
    let mut seen = BTreeSet::new();
    for step in &steps {
        if !seen.insert(&step.key) {
            file.report(&format!("step.{}", step.key), "duplicate_key", "");
        }
    }
    file.finish();
    Some(Procedure {
        id: id?,
        title: title?,
        valid_from: valid_from?,
        valid_to: valid_to?,
        sources: sources?,
        calendar: calendar?,
        work: work?,
        meeting: meeting?,
        posting: posting?,
        certificate: certificate?,
        steps,
    })
}

fn season(mut section: Section<'_>) -> Option<Season> {
    let from = section.require("from", month_day);
    let to = section.require("to", month_day);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        section.report("to", "bad_value", "before from");
    }
    let provenance = section.provenance();
    section.finish();
    Some(Season { from: from?, to: to?, provenance: provenance? })
}

/// `09-01`
fn month_day(section: &mut Section<'_>, key: &str) -> Option<(i8, i8)> {
    let text = section.string(key)?;
    let parsed = text.split_once('-').and_then(|(month, day)| {
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        Date::new(LEAP_YEAR, month, day).ok().map(|_| (month, day))
    });
    if parsed.is_none() {
        section.report(key, "bad_value", &text);
    }
    parsed
}

pub(super) fn working_days(mut section: Section<'_>) -> Option<WorkingDays> {
    let names = section.require("days", Section::strings).unwrap_or_default();
    let mut days = BTreeSet::new();
    for name in &names {
        match weekday(name) {
            Some(day) => {
                days.insert(number_of(day));
            }
            None => section.report("days", "bad_value", name),
        }
    }
    if days.is_empty() {
        section.report("days", "bad_value", "");
    }
    let listed = section.require("holidays", Section::strings).unwrap_or_default();
    let mut holidays = BTreeSet::new();
    for day in &listed {
        match day.parse::<Date>() {
            Ok(day) => {
                holidays.insert(day);
            }
            Err(_) => section.report("holidays", "bad_value", day),
        }
    }
    let provenance = section.provenance();
    section.finish();
    Some(WorkingDays { days, holidays, provenance: provenance? })
}

fn weekday(name: &str) -> Option<Weekday> {
    let days = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];
    days.into_iter().find(|(known, _)| *known == name).map(|(_, day)| day)
}

fn meeting(mut section: Section<'_>) -> Option<MeetingRule> {
    let share_percent = section.require("share_percent", Section::count);
    if share_percent.is_some_and(|share| share > 100) {
        section.report("share_percent", "bad_value", "");
    }
    let provenance = section.provenance();
    section.finish();
    Some(MeetingRule { share_percent: share_percent?, provenance: provenance? })
}

fn posting(mut section: Section<'_>) -> Option<PostingRule> {
    let working_days = section.require("working_days", Section::count);
    if working_days.is_some_and(|days| days == 0 || days > MOST_WORKING_DAYS) {
        section.report("working_days", "bad_value", "");
    }
    let first_day_counts = section.flag("first_day_counts");
    let provenance = section.provenance();
    section.finish();
    Some(PostingRule { working_days: working_days?, first_day_counts, provenance: provenance? })
}

fn certificate(mut section: Section<'_>) -> Option<CertificateRule> {
    let classes = section.require("classes", Section::strings);
    let provenance = section.provenance();
    section.finish();
    Some(CertificateRule { classes: classes?, provenance: provenance? })
}

fn step(mut section: Section<'_>) -> Option<ProcedureStep> {
    let key = section.require("key", Section::string);
    let label = section.require("label", Section::text);
    let actor = section.require("actor", Section::text);
    let rule = section.require("rule", Section::text);
    let left_out = section.flag("left_out");
    let provenance = section.provenance();
    section.finish();
    Some(ProcedureStep {
        key: key?,
        label: label?,
        actor: actor?,
        rule: rule?,
        left_out,
        provenance: provenance?,
    })
}
