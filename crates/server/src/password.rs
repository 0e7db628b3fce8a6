//! Passwords: Argon2id in PHC form. What they cost is bounded, so that logging in cannot take the server's memory.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use zeroize::Zeroizing;

use crate::random::{self, NoRandomness};

/// Longer ones are not looked at, in bytes.
pub(crate) const LONGEST: usize = 1024;

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
