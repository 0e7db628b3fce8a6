//! The desktop's screens as they look: pictures of each, and what a screen reader finds there.

use std::path::Path;

use anyhow::{Context, Result};

use crate::{build, setup, step};

/// Where the table of screens and what goes over it are.
const FOLDER: &str = "tests/e2e";

/// Screens that the guides show.
const IN_GUIDES: [&str; 15] = [
    "today-untouched",
    "today-practice",
    "today-help",
    "households",
    "interview-findings",
    "interview-ready",
    "sync-offline",
    "import-preview",
    "duplicates",
    "review",
    "review-one-returning",
    "conflicts-chosen",
    "entry",
    "procedure",
    "procedure-meeting",
];
/// Where the guides find them.
const PICTURES: &str = "docs/pictures";
/// Small enough for a page, large enough to be read.
const GUIDE_WINDOW: &str = "1100x690";

/// What is to be made.
pub(crate) struct Wanted {
    /// Only the screens whose name contains this.
    pub(crate) only: Option<String>,
    /// Size of all text in hundredths.
    pub(crate) size: u32,
    /// Width and height of the window: `1366x768`.
    pub(crate) window: String,
    /// Renews the pictures of the guides, in place of all pictures.
    pub(crate) guides: bool,
    /// Renews the kept snapshots of what a screen reader finds, in place of pictures.
    pub(crate) snapshots: bool,
}

/// Pictures of every screen in each language and theme in `target/screens`, or the kept snapshots.
pub(crate) fn screenshots(root: &Path, wanted: &Wanted) -> Result<()> {
    setup::packages(root, true)?;
    setup::npm(&root.join(FOLDER))?;
    build::samples(root)?;
    if wanted.guides {
        return of_guides(root);
    }
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

/// Vietnamese, light and small, beside the guides.
fn of_guides(root: &Path) -> Result<()> {
    let set = [("RASOAT_EXACTLY", IN_GUIDES.join(",")), ("RASOAT_WINDOW", GUIDE_WINDOW.to_owned())];
    step::run_with(&root.join(FOLDER), "npm", &["run", "--silent", "shoot"], &set)?;
    for name in IN_GUIDES {
        let from = root.join("target/screens").join(format!("{name}.vi.light.png"));
        let to = root.join(PICTURES).join(format!("guide-{name}.png"));
        std::fs::copy(&from, &to).with_context(|| format!("{} cannot be copied", from.display()))?;
    }
    Ok(())
}
