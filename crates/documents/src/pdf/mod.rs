//! Papers as PDF: each is set by itself, and all are bound into one file.
//!
//! Setting one at a time keeps "page n of m" each paper's own, and lets the work be told of and ended between two of them.

mod world;

use serde::Serialize;
use typst::ecow::EcoVec;
use typst::model::DocumentInfo;
use typst_layout::{Page, PagedDocument};
use typst_pdf::{PdfOptions, Timestamp};

use crate::error::DocumentError;
use crate::watch::Watch;
pub(crate) use world::Template;

/// What was made for earlier papers and is not needed by the last few is let go of.
const KEPT_FOR: usize = 3;

/// Something that is set by a template.
pub trait Paper {
    /// Its template, and what that reads.
    ///
    /// # Errors
    /// As the paper refuses to be made: [`DocumentError::Provisional`], [`DocumentError::Nothing`].
    fn to_set(&self) -> Result<Setting, DocumentError>;
}

/// A template with what it reads.
#[derive(Debug, Clone)]
pub struct Setting {
    template: Template,
    json: String,
}

impl Setting {
    /// Data go over as JSON: whatever stands in them comes out as text.
    pub(crate) fn of(template: Template, data: &impl Serialize) -> Result<Self, DocumentError> {
        let json = serde_json::to_string(data).map_err(|error| DocumentError::Template(error.to_string()))?;
        Ok(Self { template, json })
    }
}

/// Papers as one PDF, in their order.
///
/// # Errors
/// As the papers refuse; [`DocumentError::Nothing`] for no paper at all; [`DocumentError::Cancelled`]
pub fn pdf<P: Paper>(papers: &[P], watch: &mut Watch<'_>) -> Result<Vec<u8>, DocumentError> {
    let mut binder = Binder::default();
    for (done, paper) in papers.iter().enumerate() {
        watch.at(done, papers.len())?;
        binder.add(paper)?;
    }
    watch.at(papers.len(), papers.len())?;
    binder.finish()
}

/// Papers that come one by one, so that not all of them need be in memory. One alone has tags, for those who hear it.
#[derive(Default)]
pub struct Binder {
    /// The only one as long as it is.
    single: Option<PagedDocument>,
    pages: EcoVec<Page>,
    info: DocumentInfo,
}

impl Binder {
    /// Sets one more.
    ///
    /// # Errors
    /// As the paper refuses.
    pub fn add(&mut self, paper: &impl Paper) -> Result<(), DocumentError> {
        let Setting { template, json } = paper.to_set()?;
        let document = world::set(template, json)?;
        let is_first = self.pages.is_empty();
        if is_first {
            self.info = typst::model::Document::info(&document).clone();
        }
        self.pages.extend(document.pages().iter().cloned());
        self.single = is_first.then_some(document);
        typst::comemo::evict(KEPT_FOR);
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// [`DocumentError::Nothing`] where nothing was added.
    pub fn finish(self) -> Result<Vec<u8>, DocumentError> {
        if self.pages.is_empty() {
            return Err(DocumentError::Nothing);
        }
        // What papers set one by one say of their parts is not of one piece: a tree of tags would point astray.
        let tagged = self.single.is_some();
        let document = self.single.unwrap_or_else(|| PagedDocument::new(self.pages, self.info));
        let options = PdfOptions { tagged, timestamp: None::<Timestamp>, ..PdfOptions::default() };
        let bytes = typst_pdf::pdf(&document, &options).map_err(world::failure);
        typst::comemo::evict(0);
        bytes
    }
}

impl std::fmt::Debug for Binder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Binder").field("pages", &self.pages.len()).finish_non_exhaustive()
    }
}
