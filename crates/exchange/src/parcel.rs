//! Edits as seven items of an array, in a batch and in an answer alike: which they are, the instruments they name, most of them
//! packed, and as they are those that cannot be.

use std::collections::BTreeMap;

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{Edit, EditHash, EditId, InstrumentHash, LooseEdit, MAX_EDIT_BYTES};

use crate::batch::UnreadableEdit;
use crate::pack::{Dictionary, Packing, UnpackError, is_packable, pack, unpack};
use crate::wire;

/// How many items a parcel is.
pub(crate) const ITEMS: usize = 7;
/// Edits in one of several parcels.
const AT_ONCE: usize = 100;
/// No packing is longer.
const LONGEST_PACKING: usize = 64 * 1024 * 1024;

/// What a parcel holds.
pub(crate) struct Parcel {
    /// Those that can be read, in the parcel's order, each with its hash.
    pub(crate) edits: Vec<(LooseEdit, EditHash)>,
    /// Those that cannot.
    pub(crate) unreadable: Vec<UnreadableEdit>,
}

/// Writes edits in the order given.
pub(crate) fn write(edits: &[Edit], dictionary: Option<&Dictionary>, out: &mut Writer) {
    let runs = runs(edits.iter().map(|edit| edit.id));
    out.array(runs.len() * 3);
    for (first, count) in runs {
        wire::write_edit_id(out, first);
        out.uint(count);
    }
    let mut instruments: Vec<InstrumentHash> = edits.iter().filter_map(|edit| edit.instrument).collect();
    instruments.sort();
    instruments.dedup();
    out.array(instruments.len());
    for instrument in &instruments {
        out.bytes(&instrument.0);
    }
    let packable: Vec<Edit> = edits.iter().filter(|edit| is_packable(edit)).cloned().collect();
    let ids: Vec<EditId> = packable.iter().map(|edit| edit.id).collect();
    let packed = pack(&packable, &instruments, dictionary);
    // Whatever the packing cannot give back as it was travels as it is: nothing is worth an answer.
    let parts = (packed.schema.as_slice(), packed.texts.as_slice(), packed.codes.as_slice());
    let found = unpack(parts, packed.dictionary, &ids, &instruments);
    let whole = found.is_ok_and(|found| {
        found.len() == packable.len()
            && found.into_iter().zip(&packable).all(|((found, _), edit)| found.into_edit() == *edit)
    });
    let packed = if whole { packed } else { Packing::default() };
    out.uint(packed.dictionary).bytes(&packed.schema).bytes(&packed.texts).bytes(&packed.codes);
    let bare: Vec<(usize, &Edit)> =
        edits.iter().enumerate().filter(|(_, edit)| !whole || !is_packable(edit)).collect();
    out.array(bare.len() * 2);
    for (place, edit) in bare {
        out.uint(place as u64).bytes(&edit.to_bytes());
    }
}

/// Writes any number of edits as an array of parcels.
pub(crate) fn write_all(edits: &[Edit], dictionary: Option<&Dictionary>, out: &mut Writer) {
    let parcels = edits.chunks(AT_ONCE);
    out.array(parcels.len());
    for parcel in parcels {
        out.array(ITEMS);
        write(parcel, dictionary, out);
    }
}

/// What several parcels hold.
#[derive(Default)]
pub(crate) struct Parcels {
    /// Those that can be read, in their order.
    pub(crate) edits: Vec<Edit>,
    /// Those that cannot.
    pub(crate) unreadable: Vec<UnreadableEdit>,
}

/// Reads [`write_all`], at most `most` edits.
pub(crate) fn read_all(input: &mut Reader<'_>, most: usize) -> Result<Parcels, UnpackError> {
    let mut all = Parcels::default();
    for _ in 0..input.array(most)? {
        input.array_of(ITEMS)?;
        let Parcel { edits, unreadable } = read(input, AT_ONCE)?;
        all.edits.extend(edits.into_iter().map(|(edit, _)| edit.into_edit()));
        all.unreadable.extend(unreadable);
        if all.edits.len() + all.unreadable.len() > most {
            return Err(CborError::Malformed.into());
        }
    }
    Ok(all)
}

/// Reads a parcel of at most `most` edits.
pub(crate) fn read(input: &mut Reader<'_>, most: usize) -> Result<Parcel, UnpackError> {
    let ids = read_ids(input, most)?;
    let instruments = (0..input.array(most)?)
        .map(|_| input.bytes_of().map(InstrumentHash))
        .collect::<Result<Vec<_>, _>>()?;
    let dictionary = input.uint()?;
    let mut part = || input.bytes(LONGEST_PACKING);
    let packed = (part()?, part()?, part()?);
    let items = input.array(ids.len() * 2)?;
    if !items.is_multiple_of(2) {
        return Err(CborError::Malformed.into());
    }
    let mut bare: BTreeMap<usize, &[u8]> = BTreeMap::new();
    for _ in 0..items / 2 {
        let place = usize::try_from(input.uint()?).map_err(|_| CborError::TooLarge)?;
        let follows = bare.last_key_value().is_none_or(|(last, _)| *last < place);
        if place >= ids.len() || !follows {
            return Err(CborError::Malformed.into());
        }
        bare.insert(place, input.bytes(MAX_EDIT_BYTES * 2)?);
    }
    let rest: Vec<EditId> =
        ids.iter().enumerate().filter(|(place, _)| !bare.contains_key(place)).map(|(_, id)| *id).collect();
    let unpacked = match (packed.0.is_empty(), rest.is_empty()) {
        (true, true) => Vec::new(),
        (true, false) => return Err(CborError::Malformed.into()),
        (false, _) => unpack(packed, dictionary, &rest, &instruments)?,
    };
    let mut unpacked = unpacked.into_iter();
    let mut parcel = Parcel { edits: Vec::with_capacity(ids.len()), unreadable: Vec::new() };
    for (place, id) in ids.into_iter().enumerate() {
        match bare.get(&place) {
            None => parcel.edits.extend(unpacked.next()),
            Some(bytes) => match Edit::from_bytes(bytes) {
                // What is read would be written as it stands.
                Ok(edit) if edit.id == id => parcel.edits.push((edit.into(), EditHash::of(bytes))),
                Ok(_) => parcel.unreadable.push(unreadable(id, bytes, "other_id")),
                Err(error) => parcel.unreadable.push(unreadable(id, bytes, error.code)),
            },
        }
    }
    Ok(parcel)
}

/// How much is left after what compresses: names and texts, with all before them. Codes do not.
pub(crate) fn seam(input: &mut Reader<'_>, most: usize) -> Result<usize, CborError> {
    read_ids(input, most)?;
    for _ in 0..input.array(most)? {
        input.bytes_of::<32>()?;
    }
    input.uint()?;
    input.bytes(LONGEST_PACKING)?;
    input.bytes(LONGEST_PACKING)?;
    Ok(input.left())
}

fn unreadable(id: EditId, bytes: &[u8], code: &'static str) -> UnreadableEdit {
    UnreadableEdit { id, bytes: bytes.to_vec(), code }
}

/// Consecutive numbers of one writer as (first, count).
fn runs(ids: impl Iterator<Item = EditId>) -> Vec<(EditId, u64)> {
    let mut runs: Vec<(EditId, u64)> = Vec::new();
    for id in ids {
        match runs.last_mut() {
            Some((first, count))
                if first.writer == id.writer && first.seq.checked_add(*count) == Some(id.seq) =>
            {
                *count += 1;
            }
            Some(_) | None => runs.push((id, 1)),
        }
    }
    runs
}

/// The numbers of the edits, in their order.
pub(crate) fn read_ids(input: &mut Reader<'_>, most: usize) -> Result<Vec<EditId>, CborError> {
    let items = input.array(most * 3)?;
    if !items.is_multiple_of(3) {
        return Err(CborError::Malformed);
    }
    let mut ids = Vec::new();
    for _ in 0..items / 3 {
        let first = wire::read_edit_id(input)?;
        let count = input.uint()?;
        let end = first.seq.checked_add(count).ok_or(CborError::Malformed)?;
        if count > (most - ids.len()) as u64 {
            return Err(CborError::TooLarge);
        }
        if first.seq == 0 || count == 0 {
            return Err(CborError::Malformed);
        }
        ids.extend((first.seq..end).map(|seq| EditId { writer: first.writer, seq }));
    }
    Ok(ids)
}
