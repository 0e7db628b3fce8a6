//! Names of files that are kept beside the answers.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::value::{ValueError, ValueKind};

/// The name of a file beside the answers: 1–120 bytes of ASCII letters, digits, `.`, `_` and `-`, not beginning with a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let fits = (1..=120).contains(&text.len())
            && !text.starts_with('.')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if fits { Ok(Self(text.to_owned())) } else { Err(ValueError { expected: ValueKind::File }) }
    }
}

impl TryFrom<String> for FileName {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_names_a_file_and_nothing_else() {
        assert!("a1b2.jpg".parse::<FileName>().is_ok());
        for refused in ["", ".hidden", "../up", "a/b", "a b", "ảnh.jpg", &"x".repeat(121)] {
            assert!(refused.parse::<FileName>().is_err(), "{refused}");
        }
    }
}
