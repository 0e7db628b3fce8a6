//! What this program is and works with.

use std::path::Path;

use rasoat_casework::standard::ReadyStandard;
use rasoat_store::SCHEMA_VERSION;

use crate::app::App;
use crate::error::AppError;
use crate::profile::Profile;
use crate::view::{AboutPartView, AboutView};

/// Where systems say what the folder of a person is.
const HOMES: [&str; 2] = ["HOME", "USERPROFILE"];

impl App {
    /// Versions of the program and of what the province gave, and where the data lies.
    pub fn about(&self) -> Result<AboutView, AppError> {
        let opened = self.need_own()?;
        let profile = &opened.profile;
        let form = profile.form.definition();
        let home = HOMES.iter().find_map(std::env::var_os);
        Ok(AboutView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            form: AboutPartView {
                title: form.title.clone(),
                version: form.version.clone(),
                hash: blake3::Hash::from_bytes(profile.instrument.0).to_hex().to_string(),
            },
            standards: standards(profile),
            units: profile.units.version.clone(),
            database: u32::try_from(SCHEMA_VERSION).unwrap_or_default(),
            folder: without_home(self.data_dir(), home.as_deref().map(Path::new)),
        })
    }
}

fn standards(profile: &Profile) -> Vec<AboutPartView> {
    // As interviews record them: `id:hash id:hash`, in the order of the standards.
    let hashes = profile.standards_text.split(' ').filter_map(|one| one.rsplit_once(':'));
    let part = |(ready, (_, hash)): (&ReadyStandard, (&str, &str))| AboutPartView {
        title: ready.standard().title.clone(),
        version: String::new(),
        hash: hash.to_owned(),
    };
    profile.standards.iter().zip(hashes).map(part).collect()
}

/// Without the name of whose account it is.
fn without_home(folder: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| folder.strip_prefix(home).ok()) {
        Some(rest) => Path::new("~").join(rest).display().to_string(),
        None => folder.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_shown_without_the_name_of_the_account() {
        let folder = Path::new("/home/nong-van-bach/.local/share/rasoat");
        assert_eq!(without_home(folder, Some(Path::new("/home/nong-van-bach"))), "~/.local/share/rasoat");
        assert_eq!(without_home(Path::new("/data"), Some(Path::new("/home/x"))), "/data");
        assert_eq!(without_home(Path::new("/data"), None), "/data");
    }
}
