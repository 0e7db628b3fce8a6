//! The desktop's screens as they look: pictures of each, and what a screen reader finds there.

use std::path::Path;

use anyhow::Result;

use crate::{build, setup, step};

/// Where the table of screens and what goes over it are.
const FOLDER: &str = "tests/e2e";

/// What is to be made.
pub(crate) struct Wanted {
    /// Only the screens whose name contains this.
    pub(crate) only: Option<String>,
    /// Size of all text in hundredths.
    pub(crate) size: u32,
    /// Width and height of the window: `1366x768`.
    pub(crate) window: String,
    /// Renews the kept snapshots of what a screen reader finds, in place of pictures.
    pub(crate) snapshots: bool,
}

/// Pictures of every screen in each language and theme in `target/screens`, or the kept snapshots.
pub(crate) fn screenshots(root: &Path, wanted: &Wanted) -> Result<()> {
    setup::packages(root, true)?;
    setup::npm(&root.join(FOLDER))?;
    build::samples(root)?;
    let only = wanted.only.as_deref().unwrap_or_default();
    let (script, set): (&[&str], _) = if wanted.snapshots {
        (&["run", "--silent", "screens", "--", "--grep", only], [("RASOAT_RENEW", "1".to_owned())].to_vec())
    } else {
        let set = [
            ("RASOAT_SCREENS", only.to_owned()),
            ("RASOAT_SIZE", wanted.size.to_string()),
            ("RASOAT_WINDOW", wanted.window.clone()),
        ];
        (&["run", "--silent", "shoot"], set.to_vec())
    };
    step::run_with(&root.join(FOLDER), "npm", script, &set)
}
