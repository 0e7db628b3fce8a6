-- Which edits each exchange with the province was about; gone when the exchange is forgotten.
CREATE TABLE exchange_edits (
    exchange INTEGER NOT NULL REFERENCES exchanges (number) ON DELETE CASCADE,
    writer BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (exchange, writer, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_edits_by_edit ON exchange_edits (writer, seq);

PRAGMA user_version = 14;
