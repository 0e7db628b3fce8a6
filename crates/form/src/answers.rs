//! Answers as JSON, given to a form one after the other.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path as FilePath;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use rasoat_instrument::{
    Context, InstanceId, Moment, Node, Path, Plan, QuestionKind, Segment, Session, SetError, Value, ValueKind,
};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

use crate::{Visit, files};

/// An answer that the form did not take.
#[derive(Debug, Serialize)]
pub(crate) struct Refused {
    pub(crate) path: String,
    pub(crate) code: String,
    /// For an answer of the wrong kind: the right one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<ValueKind>,
}

/// A JSON object or a list of pairs, in the order in which it is written: a count must come before what it counts.
struct Pairs(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of answers by path, or a list of pairs")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = list.next_element()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

/// Reads answers in the order in which they are given.
pub(crate) fn read(file: &FilePath) -> Result<Vec<(String, String)>> {
    let place = || file.display().to_string();
    let Pairs(pairs) = serde_json::from_str(&files::text(file)?).with_context(place)?;
    pairs
        .into_iter()
        .map(|(path, value)| match value {
            Json::String(text) => Ok((path, text)),
            Json::Number(number) => Ok((path, number.to_string())),
            Json::Bool(truth) => Ok((path, truth.to_string())),
            Json::Null => Ok((path, String::new())),
            Json::Array(_) | Json::Object(_) => bail!("{}: the answer at {path} is not a text", place()),
        })
        .collect()
}

/// Opens a form and gives it answers; instances are added as their paths appear.
pub(crate) fn give(
    plan: &Arc<Plan>,
    answers: &[(String, String)],
    context: Context,
) -> (Session, Vec<Refused>) {
    let mut session = Session::open_plan(Arc::clone(plan), BTreeMap::new(), context);
    let mut refused = Vec::new();
    for (written, text) in answers {
        if let Err(why) = give_one(&mut session, written, text) {
            let expected = match why {
                SetError::WrongKind { expected } => Some(expected),
                SetError::UnknownPath
                | SetError::ReadOnly
                | SetError::UnknownChoice
                | SetError::InstanceExists
                | SetError::TooMany
                | SetError::Counted => None,
            };
            refused.push(Refused { path: written.clone(), code: code(&why).to_owned(), expected });
        }
    }
    (session, refused)
}

fn give_one(session: &mut Session, written: &str, text: &str) -> std::result::Result<(), SetError> {
    let path: Path = written.parse().map_err(|_| SetError::UnknownPath)?;
    let mut around: Option<Path> = None;
    for segment in path.segments() {
        let Segment::Instance(repeat, id) = segment else { continue };
        let id: InstanceId = id.parse().map_err(|_| SetError::UnknownPath)?;
        let named = around.as_ref().map_or_else(|| repeat.to_owned(), |around| format!("{around}.{repeat}"));
        match session.add_instance(&named, &id) {
            Ok(_) | Err(SetError::InstanceExists | SetError::Counted) => {}
            Err(error) => return Err(error),
        }
        let inner = match &around {
            None => Path::instance(repeat, &id),
            Some(around) => around.child_instance(repeat, &id),
        };
        around = Some(inner.map_err(|_| SetError::UnknownPath)?);
    }
    match session.set_text(&path, text) {
        // What the program fills in before the interview, such as the area type, is not set by hand but is there when it opens.
        Err(SetError::ReadOnly) => {
            let kind = path.field_name().and_then(|name| kind_of(&session.definition().nodes, name));
            let kind = kind.ok_or(SetError::ReadOnly)?;
            let value = Value::parse(kind, text).map_err(|_| SetError::WrongKind { expected: kind })?;
            let mut kept = session.kept().clone();
            match value {
                Some(value) => drop(kept.insert(path, value)),
                None => drop(kept.remove(&path)),
            }
            *session = Session::open_plan(Arc::clone(session.plan()), kept, session.context().clone());
            Ok(())
        }
        outcome => outcome.map(|_| ()),
    }
}

/// The kind of answer that a question takes; `None` for what is computed.
fn kind_of(nodes: &[Node], name: &str) -> Option<ValueKind> {
    nodes.iter().find_map(|node| match node {
        Node::Group(group) => kind_of(&group.nodes, name),
        Node::Repeat(repeat) => kind_of(&repeat.nodes, name),
        Node::Question(question) if question.name == name && question.calculation.is_none() => {
            if let QuestionKind::Asked { kind, .. } = question.kind {
                Some(kind)
            } else {
                None
            }
        }
        Node::Question(_) => None,
    })
}

/// A stable code for why an answer was refused.
fn code(error: &SetError) -> &'static str {
    match error {
        SetError::UnknownPath => "unknown_path",
        SetError::WrongKind { .. } => "wrong_kind",
        SetError::ReadOnly => "read_only",
        SetError::UnknownChoice => "unknown_choice",
        SetError::InstanceExists => "instance_exists",
        SetError::TooMany => "too_many",
        SetError::Counted => "counted",
    }
}

/// The circumstances as the command line gives them.
pub(crate) fn context(visit: &Visit) -> Result<Context> {
    let now = match &visit.now {
        Some(written) => match written.parse::<Moment>() {
            Ok(moment) => moment,
            Err(_) => bail!("--now {written}: write it as 2026-11-25T08:30+07:00"),
        },
        None => here_and_now()?,
    };
    Ok(Context { now, username: visit.username.clone(), device: visit.device.clone(), seed: visit.seed })
}

fn here_and_now() -> Result<Moment> {
    let now = jiff::ZonedDateTime::now();
    let ahead = i16::try_from(now.offset().seconds() / 60)?;
    Moment::new(now.datetime(), ahead).context("the clock's zone is none on earth")
}
