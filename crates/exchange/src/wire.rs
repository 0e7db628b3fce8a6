//! Small items that several formats share.

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{DeviceId, EditId, WriterId};
use uuid::Uuid;

use crate::keys::Signature;

pub(crate) fn read_uuid(input: &mut Reader<'_>) -> Result<Uuid, CborError> {
    input.bytes_of().map(Uuid::from_bytes)
}

pub(crate) fn read_writer(input: &mut Reader<'_>) -> Result<WriterId, CborError> {
    read_uuid(input).map(WriterId)
}

pub(crate) fn read_device(input: &mut Reader<'_>) -> Result<DeviceId, CborError> {
    read_uuid(input).map(DeviceId)
}

pub(crate) fn read_signature(input: &mut Reader<'_>) -> Result<Signature, CborError> {
    input.bytes_of().map(Signature::from_bytes)
}

pub(crate) fn write_edit_id(out: &mut Writer, id: EditId) {
    out.bytes(id.writer.0.as_bytes()).uint(id.seq);
}

pub(crate) fn read_edit_id(input: &mut Reader<'_>) -> Result<EditId, CborError> {
    Ok(EditId { writer: read_writer(input)?, seq: input.uint()? })
}

/// The format's version, first in every array; `Ok(true)` if it is ours and the array has `items` items, `Ok(false)` if it
/// is a newer one.
pub(crate) fn read_format(input: &mut Reader<'_>, format: u64, items: usize) -> Result<bool, CborError> {
    let found = input.array(usize::MAX)?;
    let version = input.uint()?;
    match version {
        _ if version == format && found == items => Ok(true),
        _ if version > format => Ok(false),
        _ => Err(CborError::Malformed),
    }
}
