//! What the province's administration has for people at laptops: the notice to read out, who does which village, and announcements.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The notice that is read out or handed over before the questions, in place of the form's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyNotice {
    /// Grows with each version; an interview that shows it can be told which it was.
    pub version: u64,
    /// In Vietnamese; empty: the form's own holds.
    pub vi: String,
    /// In English; empty: the Vietnamese one is shown.
    pub en: String,
}

/// Who does which village of a commune.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignments {
    /// By the village's id: names of people or laptops.
    pub villages: BTreeMap<String, Vec<String>>,
}

/// What people are to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcements {
    /// By the first day, then as they were said.
    pub all: Vec<Announcement>,
}

/// One announcement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// The first day on which it is shown: `2026-10-01`.
    pub from: String,
    /// The last.
    pub until: String,
}
