//! An edit as bytes: one array of positional items, the first of which is the format's version.

use std::fmt::{self, Write as _};

use jiff::civil::Date;
use rasoat_instrument::{Facet, Number, Path, Value, ValueKind};
use uuid::Uuid;

use crate::cbor::{CborError, Reader, Writer};
use crate::edit::{
    Change, Edit, EditError, EditHash, Hlc, InstrumentHash, MAX_CHANGES, MAX_EDIT_BYTES, MAX_SEEN,
    VersionVector,
};
use crate::id::{EditId, WriterId};
use crate::loose::LooseEdit;
use crate::subject::{Subject, SubjectKind};

const FORMAT: u64 = 1;
const ITEMS: usize = 13;
const LONGEST_PATH: usize = 512;
const MAX_CHOSEN: usize = 1024;

const REMOVED: u64 = 0;
const TEXT: u64 = 1;
const INTEGER: u64 = 2;
const DECIMAL: u64 = 3;
const DATE: u64 = 4;
const CHOICE: u64 = 5;
const CHOICES: u64 = 6;
const TIME: u64 = 7;
const DATE_TIME: u64 = 8;
const POINT: u64 = 9;
const FILE: u64 = 10;
/// No date, time, place or file name is longer, in bytes.
const LONGEST_WRITTEN: usize = 160;

pub(crate) fn write(edit: &Edit) -> Vec<u8> {
    let mut out = write_head(edit, edit.changes.len());
    for (path, change) in &edit.changes {
        out.text(path.as_str());
        write_change(&mut out, change);
    }
    out.into_bytes()
}

/// The same of an edit whose changes are not in its map, in the order of their paths.
pub(crate) fn write_loose(edit: &LooseEdit) -> Vec<u8> {
    let mut out = write_head(&edit.head, edit.len());
    for row in edit.rows() {
        let (around, dot) = row.around().map_or(("", ""), |around| (around, "."));
        for (place, change) in row.changes() {
            let suffix = place.facet.map_or("", Facet::suffix);
            match &place.field {
                Some(field) => out.joined(&[around, dot, field.as_str(), suffix]),
                None => out.joined(&[around, suffix]),
            };
            write_change(&mut out, change);
        }
    }
    out.into_bytes()
}

/// Everything before the changes, and how many of them follow.
fn write_head(edit: &Edit, changes: usize) -> Writer {
    // Rarely is a change longer.
    let mut out = Writer::with_room(256 + 64 * changes);
    out.array(ITEMS).uint(FORMAT).bytes(edit.id.writer.0.as_bytes()).uint(edit.id.seq);
    nullable(&mut out, edit.prev.map(|hash| hash.0));
    out.text(edit.subject.commune.as_str())
        .uint(kind_code(edit.subject.kind))
        .bytes(edit.subject.id.as_bytes());
    out.array(edit.seen.0.len() * 2);
    for (writer, seq) in &edit.seen.0 {
        out.bytes(writer.0.as_bytes()).uint(*seq);
    }
    out.int(edit.at.millis).uint(u64::from(edit.at.counter)).text(&edit.author);
    nullable(&mut out, edit.instrument.map(|hash| hash.0));
    out.array(changes * 3);
    out
}

pub(crate) fn read(bytes: &[u8]) -> Result<Edit, EditError> {
    if bytes.len() > MAX_EDIT_BYTES {
        return Err(EditError { code: "too_large" });
    }
    let mut input = Reader::new(bytes);
    // A newer format may have more items; its version still comes first.
    let items = input.array(usize::MAX)?;
    match input.uint()? {
        FORMAT if items == ITEMS => {}
        newer if newer > FORMAT => return Err(EditError { code: "newer_format" }),
        _ => return Err(CborError::Malformed.into()),
    }
    let mut canonical = true;
    let edit = read_items(&mut input, &mut canonical)?;
    input.end()?;
    if canonical { Ok(edit) } else { Err(EditError { code: "not_canonical" }) }
}

/// Reads an edit. `canonical` turns false where it would be written otherwise than it stands; heads and lengths have one form only.
fn read_items(input: &mut Reader<'_>, canonical: &mut bool) -> Result<Edit, CborError> {
    let id = EditId { writer: writer(input)?, seq: input.uint()? };
    if id.seq == 0 {
        return Err(CborError::Malformed);
    }
    Ok(Edit {
        id,
        prev: input.nullable(Reader::bytes_of)?.map(EditHash),
        subject: Subject {
            commune: input.text(5)?.parse().map_err(|_| CborError::Malformed)?,
            kind: kind(input.uint()?)?,
            id: Uuid::from_bytes(input.bytes_of()?),
        },
        seen: read_seen(input, canonical)?,
        at: Hlc {
            millis: input.int()?,
            counter: u32::try_from(input.uint()?).map_err(|_| CborError::Malformed)?,
        },
        author: input.text(MAX_EDIT_BYTES)?.to_owned(),
        instrument: input.nullable(Reader::bytes_of)?.map(InstrumentHash),
        changes: {
            let items = input.array(MAX_CHANGES * 3)?;
            if !items.is_multiple_of(3) {
                return Err(CborError::Malformed);
            }
            let mut changes: Vec<(Path, Change)> = Vec::with_capacity(items / 3);
            for _ in 0..items / 3 {
                let change = read_change(input, canonical)?;
                *canonical &= changes.last().is_none_or(|(before, _)| *before < change.0);
                changes.push(change);
            }
            changes.into_iter().collect()
        },
    })
}

fn read_seen(input: &mut Reader<'_>, canonical: &mut bool) -> Result<VersionVector, CborError> {
    let items = input.array(MAX_SEEN * 2)?;
    if !items.is_multiple_of(2) {
        return Err(CborError::Malformed);
    }
    let mut seen: Vec<(WriterId, u64)> = Vec::with_capacity(items / 2);
    for _ in 0..items / 2 {
        let writer = writer(input)?;
        *canonical &= seen.last().is_none_or(|(before, _)| *before < writer);
        seen.push((writer, input.uint()?));
    }
    Ok(VersionVector(seen.into_iter().collect()))
}

fn write_change(out: &mut Writer, change: &Change) {
    match change {
        Change::Removed => out.uint(REMOVED).null(),
        Change::Set(Value::Text(text)) => out.uint(TEXT).text(text),
        Change::Set(Value::Integer(number)) => out.uint(INTEGER).int(*number),
        Change::Set(Value::Decimal(number)) => out.uint(DECIMAL).float(number.get()),
        Change::Set(Value::Date(date)) => out.uint(DATE).text(&date.to_string()),
        Change::Set(value @ Value::Time(_)) => out.uint(TIME).text(&value.to_string()),
        Change::Set(value @ Value::DateTime(_)) => out.uint(DATE_TIME).text(&value.to_string()),
        Change::Set(value @ Value::Point(_)) => out.uint(POINT).text(&value.to_string()),
        Change::Set(Value::File(name)) => out.uint(FILE).text(name.as_str()),
        Change::Set(Value::Choice(name)) => out.uint(CHOICE).text(name),
        Change::Set(Value::Choices(names)) => {
            out.uint(CHOICES).array(names.len());
            for name in names {
                out.text(name);
            }
            out
        }
    };
}

fn read_change(input: &mut Reader<'_>, canonical: &mut bool) -> Result<(Path, Change), CborError> {
    // A path has one form only.
    let path = input.text(LONGEST_PATH)?.parse().map_err(|_| CborError::Malformed)?;
    let value = match input.uint()? {
        REMOVED => {
            return match input.nullable(|_| Err::<(), _>(CborError::Malformed))? {
                None => Ok((path, Change::Removed)),
                Some(()) => Err(CborError::Malformed),
            };
        }
        TEXT => Value::Text(input.text(MAX_EDIT_BYTES)?.to_owned()),
        INTEGER => Value::Integer(input.int()?),
        DECIMAL => {
            let float = input.float()?;
            let number = Number::new(float).ok_or(CborError::Malformed)?;
            *canonical &= number.get().to_bits() == float.to_bits();
            Value::Decimal(number)
        }
        DATE => {
            let text = input.text(20)?;
            let date: Date = text.parse().map_err(|_| CborError::Malformed)?;
            *canonical &= is_written_so(&date, text);
            Value::Date(date)
        }
        TIME => written(input, ValueKind::Time, canonical)?,
        DATE_TIME => written(input, ValueKind::DateTime, canonical)?,
        POINT => written(input, ValueKind::Point, canonical)?,
        FILE => written(input, ValueKind::File, canonical)?,
        CHOICE => Value::Choice(input.text(MAX_EDIT_BYTES)?.to_owned()),
        CHOICES => {
            let names = input.array(MAX_CHOSEN)?;
            Value::Choices(
                (0..names).map(|_| Ok(input.text(MAX_EDIT_BYTES)?.to_owned())).collect::<Result<_, _>>()?,
            )
        }
        _ => return Err(CborError::Malformed),
    };
    Ok((path, Change::Set(value)))
}

/// A value that travels as its canonical text.
fn written(input: &mut Reader<'_>, kind: ValueKind, canonical: &mut bool) -> Result<Value, CborError> {
    let text = input.text(LONGEST_WRITTEN)?;
    let value = Value::parse(kind, text).ok().flatten().ok_or(CborError::Malformed)?;
    *canonical &= is_written_so(&value, text);
    Ok(value)
}

/// Whether something is written as a text, no more and no less.
fn is_written_so(value: &impl fmt::Display, text: &str) -> bool {
    /// What of the text is still to be written.
    struct Rest<'t>(Option<&'t str>);
    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0 = self.0.and_then(|rest| rest.strip_prefix(part));
            Ok(())
        }
    }
    let mut rest = Rest(Some(text));
    write!(rest, "{value}").is_ok() && rest.0 == Some("")
}

fn nullable<const N: usize>(out: &mut Writer, hash: Option<[u8; N]>) {
    match hash {
        Some(hash) => out.bytes(&hash),
        None => out.null(),
    };
}

fn writer(input: &mut Reader<'_>) -> Result<WriterId, CborError> {
    Ok(WriterId(Uuid::from_bytes(input.bytes_of()?)))
}

fn kind_code(kind: SubjectKind) -> u64 {
    match kind {
        SubjectKind::Household => 0,
        SubjectKind::Interview => 1,
        SubjectKind::Case => 2,
        SubjectKind::Remark => 3,
    }
}

fn kind(code: u64) -> Result<SubjectKind, CborError> {
    [SubjectKind::Household, SubjectKind::Interview, SubjectKind::Case, SubjectKind::Remark]
        .into_iter()
        .find(|kind| kind_code(*kind) == code)
        .ok_or(CborError::Malformed)
}

impl From<CborError> for EditError {
    fn from(error: CborError) -> Self {
        let code = match error {
            CborError::Truncated => "truncated",
            CborError::Malformed => "malformed",
            CborError::TooLarge => "too_large",
        };
        Self { code }
    }
}
