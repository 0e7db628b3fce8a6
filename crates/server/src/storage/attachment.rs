//! Files beside the answers, as storages give and take them.

use rasoat_casework::{AttachmentName, CommuneCode, DeviceId};

/// What has come of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredAttachment {
    /// Bytes of the whole, as who began it said.
    pub size: u32,
    /// Bytes that have come, from the first on.
    pub have: u32,
    /// Whether it is all there and was found to be what its name says.
    pub whole: bool,
}

/// A piece on its way in.
#[derive(Debug, Clone)]
pub struct AttachmentPiece {
    /// Of which file.
    pub name: AttachmentName,
    /// Bytes of the whole.
    pub size: u32,
    /// Where the piece begins.
    pub offset: u32,
    /// The piece.
    pub bytes: Vec<u8>,
    /// A commune whose edits name the file.
    pub commune: CommuneCode,
    /// Who sends it.
    pub device: DeviceId,
    /// When.
    pub received_at: i64,
    /// The most bytes of files of one device.
    pub device_bytes: u64,
    /// The most bytes of files of one commune.
    pub commune_bytes: u64,
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrivedPiece {
    /// So much is there; the piece is part of it if it began where what was there ended.
    Has(StoredAttachment),
    /// Nothing was kept: the device or the commune has as much as it may.
    TooMuch,
}
