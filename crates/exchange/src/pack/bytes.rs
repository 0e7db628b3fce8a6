//! Names and counts of a schema, plainly.

use rasoat_casework::cbor::CborError;

/// Appends to a byte vector.
#[derive(Debug, Default)]
pub(super) struct Out {
    pub(super) bytes: Vec<u8>,
}

impl Out {
    /// Seven bits to a byte, the lowest first; the highest bit says that another byte follows.
    pub(super) fn size(&mut self, mut size: usize) {
        while size >= 0x80 {
            self.bytes.push((size as u8 & 0x7f) | 0x80);
            size >>= 7;
        }
        self.bytes.push(size as u8);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.size(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

/// Takes off the front of a slice.
#[derive(Debug)]
pub(super) struct In<'a> {
    rest: &'a [u8],
}

impl<'a> In<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn size(&mut self) -> Result<usize, CborError> {
        let mut size = 0_usize;
        for shift in [0, 7, 14, 21] {
            let byte = self.take(1)?[0];
            size |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(size);
            }
        }
        Err(CborError::Malformed)
    }

    /// A count of things of which each takes a byte at least.
    pub(super) fn count(&mut self, most: usize) -> Result<usize, CborError> {
        let count = self.size()?;
        if count > most || count > self.rest.len() { Err(CborError::TooLarge) } else { Ok(count) }
    }

    pub(super) fn text(&mut self, most: usize) -> Result<&'a str, CborError> {
        let length = self.size()?;
        if length > most { Err(CborError::TooLarge) } else { self.plain(length) }
    }

    pub(super) fn plain(&mut self, length: usize) -> Result<&'a str, CborError> {
        std::str::from_utf8(self.take(length)?).map_err(|_| CborError::Malformed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], CborError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(CborError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Small numbers of either sign become small numbers: 0, −1, 1, −2, …
pub(super) fn fold_sign(number: i64) -> u64 {
    (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned()
}

/// The way back from [`fold_sign`].
pub(super) fn unfold_sign(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_went() {
        for size in [0, 1, 127, 128, 300, (1 << 28) - 1] {
            let mut out = Out::default();
            out.size(size);
            assert_eq!(In::new(&out.bytes).size(), Ok(size));
        }
        for number in [0, 1, -1, 63, -64, i64::MAX, i64::MIN] {
            assert_eq!(unfold_sign(fold_sign(number)), number);
        }
    }

    #[test]
    fn a_size_beyond_28_bits_is_refused() {
        assert!(In::new(&[0xff; 11]).size().is_err());
    }
}
