//! What this program is.

use rasoat_instrument::Text;
use serde::Serialize;
use specta::Type;

/// The program and what it works with. Nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AboutView {
    /// The program's version.
    pub version: String,
    /// The form of the round.
    pub form: AboutPartView,
    /// The standards, in the order of the enrolment.
    pub standards: Vec<AboutPartView>,
    /// Version of the list of communes.
    pub units: String,
    /// Version of the database's layout.
    pub database: u32,
    /// Where the data lies; `~` stands for the folder of whose account it is.
    pub folder: String,
}

/// Something the province gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AboutPartView {
    /// Its name.
    pub title: Text,
    /// Its version; empty where only its hash tells versions apart.
    pub version: String,
    /// Hash of its content, hexadecimal.
    pub hash: String,
}
