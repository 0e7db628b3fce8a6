//! One zstd stream around a message, with common texts known beforehand, and a bounded way back that takes it as it comes.

use std::io::Write as _;

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation as _, OutBuffer};

use crate::pack::Dictionary;

const LEVEL: i32 = 6;
/// Of what is small and travels far.
const SMALL_LEVEL: i32 = 19;
const SMALL: usize = 256 * 1024;
/// Streams that need a larger window to be read are refused: 2^23 bytes is what they may cost.
const WINDOW_LOG: u32 = 23;
/// What comes out of a stream at once.
pub(crate) const PIECE: usize = 64 * 1024;
/// How every zstd stream begins.
const MAGIC: [u8; 4] = 0xfd2f_b528_u32.to_le_bytes();
/// How a message begins that is smaller without a stream.
const PLAIN: u8 = 0;
/// The longest beginning of a stream that names its dictionary.
const LONGEST_HEADER: usize = 10;

/// Why a stream cannot be inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InflateError {
    /// More than the limit comes out.
    TooLarge,
    /// Cut off, or not a zstd stream.
    Damaged,
    /// Made with a dictionary that is not here.
    UnknownDictionary,
}

/// `None` if the compressor cannot get the memory it needs.
pub(crate) fn deflate(bytes: &[u8]) -> Option<Vec<u8>> {
    zstd::bulk::compress(bytes, LEVEL).ok()
}

/// A message in parts, flushed after each, so that whoever reads has every part as soon as its bytes are there. `None` if the
/// compressor cannot get the memory it needs.
pub(crate) fn deflate_parts(parts: &[&[u8]], dictionary: Option<&Dictionary>) -> Option<Vec<u8>> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let level = if length < SMALL { SMALL_LEVEL } else { LEVEL };
    let texts = dictionary.map_or(&[][..], Dictionary::texts);
    let mut encoder = zstd::stream::write::Encoder::with_dictionary(Vec::new(), level, texts).ok()?;
    encoder.include_checksum(false).ok()?;
    encoder.include_contentsize(false).ok()?;
    encoder.set_pledged_src_size(Some(length as u64)).ok()?;
    for (at, part) in parts.iter().enumerate() {
        encoder.write_all(part).ok()?;
        if at + 1 < parts.len() {
            encoder.flush().ok()?;
        }
    }
    let stream = encoder.finish().ok()?;
    if stream.len() <= length {
        return Some(stream);
    }
    let mut plain = Vec::with_capacity(length + 1);
    plain.push(PLAIN);
    parts.iter().for_each(|part| plain.extend_from_slice(part));
    Some(plain)
}

/// At most `most` bytes, in memory that grows with what really comes out.
pub(crate) fn inflate(stream: &[u8], most: usize) -> Result<Vec<u8>, InflateError> {
    let mut inflater = Inflater::of_streams(most);
    let mut inflated = Vec::new();
    inflater.feed(stream, &mut |piece| append(&mut inflated, piece))?;
    inflater.finish()?;
    Ok(inflated)
}

/// The whole of a message made by [`deflate_parts`].
pub(crate) fn inflate_message(bytes: &[u8], most: usize) -> Result<Vec<u8>, InflateError> {
    let mut inflater = Inflater::new(most);
    let mut inflated = Vec::new();
    inflater.feed(bytes, &mut |piece| append(&mut inflated, piece))?;
    inflater.finish()?;
    Ok(inflated)
}

fn append(inflated: &mut Vec<u8>, piece: &[u8]) -> Result<(), InflateError> {
    inflated.extend_from_slice(piece);
    Ok(())
}

/// Inflates what comes piece by piece.
pub(crate) struct Inflater {
    state: State,
    plain_allowed: bool,
    left: usize,
}

enum State {
    /// Not enough is there to say what it is.
    Beginning(Vec<u8>),
    Plain,
    Stream(Box<Decoder<'static>>),
    /// The stream has ended.
    Ended,
}

impl Inflater {
    /// For messages: plain or a stream.
    pub(crate) fn new(most: usize) -> Self {
        Self { state: State::Beginning(Vec::new()), plain_allowed: true, left: most }
    }

    /// For streams alone.
    pub(crate) fn of_streams(most: usize) -> Self {
        Self { plain_allowed: false, ..Self::new(most) }
    }

    /// Takes in further bytes and gives `take` what comes of them, in pieces of at most 64 KiB of a stream: much can come of
    /// little, and whoever takes it may have enough before the end.
    pub(crate) fn feed<E: From<InflateError>>(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match &mut self.state {
            State::Beginning(begun) => {
                begun.extend_from_slice(bytes);
                if self.plain_allowed && begun.first() == Some(&PLAIN) {
                    let rest = begun.split_off(1);
                    self.state = State::Plain;
                    return self.feed(&rest, take);
                }
                match begin(begun)? {
                    None => Ok(()),
                    Some(decoder) => {
                        let begun = std::mem::take(begun);
                        self.state = State::Stream(Box::new(decoder));
                        self.feed(&begun, take)
                    }
                }
            }
            State::Plain => {
                self.left = self.left.checked_sub(bytes.len()).ok_or(InflateError::TooLarge)?;
                take(bytes)
            }
            State::Stream(decoder) => {
                let mut input = InBuffer::around(bytes);
                let mut piece = vec![0; PIECE];
                loop {
                    let mut output = OutBuffer::around(piece.as_mut_slice());
                    let more = decoder.run(&mut input, &mut output).map_err(|_| InflateError::Damaged)?;
                    let made = output.as_slice();
                    self.left = self.left.checked_sub(made.len()).ok_or(InflateError::TooLarge)?;
                    if !made.is_empty() {
                        take(made)?;
                    }
                    let was_full = made.len() == PIECE;
                    if more == 0 {
                        let over = input.pos() < bytes.len();
                        self.state = State::Ended;
                        return if over { Err(InflateError::Damaged.into()) } else { Ok(()) };
                    }
                    if input.pos() == bytes.len() && !was_full {
                        return Ok(());
                    }
                }
            }
            State::Ended if bytes.is_empty() => Ok(()),
            State::Ended => Err(InflateError::Damaged.into()),
        }
    }

    /// That the message is whole.
    pub(crate) fn finish(self) -> Result<(), InflateError> {
        match self.state {
            State::Plain | State::Ended => Ok(()),
            State::Beginning(_) | State::Stream(_) => Err(InflateError::Damaged),
        }
    }
}

/// A decoder for the stream that begins so, with the dictionary that it names; `Ok(None)` while more is needed to say.
fn begin(begun: &[u8]) -> Result<Option<Decoder<'static>>, InflateError> {
    let known = begun.len().min(MAGIC.len());
    if begun[..known] != MAGIC[..known] {
        return Err(InflateError::Damaged);
    }
    let Some(descriptor) = begun.get(MAGIC.len()) else { return Ok(None) };
    let width = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let window = usize::from(descriptor & 0x20 == 0);
    let at = MAGIC.len() + 1 + window;
    debug_assert!(at + width <= LONGEST_HEADER);
    let Some(id) = begun.get(at..at + width) else { return Ok(None) };
    let id = id.iter().rev().fold(0_u64, |id, byte| id << 8 | u64::from(*byte));
    let texts = match id {
        0 => &[][..],
        number => Dictionary::of(number).ok_or(InflateError::UnknownDictionary)?.texts(),
    };
    let mut decoder = Decoder::with_dictionary(texts).map_err(|_| InflateError::Damaged)?;
    decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG)).map_err(|_| InflateError::Damaged)?;
    Ok(Some(decoder))
}
