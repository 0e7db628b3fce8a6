//! A short number that two people read to each other to make sure that they look at the same bytes.

use zeroize::Zeroizing;

use crate::{Params, key_of};

/// Fixed for ever: both sides must come to the same number.
const COSTS: Params = Params::LAPTOP;
const SALT: [u8; crate::SALT_BYTES] = *b"rasoat spoken no";
const DIGITS: u32 = 1_000_000;

/// Six digits of any bytes. So few could be met by trying other bytes; each try therefore costs as much as guessing a
/// passphrase ([`Params::LAPTOP`]).
pub fn spoken_number(bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    // Costs are within bounds: there always is a key.
    let key = key_of(hash.as_str(), &SALT, COSTS).unwrap_or_else(|| Zeroizing::new([0; 32]));
    let number = u32::from_be_bytes([key[0], key[1], key[2], key[3]]) % DIGITS;
    format!("{number:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_the_same_for_the_same_bytes_and_another_for_others() {
        let number = spoken_number(b"a request");
        assert_eq!(number, spoken_number(b"a request"));
        assert!(number.len() == 6 && number.bytes().all(|digit| digit.is_ascii_digit()), "{number}");
        assert_ne!(number, spoken_number(b"a request."));
        assert_eq!(number, PINNED, "an older program must say the same");
    }

    const PINNED: &str = "431610";
}
