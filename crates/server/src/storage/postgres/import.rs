//! All that another storage holds, taken into an empty database in one transaction, and read again before it counts.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::sealed::Kind;
use super::tx::{Tx, get};
use crate::storage::StorageError;
use crate::storage::moved::{Cell, Digests, Rows};

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Column {
    Text,
    Int,
    Bool,
    Id,
    Bytes,
    Sealed(Kind),
}
use Column::{Bool, Bytes, Id, Int, Sealed, Text};

type Table = (&'static str, &'static [(&'static str, Column)]);

/// The columns of each table, in the order in which they come.
const TABLES: &[Table] = &[
    (
        "instruments",
        &[
            ("hash", Bytes),
            ("id", Text),
            ("version", Text),
            ("survey", Text),
            ("choices", Text),
            ("settings", Text),
            ("files", Text),
            ("imported_at", Int),
        ],
    ),
    ("standards", &[("hash", Bytes), ("id", Text), ("toml", Text), ("imported_at", Int)]),
    ("units", &[("version", Text), ("units_csv", Text), ("old_to_new_csv", Text), ("imported_at", Int)]),
    (
        "villages",
        &[("commune", Text), ("id", Text), ("name", Text), ("area_type", Text), ("households", Int)],
    ),
    (
        "devices",
        &[
            ("id", Id),
            ("verify_key", Bytes),
            ("name", Text),
            ("surveyor", Text),
            ("enrolled_at", Int),
            ("expires_at", Int),
            ("revoked_at", Int),
            ("last_seen_at", Int),
            ("edits", Int),
            ("bundle_recipient", Text),
            ("health", Text),
        ],
    ),
    ("former_keys", &[("device", Id), ("number", Int), ("verify_key", Bytes), ("succeeded_at", Int)]),
    ("device_communes", &[("commune", Text), ("device", Id)]),
    ("device_reach", &[("device", Id), ("commune", Text), ("offered", Int), ("held", Int)]),
    (
        "set_aside",
        &[
            ("hash", Bytes),
            ("device", Id),
            ("signature", Bytes),
            ("bytes", Sealed(Kind::Aside)),
            ("edits", Int),
            ("received_at", Int),
            ("refused_at", Int),
        ],
    ),
    (
        "enrolment_files",
        &[("lookup", Bytes), ("device", Id), ("expires_at", Int), ("bytes", Sealed(Kind::Enrolment))],
    ),
    (
        "batches",
        &[
            ("id", Int),
            ("hash", Bytes),
            ("device", Id),
            ("signature", Bytes),
            ("received_at", Int),
            ("edits", Int),
            ("outcome", Bytes),
            ("refused", Bool),
            ("receipt", Bytes),
            ("receipt_signature", Bytes),
            ("bytes", Sealed(Kind::Batch)),
        ],
    ),
    (
        "edits",
        &[
            ("commune", Text),
            ("number", Int),
            ("writer", Id),
            ("seq", Int),
            ("kind", Text),
            ("subject", Id),
            ("device", Id),
            ("received_at", Int),
            ("batch", Int),
            ("place", Int),
            ("bytes", Sealed(Kind::Edit)),
        ],
    ),
    ("links", &[("writer", Id), ("seq", Int), ("hash", Bytes)]),
    (
        "refusals",
        &[
            ("writer", Id),
            ("seq", Int),
            ("hash", Bytes),
            ("code", Text),
            ("device", Id),
            ("received_at", Int),
        ],
    ),
    ("cursors", &[("hash", Bytes), ("positions", Bytes)]),
    ("snapshots", &[("commune", Text), ("number", Int), ("hash", Bytes), ("size", Int)]),
    (
        "snapshot_pieces",
        &[("commune", Text), ("number", Int), ("place", Int), ("bytes", Sealed(Kind::Snapshot))],
    ),
    ("household_edits", &[("commune", Text), ("household", Id), ("number", Int)]),
    ("interviews", &[("commune", Text), ("interview", Id), ("household", Id)]),
    ("ownerless_edits", &[("commune", Text), ("interview", Id), ("number", Int)]),
    ("stale_households", &[("commune", Text), ("household", Id)]),
    (
        "households",
        &[
            ("commune", Text),
            ("household", Id),
            ("head_name", Text),
            ("search", Text),
            ("code", Text),
            ("village_name", Text),
            ("members", Int),
            ("citizen_id", Text),
            ("state", Text),
            ("class_2022", Text),
            ("class_2027", Text),
            ("unscored", Text),
            ("conflicts", Int),
            ("edits", Int),
            ("last_received_at", Int),
            ("merged_into", Id),
            ("withdrawn", Bool),
            ("name_order", Bytes),
            ("marks", Text),
        ],
    ),
    ("commune_counts", &[("commune", Text), ("mark", Text), ("households", Int)]),
    ("village_counts", &[("commune", Text), ("village_name", Text), ("mark", Text), ("households", Int)]),
    ("commune_received", &[("commune", Text), ("last_at", Int)]),
    ("not_same", &[("first", Id), ("second", Id), ("said_by", Text), ("said_at", Int)]),
    ("merge_marks", &[("commune", Text), ("household", Id), ("kept", Id)]),
    ("attachment_names", &[("commune", Text), ("name", Bytes)]),
    (
        "attachments",
        &[
            ("name", Bytes),
            ("commune", Text),
            ("device", Id),
            ("size", Int),
            ("have", Int),
            ("whole", Bool),
            ("begun_at", Int),
        ],
    ),
    ("attachment_pieces", &[("name", Bytes), ("place", Int), ("bytes", Sealed(Kind::Attachment))]),
    (
        "users",
        &[
            ("name", Text),
            ("role", Text),
            ("communes", Text),
            ("password_hash", Text),
            ("must_change", Bool),
            ("created_at", Int),
            ("last_login_at", Int),
            ("disabled_at", Int),
        ],
    ),
    ("login_failures", &[("name", Text), ("failures", Int), ("last_at", Int)]),
    (
        "sessions",
        &[
            ("token_hash", Bytes),
            ("user", Text),
            ("csrf", Text),
            ("browser", Text),
            ("opened_at", Int),
            ("used_at", Int),
        ],
    ),
    (
        "audit",
        &[("number", Int), ("at", Int), ("actor", Text), ("act", Text), ("object", Text), ("hash", Bytes)],
    ),
    (
        "library_items",
        &[
            ("kind", Text),
            ("hash", Bytes),
            ("id", Text),
            ("version", Text),
            ("state", Text),
            ("content", Text),
            ("made_at", Int),
            ("made_by", Text),
            ("published_at", Int),
            ("published_by", Text),
            ("place", Int),
            ("retired_at", Int),
            ("retired_by", Text),
        ],
    ),
    ("library_number", &[("one", Int), ("number", Int)]),
    ("audit_head", &[("one", Int), ("number", Int), ("hash", Bytes)]),
    (
        "directives",
        &[
            ("number", Int),
            ("kind", Text),
            ("key", Text),
            ("content", Text),
            ("said_by", Text),
            ("said_at", Int),
        ],
    ),
    (
        "round_snapshots",
        &[
            ("number", Int),
            ("round", Int),
            ("made_at", Int),
            ("households", Int),
            ("marks", Text),
            ("hash", Bytes),
        ],
    ),
    (
        "round_snapshot_lines",
        &[
            ("number", Int),
            ("commune", Text),
            ("household", Id),
            ("code", Text),
            ("village_name", Text),
            ("marks", Text),
        ],
    ),
    (
        "second_factors",
        &[("user", Text), ("secret", Sealed(Kind::SecondFactor)), ("confirmed_at", Int), ("last_step", Int)],
    ),
    ("recovery_codes", &[("user", Text), ("hash", Bytes)]),
    (
        "tokens",
        &[
            ("id", Id),
            ("name", Text),
            ("token_hash", Bytes),
            ("tables", Text),
            ("communes", Text),
            ("citizen_ids", Bool),
            ("made_by", Text),
            ("made_at", Int),
            ("expires_at", Int),
            ("revoked_at", Int),
            ("last_used_at", Int),
        ],
    ),
    ("token_days", &[("token", Id), ("day", Text), ("uses", Int)]),
    (
        "data_request_acts",
        &[
            ("number", Int),
            ("commune", Text),
            ("household", Id),
            ("request", Id),
            ("step", Int),
            ("act", Text),
            ("content", Sealed(Kind::Request)),
            ("done_by", Text),
            ("done_at", Int),
        ],
    ),
    (
        "report_cases",
        &[
            ("commune", Text),
            ("number", Int),
            ("basis", Bytes),
            ("feed_end", Int),
            ("made_at", Int),
            ("cases", Sealed(Kind::Cases)),
        ],
    ),
];

fn table_of(name: &str) -> Result<&'static Table, StorageError> {
    TABLES.iter().find(|(table, _)| *table == name).ok_or(StorageError::Damaged("table"))
}

/// Refuses a database that holds anything but what a migration puts there.
pub(super) async fn must_be_empty(tx: &Tx<'_>) -> Result<(), StorageError> {
    for (table, _) in TABLES {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table})");
        if get(&tx.sure(&sql, &[]).await?, 0)? {
            return Err(StorageError::Exists);
        }
    }
    Ok(())
}

/// Writes rows of a table.
pub(super) async fn put(tx: &Tx<'_>, rows: &Rows) -> Result<(), StorageError> {
    let (table, columns) = table_of(rows.table)?;
    if rows.rows.is_empty() {
        return Ok(());
    }
    let mut arrays: Vec<Box<dyn ToSql + Sync + Send>> = Vec::with_capacity(columns.len());
    for (place, (_, column)) in columns.iter().enumerate() {
        arrays.push(array(tx, *column, rows.rows.iter().map(|row| row.get(place)))?);
    }
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let types: Vec<String> = (1..)
        .zip(*columns)
        .map(|(number, (_, column))| format!("${number}::{}[]", type_of(*column)))
        .collect();
    let sql =
        format!("INSERT INTO {table} ({}) SELECT * FROM unnest({})", names.join(", "), types.join(", "));
    let params: Vec<&(dyn ToSql + Sync)> =
        arrays.iter().map(|array| &**array as &(dyn ToSql + Sync)).collect();
    tx.execute(&sql, &params).await?;
    Ok(())
}

fn type_of(column: Column) -> &'static str {
    match column {
        Text => "text",
        Int => "bigint",
        Bool => "bool",
        Id => "uuid",
        Bytes | Sealed(_) => "bytea",
    }
}

/// A column of many rows.
fn array<'r>(
    tx: &Tx<'_>,
    column: Column,
    cells: impl Iterator<Item = Option<&'r Cell>>,
) -> Result<Box<dyn ToSql + Sync + Send>, StorageError> {
    const OTHER: StorageError = StorageError::Damaged("cell");
    /// Each value by `read`, which knows what may be there.
    fn all<'r, T: ToSql + Sync + Send + 'static>(
        cells: impl Iterator<Item = Option<&'r Cell>>,
        read: impl Fn(&Cell) -> Result<T, StorageError>,
    ) -> Result<Box<dyn ToSql + Sync + Send>, StorageError> {
        let values = cells.map(|cell| match cell {
            None => Err(OTHER),
            Some(Cell::Null) => Ok(None),
            Some(cell) => read(cell).map(Some),
        });
        Ok(Box::new(values.collect::<Result<Vec<Option<T>>, _>>()?))
    }
    let bytes = |cell: &Cell| if let Cell::Bytes(bytes) = cell { Ok(bytes.clone()) } else { Err(OTHER) };
    match column {
        Text => all(cells, |cell| if let Cell::Text(text) = cell { Ok(text.clone()) } else { Err(OTHER) }),
        Int => all(cells, |cell| if let Cell::Int(number) = cell { Ok(*number) } else { Err(OTHER) }),
        Bool => all(cells, |cell| if let Cell::Int(number) = cell { Ok(*number != 0) } else { Err(OTHER) }),
        Id => all(cells, |cell| Uuid::from_slice(&bytes(cell)?).map_err(|_| OTHER)),
        Bytes => all(cells, bytes),
        Sealed(kind) => all(cells, |cell| tx.sealer.seal(kind, &bytes(cell)?)),
    }
}

/// Makes what is here alone: feeds, writers and the numbers that are given out next.
pub(super) async fn finish(tx: &Tx<'_>) -> Result<(), StorageError> {
    tx.batch(include_str!("sql/finish_import.sql")).await?;
    Ok(())
}

/// What the tables hold.
pub(super) async fn digests(tx: &Tx<'_>) -> Result<Digests, StorageError> {
    let mut digests = Digests::new();
    for (number, (table, columns)) in TABLES.iter().enumerate() {
        let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let sql = format!("SELECT {} FROM {table}", names.join(", "));
        // Through a cursor: a table may be larger than the memory.
        let cursor = format!("table_{number}");
        tx.batch(&format!("DECLARE {cursor} NO SCROLL CURSOR FOR {sql}")).await?;
        let digest = digests.entry(table).or_default();
        loop {
            let rows = tx.rows_once(&format!("FETCH 1000 FROM {cursor}")).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let cells =
                    columns.iter().enumerate().map(|(place, (_, column))| cell(tx, &row, place, *column));
                digest.add(&cells.collect::<Result<Vec<_>, _>>()?);
            }
        }
    }
    Ok(digests)
}

fn cell(tx: &Tx<'_>, row: &Row, place: usize, column: Column) -> Result<Cell, StorageError> {
    let cell = match column {
        Text => get::<Option<String>>(row, place)?.map(Cell::Text),
        Int => get::<Option<i64>>(row, place)?.map(Cell::Int),
        Bool => get::<Option<bool>>(row, place)?.map(|is| Cell::Int(i64::from(is))),
        Id => get::<Option<Uuid>>(row, place)?.map(|id| Cell::Bytes(id.as_bytes().to_vec())),
        Bytes => get::<Option<Vec<u8>>>(row, place)?.map(Cell::Bytes),
        Sealed(kind) => match get::<Option<&[u8]>>(row, place)? {
            Some(sealed) => Some(Cell::Bytes(tx.sealer.open(kind, sealed)?)),
            None => None,
        },
    };
    Ok(cell.unwrap_or(Cell::Null))
}
