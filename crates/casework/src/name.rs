//! Vietnamese names: one spelling, and a folded form to compare and search by.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Trimmed, single-spaced, NFC.
pub fn nfc_name(text: &str) -> String {
    // Most texts of lists are in shape already.
    let mut before = ' ';
    let single_spaced = text.chars().all(|c| {
        let fits = if c.is_whitespace() { c == ' ' && before != ' ' } else { true };
        before = c;
        fits
    });
    if single_spaced && !text.ends_with(' ') && is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}

/// Lower case, without tones and marks, đ as d: `Nông Văn Đào` → `nong van dao`.
pub fn fold_name(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        let letters = word.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
        folded.extend(letters.map(|c| if c == 'đ' { 'd' } else { c }));
    }
    folded
}
