//! What was done with a household on its way: acts kept in its case, each with those that it follows.
//!
//! Each act is an instance of its own, so two supervisors never write over one another. An act names the acts that stood when
//! it was done; two that do not follow one another were done by people who did not see one another, and both stand.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rasoat_instrument::{InstanceId, Path, PathError, Segment, Value};
use uuid::Uuid;

use crate::edit::{AuthorName, Change};
use crate::fold::Document;
use crate::id::Round;

const HOUSEHOLD: &str = "household";
const ROUND: &str = "round";
const ASSIGNED_TO: &str = "assigned_to";
const ASSIGNED_BY: &str = "assigned_by";
const ASSIGNED_AT: &str = "assigned_at";
const ACTS: &str = "acts";
const KIND: &str = "kind";
const OVER: &str = "over";
const AFTER: &str = "after";
const PROCEDURE: &str = "procedure";
const BY: &str = "done_by";
const AT: &str = "done_at";
const WITHDRAWN: &str = "withdrawn";
const WITHDRAWN_BY: &str = "withdrawn_by";
const WITHDRAWN_AT: &str = "withdrawn_at";

/// What was done. Texts of people are personal: never logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// The village met over the household's result.
    Meeting {
        /// When.
        on: Date,
        /// How many were there.
        attended: u32,
        /// How many of them agreed.
        agreed: u32,
        /// Whether that was enough under the procedure of that day.
        passed: bool,
        /// Number of the minutes.
        minutes: String,
        /// Who chaired.
        chair: String,
        /// Who wrote the minutes.
        secretary: String,
        /// Who signed for the households.
        representative: String,
    },
    /// The result was posted.
    Posting {
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
        /// Where.
        place: String,
    },
    /// Somebody complained.
    Complaint {
        /// When it was received.
        on: Date,
        /// Who complained.
        person: String,
        /// Of what.
        about: String,
    },
    /// A complaint was looked into.
    Finding {
        /// When.
        on: Date,
        /// What was found.
        found: String,
        /// Whether the interview is to be put right.
        upheld: bool,
    },
    /// Recognised as what the result says.
    Recognition {
        /// Number of the decision.
        number: String,
        /// Its date.
        on: Date,
        /// As which class.
        class: String,
    },
    /// Not recognised.
    Refusal {
        /// Number of the decision.
        number: String,
        /// Its date.
        on: Date,
        /// Why.
        reason: String,
    },
    /// A certificate was made out.
    Certificate {
        /// Its number.
        number: String,
        /// Its date.
        on: Date,
    },
    /// The interview of a locked round was opened to be put right.
    Correction {
        /// Why.
        reason: String,
    },
}

/// That an act was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: AuthorName,
    /// When (RFC 3339).
    pub at: String,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAct {
    /// Its id within the case.
    pub id: InstanceId,
    /// What was done.
    pub deed: Deed,
    /// [`crate::version_mark`] of the interview that it was done over.
    pub over: String,
    /// The acts that stood when it was done.
    pub after: BTreeSet<InstanceId>,
    /// The procedure's id.
    pub procedure: String,
    /// By whom it was written down.
    pub by: AuthorName,
    /// When (RFC 3339).
    pub at: String,
    /// That it was taken back.
    pub withdrawn: Option<Withdrawal>,
}

/// What a case says of the procedure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proceeding {
    /// The acts, in the order in which they were written down.
    pub acts: Vec<CaseAct>,
    /// To whom the household is assigned; several where two people assigned it without seeing one another. Empty: to nobody.
    pub assigned: Vec<String>,
}

impl Proceeding {
    /// Reads what a case's edits come to. Acts of kinds that a newer program knows are left out.
    pub fn of(document: &Document) -> Self {
        let mut fields: BTreeMap<InstanceId, BTreeMap<String, String>> = BTreeMap::new();
        for (path, value) in document.present() {
            let Some(Segment::Instance(ACTS, id)) = path.segments().next() else { continue };
            if let (Ok(id), Some(name)) = (id.parse(), path.field_name()) {
                fields.entry(id).or_default().insert(name.to_owned(), value.to_string());
            }
        }
        let mut acts: Vec<CaseAct> =
            fields.into_iter().filter_map(|(id, fields)| read(id, &Fields(fields))).collect();
        acts.sort_by(|one, other| (&one.at, &one.id).cmp(&(&other.at, &other.id)));
        let assigned = Path::field(ASSIGNED_TO).ok().and_then(|path| document.fields.get(&path));
        let names = assigned.into_iter().flat_map(|state| &state.candidates);
        let names = names.filter_map(|candidate| candidate.value.as_ref()).map(ToString::to_string);
        Self { acts, assigned: names.collect() }
    }

    /// The correction that is open, after which nothing has been accepted: `accepted` is what the last acceptance was over.
    pub fn correction(&self, accepted: Option<&str>) -> Option<&CaseAct> {
        self.acts.iter().rev().find(|act| {
            let is_correction = matches!(act.deed, Deed::Correction { .. });
            is_correction && act.withdrawn.is_none() && accepted.is_none_or(|over| over == act.over)
        })
    }
}

/// What an edit of a case says of one more act.
///
/// # Errors
/// Never with the names here; the type says what it cannot.
pub fn act_changes(
    household: Uuid,
    round: Round,
    act: &CaseAct,
) -> Result<BTreeMap<Path, Change>, PathError> {
    let mut changes = head(household, round)?;
    let place = Path::instance(ACTS, &act.id)?;
    let mut set = |name: &str, value: Value| {
        let is_said = !matches!(&value, Value::Text(text) if text.is_empty());
        if is_said {
            changes.insert(place.child(name)?, Change::Set(value));
        }
        Ok::<_, PathError>(())
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let number = |number: u32| Value::Integer(i64::from(number));
    set(KIND, Value::Choice(act.deed.kind().to_owned()))?;
    set(OVER, text(&act.over))?;
    let after: Vec<&str> = act.after.iter().map(InstanceId::as_str).collect();
    set(AFTER, text(&after.join(" ")))?;
    set(PROCEDURE, text(&act.procedure))?;
    set(BY, text(&act.by))?;
    set(AT, text(&act.at))?;
    match &act.deed {
        Deed::Meeting { on, attended, agreed, passed, minutes, chair, secretary, representative } => {
            set("on", Value::Date(*on))?;
            set("attended", number(*attended))?;
            set("agreed", number(*agreed))?;
            set("passed", yes(*passed))?;
            set("minutes", text(minutes))?;
            set("chair", text(chair))?;
            set("secretary", text(secretary))?;
            set("representative", text(representative))?;
        }
        Deed::Posting { from, until, place } => {
            set("on", Value::Date(*from))?;
            set("until", Value::Date(*until))?;
            set("place", text(place))?;
        }
        Deed::Complaint { on, person, about } => {
            set("on", Value::Date(*on))?;
            set("person", text(person))?;
            set("about", text(about))?;
        }
        Deed::Finding { on, found, upheld } => {
            set("on", Value::Date(*on))?;
            set("found", text(found))?;
            set("upheld", yes(*upheld))?;
        }
        Deed::Recognition { number, on, class } => {
            set("number", text(number))?;
            set("on", Value::Date(*on))?;
            set("class", text(class))?;
        }
        Deed::Refusal { number, on, reason } => {
            set("number", text(number))?;
            set("on", Value::Date(*on))?;
            set("reason", text(reason))?;
        }
        Deed::Certificate { number, on } => {
            set("number", text(number))?;
            set("on", Value::Date(*on))?;
        }
        Deed::Correction { reason } => set("reason", text(reason))?,
    }
    Ok(changes)
}

/// What an edit of a case says by which an act is taken back.
///
/// # Errors
/// Never with the names here.
pub fn withdraw_changes(
    act: &InstanceId,
    withdrawal: &Withdrawal,
) -> Result<BTreeMap<Path, Change>, PathError> {
    let place = Path::instance(ACTS, act)?;
    let set = |name: &str, text: &str| Ok((place.child(name)?, Change::Set(Value::Text(text.to_owned()))));
    Ok(BTreeMap::from([
        set(WITHDRAWN, &withdrawal.reason)?,
        set(WITHDRAWN_BY, &withdrawal.by)?,
        set(WITHDRAWN_AT, &withdrawal.at)?,
    ]))
}

/// What an edit of a case says by which the household is assigned to somebody; an empty name: to nobody any more.
///
/// # Errors
/// Never with the names here.
pub fn assign_changes(
    household: Uuid,
    round: Round,
    (to, by, at): (&str, &str, &str),
) -> Result<BTreeMap<Path, Change>, PathError> {
    let mut changes = head(household, round)?;
    let text = |text: &str| Change::Set(Value::Text(text.to_owned()));
    let assigned = if to.is_empty() { Change::Removed } else { text(to) };
    changes.insert(Path::field(ASSIGNED_TO)?, assigned);
    changes.insert(Path::field(ASSIGNED_BY)?, text(by));
    changes.insert(Path::field(ASSIGNED_AT)?, text(at));
    Ok(changes)
}

impl Deed {
    /// Its day; of a posting the first. `None` for what has no day but that on which it was written down.
    pub fn day(&self) -> Option<Date> {
        match self {
            Self::Meeting { on, .. }
            | Self::Posting { from: on, .. }
            | Self::Complaint { on, .. }
            | Self::Finding { on, .. }
            | Self::Recognition { on, .. }
            | Self::Refusal { on, .. }
            | Self::Certificate { on, .. } => Some(*on),
            Self::Correction { .. } => None,
        }
    }

    /// The last day of a posting.
    pub fn until(&self) -> Option<Date> {
        if let Self::Posting { until, .. } = self { Some(*until) } else { None }
    }

    /// Its name in edits: `meeting`, `posting`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Meeting { .. } => "meeting",
            Self::Posting { .. } => "posting",
            Self::Complaint { .. } => "complaint",
            Self::Finding { .. } => "finding",
            Self::Recognition { .. } => "recognition",
            Self::Refusal { .. } => "refusal",
            Self::Certificate { .. } => "certificate",
            Self::Correction { .. } => "correction",
        }
    }
}

fn head(household: Uuid, round: Round) -> Result<BTreeMap<Path, Change>, PathError> {
    Ok(BTreeMap::from([
        (Path::field(HOUSEHOLD)?, Change::Set(Value::Text(household.to_string()))),
        (Path::field(ROUND)?, Change::Set(Value::Integer(i64::from(round.0)))),
    ]))
}

fn yes(is_so: bool) -> Value {
    Value::Choice(if is_so { "yes" } else { "no" }.to_owned())
}

/// An act's fields as texts.
struct Fields(BTreeMap<String, String>);

impl Fields {
    fn text(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }

    fn date(&self, name: &str) -> Option<Date> {
        self.0.get(name)?.parse().ok()
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.0.get(name)?.parse().ok()
    }

    fn is(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value == "yes")
    }
}

fn read(id: InstanceId, fields: &Fields) -> Option<CaseAct> {
    let on = || fields.date("on");
    let deed = match fields.text(KIND).as_str() {
        "meeting" => Deed::Meeting {
            on: on()?,
            attended: fields.number("attended")?,
            agreed: fields.number("agreed")?,
            passed: fields.is("passed"),
            minutes: fields.text("minutes"),
            chair: fields.text("chair"),
            secretary: fields.text("secretary"),
            representative: fields.text("representative"),
        },
        "posting" => Deed::Posting { from: on()?, until: fields.date("until")?, place: fields.text("place") },
        "complaint" => {
            Deed::Complaint { on: on()?, person: fields.text("person"), about: fields.text("about") }
        }
        "finding" => Deed::Finding { on: on()?, found: fields.text("found"), upheld: fields.is("upheld") },
        "recognition" => {
            Deed::Recognition { number: fields.text("number"), on: on()?, class: fields.text("class") }
        }
        "refusal" => {
            Deed::Refusal { number: fields.text("number"), on: on()?, reason: fields.text("reason") }
        }
        "certificate" => Deed::Certificate { number: fields.text("number"), on: on()? },
        "correction" => Deed::Correction { reason: fields.text("reason") },
        _ => return None,
    };
    let withdrawal = || Withdrawal {
        reason: fields.text(WITHDRAWN),
        by: fields.text(WITHDRAWN_BY),
        at: fields.text(WITHDRAWN_AT),
    };
    Some(CaseAct {
        id,
        deed,
        over: fields.text(OVER),
        after: fields.text(AFTER).split(' ').filter_map(|id| id.parse().ok()).collect(),
        procedure: fields.text(PROCEDURE),
        by: fields.text(BY),
        at: fields.text(AT),
        withdrawn: fields.0.contains_key(WITHDRAWN).then(withdrawal),
    })
}
