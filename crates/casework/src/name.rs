//! Vietnamese names: one spelling, and a folded form to compare and search by.

use unicode_normalization::UnicodeNormalization;

/// Trimmed, single-spaced, NFC.
pub fn nfc_name(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}

/// Lower case, without tones and marks, đ as d: `Nông Văn Đào` → `nong van dao`.
pub fn fold_name(text: &str) -> String {
    nfc_name(text)
        .to_lowercase()
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}
