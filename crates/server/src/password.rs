//! Passwords: Argon2id in PHC form. What they cost is bounded, so that logging in cannot take the server's memory.

use std::collections::BTreeSet;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use rasoat_casework::fold_name;
use zeroize::Zeroizing;

use crate::random::{self, NoRandomness};

/// Longer ones are not looked at, in bytes.
pub(crate) const LONGEST: usize = 1024;

/// Fewer letters are refused.
const SHORTEST: usize = 12;
/// Fewer different letters are refused.
const FEWEST_DIFFERENT: usize = 5;
/// What people choose first, Vietnamese and English, without tones, spaces, digits behind and signs.
const COMMON: &str = include_str!("password/common.txt");

/// Why a password may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weakness {
    /// Too short.
    Short,
    /// Longer than what is looked at.
    Long,
    /// The account's name, or not much more.
    LikeName,
    /// What people choose first.
    Common,
}

/// Refuses a password that would be guessed.
pub(crate) fn judge(password: &str, name: &str) -> Result<(), Weakness> {
    if password.chars().count() < SHORTEST {
        return Err(Weakness::Short);
    }
    if password.len() > LONGEST {
        return Err(Weakness::Long);
    }
    let folded: String = fold_name(password).chars().filter(|letter| letter.is_alphanumeric()).collect();
    let name: String = fold_name(name).chars().filter(|letter| letter.is_alphanumeric()).collect();
    let rest = folded.replace(&name, "");
    if !name.is_empty() && rest.chars().count() < SHORTEST / 2 {
        return Err(Weakness::LikeName);
    }
    let different: BTreeSet<char> = folded.chars().collect();
    let bare = folded.trim_matches(|letter: char| letter.is_ascii_digit());
    let is_common = |word: &str| COMMON.lines().any(|common| common == word);
    // Twice the same word is no better than once.
    let half = bare.get(..bare.len() / 2).filter(|half| half.repeat(2) == bare);
    if different.len() < FEWEST_DIFFERENT || bare.is_empty() || is_common(bare) || half.is_some_and(is_common)
    {
        return Err(Weakness::Common);
    }
    Ok(())
}

/// Hashes a password with a fresh salt.
pub(crate) fn hash(password: &str) -> Result<String, NoRandomness> {
    let salt: [u8; 16] = random::bytes()?;
    let hash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| NoRandomness)?;
    Ok(hash.to_string())
}

/// Whether this is the password.
pub(crate) fn holds(password: &str, hash: &str) -> bool {
    password.len() <= LONGEST
        && PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A random password for people to type: 80 bits, four groups of four.
pub(crate) fn random() -> Result<Zeroizing<String>, NoRandomness> {
    Ok(Zeroizing::new(rasoat_exchange::enrolment::code_from(random::bytes()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_would_be_guessed_are_refused() {
        let cases = [
            ("ngan va dai", Weakness::Short),
            ("nong.van.lan.2026", Weakness::LikeName),
            ("MậtKhẩu123456", Weakness::Common),
            ("passwordpassword", Weakness::Common),
            ("Lạng Sơn 2026!", Weakness::Common),
            ("111111222222", Weakness::Common),
            ("123456789012", Weakness::Common),
        ];
        for (password, weakness) in cases {
            assert_eq!(judge(password, "nong van lan"), Err(weakness), "{password}");
        }
        assert_eq!(judge(&"dài ".repeat(400), "lan"), Err(Weakness::Long));
        assert_eq!(judge("ba con suối chảy", "lan"), Ok(()));
        assert_eq!(judge(&random().unwrap(), "lan"), Ok(()));
    }
}
