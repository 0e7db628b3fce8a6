//! The part of CBOR (RFC 8949) our formats use, in its one deterministic form: shortest heads, definite lengths, no tags.
//!
//! The reader refuses what the writer would not write, takes no more memory than the bytes it is given justify, and never
//! recurses by itself: depth is that of the caller's code.

use std::str;

const UINT: u8 = 0;
const NINT: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const NULL: u8 = 0xf6;
const FLOAT: u8 = 0xfb;

/// Appends items to a byte vector.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty writer with room for so many bytes.
    pub fn with_room(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes) }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Starts an array; `items` items must follow.
    pub fn array(&mut self, items: usize) -> &mut Self {
        self.head(ARRAY, items as u64)
    }

    /// An unsigned number.
    pub fn uint(&mut self, number: u64) -> &mut Self {
        self.head(UINT, number)
    }

    /// A signed number.
    pub fn int(&mut self, number: i64) -> &mut Self {
        if number < 0 {
            self.head(NINT, (-1 - number).cast_unsigned())
        } else {
            self.head(UINT, number.cast_unsigned())
        }
    }

    /// A number of 64 bits with a fraction.
    pub fn float(&mut self, number: f64) -> &mut Self {
        self.bytes.push(FLOAT);
        self.bytes.extend_from_slice(&number.to_bits().to_be_bytes());
        self
    }

    /// Bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.head(BYTES, bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.head(TEXT, text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    /// Text in parts, end to end.
    pub fn joined(&mut self, parts: &[&str]) -> &mut Self {
        self.head(TEXT, parts.iter().map(|part| part.len() as u64).sum());
        for part in parts {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self
    }

    /// Nothing.
    pub fn null(&mut self) -> &mut Self {
        self.bytes.push(NULL);
        self
    }

    fn head(&mut self, major: u8, number: u64) -> &mut Self {
        let major = major << 5;
        let wide = number.to_be_bytes();
        match number {
            0..=23 => self.bytes.push(major | wide[7]),
            24..=0xff => self.bytes.extend_from_slice(&[major | 24, wide[7]]),
            0x100..=0xffff => {
                self.bytes.push(major | 25);
                self.bytes.extend_from_slice(&wide[6..]);
            }
            0x1_0000..=0xffff_ffff => {
                self.bytes.push(major | 26);
                self.bytes.extend_from_slice(&wide[4..]);
            }
            0x1_0000_0000.. => {
                self.bytes.push(major | 27);
                self.bytes.extend_from_slice(&wide);
            }
        }
        self
    }
}

/// Why bytes cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// The bytes end within an item.
    #[error("truncated")]
    Truncated,
    /// Another item than the format has here, or one not in its shortest form.
    #[error("malformed")]
    Malformed,
    /// A length beyond the format's limit.
    #[error("too large")]
    TooLarge,
}

/// Takes items off the front of a slice.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// An array's head: how many items follow, at most `most`.
    pub fn array(&mut self, most: usize) -> Result<usize, CborError> {
        let items = self.length(ARRAY, most)?;
        // Every item is a byte at least: a count beyond the bytes there are is not worth reserving memory for.
        if items > self.rest.len() { Err(CborError::Truncated) } else { Ok(items) }
    }

    /// An array's head of exactly `items` items.
    pub fn array_of(&mut self, items: usize) -> Result<(), CborError> {
        if self.array(items)? == items { Ok(()) } else { Err(CborError::Malformed) }
    }

    /// An unsigned number.
    pub fn uint(&mut self) -> Result<u64, CborError> {
        match self.head()? {
            (UINT, number) => Ok(number),
            _ => Err(CborError::Malformed),
        }
    }

    /// A signed number of 64 bits.
    pub fn int(&mut self) -> Result<i64, CborError> {
        let (major, number) = self.head()?;
        let number = i64::try_from(number).map_err(|_| CborError::Malformed)?;
        match major {
            UINT => Ok(number),
            NINT => Ok(-1 - number),
            _ => Err(CborError::Malformed),
        }
    }

    /// A number of 64 bits with a fraction.
    pub fn float(&mut self) -> Result<f64, CborError> {
        if self.take(1)? != [FLOAT] {
            return Err(CborError::Malformed);
        }
        let mut bits = [0; 8];
        bits.copy_from_slice(self.take(8)?);
        Ok(f64::from_bits(u64::from_be_bytes(bits)))
    }

    /// Bytes, at most `most`.
    pub fn bytes(&mut self, most: usize) -> Result<&'a [u8], CborError> {
        let length = self.length(BYTES, most)?;
        self.take(length)
    }

    /// Exactly `N` bytes.
    pub fn bytes_of<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        self.bytes(N)?.try_into().map_err(|_| CborError::Malformed)
    }

    /// Text, at most `most` bytes of it.
    pub fn text(&mut self, most: usize) -> Result<&'a str, CborError> {
        let length = self.length(TEXT, most)?;
        str::from_utf8(self.take(length)?).map_err(|_| CborError::Malformed)
    }

    /// `None` (and takes it) if null comes next, else what `read` reads.
    pub fn nullable<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CborError>,
    ) -> Result<Option<T>, CborError> {
        match self.rest.first() {
            None => Err(CborError::Truncated),
            Some(&NULL) => {
                self.rest = &self.rest[1..];
                Ok(None)
            }
            Some(_) => read(self).map(Some),
        }
    }

    /// The next `length` bytes (as far as there are so many), without taking them.
    pub fn peek(&self, length: usize) -> &'a [u8] {
        &self.rest[..length.min(self.rest.len())]
    }

    /// How many bytes follow.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// That nothing follows.
    pub fn end(&self) -> Result<(), CborError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CborError::Malformed) }
    }

    fn length(&mut self, wanted: u8, most: usize) -> Result<usize, CborError> {
        let (major, number) = self.head()?;
        if major != wanted {
            return Err(CborError::Malformed);
        }
        usize::try_from(number).ok().filter(|length| *length <= most).ok_or(CborError::TooLarge)
    }

    fn head(&mut self) -> Result<(u8, u64), CborError> {
        let first = self.take(1)?[0];
        let (width, least) = match first & 31 {
            short @ 0..=23 => return Ok((first >> 5, u64::from(short))),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return Err(CborError::Malformed),
        };
        let number = self.take(width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        if number < least { Err(CborError::Malformed) } else { Ok((first >> 5, number)) }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], CborError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(CborError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }
}
