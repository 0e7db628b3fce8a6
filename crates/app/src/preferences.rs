//! What is needed before unlocking and is nobody's secret: the language, the size of text and the looks. A small plain file.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::view::{Contrast, Theme};

/// Longer files are not ours.
const LONGEST: u64 = 64 * 1024;

/// The plain settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Preferences {
    /// `vi` or `en`.
    pub(crate) language: String,
    /// Size of all text in hundredths of the usual one.
    #[serde(default = "usual_text_size")]
    pub(crate) text_size: u32,
    /// Light or dark.
    #[serde(default)]
    pub(crate) theme: Theme,
    /// How strongly words and lines stand out.
    #[serde(default)]
    pub(crate) contrast: Contrast,
    /// The language of the form's words; `None`: that of the screens.
    #[serde(default)]
    pub(crate) form_language: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: "vi".to_owned(),
            text_size: usual_text_size(),
            theme: Theme::default(),
            contrast: Contrast::default(),
            form_language: None,
        }
    }
}

fn file(dir: &Path) -> PathBuf {
    dir.join("settings.json")
}

impl Preferences {
    /// What the file says; a file that is missing or unreadable says nothing.
    pub(crate) fn read(dir: &Path) -> Self {
        let path = file(dir);
        let small = fs::metadata(&path).is_ok_and(|about| about.len() <= LONGEST);
        let text = if small { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        let read: Self = serde_json::from_str(&text).unwrap_or_default();
        if is_language(&read.language) && is_text_size(read.text_size) { read } else { Self::default() }
    }

    /// Replaces the file as a whole.
    pub(crate) fn write(&self, dir: &Path) -> std::io::Result<()> {
        fs::create_dir_all(dir)?;
        let unfinished = dir.join("settings.json.new");
        fs::write(&unfinished, serde_json::to_vec(self)?)?;
        fs::rename(unfinished, file(dir))
    }
}

fn usual_text_size() -> u32 {
    100
}

/// Whether text of this size can be read and fits.
pub(crate) fn is_text_size(size: u32) -> bool {
    (80..=200).contains(&size)
}

/// Whether the interface has this language.
pub(crate) fn is_language(language: &str) -> bool {
    matches!(language, "vi" | "en")
}
