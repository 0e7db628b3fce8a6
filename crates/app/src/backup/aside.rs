//! What restores put aside: files that may hold what nobody could read, and that hold what was removed since.

use rasoat_store::{Act, Aside, Op};

use crate::app::App;
use crate::bundle::file;
use crate::error::AppError;
use crate::moment::rfc3339;
use crate::view::AsideView;

/// Letters of a minute in a name: `20261123-0800`.
const MINUTE: usize = 13;

impl App {
    /// What restores put aside, the first first.
    pub fn asides(&self) -> Result<Vec<AsideView>, AppError> {
        self.need_open()?;
        let view = |aside: Aside| AsideView {
            at: moment_of(&aside.name),
            name: aside.name,
            kilobytes: u32::try_from(aside.bytes / 1024).unwrap_or(u32::MAX),
            brought: aside.brought,
        };
        Ok(Aside::all(self.data_dir())?.into_iter().map(view).collect())
    }

    /// Removes what a restore put aside.
    ///
    /// # Errors
    /// `unknown_aside`, and the disk's.
    pub fn remove_aside(&self, name: &str) -> Result<Vec<AsideView>, AppError> {
        let opened = self.need_open()?;
        let asides = Aside::all(self.data_dir())?;
        let aside = asides.iter().find(|aside| aside.name == name);
        let aside = aside.ok_or_else(|| AppError::new("unknown_aside"))?;
        let (now, brought) = (self.now(), aside.brought.to_string());
        opened.store.transact(Op::Audit, |tx| tx.audit(Act::AsideRemoved, &[("brought", brought)], now))?;
        aside.remove(self.data_dir())?;
        tracing::info!(brought = aside.brought, "what a restore put aside was removed");
        self.asides()
    }

    /// Removes what was put aside and is all in the database as well. What nobody could read stays: it may be nowhere else.
    pub(crate) fn remove_brought_asides(&self) {
        let asides = Aside::all(self.data_dir()).unwrap_or_default();
        for aside in asides.iter().filter(|aside| aside.brought) {
            if let Err(error) = aside.remove(self.data_dir()) {
                tracing::warn!(code = error.code(), "what a restore put aside could not be removed");
            }
        }
    }
}

/// The minute that a folder is named by; behind it may stand a number.
fn moment_of(name: &str) -> Option<String> {
    file::of_minute(name.get(..MINUTE)?).map(rfc3339)
}
