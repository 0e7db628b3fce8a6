//! The laptop's encrypted SQLite: connection, migrations, one module per table, one door for changes.
