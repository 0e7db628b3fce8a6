//! Vietnamese order of names, as bytes that sort.

use crate::name::nfc_name;
use unicode_normalization::char::{compose, decompose_canonical};

/// Letters in the order of Vietnamese dictionaries, each bare or with the mark that makes it another letter. The four
/// that Vietnamese does not use stand where Latin has them.
const LETTERS: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
/// Combining marks of the tones, in dictionary order: huyền, hỏi, ngã, sắc, nặng. No mark (ngang) comes before all.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

const END_OF_LETTERS: u8 = 0;
const SPACE: u8 = 1;
const DIGITS: u8 = 2;
const FIRST_LETTER: u8 = 8;
const OTHER: u8 = 0xff;

/// Bytes that sort as the names do: first by letters (d before đ, a before ă before â), numbers by size (Thôn 2 before
/// Thôn 10), then by tones. Case does not count.
pub fn sort_key(name: &str) -> Vec<u8> {
    let mut letters = Vec::new();
    let mut tones = Vec::new();
    let lower = nfc_name(name).to_lowercase();
    let mut rest = lower.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_ascii_digit() {
            let mut digits = String::from(c);
            while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            let number = digits.trim_start_matches('0');
            letters.push(DIGITS);
            // More digits, a larger number; as many, the digits decide.
            letters.push(u8::try_from(number.len()).unwrap_or(u8::MAX));
            letters.extend_from_slice(number.as_bytes());
            tones.push(0);
        } else if c.is_whitespace() || c.is_ascii_punctuation() {
            letters.push(SPACE);
            tones.push(0);
        } else {
            let (letter, tone) = without_tone(c);
            match LETTERS.chars().position(|known| known == letter).and_then(|at| u8::try_from(at).ok()) {
                Some(at) => letters.push(FIRST_LETTER + at),
                None => {
                    letters.push(OTHER);
                    letters.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            tones.push(tone);
        }
    }
    letters.push(END_OF_LETTERS);
    letters.append(&mut tones);
    letters
}

/// `ấ` → `â` and the rank of sắc.
fn without_tone(c: char) -> (char, u8) {
    if c.is_ascii() {
        return (c, 0);
    }
    let (mut bare, mut tone) = (None, 0);
    decompose_canonical(c, |part| {
        match TONES.iter().position(|known| *known == part).and_then(|at| u8::try_from(at).ok()) {
            Some(at) => tone = at + 1,
            None => bare = bare.map_or(Some(part), |letter| compose(letter, part).or(Some(letter))),
        }
    });
    (bare.unwrap_or(c), tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_in_order(names: &[&str]) {
        let mut sorted = names.to_vec();
        sorted.sort_by_key(|name| sort_key(name));
        assert_eq!(sorted, names);
    }

    #[test]
    fn letters_of_their_own_come_after_their_bare_letter() {
        assert_in_order(&[
            "An", "Ăn", "Ân", "Ba", "Cu", "Dung", "Duy", "Đào", "Đỗ", "Em", "Êm", "Oanh", "Ông", "Ơn", "Phú",
            "Ung", "Ưng",
        ]);
    }

    #[test]
    fn tones_decide_only_where_the_letters_are_equal() {
        assert_in_order(&["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mai"]);
        assert_in_order(&["Hoàng Thị An", "Hoàng Thị Ánh", "Hoàng Văn An"]);
    }

    #[test]
    fn numbers_in_names_go_by_size_and_case_does_not_count() {
        assert_in_order(&["Thôn 1", "thôn 2", "Thôn 10", "Thôn 10 A", "Thôn Nà Lùng"]);
    }

    #[test]
    fn a_shorter_name_comes_before_one_that_begins_with_it_and_both_spellings_are_one() {
        assert_in_order(&["Nà", "Nà Lùng", "Nàm"]);
        assert_eq!(sort_key("Nông Văn Đào"), sort_key("No\u{302}ng Va\u{306}n  Đa\u{300}o "));
    }
}
