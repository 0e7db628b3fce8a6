//! Codes that an app counts from a secret and the time: RFC 6238 with HMAC-SHA-1, six digits and steps of thirty seconds, which is what
//! every such app does.

use hmac::{Hmac, Mac as _};
use qrcodegen::{QrCode, QrCodeEcc};
use sha1::Sha1;

/// Bytes of a secret: as many as the hash has (RFC 4226 §4).
pub(crate) const SECRET: usize = 20;
/// A step, in seconds.
const STEP: i64 = 30;
/// Codes of so many steps before and after are taken too: clocks differ, and people take their time.
const WINDOW: i64 = 1;
/// Light modules around the code, as readers ask for.
const MARGIN: i32 = 4;

/// The step whose code was typed, if it is one of about now.
pub(crate) fn step_of(secret: &[u8], typed: &str, now_millis: i64) -> Option<i64> {
    let now = now_millis.div_euclid(1000 * STEP);
    // Hashes are compared, so that the time taken tells nothing of the code.
    let typed = blake3::hash(typed.as_bytes());
    let mut steps = now - WINDOW..=now + WINDOW;
    steps.find(|step| code(secret, *step).is_some_and(|code| blake3::hash(code.as_bytes()) == typed))
}

/// The code of a step (RFC 4226 §5.3).
fn code(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(hash[19] & 0x0f);
    let bytes: [u8; 4] = hash.get(at..at + 4)?.try_into().ok()?;
    Some(format!("{:06}", (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000))
}

/// The secret as apps have it typed: base 32 (RFC 4648) without padding.
pub(crate) fn typed(secret: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut bits, mut held) = (String::new(), 0_u32, 0_u32);
    for byte in secret {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[(held >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        text.push(char::from(LETTERS[(held << (5 - bits)) as usize & 31]));
    }
    text
}

/// What an app reads from the picture.
pub(crate) fn address(name: &str, secret: &[u8]) -> String {
    format!("otpauth://totp/Ra%20Soat:{}?secret={}&issuer=Ra%20Soat", escaped(name), typed(secret))
}

fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// A QR code as an SVG path of dark unit squares, and the side of the whole picture.
pub(crate) fn picture(text: &str) -> Option<(u32, String)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size();
    let dark =
        (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let path = dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + MARGIN, y + MARGIN)).collect();
    Some((u32::try_from(side + 2 * MARGIN).ok()?, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B; of its eight digits the last six.
    #[test]
    fn codes_are_those_of_the_standard() {
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, wanted) in cases {
            assert_eq!(code(b"12345678901234567890", seconds / STEP).as_deref(), Some(wanted));
            assert_eq!(
                step_of(b"12345678901234567890", wanted, seconds * 1000),
                Some(seconds / STEP),
                "{seconds}"
            );
        }
    }

    #[test]
    fn a_code_is_taken_a_step_before_and_after_and_no_further() {
        let secret = [7; SECRET];
        let code = code(&secret, 100).unwrap();
        let taken = |step: i64| step_of(&secret, &code, step * 30_000);
        assert_eq!([98, 99, 100, 101, 102].map(taken), [None, Some(100), Some(100), Some(100), None]);
        assert_eq!(step_of(&secret, "", 3_000_000), None);
    }

    /// RFC 4648, section 10.
    #[test]
    fn secrets_are_typed_in_base_32() {
        for (bytes, text) in [("f", "MY"), ("fo", "MZXQ"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(typed(bytes.as_bytes()), text);
        }
        let address = address("nông lan", b"foobar");
        assert_eq!(address, "otpauth://totp/Ra%20Soat:n%C3%B4ng%20lan?secret=MZXW6YTBOI&issuer=Ra%20Soat");
        let (side, path) = picture(&address).unwrap();
        assert!(side > 29 && path.starts_with("M4 4h1v1h-1z"), "{side} {path}");
    }
}
