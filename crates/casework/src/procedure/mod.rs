//! The procedure of a review as data: its calendar, its steps, what each asks for; and a household's way through it.
//!
//! No figure of the law stands here: `instruments/README.md` describes the file that [`Procedure::from_toml`] reads.

mod act;
mod read;
mod way;

pub use act::{CaseAct, Deed, Proceeding, Withdrawal, act_changes, assign_changes, withdraw_changes};
pub use way::{Stage, Way, way};

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use rasoat_instrument::{Provenance, Text};

use crate::id::Round;
use crate::standard::StandardProblem;
use crate::standard::table::Section;

/// A procedure as its authors wrote it (`instruments/procedure/*.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Procedure {
    /// Its id: `vn-2022-2026`.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// First day it is in force.
    pub valid_from: Date,
    /// Last day it is in force.
    pub valid_to: Date,
    /// The legal texts it is taken from.
    pub sources: Vec<String>,
    /// When in the year the review is.
    pub calendar: Season,
    /// Which days count as working days.
    pub work: WorkingDays,
    /// What a village's meeting must come to.
    pub meeting: MeetingRule,
    /// How long results are posted.
    pub posting: PostingRule,
    /// Who gets a certificate.
    pub certificate: CertificateRule,
    /// All steps in their order.
    pub steps: Vec<ProcedureStep>,
}

/// When in the year the review is.
#[derive(Debug, Clone, PartialEq)]
pub struct Season {
    /// First day: month, day.
    from: (i8, i8),
    /// Last day: month, day.
    to: (i8, i8),
    /// Who says so.
    pub provenance: Provenance,
}

/// Which days count as working days.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkingDays {
    /// Never empty. By their number from Monday, 1 to 7.
    days: BTreeSet<i8>,
    /// Days that are none though their weekday is.
    pub holidays: BTreeSet<Date>,
    /// Who says so.
    pub provenance: Provenance,
}

/// What a village's meeting must come to.
#[derive(Debug, Clone, PartialEq)]
pub struct MeetingRule {
    /// At least this share of those present, in percent, must agree.
    pub share_percent: u8,
    /// Who says so.
    pub provenance: Provenance,
}

/// How long results are posted.
#[derive(Debug, Clone, PartialEq)]
pub struct PostingRule {
    /// Working days.
    pub working_days: u8,
    /// Whether the day on which they are put up is one of them.
    pub first_day_counts: bool,
    /// Who says so.
    pub provenance: Provenance,
}

/// Who gets a certificate.
#[derive(Debug, Clone, PartialEq)]
pub struct CertificateRule {
    /// Households of these classes.
    pub classes: Vec<String>,
    /// Who says so.
    pub provenance: Provenance,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcedureStep {
    /// `list`, `review`, `meeting`, …
    pub key: String,
    /// Its name.
    pub label: Text,
    /// Who does it.
    pub actor: Text,
    /// What it asks for.
    pub rule: Text,
    /// The law had it, and it is passed over.
    pub left_out: bool,
    /// Who says so.
    pub provenance: Provenance,
}

impl Procedure {
    /// Reads a procedure's file.
    ///
    /// # Errors
    /// Everything wrong with it, each with its place. Codes: `unreadable` (not TOML), `missing`, `unknown_key`, `wrong_type`,
    /// `bad_value`, `duplicate_key`.
    pub fn from_toml(text: &str) -> Result<Self, Vec<StandardProblem>> {
        read::procedure(text)
    }

    /// The procedure in force in a year; the first one where none says so.
    pub fn in_force(mut known: Vec<Self>, year: u16) -> Option<Self> {
        let year = i16::try_from(year).unwrap_or(i16::MAX);
        let holds = |known: &Self| (known.valid_from.year()..=known.valid_to.year()).contains(&year);
        let place = known.iter().position(holds).unwrap_or(0);
        if known.is_empty() { None } else { Some(known.swap_remove(place)) }
    }

    /// Whether so many of those present are enough. Nobody present agrees to nothing.
    pub fn is_agreed(&self, attended: u32, agreed: u32) -> bool {
        let (attended, agreed) = (u64::from(attended), u64::from(agreed));
        attended > 0 && agreed * 100 >= attended * u64::from(self.meeting.share_percent)
    }

    /// The last day of a posting that is put up on a day. Holidays that are not in the data are not known.
    pub fn posted_until(&self, from: Date) -> Date {
        let counts = self.posting.first_day_counts && self.work.is_one(from);
        self.work.after(from, self.posting.working_days.saturating_sub(u8::from(counts)))
    }

    /// The first and the last day of a round's review.
    pub fn season(&self, round: Round) -> Option<(Date, Date)> {
        let year = i16::try_from(round.0).ok()?;
        let day = |(month, day): (i8, i8)| Date::new(year, month, day).ok();
        day(self.calendar.from).zip(day(self.calendar.to))
    }

    /// Whether households of this class get a certificate.
    pub fn is_certified(&self, class: &str) -> bool {
        self.certificate.classes.iter().any(|known| known == class)
    }
}

impl WorkingDays {
    /// What a file says of them.
    pub(crate) fn read(section: Section<'_>) -> Option<Self> {
        read::working_days(section)
    }

    /// The day so many working days after one.
    pub(crate) fn after(&self, from: Date, days: u8) -> Date {
        let (mut day, mut left) = (from, days);
        while left > 0 {
            // The last day of all calendars is no worse an end than any other.
            let Ok(next) = day.tomorrow() else { return day };
            day = next;
            left -= u8::from(self.is_one(day));
        }
        day
    }

    fn is_one(&self, day: Date) -> bool {
        self.days.contains(&number_of(day.weekday())) && !self.holidays.contains(&day)
    }
}

fn number_of(day: Weekday) -> i8 {
    day.to_monday_one_offset()
}

#[cfg(test)]
mod tests;
