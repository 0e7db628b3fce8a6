//! A wrapped secret as bytes.

use crate::{MAX_SECRET_BYTES, NONCE_BYTES, Params, SALT_BYTES, UnwrapError};

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 1 + 3 * 4 + SALT_BYTES + NONCE_BYTES;
const TAG_BYTES: usize = 16;
const CHECK_BYTES: usize = 8;

/// A secret that only its passphrase opens. Safe to keep in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedSecret {
    pub(crate) params: Params,
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) nonce: [u8; NONCE_BYTES],
    pub(crate) ciphertext: Vec<u8>,
}

impl WrappedSecret {
    /// What one guess costs.
    pub fn params(&self) -> Params {
        self.params
    }

    /// Format (1 byte, 1), memory, passes and lanes (4 bytes each, big-endian), salt, nonce, ciphertext with its tag, and
    /// the first 8 bytes of the BLAKE3 of all before them. The last tell a damaged file from a wrong passphrase.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = header(self.params, &self.salt, &self.nonce);
        bytes.extend_from_slice(&self.ciphertext);
        let check = check_of(&bytes);
        bytes.extend_from_slice(&check);
        bytes
    }

    /// Reads [`WrappedSecret::to_bytes`]. Costs out of bounds are refused here, before anything is spent on them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnwrapError> {
        match bytes.first() {
            Some(&FORMAT) => {}
            Some(&newer) if newer > FORMAT => return Err(UnwrapError::NewerFormat(newer)),
            Some(_) | None => return Err(UnwrapError::Damaged),
        }
        let longest = HEADER_BYTES + MAX_SECRET_BYTES + TAG_BYTES + CHECK_BYTES;
        if bytes.len() < HEADER_BYTES + TAG_BYTES + CHECK_BYTES || bytes.len() > longest {
            return Err(UnwrapError::Damaged);
        }
        let (content, check) = bytes.split_at(bytes.len() - CHECK_BYTES);
        if check_of(content) != check {
            return Err(UnwrapError::Damaged);
        }
        let params = Params { m_cost: be32(content, 1), t_cost: be32(content, 5), p: be32(content, 9) };
        if !params.are_bounded() {
            return Err(UnwrapError::Damaged);
        }
        let mut salt = [0; SALT_BYTES];
        salt.copy_from_slice(&content[13..13 + SALT_BYTES]);
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&content[13 + SALT_BYTES..HEADER_BYTES]);
        Ok(Self { params, salt, nonce, ciphertext: content[HEADER_BYTES..].to_vec() })
    }
}

/// What stands before the ciphertext; authenticated with it.
pub(crate) fn header(params: Params, salt: &[u8; SALT_BYTES], nonce: &[u8; NONCE_BYTES]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    bytes.push(FORMAT);
    for cost in [params.m_cost, params.t_cost, params.p] {
        bytes.extend_from_slice(&cost.to_be_bytes());
    }
    bytes.extend_from_slice(salt);
    bytes.extend_from_slice(nonce);
    bytes
}

fn check_of(bytes: &[u8]) -> [u8; CHECK_BYTES] {
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&blake3::hash(bytes).as_bytes()[..CHECK_BYTES]);
    check
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_be_bytes(number)
}
