//! A questionnaire as data, and the engine that runs it.
//!
//! [`Definition`] is the form as its authors wrote it; [`Session`] is one filled form: answers in, what changed out.
//! [`Plan`] is a definition made ready to run: names resolved, every rule after what it reads, and for each place its readers.
//! A session computes again only what depends on what changed. Expressions are ODK's ([`expression::Expr`]).
//!
//! This crate knows nothing of households, files, sockets, SQL, clocks or windows: today's date and every id are passed in.

mod date_format;
mod definition;
mod evaluate;
pub mod expression;
mod file_name;
mod findings;
mod geopoint;
mod list;
mod lots;
mod migrate;
mod moment;
mod numbering;
mod path;
mod plan;
mod session;
mod text;
mod value;

pub use definition::{
    Confidence, Definition, Group, Media, Node, Provenance, Question, QuestionKind, Range, Repeat, Shuffle,
};
pub use file_name::FileName;
pub use findings::{Completion, Finding, FindingKind};
pub use geopoint::GeoPoint;
pub use list::{Choice, ChoiceItem, ChoiceList};
pub use migrate::{Left, LeftWhy, Migrated, carry_over, migrate, moved};
pub use moment::Moment;
pub use numbering::Numbering;
pub use path::{Answer, Facet, FieldName, InstanceId, Path, PathError, Segment};
pub use plan::{FormProblem, Plan};
pub use session::{
    Changes, Context, Difference, NodeState, POSITION, Part, Prepared, ResumeError, Saved, SectionProgress,
    Session, SetError, Standpoint, Wanted,
};
pub use text::{Language, Text};
pub use value::{Number, Value, ValueError, ValueKind};
