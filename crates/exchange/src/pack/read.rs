//! Unpacking: whatever the bytes say, no more memory than the limits allow.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_casework::cbor::CborError;
use rasoat_casework::{
    Change, CommuneCode, Edit, EditHash, EditId, Hlc, InstrumentHash, LooseEdit, LoosePlace, LooseRow,
    MAX_CHANGES, MAX_EDIT_BYTES, MAX_SEEN, Subject, VersionVector, WriterId, new_member_id,
};
use rasoat_instrument::{Facet, FieldName, InstanceId, Path, Value};
use uuid::Uuid;

use super::bytes::{In, unfold_sign};
use super::cell::{Reading, Row, whole_uuid};
use super::dictionary::Dictionary;
use super::model::{After, Head, Model, Region};
use super::range::{Coder as _, Decoder};
use super::schema::{CellKind, Column, LONGEST_LIST, Layout, Table};
use super::write::{named_by, whole_hash};
use super::{
    FORMAT, HOUSEHOLD, ID_INTERVIEW, ID_NEW, ID_RECENT, INSTANCE_AGAIN, INSTANCE_OWN, INSTANCE_SHORT,
    INSTANCE_TEXT, KINDS, LETTERS, LONGEST_NAME, LONGEST_SHARED, MOST_UNPACKED, PREV_CHAINED, PREV_GIVEN,
    PREV_NONE, ROUND, SHORT_BITS, SHORT_LETTERS, UnpackError,
};

/// More tables and columns than any form has.
const MOST_TABLES: usize = 256;
const MOST_COLUMNS: usize = MAX_CHANGES;
/// Repeats within repeats.
const DEEPEST: usize = 8;
/// What one place costs in memory, beside its text, in bytes.
const COST_OF_PLACE: usize = 48;
/// Cells that a row is given room for beforehand, at most.
const MOST_ROOM: usize = 32;
/// Cells that stay empty cost time only.
const COST_OF_CELL: usize = 2;

/// A packing's parts: schema, texts, codes.
pub(crate) type Parts<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// The edits of those ids, in that order, each with its hash. `dictionary`: the number of the one it was made with.
pub(crate) fn unpack(
    (schema, texts, codes): Parts<'_>,
    dictionary: u64,
    ids: &[EditId],
    instruments: &[InstrumentHash],
) -> Result<Vec<(LooseEdit, EditHash)>, UnpackError> {
    match schema.first() {
        Some(&FORMAT) => {}
        Some(&newer) if newer > FORMAT => return Err(UnpackError::Newer),
        Some(_) | None => return Err(CborError::Malformed.into()),
    }
    let dictionary = match dictionary {
        0 => None,
        number => Some(Dictionary::of(number).ok_or(UnpackError::UnknownDictionary)?),
    };
    let mut schema = In::new(&schema[1..]);
    let shared = (0..schema.count(ids.len() * 2)?)
        .map(|_| schema.text(LONGEST_SHARED))
        .collect::<Result<Vec<_>, _>>()?;
    let mut layout =
        dictionary.map_or_else(|| Cow::Owned(Layout::default()), |known| Cow::Borrowed(&known.layout));
    let tables = schema.count(MOST_TABLES)?;
    if tables > 0 {
        read_tables(&mut schema, tables, layout.to_mut())?;
    }
    let known = dictionary.map_or(&[][..], |known| &known.odds);
    let mut unpacking = Unpacking {
        coder: Decoder::new(codes),
        model: Model::new(known, layout.size.saturating_sub(known.len())),
        texts: In::new(texts),
        room: MOST_UNPACKED,
    };
    let mut heads = unpacking.heads(ids, instruments, &shared)?;
    for (at, (table, regions)) in layout.tables.iter().enumerate() {
        if unpacking.head(Head::Tables) == 1 {
            let known = dictionary.and_then(|known| known.places(at));
            let places = match known.filter(|places| places.ranks.len() == table.columns.len()) {
                Some(places) => Cow::Borrowed(places),
                None => Cow::Owned(Places::of(table)?),
            };
            unpacking.rows(&mut heads, table, regions, &places)?;
        }
    }
    if !schema.is_empty() || !unpacking.texts.is_empty() || !unpacking.coder.is_used_up() {
        return Err(CborError::Malformed.into());
    }
    Ok(finish(heads)?)
}

/// Reads so many tables, or further columns of tables, that a packing brings itself.
fn read_tables(input: &mut In<'_>, tables: usize, layout: &mut Layout) -> Result<(), CborError> {
    for _ in 0..tables {
        let (at, kind, repeats) = match input.size()? {
            0 => {
                let kind = u8::try_from(input.size()?).map_err(|_| CborError::Malformed)?;
                let repeats = (0..input.count(DEEPEST)?).map(|_| input.text(LONGEST_NAME).map(str::to_owned));
                let repeats = repeats.collect::<Result<Vec<_>, _>>()?;
                let names: Vec<&str> = repeats.iter().map(String::as_str).collect();
                if layout.find(kind, &names).is_some() {
                    return Err(CborError::Malformed);
                }
                (None, kind, repeats)
            }
            at => {
                let (known, _) = layout.tables.get(at - 1).ok_or(CborError::Malformed)?;
                (Some(at - 1), known.kind, known.repeats.clone())
            }
        };
        let mut columns = Vec::new();
        for _ in 0..input.count(MOST_COLUMNS)? {
            let name = input.text(LONGEST_NAME)?;
            let code = u8::try_from(input.size()?).map_err(|_| CborError::Malformed)?;
            let mut column = Column::new(name, CellKind::of(code).ok_or(CborError::Malformed)?);
            if column.kind.is_named() {
                let names = (0..input.count(LONGEST_LIST)?)
                    .map(|_| input.text(LONGEST_SHARED).map(str::to_owned))
                    .collect::<Result<_, _>>()?;
                column.names = Arc::new(names);
            }
            columns.push(Arc::new(column));
        }
        if usize::from(kind) >= KINDS.len() || columns.len() + layout.tables.len() > MOST_COLUMNS {
            return Err(CborError::Malformed);
        }
        layout.extend(at, Table { kind, repeats, columns });
    }
    // A column's odds are a kilobyte at most.
    if layout.size > MOST_UNPACKED / 2 { Err(CborError::TooLarge) } else { Ok(()) }
}

/// Edits as far as they are read.
struct Heads {
    edits: Vec<Edit>,
    /// What each edit says, row by row as the tables have it.
    said: Vec<Said>,
    prev: Vec<u64>,
    /// Whose subject's id follows from its content.
    unnamed: Vec<bool>,
    /// For each edit how many of the new ids stand before or at it.
    seen: Vec<usize>,
    ids: Vec<Uuid>,
}

/// What one edit says.
#[derive(Default)]
struct Said {
    rows: Vec<LooseRow>,
    changes: usize,
}

struct Unpacking<'a> {
    coder: Decoder<'a>,
    model: Model,
    texts: In<'a>,
    room: usize,
}

impl Unpacking<'_> {
    fn head(&mut self, head: Head) -> u64 {
        self.model.head(&mut self.coder, head, 0)
    }

    /// A number at the head that is below `end`.
    fn place(&mut self, head: Head, end: usize) -> Result<usize, CborError> {
        let place = usize::try_from(self.head(head)).map_err(|_| CborError::Malformed)?;
        if place < end { Ok(place) } else { Err(CborError::Malformed) }
    }

    fn spend(&mut self, cost: usize) -> Result<(), CborError> {
        self.room = self.room.checked_sub(cost).ok_or(CborError::TooLarge)?;
        Ok(())
    }

    fn heads(
        &mut self,
        ids: &[EditId],
        instruments: &[InstrumentHash],
        shared: &[&str],
    ) -> Result<Heads, CborError> {
        let mut writers: Vec<WriterId> = Vec::new();
        for id in ids {
            if !writers.contains(&id.writer) {
                writers.push(id.writer);
            }
        }
        for _ in 0..self.place(Head::SeenWriter, MAX_SEEN * 4)? {
            writers.push(WriterId(whole_uuid(&mut self.coder, Uuid::nil())));
        }
        let (mut prev, mut prevs) = (Vec::new(), Vec::new());
        for _ in ids {
            let kind = self.head(Head::Prev);
            prev.push(kind);
            prevs.push(match kind {
                PREV_NONE | PREV_CHAINED => None,
                PREV_GIVEN => Some(whole_hash(&mut self.coder, EditHash([0; 16]))),
                _ => return Err(CborError::Malformed),
            });
        }
        let mut heads = Heads {
            edits: Vec::new(),
            said: Vec::new(),
            prev,
            unnamed: Vec::new(),
            seen: Vec::new(),
            ids: Vec::new(),
        };
        let mut millis = 0_i64;
        for (id, prev) in ids.iter().zip(prevs) {
            let commune = shared[self.place(Head::Commune, shared.len())?];
            let commune: CommuneCode = commune.parse().map_err(|_| CborError::Malformed)?;
            let kind = KINDS[self.place(Head::Kind, KINDS.len())?];
            let subject = match self.head(Head::Subject) {
                ID_NEW => {
                    let id = whole_uuid(&mut self.coder, Uuid::nil());
                    heads.ids.push(id);
                    Some(id)
                }
                ID_INTERVIEW => None,
                recent => {
                    let back = usize::try_from(recent - ID_RECENT).map_err(|_| CborError::Malformed)?;
                    Some(*heads.ids.iter().rev().nth(back).ok_or(CborError::Malformed)?)
                }
            };
            heads.unnamed.push(subject.is_none());
            heads.seen.push(heads.ids.len());
            let seen = self.seen(*id, &writers)?;
            millis = millis.wrapping_add(unfold_sign(self.head(Head::Millis)));
            let counter = u32::try_from(self.head(Head::Counter)).map_err(|_| CborError::Malformed)?;
            let author = shared[self.place(Head::Author, shared.len())?].to_owned();
            self.spend(COST_OF_PLACE * 8 + author.len())?;
            let instrument = match self.place(Head::Instrument, instruments.len() + 1)? {
                0 => None,
                place => Some(instruments[place - 1]),
            };
            heads.said.push(Said::default());
            heads.edits.push(Edit {
                id: *id,
                prev,
                subject: Subject { commune, kind, id: subject.unwrap_or_default() },
                seen,
                at: Hlc { millis, counter },
                author,
                instrument,
                changes: BTreeMap::new(),
            });
        }
        Ok(heads)
    }

    fn seen(&mut self, id: EditId, writers: &[WriterId]) -> Result<VersionVector, CborError> {
        let mut seen = VersionVector::default();
        for _ in 0..self.place(Head::Seen, MAX_SEEN + 1)? {
            self.spend(COST_OF_PLACE)?;
            let writer = writers[self.place(Head::SeenWriter, writers.len())?];
            let seq = id.seq.wrapping_sub(unfold_sign(self.head(Head::SeenSeq)).cast_unsigned());
            if seen.0.insert(writer, seq).is_some() {
                return Err(CborError::Malformed);
            }
        }
        Ok(seen)
    }

    fn rows(
        &mut self,
        heads: &mut Heads,
        table: &Table,
        regions: &[Region],
        places: &Places,
    ) -> Result<(), CborError> {
        let depth = table.repeats.len();
        let mut at: Vec<(usize, bool, usize, usize)> = Vec::new();
        let mut next = 0_usize;
        for _ in 0..self.place(Head::Rows, heads.edits.len() + 1)? {
            let index = next + self.place(Head::Gap, heads.edits.len())?;
            let edit = heads.edits.get(index).ok_or(CborError::Malformed)?;
            if super::kind_code(edit.subject.kind) != table.kind {
                return Err(CborError::Malformed);
            }
            next = index + 1;
            let sparse = self.place(Head::Sparse, 2)? == 1;
            let count = if depth == 0 { 1 } else { self.place(Head::Rows, MAX_CHANGES)? };
            let room = if sparse { 0 } else { places.ranks.len().min(MOST_ROOM) };
            self.spend((2 + room) * COST_OF_PLACE * count)?;
            at.push((index, sparse, count, room));
        }
        // For each row its edit, and which of what that says it is.
        let (mut dense, mut listed): (Vec<(usize, usize)>, Vec<_>) = (Vec::new(), Vec::new());
        let mut before = Vec::new();
        for (index, sparse, count, room) in at {
            let rows = if sparse { &mut listed } else { &mut dense };
            let said = &mut heads.said[index];
            if depth == 0 {
                rows.push((index, said.rows.len()));
                said.rows.push(places.row(None, room));
                continue;
            }
            let ids = self.instances(heads.edits[index].id, count * depth, &before)?;
            for ids in ids.chunks(depth) {
                let instance = Some(instance(&table.repeats, ids)?);
                rows.push((index, said.rows.len()));
                said.rows.push(places.row(instance, room));
            }
            before = ids;
        }
        let mut after = vec![After::Present; dense.len()];
        for ((column, region), rank) in table.columns.iter().zip(regions).zip(&places.ranks) {
            self.spend(COST_OF_CELL * dense.len())?;
            for (row, after) in dense.iter().zip(&mut after) {
                let found = self.cell(heads, row.0, (column, *region), *after)?;
                *after = if found.is_some() { After::Present } else { After::Absent };
                if let Some(change) = found {
                    self.put(heads, *row, (column, *rank), change)?;
                }
            }
        }
        for row in listed {
            let mut next = 0;
            for _ in 0..self.place(Head::Cells, table.columns.len() + 1)? {
                let at = next + self.place(Head::Gap, table.columns.len())?;
                let (column, region) =
                    table.columns.get(at).zip(regions.get(at)).ok_or(CborError::Malformed)?;
                next = at + 1;
                let change = self.cell(heads, row.0, (column, *region), After::Listed)?;
                let change = change.ok_or(CborError::Malformed)?;
                self.put(heads, row, (column, places.ranks[at]), change)?;
            }
        }
        Ok(())
    }

    fn cell(
        &mut self,
        heads: &Heads,
        index: usize,
        at: (&Column, Region),
        after: After,
    ) -> Result<Option<Change>, CborError> {
        let edit = &heads.edits[index];
        let ids = &heads.ids[..heads.seen[index]];
        let row = Row { millis: edit.at.millis, author: &edit.author, ids };
        let mut reading = Reading { coder: &mut self.coder, model: &mut self.model, texts: &mut self.texts };
        reading.cell(at, after, row)
    }

    fn put(
        &mut self,
        heads: &mut Heads,
        (index, row): (usize, usize),
        (column, rank): (&Column, u16),
        change: Change,
    ) -> Result<(), CborError> {
        self.spend(COST_OF_PLACE + column.name.len() + size_of_change(&change))?;
        let said = &mut heads.said[index];
        if said.changes == MAX_CHANGES {
            return Err(CborError::Malformed);
        }
        said.changes += 1;
        said.rows[row].cells.push((rank, change));
        Ok(())
    }

    fn instances(
        &mut self,
        edit: EditId,
        count: usize,
        before: &[InstanceId],
    ) -> Result<Vec<InstanceId>, CborError> {
        let mut ids = Vec::with_capacity(count.min(64));
        for _ in 0..count {
            ids.push(match self.head(Head::Instance) {
                INSTANCE_SHORT => long_of(self.coder.even(0, SHORT_BITS))?,
                INSTANCE_TEXT => {
                    let length = self.coder.even(0, 6);
                    let text: Vec<u8> = (0..length).map(|_| self.coder.even(0, 8) as u8).collect();
                    let text = std::str::from_utf8(&text).map_err(|_| CborError::Malformed)?;
                    text.parse().map_err(|_| CborError::Malformed)?
                }
                own if own % 2 == INSTANCE_OWN % 2 => {
                    let ordinal = (own - INSTANCE_OWN) / 2;
                    new_member_id(edit, u32::try_from(ordinal).map_err(|_| CborError::Malformed)?)
                }
                again => {
                    let at = usize::try_from((again - INSTANCE_AGAIN) / 2);
                    before.get(at.map_err(|_| CborError::Malformed)?).cloned().ok_or(CborError::Malformed)?
                }
            });
        }
        Ok(ids)
    }
}

/// What the columns of a table are called.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// In the order of paths.
    sorted: Arc<[LoosePlace]>,
    /// By column: where in that order.
    ranks: Vec<u16>,
}

impl Places {
    pub(super) fn of(table: &Table) -> Result<Self, CborError> {
        let places = table.columns.iter().map(|column| place_of(&column.name)).enumerate();
        let mut places = places.map(|(at, place)| Ok((place?, at))).collect::<Result<Vec<_>, CborError>>()?;
        places.sort();
        let mut ranks = vec![0; places.len()];
        for (rank, (_, at)) in places.iter().enumerate() {
            ranks[*at] = u16::try_from(rank).map_err(|_| CborError::TooLarge)?;
        }
        Ok(Self { sorted: places.into_iter().map(|(place, _)| place).collect(), ranks })
    }

    /// A row with room for so many cells.
    fn row(&self, instance: Option<Path>, room: usize) -> LooseRow {
        LooseRow { instance, places: Arc::clone(&self.sorted), cells: Vec::with_capacity(room) }
    }
}

/// What a column's name says.
fn place_of(name: &str) -> Result<LoosePlace, CborError> {
    let (field, facet) = match name.split_once('#') {
        None => (name, None),
        Some((field, "reason")) => (field, Some(Facet::Reason)),
        Some((field, "note")) => (field, Some(Facet::Note)),
        Some(_) => return Err(CborError::Malformed),
    };
    let field = match field {
        "" => None,
        name => Some(FieldName::new(name).map_err(|_| CborError::Malformed)?),
    };
    Ok(LoosePlace { field, facet })
}

fn instance(repeats: &[String], ids: &[InstanceId]) -> Result<Path, CborError> {
    let mut path: Option<Path> = None;
    for (repeat, id) in repeats.iter().zip(ids) {
        let inner = match &path {
            None => Path::instance(repeat, id),
            Some(outer) => outer.child_instance(repeat, id),
        };
        path = Some(inner.map_err(|_| CborError::Malformed)?);
    }
    path.ok_or(CborError::Malformed)
}

fn long_of(short: u64) -> Result<InstanceId, CborError> {
    let letter = |at: usize| LETTERS[(short >> (5 * (SHORT_LETTERS - 1 - at)) & 31) as usize];
    let letters: [u8; SHORT_LETTERS] = std::array::from_fn(letter);
    let text = std::str::from_utf8(&letters).map_err(|_| CborError::Malformed)?;
    text.parse().map_err(|_| CborError::Malformed)
}

fn size_of_change(change: &Change) -> usize {
    match change {
        Change::Set(Value::Text(text) | Value::Choice(text)) => text.len(),
        Change::Set(Value::Choices(names)) => names.iter().map(|name| name.len() + 24).sum(),
        Change::Set(
            Value::Integer(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::Point(_)
            | Value::File(_),
        )
        | Change::Removed => 0,
    }
}

/// Ids that follow from the content, then hashes that follow from the edit before.
fn finish(heads: Heads) -> Result<Vec<(LooseEdit, EditHash)>, CborError> {
    let mut last: BTreeMap<WriterId, EditHash> = BTreeMap::new();
    let mut edits = Vec::with_capacity(heads.edits.len());
    let rest = heads.said.into_iter().zip(heads.unnamed).zip(heads.prev);
    for (head, ((said, unnamed), prev)) in heads.edits.into_iter().zip(rest) {
        let mut edit = LooseEdit::new(head, said.rows).map_err(|_| CborError::Malformed)?;
        if unnamed {
            let named = named_by(edit.value(HOUSEHOLD), edit.value(ROUND));
            edit.head.subject.id = named.ok_or(CborError::Malformed)?;
        }
        if prev == PREV_CHAINED {
            edit.head.prev = Some(*last.get(&edit.head.id.writer).ok_or(CborError::Malformed)?);
        }
        let bytes = edit.to_bytes();
        if bytes.len() > MAX_EDIT_BYTES {
            return Err(CborError::TooLarge);
        }
        let hash = EditHash::of(&bytes);
        last.insert(edit.head.id.writer, hash);
        edits.push((edit, hash));
    }
    Ok(edits)
}
