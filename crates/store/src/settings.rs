//! Small things of the program, by key.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::store::{Reader, Tx};

impl Reader<'_> {
    /// A setting; `None` where it was never set.
    pub fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self
            .connection
            .prepare_cached(include_str!("settings/get.sql"))?
            .query_row(params![key], |row| row.get(0))
            .optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }
}

impl Tx<'_> {
    /// Keeps a setting.
    pub fn set_setting<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        let text = serde_json::to_string(value)?;
        self.connection.prepare_cached(include_str!("settings/set.sql"))?.execute(params![key, text])?;
        self.note(|changed| changed.settings = true);
        Ok(())
    }
}
