//! Sealing: a draft becomes the next edit of the writer's chain.

use std::collections::BTreeMap;

use rasoat_casework::{
    Chain, Change, Document, Draft, Edit, EditHash, EditId, FieldState, InstrumentHash, Subject,
};
use rasoat_instrument::Path;

use crate::error::StoreError;
use crate::store::Tx;

impl Tx<'_> {
    /// Seals a subject's draft together with `changes` (which win where both name a place) and clears the draft, all in
    /// this transaction. What already holds is left out; if nothing is left, nothing is sealed. One edit comes of it,
    /// unless the changes are too many for one.
    pub fn seal(
        &self,
        subject: &Subject,
        changes: BTreeMap<Path, Change>,
        author: &str,
        instrument: Option<InstrumentHash>,
        now_millis: i64,
    ) -> Result<Vec<Edit>, StoreError> {
        let document = self.document(subject)?;
        let (seen, mut all) = match self.draft(subject)? {
            Some(draft) => (draft.seen, draft.answers),
            None => (document.version.clone(), BTreeMap::new()),
        };
        all.extend(changes);
        self.clear_draft(subject)?;
        let author = author.to_owned();
        let draft = Draft { subject: subject.clone(), seen, author, instrument, changes: all };
        let edits = self.seal_over(&document, draft, now_millis)?;
        self.forget_unnamed_attachments()?;
        Ok(edits)
    }

    /// Seals `changes` as made by somebody who has seen all there is of the subject, and leaves a draft as it is: for
    /// settling conflicts while an interview is open.
    pub fn settle(
        &self,
        subject: &Subject,
        changes: BTreeMap<Path, Change>,
        author: &str,
        instrument: Option<InstrumentHash>,
        now_millis: i64,
    ) -> Result<Vec<Edit>, StoreError> {
        let document = self.document(subject)?;
        let (subject, seen, author) = (subject.clone(), document.version.clone(), author.to_owned());
        self.seal_over(&document, Draft { subject, seen, author, instrument, changes }, now_millis)
    }

    /// The same of a subject whose document was read in this transaction, for many subjects at once.
    pub fn settle_read(
        &self,
        (subject, document): (&Subject, &Document),
        changes: BTreeMap<Path, Change>,
        author: &str,
        now_millis: i64,
    ) -> Result<Vec<Edit>, StoreError> {
        let (subject, seen, author) = (subject.clone(), document.version.clone(), author.to_owned());
        self.seal_over(document, Draft { subject, seen, author, instrument: None, changes }, now_millis)
    }

    /// Seals what of a draft does not hold in the document already.
    fn seal_over(
        &self,
        document: &Document,
        mut draft: Draft,
        now_millis: i64,
    ) -> Result<Vec<Edit>, StoreError> {
        draft.changes.retain(|path, change| !holds(document, path, change));
        if draft.changes.is_empty() {
            return Ok(Vec::new());
        }
        let mut chain = self.chain()?;
        let edits = self.seal_into(&mut chain, draft, now_millis)?;
        self.keep_chain(&chain)?;
        self.note(|changed| changed.edits = true);
        Ok(edits)
    }

    /// Seals a draft into the chain, as several edits if it is too large for one. The chain is for the caller to keep.
    ///
    /// Each edit names the writer's own edit of the subject before it, though it counts as seen anyhow: whoever gets it by
    /// another way than the one before knows what is still to come.
    pub(crate) fn seal_into(
        &self,
        chain: &mut Chain,
        draft: Draft,
        now_millis: i64,
    ) -> Result<Vec<Edit>, StoreError> {
        let mut edits = Vec::new();
        let mut waiting = vec![draft];
        while let Some(mut draft) = waiting.pop() {
            let own = EditId { writer: chain.writer, seq: chain.seq };
            if let Some(last) = self.last_of(draft.subject.id.as_bytes(), own)? {
                draft.seen.insert(last);
            }
            if let Ok(edit) = chain.seal(draft.clone(), now_millis) {
                let bytes = edit.to_bytes();
                self.insert_edit(&edit, EditHash::of(&bytes), &bytes, "unsent", now_millis)?;
                edits.push(edit);
            } else {
                let (first, second) = halves(draft).ok_or(StoreError::TooLarge)?;
                waiting.push(second);
                waiting.push(first);
            }
        }
        Ok(edits)
    }
}

/// Whether a change would change nothing. One that settles a conflict does change something.
fn holds(document: &Document, path: &Path, change: &Change) -> bool {
    let state = document.fields.get(path);
    if state.is_some_and(FieldState::in_conflict) {
        return false;
    }
    match change {
        Change::Set(value) => document.get(path) == Some(value),
        Change::Removed if path.field_name().is_some() => state.is_none_or(|state| state.value().is_none()),
        // An instance of which nothing was ever said.
        Change::Removed => !document.fields.keys().any(|known| known.is_within(path)),
    }
}

/// `None`: there is only one change left.
fn halves(mut draft: Draft) -> Option<(Draft, Draft)> {
    let middle =
        draft.changes.keys().nth(draft.changes.len() / 2).filter(|_| draft.changes.len() > 1)?.clone();
    let rest = draft.changes.split_off(&middle);
    let second = Draft { changes: rest, ..draft.clone() };
    Some((draft, second))
}
