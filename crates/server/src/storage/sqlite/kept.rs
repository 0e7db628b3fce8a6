//! Edits from where they are kept: by themselves, or in the batch that they came in.

use std::collections::VecDeque;

use rasoat_casework::Edit;
use rusqlite::{Row, Transaction};

use crate::storage::StorageError;
use crate::storage::judged::{edit_alone, edits_of};

/// Batches held at once: neighbours in a feed or in a list of households mostly lie in the same.
const HELD: usize = 16;

/// Reads edits in one transaction.
pub(super) struct Kept<'t> {
    tx: &'t Transaction<'t>,
    /// The batches unpacked last.
    batches: VecDeque<(i64, Vec<Edit>)>,
}

impl<'t> Kept<'t> {
    pub(super) fn new(tx: &'t Transaction<'_>) -> Self {
        Self { tx, batches: VecDeque::new() }
    }

    /// The edit of a row that begins with `batch`, `place` and `bytes`.
    pub(super) fn edit(&mut self, row: &Row<'_>) -> Result<Edit, StorageError> {
        match (row.get(0)?, row.get(1)?) {
            (Some(batch), Some(place)) => self.in_batch(batch, place),
            (_, _) => {
                let bytes = row.get_ref(2)?.as_blob().map_err(|_| StorageError::Damaged("edit"))?;
                edit_alone(bytes)
            }
        }
    }

    fn in_batch(&mut self, batch: i64, place: u32) -> Result<Edit, StorageError> {
        let held = match self.batches.iter().position(|(held, _)| *held == batch) {
            Some(held) => held,
            None => {
                let mut statement = self.tx.prepare_cached(include_str!("sql/kept_batch.sql"))?;
                let bytes: Vec<u8> = statement.query_row([batch], |row| row.get(0))?;
                self.batches.truncate(HELD - 1);
                self.batches.push_front((batch, edits_of(&bytes)?));
                0
            }
        };
        let edits = self.batches.get(held).map(|(_, edits)| edits);
        edits.and_then(|edits| edits.get(place as usize)).cloned().ok_or(StorageError::Damaged("edit"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rasoat_casework::{Chain, Change, Draft, Subject, SubjectKind, VersionVector, WriterId};
    use rasoat_instrument::Value;
    use refinery::Target;
    use rusqlite::params;
    use uuid::Uuid;

    use super::super::{connect, migrations};
    use super::*;
    use crate::storage::packed;

    fn edits() -> [Edit; 2] {
        let mut chain = Chain::new(WriterId(Uuid::from_u128(50)));
        ["một", "hai"].map(|word| {
            let draft = Draft {
                subject: Subject {
                    commune: "05977".parse().unwrap(),
                    kind: SubjectKind::Household,
                    id: Uuid::from_u128(100),
                },
                seen: VersionVector::default(),
                author: "Người Thử".to_owned(),
                instrument: None,
                changes: BTreeMap::from([(
                    "address".parse().unwrap(),
                    Change::Set(Value::Text(word.to_owned())),
                )]),
            };
            chain.seal(draft, 1).unwrap()
        })
    }

    #[test]
    fn what_an_older_version_kept_is_read_after_the_migration() {
        let dir = tempfile::tempdir().unwrap();
        let mut connection = connect(&dir.path().join("old.db"), &[7; 32]).unwrap();
        migrations::migrations::runner().set_target(Target::Version(5)).run(&mut connection).unwrap();
        connection
            .execute(
                "INSERT INTO batches (hash, device, signature, received_at, edits, outcome, refused, receipt, receipt_signature)
                 VALUES (x'01', x'02', x'03', 4, 2, x'05', 0, x'06', x'07')",
                [],
            )
            .unwrap();
        for (number, edit) in (1..).zip(&edits()) {
            let row = params![
                edit.id.writer.0.as_bytes(),
                i64::try_from(edit.id.seq).unwrap(),
                edit.hash().0,
                edit.subject.id.as_bytes(),
                packed::pack(&edit.to_bytes()),
                number
            ];
            connection
                .execute(
                    "INSERT INTO edits (commune, writer, seq, hash, kind, subject, device, batch, received_at, bytes, household, number)
                     VALUES ('05977', ?1, ?2, ?3, 'household', ?4, x'02', x'01', 4, ?5, ?4, ?6)",
                    row,
                )
                .unwrap();
        }
        migrations::migrations::runner().run(&mut connection).unwrap();
        let tx = connection.transaction().unwrap();
        let mut statement =
            tx.prepare("SELECT batch, place, bytes, received_at FROM edits JOIN household_edits ON household = subject AND edit = id ORDER BY number").unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut kept = Kept::new(&tx);
        for edit in edits() {
            let row = rows.next().unwrap().unwrap();
            assert_eq!(kept.edit(row), Ok(edit));
            assert_eq!((row.get(0), row.get(3)), (Ok(1_i64), Ok(4_i64)));
        }
        assert!(rows.next().unwrap().is_none());
        let receipt: Vec<u8> = tx.query_row("SELECT receipt FROM batches", [], |row| row.get(0)).unwrap();
        assert_eq!(receipt, [6]);
    }
}
