//! The schema's versions. A released file under `migrations/` is never edited.

use refinery::{Runner, Target};
use rusqlite::Connection;

use crate::error::StoreError;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The schema this program writes (`PRAGMA user_version`; each migration sets its own).
pub const SCHEMA_VERSION: i64 = 14;

/// Makes an empty file a database of this version.
pub(crate) fn initialise(connection: &mut Connection) -> Result<(), StoreError> {
    in_one_transaction(embedded::migrations::runner()).run(connection)?;
    Ok(())
}

/// Brings an older file up to this version; refuses a newer one untouched.
pub(crate) fn bring_up(connection: &mut Connection) -> Result<(), StoreError> {
    bring_up_to(connection, SCHEMA_VERSION, embedded::migrations::runner())
}

/// All migrations and the record of them: else a disk that is full, or a power cut, could leave one done that is not recorded.
fn in_one_transaction(runner: Runner) -> Runner {
    runner.set_grouped(true)
}

fn bring_up_to(connection: &mut Connection, newest: i64, runner: Runner) -> Result<(), StoreError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > newest {
        return Err(StoreError::NewerFile);
    }
    // Version 0 is an empty file: the database that was here is gone.
    if version < 1 {
        return Err(StoreError::Damaged);
    }
    if version < newest {
        // Programs of before recorded a migration in a transaction of its own; what the file says of itself is true.
        let done = i32::try_from(version).map_err(|_| StoreError::Damaged)?;
        let known = Runner::new(runner.get_migrations());
        known.set_target(Target::FakeVersion(done)).run(connection)?;
        in_one_transaction(runner).run(connection)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use refinery::Migration;

    use super::*;

    fn version(connection: &Connection) -> i64 {
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    }

    /// This program's migrations and one more.
    fn next_program() -> (i64, Runner) {
        let mut migrations = embedded::migrations::runner().get_migrations().clone();
        let newest = SCHEMA_VERSION + 1;
        let sql = format!("ALTER TABLE settings ADD COLUMN note TEXT; PRAGMA user_version = {newest};");
        migrations.push(Migration::unapplied(&format!("V{newest}__next.sql"), &sql).unwrap());
        (newest, Runner::new(&migrations))
    }

    #[test]
    fn an_empty_file_becomes_a_database_of_this_version() {
        let mut connection = Connection::open_in_memory().unwrap();
        initialise(&mut connection).unwrap();
        assert_eq!(version(&connection), SCHEMA_VERSION);
        bring_up(&mut connection).unwrap();
        assert_eq!(version(&connection), SCHEMA_VERSION);
    }

    #[test]
    fn a_file_of_before_there_were_sticks_is_brought_up_with_what_waits_in_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let first = embedded::migrations::runner().set_target(Target::Version(1));
        first.run(&mut connection).unwrap();
        assert_eq!(version(&connection), 1);
        let edit =
            "INSERT INTO edits (writer, seq, hash, commune, kind, subject_id, bytes, recorded_at, custody)
                    VALUES (x'01', 1, x'02', '06001', 'household', x'03', x'04', 0, 'unsent')";
        connection.execute_batch(edit).unwrap();
        bring_up(&mut connection).unwrap();
        assert_eq!(version(&connection), SCHEMA_VERSION);
        let count = |table: &str| -> i64 {
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
        };
        assert_eq!((count("edits WHERE custody = 'unsent'"), count("batches"), count("bundles")), (1, 0, 0));
    }

    #[test]
    fn households_of_before_duplicates_were_looked_for_are_to_be_made_anew() {
        let mut connection = Connection::open_in_memory().unwrap();
        let before = embedded::migrations::runner().set_target(Target::Version(6));
        before.run(&mut connection).unwrap();
        let household =
            "INSERT INTO households (id, interview, commune, village, head_name, sort_key, members, state,
                provisional, findings, answered, questions)
            VALUES (x'01', x'02', '06001', 'na-lung', 'A', x'03', 1, 'listed', 0, 0, 0, 0)";
        connection.execute_batch(household).unwrap();
        bring_up(&mut connection).unwrap();
        let count = |what: &str| -> i64 {
            connection.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
        };
        assert_eq!((count("households WHERE merged_into IS NULL"), count("persons")), (1, 0));
        assert_eq!(count("settings WHERE key = 'lists_stale' AND value = 'true'"), 1);
    }

    #[test]
    fn lines_of_before_returned_ones_were_noted_are_made_anew_only_where_something_was_decided() {
        for (kind, stale) in [("interview", 0), ("case", 1)] {
            let mut connection = Connection::open_in_memory().unwrap();
            let before = embedded::migrations::runner().set_target(Target::Version(11));
            before.run(&mut connection).unwrap();
            let edit =
                "INSERT INTO edits (writer, seq, hash, commune, kind, subject_id, bytes, recorded_at, custody)
                    VALUES (x'01', 1, x'02', '06001', ?1, x'03', x'04', 0, 'unsent')";
            connection.execute(edit, [kind]).unwrap();
            bring_up(&mut connection).unwrap();
            let said = "SELECT count(*) FROM settings WHERE key = 'lists_stale' AND value = 'true'";
            let found: i64 = connection.query_row(said, [], |row| row.get(0)).unwrap();
            assert_eq!(found, stale, "{kind}");
        }
    }

    #[test]
    fn the_next_program_brings_this_ones_file_up_with_its_content_and_this_one_then_refuses_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        initialise(&mut connection).unwrap();
        connection.execute_batch("INSERT INTO settings (key, value) VALUES ('a', '1')").unwrap();
        let (newest, runner) = next_program();
        bring_up_to(&mut connection, newest, runner).unwrap();
        assert_eq!(version(&connection), newest);
        let kept: i64 = connection
            .query_row("SELECT count(*) FROM settings WHERE note IS NULL", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, 1);

        assert_eq!(bring_up(&mut connection), Err(StoreError::NewerFile));
        assert_eq!(version(&connection), newest);
    }

    #[test]
    fn a_migration_that_was_cut_off_before_it_was_recorded_is_not_done_again() {
        let mut connection = Connection::open_in_memory().unwrap();
        let earlier = embedded::migrations::runner().set_target(Target::Version(8));
        earlier.run(&mut connection).unwrap();
        connection.execute_batch("DELETE FROM refinery_schema_history WHERE version = 8").unwrap();
        bring_up(&mut connection).unwrap();
        assert_eq!(version(&connection), SCHEMA_VERSION);
        let recorded: i64 = connection
            .query_row("SELECT count(*) FROM refinery_schema_history", [], |row| row.get(0))
            .unwrap();
        assert_eq!(recorded, SCHEMA_VERSION);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        initialise(&mut connection).unwrap();
        let (newest, runner) = next_program();
        let mut migrations = runner.get_migrations().clone();
        let broken = format!("V{}__broken.sql", newest + 1);
        migrations
            .push(Migration::unapplied(&broken, "CREATE TABLE half (a); SELECT * FROM nowhere;").unwrap());
        assert!(bring_up_to(&mut connection, newest + 1, Runner::new(&migrations)).is_err());
        assert_eq!(version(&connection), SCHEMA_VERSION);
        bring_up(&mut connection).unwrap();
    }
}
