//! Tables from offices: bytes of Excel or CSV files in, households or points and problems out.
//!
//! The official list comes as a workbook of three sheets (poor and near-poor households after the review, households that left
//! poverty, households that left near-poverty), one row per member, the household's own cells on its first row only. Real
//! files shift columns, merge headers and type dates by hand, so columns are found by the words of their headers. Communes also keep plain tables, with a row for each household or
//! each member: what their headers leave open a person says ([`Mapping`]).
//! Everything that is not taken as it stands is reported by sheet, row and column; nothing is dropped silently.
//!
//! The B1 point table comes as a workbook, too, and can be written as one; it is taken whole or not at all.
//!
//! This crate knows nothing of stores, edits or files: bytes are passed in.

mod cell;
mod columns;
mod delimited;
mod file;
mod grouping;
mod headers;
mod households;
mod legacy;
mod list;
mod mapping;
mod place;
mod points;
mod problem;
mod repeated;
mod words;
mod workbook;

pub use columns::ListField;
pub use file::{ListFile, read_list};
pub use list::{HouseholdList, Layout, LeftOut, ListedHousehold, ListedMember, SheetKind};
pub use mapping::{ColumnOutline, Mapping, SheetMapping, SheetOutline};
pub use points::{PointsProblem, read_points, write_points};
pub use problem::{ListError, ListProblem, ProblemCode};
