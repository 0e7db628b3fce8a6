//! Packing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rasoat_casework::{
    Change, Edit, EditHash, EditId, InstrumentHash, Round, SubjectKind, WriterId, interview_id, new_member_id,
};
use rasoat_instrument::{Facet, InstanceId, Path, Segment, Value};
use uuid::Uuid;

use super::bytes::{Out, fold_sign};
use super::cell::{MOST_COMMON, Row, Writing, whole_uuid};
use super::dictionary::Dictionary;
use super::model::{After, Head, Model, Region};
use super::range::{Coder, Encoder};
use super::schema::{CellKind, Column, LONGEST_LIST, Layout, Table};
use super::{
    FORMAT, HOUSEHOLD, ID_INTERVIEW, ID_NEW, ID_RECENT, INSTANCE_AGAIN, INSTANCE_OWN, INSTANCE_SHORT,
    INSTANCE_TEXT, LETTERS, LONGEST_SHARED, PREV_CHAINED, PREV_GIVEN, PREV_NONE, Packing, ROUND, SHORT_BITS,
    SHORT_LETTERS, kind_code,
};

/// A value is common in a column from this part (one in so many) of its cells on.
const COMMON_FROM: usize = 16;
/// An edit that uses less than this part (one in so many) of a table's places lists them.
const LISTED_BELOW: usize = 4;

/// Packs edits, in the order given. `instruments`: those the edits name, in the order of the parcel's head.
pub(crate) fn pack(
    edits: &[Edit],
    instruments: &[InstrumentHash],
    dictionary: Option<&Dictionary>,
) -> Packing {
    let mut layout = dictionary.map(|known| known.layout.clone()).unwrap_or_default();
    let more = missing(&Rows::of(edits), &layout);
    let mut schema = Out::default();
    schema.bytes.push(FORMAT);
    write_shared(&mut schema, edits);
    write_tables(&mut schema, &more);
    for (at, table) in more {
        layout.extend(at, table);
    }
    let known = dictionary.map_or(&[][..], |known| &known.odds);
    let mut model = Model::new(known, layout.size.saturating_sub(known.len()));
    let mut coder = Encoder::new();
    let texts = encode(&mut coder, &mut model, edits, instruments, &layout);
    Packing {
        dictionary: dictionary.map_or(0, |known| known.number),
        schema: schema.bytes,
        texts,
        codes: coder.finish(),
    }
}

/// Whether an edit can travel packed.
pub(crate) fn is_packable(edit: &Edit) -> bool {
    edit.author.len() <= LONGEST_SHARED
}

/// Texts that several edits share: communes and authors.
fn shared(edits: &[Edit]) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for edit in edits {
        for text in [edit.subject.commune.as_str(), edit.author.as_str()] {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    texts
}

fn write_shared(out: &mut Out, edits: &[Edit]) {
    let texts = shared(edits);
    out.size(texts.len());
    texts.iter().for_each(|text| out.text(text));
}

/// Tables beyond the dictionary's, and columns beyond its tables'.
fn write_tables(out: &mut Out, tables: &[(Option<usize>, Table)]) {
    out.size(tables.len());
    for (at, table) in tables {
        match at {
            Some(at) => out.size(at + 1),
            None => {
                out.size(0);
                out.size(usize::from(table.kind));
                out.size(table.repeats.len());
                table.repeats.iter().for_each(|repeat| out.text(repeat));
            }
        }
        out.size(table.columns.len());
        for column in &table.columns {
            out.text(&column.name);
            out.size(usize::from(column.kind.code()));
            if column.kind.is_named() {
                out.size(column.names.len());
                column.names.iter().for_each(|name| out.text(name));
            }
        }
    }
}

/// Everything but names, to the coder; returns the texts.
pub(super) fn encode(
    coder: &mut Encoder,
    model: &mut Model,
    edits: &[Edit],
    instruments: &[InstrumentHash],
    layout: &Layout,
) -> Vec<u8> {
    write_heads(coder, model, edits, instruments);
    let ids = new_ids(edits);
    let rows = Rows::of(edits);
    let mut texts = Vec::new();
    for (table, regions) in &layout.tables {
        let repeats: Vec<&str> = table.repeats.iter().map(String::as_str).collect();
        let found = rows.0.get(&(table.kind, repeats));
        model.head(coder, Head::Tables, u64::from(found.is_some()));
        if let Some(found) = found {
            let mut writing = Writing { coder, model, texts: &mut texts };
            found.write(&mut writing, edits, (table, regions), &ids);
        }
    }
    texts
}

/// What the edits say of their making, item by item.
fn write_heads(coder: &mut impl Coder, model: &mut Model, edits: &[Edit], instruments: &[InstrumentHash]) {
    let texts = shared(edits);
    let text_at = |text: &str| texts.iter().position(|known| *known == text).unwrap_or_default() as u64;
    let mut writers: Vec<WriterId> = Vec::new();
    let own = edits.iter().map(|edit| edit.id.writer);
    let seen = edits.iter().flat_map(|edit| edit.seen.0.keys().copied());
    let mut own_count = 0;
    for (writer, is_own) in own.map(|writer| (writer, true)).chain(seen.map(|writer| (writer, false))) {
        if !writers.contains(&writer) {
            writers.push(writer);
            own_count += usize::from(is_own);
        }
    }
    model.head(coder, Head::SeenWriter, (writers.len() - own_count) as u64);
    for writer in &writers[own_count..] {
        whole_uuid(coder, writer.0);
    }

    let mut last = BTreeMap::new();
    for edit in edits {
        let before = last.insert(edit.id.writer, edit.hash());
        match edit.prev {
            None => model.head(coder, Head::Prev, PREV_NONE),
            prev if prev == before => model.head(coder, Head::Prev, PREV_CHAINED),
            Some(prev) => {
                model.head(coder, Head::Prev, PREV_GIVEN);
                u64::from(whole_hash(coder, prev) != prev)
            }
        };
    }
    let mut ids: Vec<Uuid> = Vec::new();
    let mut before = 0_i64;
    for edit in edits {
        model.head(coder, Head::Commune, text_at(edit.subject.commune.as_str()));
        model.head(coder, Head::Kind, u64::from(kind_code(edit.subject.kind)));
        let id = edit.subject.id;
        if names_itself(edit) {
            model.head(coder, Head::Subject, ID_INTERVIEW);
        } else if let Some(back) = ids.iter().rev().position(|known| *known == id) {
            model.head(coder, Head::Subject, ID_RECENT + back as u64);
        } else {
            model.head(coder, Head::Subject, ID_NEW);
            whole_uuid(coder, id);
            ids.push(id);
        }
        model.head(coder, Head::Seen, edit.seen.0.len() as u64);
        for (writer, seq) in &edit.seen.0 {
            let place = writers.iter().position(|known| known == writer).unwrap_or_default();
            model.head(coder, Head::SeenWriter, place as u64);
            model.head(coder, Head::SeenSeq, fold_sign(edit.id.seq.wrapping_sub(*seq).cast_signed()));
        }
        model.head(coder, Head::Millis, fold_sign(edit.at.millis.wrapping_sub(before)));
        before = edit.at.millis;
        model.head(coder, Head::Counter, u64::from(edit.at.counter));
        model.head(coder, Head::Author, text_at(&edit.author));
        let place = edit.instrument.and_then(|hash| instruments.iter().position(|known| *known == hash));
        model.head(coder, Head::Instrument, place.map_or(0, |place| place as u64 + 1));
    }
}

/// Writes and returns a hash, or reads one.
pub(super) fn whole_hash(coder: &mut impl Coder, hash: EditHash) -> EditHash {
    let mut bytes = [0; 16];
    for (part, given) in bytes.chunks_exact_mut(8).zip(hash.0.chunks_exact(8)) {
        let number = given.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        part.copy_from_slice(&coder.even(number, 64).to_be_bytes());
    }
    EditHash(bytes)
}

/// For each edit how many of the new ids stand before or at it, and all of them.
fn new_ids(edits: &[Edit]) -> (Vec<usize>, Vec<Uuid>) {
    let (mut counts, mut ids) = (Vec::new(), Vec::new());
    for edit in edits {
        if !names_itself(edit) && !ids.contains(&edit.subject.id) {
            ids.push(edit.subject.id);
        }
        counts.push(ids.len());
    }
    (counts, ids)
}

/// Whether an interview's id follows from what the edit says.
fn names_itself(edit: &Edit) -> bool {
    edit.subject.kind == SubjectKind::Interview && named_interview(edit) == Some(edit.subject.id)
}

/// The interview that the program's own places of it name.
fn named_interview(edit: &Edit) -> Option<Uuid> {
    let value_of = |name: &str| match edit.changes.get(&Path::field(name).ok()?)? {
        Change::Set(value) => Some(value),
        Change::Removed => None,
    };
    named_by(value_of(HOUSEHOLD), value_of(ROUND))
}

/// The interview of the household and round that stand in these places.
pub(super) fn named_by(household: Option<&Value>, round: Option<&Value>) -> Option<Uuid> {
    let (Some(Value::Text(household)), Some(Value::Integer(round))) = (household, round) else { return None };
    Some(interview_id(household.parse().ok()?, Round(u16::try_from(*round).ok()?)))
}

/// The rows of each table, by kind of document and repeats around.
pub(super) struct Rows<'e>(BTreeMap<(u8, Vec<&'e str>), TableRows<'e>>);

/// For each edit that has rows: which it is, and its rows.
struct TableRows<'e>(Vec<(usize, Vec<Instance<'e>>)>);

/// One row: the ids of the instances around, from the outside in, and what stands where.
struct Instance<'e> {
    ids: Vec<&'e str>,
    cells: BTreeMap<String, &'e Change>,
}

impl<'e> Rows<'e> {
    pub(super) fn of(edits: &'e [Edit]) -> Self {
        let mut tables: BTreeMap<(u8, Vec<&'e str>), TableRows<'e>> = BTreeMap::new();
        for (index, edit) in edits.iter().enumerate() {
            let mut split: BTreeMap<Vec<&'e str>, Vec<Instance<'e>>> = BTreeMap::new();
            for (path, change) in &edit.changes {
                let (around, ids, name) = place(path);
                let rows = split.entry(around).or_default();
                match rows.iter_mut().rev().find(|row| row.ids == ids) {
                    Some(row) => {
                        row.cells.insert(name, change);
                    }
                    None => rows.push(Instance { ids, cells: BTreeMap::from([(name, change)]) }),
                }
            }
            for (around, rows) in split {
                let table = tables.entry((kind_code(edit.subject.kind), around));
                table.or_insert_with(|| TableRows(Vec::new())).0.push((index, rows));
            }
        }
        Self(tables)
    }
}

impl Rows<'_> {
    /// Gives a table's columns of texts and numbers the values that are common in these rows.
    pub(super) fn note_common(&self, table: &mut Table) {
        let repeats: Vec<&str> = table.repeats.iter().map(String::as_str).collect();
        let Some(found) = self.0.get(&(table.kind, repeats)) else { return };
        for column in &mut table.columns {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            let rows = found.0.iter().flat_map(|(_, rows)| rows);
            for change in rows.filter_map(|row| row.cells.get(&column.name)) {
                match (column.kind, change) {
                    (CellKind::Text, Change::Set(value @ Value::Text(_)))
                    | (CellKind::Integer, Change::Set(value @ Value::Integer(_))) => {
                        *counts.entry(value.to_string()).or_default() += 1;
                    }
                    (_, _) => {}
                }
            }
            let all: usize = counts.values().sum();
            let common = counts
                .into_iter()
                .filter(|(text, count)| count * COMMON_FROM >= all && text.len() <= LONGEST_SHARED);
            let mut common: Vec<(String, usize)> = common.collect();
            common.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            if !common.is_empty() {
                let names = common.into_iter().map(|(text, _)| text).take(MOST_COMMON).collect();
                *column = Arc::new(Column { names: Arc::new(names), ..Column::clone(column) });
            }
        }
    }
}

/// What a layout lacks for these rows: tables, and columns of its tables.
pub(super) fn missing(rows: &Rows<'_>, layout: &Layout) -> Vec<(Option<usize>, Table)> {
    let mut more = Vec::new();
    for ((kind, repeats), found) in &rows.0 {
        let at = layout.find(*kind, repeats);
        let known: &[Arc<Column>] = at.map_or(&[], |at| &layout.tables[at].0.columns);
        let cells = || found.0.iter().flat_map(|(_, rows)| rows).flat_map(|row| &row.cells);
        let known: BTreeSet<&str> = known.iter().map(|column| column.name.as_str()).collect();
        let names: BTreeSet<&str> =
            cells().map(|(name, _)| name.as_str()).filter(|name| !known.contains(name)).collect();
        let columns: Vec<Arc<Column>> = names
            .into_iter()
            .map(|name| {
                let values =
                    cells().filter(|(other, _)| *other == name).filter_map(|(_, change)| match change {
                        Change::Set(value) => Some(value),
                        Change::Removed => None,
                    });
                Arc::new(column_for(name, &values.collect::<Vec<_>>()))
            })
            .collect();
        if at.is_none() || !columns.is_empty() {
            let repeats = repeats.iter().map(|repeat| (*repeat).to_owned()).collect();
            more.push((at, Table { kind: *kind, repeats, columns }));
        }
    }
    more
}

fn column_for(name: &str, values: &[&Value]) -> Column {
    let kind = values.first().map_or(CellKind::Any, |value| CellKind::of_value(value));
    let mut column = Column::new(name, kind);
    if kind.is_named() {
        let names: BTreeSet<&str> = values.iter().flat_map(|value| names_in(value)).collect();
        let short = names.into_iter().filter(|name| name.len() <= LONGEST_SHARED).take(LONGEST_LIST);
        column.names = Arc::new(short.map(str::to_owned).collect());
    }
    column
}

impl TableRows<'_> {
    /// Which edits have rows, and how; the rows' ids; whole rows column by column; then those that list what they have.
    fn write(
        &self,
        writing: &mut Writing<'_, Encoder>,
        edits: &[Edit],
        (table, regions): (&Table, &[Region]),
        (seen, ids): &(Vec<usize>, Vec<Uuid>),
    ) {
        let Writing { coder, model, .. } = writing;
        model.head(*coder, Head::Rows, self.0.len() as u64);
        let mut next = 0;
        for (index, rows) in &self.0 {
            model.head(*coder, Head::Gap, (index - next) as u64);
            next = index + 1;
            model.head(*coder, Head::Sparse, u64::from(is_sparse(rows, table)));
            if !table.repeats.is_empty() {
                model.head(*coder, Head::Rows, rows.len() as u64);
            }
        }
        if !table.repeats.is_empty() {
            self.write_ids(coder, model, edits);
        }
        let row = |index: usize| {
            let edit = &edits[index];
            Row { millis: edit.at.millis, author: &edit.author, ids: &ids[..seen[index]] }
        };
        let (sparse, dense): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .flat_map(|(index, rows)| {
                let sparse = is_sparse(rows, table);
                rows.iter().map(move |cells| (*index, cells, sparse))
            })
            .partition(|(_, _, sparse)| *sparse);
        let mut after = vec![After::Present; dense.len()];
        for (column, region) in table.columns.iter().zip(regions) {
            for ((index, cells, _), after) in dense.iter().zip(&mut after) {
                let change = cells.cells.get(&column.name).copied();
                writing.cell((column, *region), change, *after, row(*index));
                *after = if change.is_some() { After::Present } else { After::Absent };
            }
        }
        for (index, cells, _) in sparse {
            writing.model.head(writing.coder, Head::Cells, cells.cells.len() as u64);
            let mut next = 0;
            let places = table.columns.iter().zip(regions).enumerate();
            for (place, (column, region)) in places {
                let Some(change) = cells.cells.get(&column.name).copied() else { continue };
                writing.model.head(writing.coder, Head::Gap, (place - next) as u64);
                next = place + 1;
                writing.cell((column, *region), Some(change), After::Listed, row(index));
            }
        }
    }

    fn write_ids(&self, coder: &mut Encoder, model: &mut Model, edits: &[Edit]) {
        let mut before: Vec<&str> = Vec::new();
        for (index, rows) in &self.0 {
            let own = Own::of(edits[*index].id);
            let ids: Vec<&str> = rows.iter().flat_map(|row| row.ids.iter().copied()).collect();
            for id in &ids {
                if let Some(ordinal) = own.ordinal(id) {
                    model.head(coder, Head::Instance, INSTANCE_OWN + 2 * ordinal);
                } else if let Some(at) = before.iter().position(|known| known == id) {
                    model.head(coder, Head::Instance, INSTANCE_AGAIN + 2 * at as u64);
                } else if let Some(short) = short_of(id) {
                    model.head(coder, Head::Instance, INSTANCE_SHORT);
                    coder.even(short, SHORT_BITS);
                } else {
                    model.head(coder, Head::Instance, INSTANCE_TEXT);
                    coder.even(id.len() as u64, 6);
                    for byte in id.bytes() {
                        coder.even(u64::from(byte), 8);
                    }
                }
            }
            before = ids;
        }
    }
}

fn is_sparse(rows: &[Instance<'_>], table: &Table) -> bool {
    let used: usize = rows.iter().map(|row| row.cells.len()).sum();
    used * LISTED_BELOW < table.columns.len() * rows.len()
}

/// Ids of members that an edit itself adds.
struct Own([InstanceId; Self::MOST]);

impl Own {
    const MOST: usize = 24;

    fn of(edit: EditId) -> Self {
        Self(std::array::from_fn(|ordinal| new_member_id(edit, u32::try_from(ordinal).unwrap_or(u32::MAX))))
    }

    fn ordinal(&self, id: &str) -> Option<u64> {
        self.0.iter().position(|own| own.as_str() == id).map(|ordinal| ordinal as u64)
    }
}

/// Five bits for each of the letters.
fn short_of(id: &str) -> Option<u64> {
    let text = id.as_bytes();
    if text.len() != SHORT_LETTERS {
        return None;
    }
    let place = |letter: &u8| LETTERS.iter().position(|known| known == letter);
    text.iter().try_fold(0_u64, |bits, letter| Some(bits << 5 | place(letter)? as u64))
}

/// The repeats around a place, the instances it is in, and its name within them; no name is the instance itself.
fn place(path: &Path) -> (Vec<&str>, Vec<&str>, String) {
    let (mut around, mut ids, mut name) = (Vec::new(), Vec::new(), String::new());
    for segment in path.segments() {
        match segment {
            Segment::Instance(repeat, id) => {
                around.push(repeat);
                ids.push(id);
            }
            Segment::Field(field) => name.push_str(field),
        }
    }
    name.push_str(match path.facet() {
        Some(Facet::Reason) => "#reason",
        Some(Facet::Note) => "#note",
        None => "",
    });
    (around, ids, name)
}

fn names_in(value: &Value) -> Vec<&str> {
    match value {
        Value::Choice(name) => vec![name],
        Value::Choices(names) => names.iter().map(String::as_str).collect(),
        Value::Text(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Point(_)
        | Value::File(_) => Vec::new(),
    }
}
