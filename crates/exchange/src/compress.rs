//! One zstd stream around a message, and a bounded way back.

use std::io::Read;

const LEVEL: i32 = 6;
/// Streams that need a larger window to be read are refused: 2^23 bytes is what they may cost.
const WINDOW_LOG: u32 = 23;

/// Why a stream cannot be inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InflateError {
    /// More than the limit comes out.
    TooLarge,
    /// Cut off, or not a zstd stream.
    Damaged,
}

/// `None` if the compressor cannot get the memory it needs.
pub(crate) fn deflate(bytes: &[u8]) -> Option<Vec<u8>> {
    zstd::bulk::compress(bytes, LEVEL).ok()
}

/// At most `most` bytes, in memory that grows with what really comes out.
pub(crate) fn inflate(stream: &[u8], most: usize) -> Result<Vec<u8>, InflateError> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(stream).map_err(|_| InflateError::Damaged)?;
    decoder.window_log_max(WINDOW_LOG).map_err(|_| InflateError::Damaged)?;
    let mut inflated = Vec::new();
    let taken = decoder.by_ref().take(most as u64 + 1).read_to_end(&mut inflated);
    if inflated.len() > most {
        return Err(InflateError::TooLarge);
    }
    taken.map_err(|_| InflateError::Damaged)?;
    Ok(inflated)
}
