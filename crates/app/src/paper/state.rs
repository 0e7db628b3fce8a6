//! What an interview says of the paper it was typed from.

use std::collections::BTreeMap;

use rasoat_casework::{Change, Edit};
use rasoat_instrument::{Path, Value};

use crate::household::{Fields, text};
use crate::projection::Record;
use crate::view::{PaperStanding, PaperView};

const BY: &str = "meta_paper_by";
const ON: &str = "meta_paper_on";
const VERIFIED_BY: &str = "meta_verified_by";
const VERIFIED_AT: &str = "meta_verified_at";
const COMPARED: &str = "meta_verified_compared";
const DIFFERING: &str = "meta_verified_differing";
/// The mark of the answers as they were agreed and decided.
const OVER: &str = "meta_verified_over";

/// The paper an interview was typed from.
pub(crate) struct Paper {
    /// Who interviewed.
    pub(crate) by: String,
    /// The date on it.
    pub(crate) on: String,
}

impl Paper {
    pub(crate) fn note(&self, fields: &mut Fields) {
        fields.field(BY, text(&self.by));
        fields.field(ON, text(&self.on));
    }
}

/// What came of comparing two entries.
pub(crate) struct Verified {
    /// Who typed the second.
    pub(crate) by: String,
    /// When (RFC 3339).
    pub(crate) at: String,
    pub(crate) compared: usize,
    pub(crate) differing: usize,
}

impl Verified {
    /// `after`: the answers as they are agreed and decided.
    pub(crate) fn note(&self, after: &BTreeMap<Path, Value>, fields: &mut Fields) {
        let number = |count: usize| i64::try_from(count).ok().map(Value::Integer);
        fields.field(VERIFIED_BY, text(&self.by));
        fields.field(VERIFIED_AT, text(&self.at));
        fields.field(COMPARED, number(self.compared));
        fields.field(DIFFERING, number(self.differing));
        fields.field(OVER, text(&mark(after)));
    }
}

/// Whether an edit says that two entries were compared.
pub(crate) fn says_verified(edit: &Edit) -> bool {
    let said = Path::field(VERIFIED_AT).ok().and_then(|path| edit.changes.get(&path));
    matches!(said, Some(Change::Set(_)))
}

/// What an interview says of its paper, with what the program itself adds to it; `None` where there was none.
pub(crate) fn state(interview: &Record) -> Option<PaperView> {
    let number = |name| interview.text(name).and_then(|text| text.parse().ok()).unwrap_or_default();
    let over = interview.text(OVER);
    let standing = match &over {
        Some(over) if *over == mark(&interview.clone().without_meta().0) => PaperStanding::Verified,
        Some(_) => PaperStanding::ChangedSince,
        None => PaperStanding::Unverified,
    };
    Some(PaperView {
        by: interview.text(BY)?,
        on: interview.text(ON).unwrap_or_default(),
        typed_by: interview.text("meta_signed_by").unwrap_or_default(),
        standing,
        verified_by: interview.text(VERIFIED_BY),
        verified_at: interview.text(VERIFIED_AT),
        compared: number(COMPARED),
        differing: number(DIFFERING),
    })
}

/// Equal marks, equal answers.
fn mark(answers: &BTreeMap<Path, Value>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"answers\0");
    for (path, value) in answers {
        hasher.update(path.as_str().as_bytes()).update(b"\0");
        hasher.update(value.to_string().as_bytes()).update(b"\0");
    }
    hasher.finalize().to_hex().as_str().chars().take(32).collect()
}
