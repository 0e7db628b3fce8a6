//! All that a template can reach: the templates, the words, what it was handed and three fonts, all of them in memory.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;

use crate::error::DocumentError;
use crate::words::VIETNAMESE;

/// What a paper is set by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Template {
    List,
    Minutes,
    Decision,
    Certificate,
    Interview,
    Explanation,
}

const TEMPLATES: [(Template, &str, &str); 6] = [
    (Template::List, "list.typ", include_str!("../../templates/list.typ")),
    (Template::Minutes, "minutes.typ", include_str!("../../templates/minutes.typ")),
    (Template::Decision, "decision.typ", include_str!("../../templates/decision.typ")),
    (Template::Certificate, "certificate.typ", include_str!("../../templates/certificate.typ")),
    (Template::Interview, "interview.typ", include_str!("../../templates/interview.typ")),
    (Template::Explanation, "explanation.typ", include_str!("../../templates/explanation.typ")),
];

/// What templates share.
const SHARED: [(&str, &str); 2] = [
    ("common.typ", include_str!("../../templates/common.typ")),
    ("result.typ", include_str!("../../templates/result.typ")),
];

const FONTS: [&[u8]; 3] = [
    include_bytes!("../../fonts/BeVietnamPro_400Regular.ttf"),
    include_bytes!("../../fonts/BeVietnamPro_700Bold.ttf"),
    include_bytes!("../../fonts/BeVietnamPro_400Regular_Italic.ttf"),
];

/// What is the same for every paper.
struct Shop {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: Vec<(FileId, Source)>,
    words: (Option<FileId>, Bytes),
    data: Option<FileId>,
}

static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.into_iter().flat_map(|font| Font::iter(Bytes::new(font))).collect();
    let texts = TEMPLATES.iter().map(|(_, name, text)| (*name, *text)).chain(SHARED);
    let source = |(name, text): (&str, &str)| {
        let id = file(name)?;
        Some((id, Source::new(id, text.to_owned())))
    };
    Shop {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        sources: texts.filter_map(source).collect(),
        words: (file("words.json"), Bytes::from_string(VIETNAMESE)),
        data: file("data.json"),
    }
});

/// One paper about to be set.
struct Desk {
    main: FileId,
    data: Bytes,
}

/// Sets one paper.
pub(super) fn set(template: Template, json: String) -> Result<PagedDocument, DocumentError> {
    let named = TEMPLATES.iter().find(|(known, ..)| *known == template);
    let main = named.and_then(|(_, name, _)| file(name));
    let main = main.ok_or_else(|| DocumentError::Template("no such template".to_owned()))?;
    let desk = Desk { main, data: Bytes::from_string(json) };
    typst::compile(&desk).output.map_err(failure)
}

/// Where it fails, in the words of the program that sets: nothing that was handed over stands in them.
pub(super) fn failure(errors: EcoVec<SourceDiagnostic>) -> DocumentError {
    DocumentError::Template(errors.first().map(|error| error.message.to_string()).unwrap_or_default())
}

fn file(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &SHOP.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHOP.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let known = SHOP.sources.iter().find(|(known, _)| *known == id);
        known.map(|(_, source)| source.clone()).ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match Some(id) {
            id if id == SHOP.data => Ok(self.data.clone()),
            id if id == SHOP.words.0 => Ok(SHOP.words.1.clone()),
            Some(_) | None => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHOP.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
