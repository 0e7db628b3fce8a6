//! Where an answer lives: `floor_area`, `members.<instance>.birth`, `floor_area#reason`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The stable id of one instance of a repeat (a member): lower-case ASCII letters, digits and `-`, 1–40 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceId(String);

/// What hangs on an answer beside its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// Why a warning was accepted, in the interviewer's words.
    Reason,
    /// A free note on the question.
    Note,
}

/// One step of a path: a question, or an instance of a repeat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A question's (or computed field's) name; always last.
    Field(String),
    /// A repeat's name and one of its instances.
    Instance(String, InstanceId),
}

/// A parsed path. Groups do not take part: a question may move between sections without losing its answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path {
    segments: Vec<Segment>,
    facet: Option<Facet>,
}

/// The text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a path of the form field, repeat.instance.field or either with #reason or #note")]
pub struct PathError;

/// Longer paths are refused before they are looked at (hostile input).
const LONGEST: usize = 400;

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

impl InstanceId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InstanceId {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let fits = (1..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(PathError) }
    }
}

impl TryFrom<String> for InstanceId {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        text.parse()
    }
}

impl From<InstanceId> for String {
    fn from(id: InstanceId) -> Self {
        id.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Path {
    /// A field outside any repeat.
    pub fn field(name: &str) -> Result<Self, PathError> {
        if is_name(name) {
            Ok(Self { segments: vec![Segment::Field(name.to_owned())], facet: None })
        } else {
            Err(PathError)
        }
    }

    /// One instance of a repeat that stands outside other repeats.
    pub fn instance(repeat: &str, id: &InstanceId) -> Result<Self, PathError> {
        if is_name(repeat) {
            Ok(Self { segments: vec![Segment::Instance(repeat.to_owned(), id.clone())], facet: None })
        } else {
            Err(PathError)
        }
    }

    /// The same place under other names of repeats and fields; where a new name is none, the old one stays.
    pub(crate) fn renamed(&self, rename: impl Fn(&str) -> String) -> Self {
        let named = |name: &str| {
            let new = rename(name);
            if is_name(&new) { new } else { name.to_owned() }
        };
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Field(name) => Segment::Field(named(name)),
            Segment::Instance(repeat, id) => Segment::Instance(named(repeat), id.clone()),
        });
        Self { segments: segments.collect(), facet: self.facet }
    }

    /// Whether it is one of the places that a form keeps for itself: their names end in `_`.
    pub fn is_hidden(&self) -> bool {
        self.field_name().is_some_and(|name| name.ends_with('_'))
    }

    /// `self` is an instance path: a field inside that instance.
    pub fn child(&self, name: &str) -> Result<Self, PathError> {
        if !is_name(name) || matches!(self.segments.last(), Some(Segment::Field(_))) {
            return Err(PathError);
        }
        let mut segments = self.segments.clone();
        segments.push(Segment::Field(name.to_owned()));
        Ok(Self { segments, facet: None })
    }

    /// `self` is an instance path: an instance of a repeat inside that instance.
    pub fn child_instance(&self, repeat: &str, id: &InstanceId) -> Result<Self, PathError> {
        if !is_name(repeat) || matches!(self.segments.last(), Some(Segment::Field(_))) {
            return Err(PathError);
        }
        let mut segments = self.segments.clone();
        segments.push(Segment::Instance(repeat.to_owned(), id.clone()));
        Ok(Self { segments, facet: None })
    }

    /// The same place with a facet: where its reason or note is kept.
    pub fn with_facet(&self, facet: Facet) -> Self {
        Self { segments: self.segments.clone(), facet: Some(facet) }
    }

    /// The same place without facet.
    pub fn base(&self) -> Self {
        Self { segments: self.segments.clone(), facet: None }
    }

    /// The facet, if this is not the answer itself.
    pub fn facet(&self) -> Option<Facet> {
        self.facet
    }

    /// The steps from the outside in.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The name of the field at the end, if the path ends in a field.
    pub fn field_name(&self) -> Option<&str> {
        match self.segments.last() {
            Some(Segment::Field(name)) => Some(name),
            Some(Segment::Instance(..)) | None => None,
        }
    }

    /// The innermost instance that encloses (or is) this place.
    pub fn enclosing_instance(&self) -> Option<Self> {
        let cut = self.segments.iter().rposition(|s| matches!(s, Segment::Instance(..)))?;
        Some(Self { segments: self.segments[..=cut].to_vec(), facet: None })
    }

    /// The id of the innermost instance.
    pub fn instance_id(&self) -> Option<&InstanceId> {
        self.segments.iter().rev().find_map(|segment| match segment {
            Segment::Instance(_, id) => Some(id),
            Segment::Field(_) => None,
        })
    }

    /// Whether `self` is `other` or lies inside the instance `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.segments.starts_with(&other.segments)
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.len() > LONGEST {
            return Err(PathError);
        }
        let (place, facet) = match text.split_once('#') {
            None => (text, None),
            Some((place, "reason")) => (place, Some(Facet::Reason)),
            Some((place, "note")) => (place, Some(Facet::Note)),
            Some(_) => return Err(PathError),
        };
        let mut segments = Vec::new();
        let mut parts = place.split('.');
        while let Some(name) = parts.next() {
            if !is_name(name) {
                return Err(PathError);
            }
            segments.push(match parts.next() {
                Some(id) => Segment::Instance(name.to_owned(), id.parse()?),
                None => Segment::Field(name.to_owned()),
            });
        }
        Ok(Self { segments, facet })
    }
}

impl TryFrom<String> for Path {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        text.parse()
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            match segment {
                Segment::Field(name) => f.write_str(name)?,
                Segment::Instance(name, id) => write!(f, "{name}.{id}")?,
            }
        }
        match self.facet {
            Some(Facet::Reason) => f.write_str("#reason"),
            Some(Facet::Note) => f.write_str("#note"),
            None => Ok(()),
        }
    }
}
