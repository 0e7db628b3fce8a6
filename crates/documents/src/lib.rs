//! Lists, papers of the procedure and filled interviews as XLSX and PDF: plain data in, bytes out.
//!
//! Texts of papers are data: `words/vi.json` and the templates beside it (`templates/*.typ`). Whoever fills a paper hands over
//! plain values ([`List`], [`Minutes`], [`Decision`], [`Certificate`], [`Interview`], [`Explanation`], [`Interchange`]), which
//! go to the templates as JSON and never as markup.
//!
//! This crate knows nothing of stores, servers, windows, clocks and files. A result that is provisional is printed as such on
//! every paper, and no decision or certificate is made of it ([`DocumentError::Provisional`]).

mod error;
mod explanation;
mod fill;
mod interchange;
mod interview;
mod lists;
mod official;
mod official_table;
mod pdf;
mod table;
mod watch;
mod words;
mod xlsx;

pub use error::DocumentError;
pub use explanation::Explanation;
pub use fill::{
    Details, FileKind, Household, InterviewFacts, Village, certificates, decisions, file_kinds,
    filled_interview, interchange, list, minutes, sources,
};
pub use interchange::{Interchange, InterchangeHousehold, InterchangeMember};
pub use interview::{Interview, InterviewPart, InterviewSection, Line, RosterLine};
pub use lists::{
    Listed, MeetingRow, Posted, Reviewed, detail_list, meeting_list, posting_list, results_list, review_list,
};
pub use official::{
    Certificate, CertificateMember, Decided, Decision, DecisionKind, Minutes, MinutesRow, Outcome, Source,
};
pub use official_table::{OfficialColumn, OfficialRow, OfficialTable};
pub use pdf::{Binder, Paper, pdf};
pub use table::{Cell, Column, Head, Kind, List, Signature, Table, decimal};
pub use watch::Watch;
pub use words::{b2_points, said};
pub use xlsx::{xlsx, xlsx_rows, xlsx_sheets};
