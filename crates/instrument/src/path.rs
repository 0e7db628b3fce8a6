//! Where an answer lives: `floor_area`, `members.<instance>.birth`, `floor_area#reason`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::value::Value;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment<'p> {
    /// A question's (or computed field's) name; always last.
    Field(&'p str),
    /// A repeat's name and the id of one of its instances.
    Instance(&'p str, &'p str),
}

/// A parsed path. Groups do not take part: a question may move between sections without losing its answers.
///
/// Ordered segment by segment, a field before an instance, then without facet, reason, note.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path {
    /// As it is written, facet included.
    text: Box<str>,
    /// Where the facet begins; the length where there is none.
    end: u32,
    /// Where the name of the field begins; [`NO_FIELD`] for an instance.
    field: u32,
    facet: Option<Facet>,
}

/// A path that ends in an instance.
const NO_FIELD: u32 = u32::MAX;

/// The name of a field, looked at once for many paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldName(Box<str>);

/// The text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a path of the form field, repeat.instance.field or either with #reason or #note")]
pub struct PathError;

/// Longer paths are refused before they are looked at (hostile input).
const LONGEST: usize = Path::LONGEST;

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

impl FieldName {
    /// A name as paths have them.
    pub fn new(name: &str) -> Result<Self, PathError> {
        if is_name(name) { Ok(Self(name.into())) } else { Err(PathError) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl InstanceId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that stands in a path.
    pub(crate) fn of_path(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl Borrow<str> for InstanceId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

fn is_instance_id(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl FromStr for InstanceId {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if is_instance_id(text) { Ok(Self(text.to_owned())) } else { Err(PathError) }
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
    /// No path is longer, in bytes.
    pub const LONGEST: usize = 400;

    /// A field outside any repeat.
    pub fn field(name: &str) -> Result<Self, PathError> {
        if is_name(name) { Ok(Self::of_text(name.into(), Some(0), None)) } else { Err(PathError) }
    }

    /// A field outside any repeat, or what hangs on it.
    pub fn of_field(name: &FieldName, facet: Option<Facet>) -> Self {
        Self::joined(&[&name.0], Some(0), facet)
    }

    /// `self` is an instance path: a field inside that instance, or what hangs on it.
    pub fn inside(&self, name: &FieldName, facet: Option<Facet>) -> Result<Self, PathError> {
        if !self.ends_in_instance() {
            return Err(PathError);
        }
        let place = self.place();
        Ok(Self::joined(&[place, ".", &name.0], Some(place.len() + 1), facet))
    }

    /// One instance of a repeat that stands outside other repeats.
    pub fn instance(repeat: &str, id: &InstanceId) -> Result<Self, PathError> {
        if is_name(repeat) {
            Ok(Self::of_text([repeat, ".", id.as_str()].concat(), None, None))
        } else {
            Err(PathError)
        }
    }

    /// `parts` are the place without facet. Memory is set aside once.
    fn joined(parts: &[&str], field: Option<usize>, facet: Option<Facet>) -> Self {
        let suffix = facet.map_or("", Facet::suffix);
        let end = parts.iter().map(|part| part.len()).sum::<usize>();
        let mut text = String::with_capacity(end + suffix.len());
        for part in parts {
            text.push_str(part);
        }
        text.push_str(suffix);
        let offset = |at: usize| u32::try_from(at).unwrap_or(NO_FIELD);
        Self { text: text.into_boxed_str(), end: offset(end), field: field.map_or(NO_FIELD, offset), facet }
    }

    /// `text` is the place without facet.
    fn of_text(mut text: String, field: Option<usize>, facet: Option<Facet>) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(NO_FIELD);
        let end = offset(text.len());
        text.push_str(facet.map_or("", Facet::suffix));
        Self { text: text.into_boxed_str(), end, field: field.map_or(NO_FIELD, offset), facet }
    }

    /// As it is written, facet included.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As it is written, without facet.
    fn place(&self) -> &str {
        self.text.get(..self.end as usize).unwrap_or(&self.text)
    }

    fn ends_in_instance(&self) -> bool {
        self.field == NO_FIELD
    }

    /// The same place under other names of repeats and fields; where a new name is none, the old one stays.
    pub(crate) fn renamed(&self, rename: impl Fn(&str) -> Option<String>) -> Self {
        let named = |name: &str| rename(name).filter(|new| is_name(new));
        let mut changed = false;
        let mut text = String::new();
        let mut field = None;
        for segment in self.segments() {
            if !text.is_empty() {
                text.push('.');
            }
            let (Segment::Field(name) | Segment::Instance(name, _)) = segment;
            if let Segment::Field(_) = segment {
                field = Some(text.len());
            }
            let new = named(name);
            changed |= new.is_some();
            text.push_str(new.as_deref().unwrap_or(name));
            if let Segment::Instance(_, id) = segment {
                text.push('.');
                text.push_str(id);
            }
        }
        if changed { Self::of_text(text, field, self.facet) } else { self.clone() }
    }

    /// Whether it is one of the places that a form keeps for itself: their names end in `_`.
    pub fn is_hidden(&self) -> bool {
        self.field_name().is_some_and(|name| name.ends_with('_'))
    }

    /// `self` is an instance path: a field inside that instance.
    pub fn child(&self, name: &str) -> Result<Self, PathError> {
        if !is_name(name) || !self.ends_in_instance() {
            return Err(PathError);
        }
        let place = self.place();
        Ok(Self::of_text([place, ".", name].concat(), Some(place.len() + 1), None))
    }

    /// `self` is an instance path: an instance of a repeat inside that instance.
    pub fn child_instance(&self, repeat: &str, id: &InstanceId) -> Result<Self, PathError> {
        if !is_name(repeat) || !self.ends_in_instance() {
            return Err(PathError);
        }
        Ok(Self::of_text([self.place(), ".", repeat, ".", id.as_str()].concat(), None, None))
    }

    /// The same place with a facet: where its reason or note is kept.
    pub fn with_facet(&self, facet: Facet) -> Self {
        self.faceted(Some(facet))
    }

    /// The same place without facet.
    pub fn base(&self) -> Self {
        self.faceted(None)
    }

    fn faceted(&self, facet: Option<Facet>) -> Self {
        let field = (!self.ends_in_instance()).then_some(self.field as usize);
        Self::of_text(self.place().to_owned(), field, facet)
    }

    /// The facet, if this is not the answer itself.
    pub fn facet(&self) -> Option<Facet> {
        self.facet
    }

    /// The steps from the outside in.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> + Clone {
        Segments { rest: Some(self.place()) }
    }

    /// The name of the field at the end, if the path ends in a field.
    pub fn field_name(&self) -> Option<&str> {
        self.text.get(self.field as usize..self.end as usize)
    }

    /// The innermost instance that encloses (or is) this place.
    pub fn enclosing_instance(&self) -> Option<Self> {
        let text = self.around()?;
        Some(Self::of_text(text.to_owned(), None, None))
    }

    /// The instance that this instance lies in.
    pub fn outer_instance(&self) -> Option<Self> {
        let (around, _id) = self.around()?.rsplit_once('.')?;
        let (outer, _repeat) = around.rsplit_once('.')?;
        Some(Self::of_text(outer.to_owned(), None, None))
    }

    fn parts(&self) -> Parts<'_> {
        (self.around(), self.field_name(), self.facet)
    }

    /// The innermost instance, as it is written.
    pub fn around(&self) -> Option<&str> {
        let place = self.place();
        if self.ends_in_instance() { Some(place) } else { place.get(..(self.field as usize).checked_sub(1)?) }
    }

    /// The outermost instance that encloses (or is) this place: its repeat's name and its id.
    pub fn outermost(&self) -> Option<(&str, &str)> {
        Self::outermost_of(self.around()?)
    }

    /// Of an instance as it is written.
    pub fn outermost_of(instance: &str) -> Option<(&str, &str)> {
        match Self::segments_of(instance).next()? {
            Segment::Instance(repeat, id) => Some((repeat, id)),
            Segment::Field(_) => None,
        }
    }

    /// The steps of an instance as it is written.
    pub(crate) fn segments_of(instance: &str) -> impl Iterator<Item = Segment<'_>> {
        Segments { rest: Some(instance) }
    }

    /// The id of the innermost instance.
    pub fn instance_id(&self) -> Option<InstanceId> {
        Some(InstanceId::of_path(self.around()?.rsplit_once('.')?.1))
    }

    /// Whether `self` is `other` or lies inside the instance `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        let rest = self.place().strip_prefix(other.place());
        rest.is_some_and(|rest| rest.is_empty() || other.ends_in_instance() && rest.starts_with('.'))
    }
}

/// The steps of a place, from the outside in.
#[derive(Debug, Clone)]
struct Segments<'p> {
    rest: Option<&'p str>,
}

impl<'p> Iterator for Segments<'p> {
    type Item = Segment<'p>;

    fn next(&mut self) -> Option<Segment<'p>> {
        let rest = self.rest.take()?;
        let Some((name, after)) = at_dot(rest) else { return Some(Segment::Field(rest)) };
        let id = match at_dot(after) {
            Some((id, rest)) => {
                self.rest = Some(rest);
                id
            }
            None => after,
        };
        Some(Segment::Instance(name, id))
    }
}

fn at_hash(text: &str) -> Option<(&str, &str)> {
    let hash = text.bytes().position(|byte| byte == b'#')?;
    text.get(..hash).zip(text.get(hash + 1..))
}

/// Before and after the first dot. Names are short: looking byte by byte is faster than a search.
fn at_dot(text: &str) -> Option<(&str, &str)> {
    let dot = text.bytes().position(|byte| byte == b'.')?;
    text.get(..dot).zip(text.get(dot + 1..))
}

impl Facet {
    /// How it is written behind a place.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Reason => "#reason",
            Self::Note => "#note",
        }
    }
}

/// A path in its parts: the innermost instance, the field and the facet.
type Parts<'p> = (Option<&'p str>, Option<&'p str>, Option<Facet>);

/// The order of paths.
fn order((around, field, facet): Parts<'_>, (other_around, other_field, other_facet): Parts<'_>) -> Ordering {
    let segments = |around, field: Option<_>| Segments { rest: around }.chain(field.map(Segment::Field));
    let places = match (around, other_around) {
        // A field comes before an instance.
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (one, another) if one == another => field.cmp(&other_field),
        (_, _) => segments(around, field).cmp(segments(other_around, other_field)),
    };
    places.then_with(|| facet.cmp(&other_facet))
}

impl Ord for Path {
    fn cmp(&self, other: &Self) -> Ordering {
        order(self.parts(), other.parts())
    }
}

/// An answer among many: its value and its place, with or without a path of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer<'a> {
    /// The innermost instance around, as paths write it.
    pub around: Option<&'a str>,
    /// The field's name.
    pub field: &'a str,
    /// What hangs on the answer, if it is not the answer itself.
    pub facet: Option<Facet>,
    /// What stands there.
    pub value: &'a Value,
}

impl<'a> Answer<'a> {
    /// What stands at a path; `None` where that is an instance's.
    pub fn at(path: &'a Path, value: &'a Value) -> Option<Self> {
        Some(Self { around: path.around(), field: path.field_name()?, facet: path.facet(), value })
    }

    /// What stands at a place, among answers in the order of their paths.
    pub fn find(answers: &[Self], around: Option<&str>, field: &str) -> Option<&'a Value> {
        let wanted = (around, Some(field), None);
        let at = answers
            .binary_search_by(|answer| order((answer.around, Some(answer.field), answer.facet), wanted));
        answers.get(at.ok()?).map(|answer| answer.value)
    }

    /// Its path.
    pub fn path(&self) -> Result<Path, PathError> {
        let name = FieldName::new(self.field)?;
        match self.around {
            None => Ok(Path::of_field(&name, self.facet)),
            Some(around) => around.parse::<Path>()?.inside(&name, self.facet),
        }
    }
}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.len() > LONGEST {
            return Err(PathError);
        }
        let (place, facet) = match at_hash(text) {
            None => (text, None),
            Some((place, "reason")) => (place, Some(Facet::Reason)),
            Some((place, "note")) => (place, Some(Facet::Note)),
            Some(_) => return Err(PathError),
        };
        let mut field = None;
        let mut at = 0;
        for segment in (Segments { rest: Some(place) }) {
            match segment {
                Segment::Field(name) if is_name(name) => field = Some(at),
                Segment::Instance(name, id) if is_name(name) && is_instance_id(id) => {
                    at += name.len() + id.len() + 2;
                }
                Segment::Field(_) | Segment::Instance(..) => return Err(PathError),
            }
        }
        Ok(Self::of_text(place.to_owned(), field, facet))
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
        path.text.into()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
