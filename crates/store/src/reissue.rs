//! Issuing anew what collided: a copied or restored database gave out numbers that another life of it had given out before.

use std::collections::BTreeMap;

use rasoat_casework::{Draft, Edit, EditId, VersionVector, WriterId};
use rusqlite::params;

use crate::columns;
use crate::edits::read_edit;
use crate::error::StoreError;
use crate::store::Tx;

impl Tx<'_> {
    /// Issues anew, from a new writer, what waits to be sent or was refused of `writer`'s edits from number `first` on:
    /// others have edits of those numbers. What each edit saw stays true: of the old writer only what came before (the last edit of its subject), of the
    /// new one what was issued anew before it. Drafts that saw a colliding edit have seen the new one. Returns the new edits;
    /// none where nothing waits.
    pub fn reissue_from(
        &self,
        writer: WriterId,
        first: u64,
        now_millis: i64,
    ) -> Result<Vec<Edit>, StoreError> {
        let waiting = self.waiting_from(writer, first)?;
        let chain = self.chain()?;
        // Behind edits that were made later these would pass for having seen them.
        if chain.writer == writer || (chain.seq > 0 && !waiting.is_empty()) {
            self.start_new_writer(now_millis)?;
        }
        let Some(before) = waiting.first().map(|edit| edit.id.seq.saturating_sub(1)) else {
            return Ok(Vec::new());
        };
        let mut chain = self.chain()?;
        let mut anew = BTreeMap::new();
        let mut edits = Vec::new();
        for edit in waiting {
            let EditId { seq, .. } = edit.id;
            let mut seen = edit.seen;
            seen.0.remove(&writer);
            if let Some(last) = self.last_of(edit.subject.id.as_bytes(), EditId { writer, seq: before })? {
                seen.insert(last);
            }
            let Edit { subject, author, instrument, changes, .. } = edit;
            let draft = Draft { subject, seen, author, instrument, changes };
            let sealed = self.seal_into(&mut chain, draft, now_millis)?;
            anew.insert(seq, chain.seq);
            edits.extend(sealed);
            let old = params![writer.0.as_bytes(), columns::seq_column(seq)?];
            self.connection.prepare_cached(include_str!("reissue/retire.sql"))?.execute(old)?;
            self.connection.prepare_cached(include_str!("reissue/note.sql"))?.execute(params![
                writer.0.as_bytes(),
                columns::seq_column(seq)?,
                chain.writer.0.as_bytes(),
                columns::seq_column(chain.seq)?
            ])?;
        }
        self.keep_chain(&chain)?;
        self.move_drafts(writer, before, chain.writer, &anew)?;
        self.note(|changed| {
            changed.edits = true;
            changed.sync = true;
        });
        Ok(edits)
    }

    /// An edit that was issued anew was accepted after all: it counts again.
    pub(crate) fn forget_reissued(&self, id: EditId) -> Result<(), StoreError> {
        let old = params![id.writer.0.as_bytes(), columns::seq_column(id.seq)?];
        self.connection.prepare_cached(include_str!("reissue/forget.sql"))?.execute(old)?;
        Ok(())
    }

    fn waiting_from(&self, writer: WriterId, first: u64) -> Result<Vec<Edit>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("reissue/waiting.sql"))?;
        let from = params![writer.0.as_bytes(), columns::seq_column(first)?];
        let rows = statement.query_map(from, |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| read_edit(&bytes?)).collect()
    }

    fn move_drafts(
        &self,
        from: WriterId,
        before: u64,
        to: WriterId,
        anew: &BTreeMap<u64, u64>,
    ) -> Result<(), StoreError> {
        let drafts: Vec<([u8; 16], String)> = {
            let mut statement = self.connection.prepare_cached(include_str!("reissue/drafts.sql"))?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        for (subject, json) in drafts {
            let mut seen: VersionVector = serde_json::from_str(&json)?;
            let Some(last) = seen.0.get(&from).copied().filter(|last| *last > before) else { continue };
            seen.0.remove(&from);
            if let Some(last) = self.last_of(&subject, EditId { writer: from, seq: before })? {
                seen.insert(last);
            }
            if let Some((_, seq)) = anew.range(..=last).next_back() {
                seen.insert(EditId { writer: to, seq: *seq });
            }
            let json = serde_json::to_string(&seen)?;
            self.connection
                .prepare_cached(include_str!("reissue/set_seen.sql"))?
                .execute(params![subject, json])?;
        }
        Ok(())
    }
}
