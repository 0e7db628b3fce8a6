//! Households through a review: identifiers, edits and their fold, standards and the classes they give.
//!
//! Pure: no file, socket, SQL, clock or randomness. This crate knows nothing of how edits travel or where they are kept.

mod edit;
mod fold;
mod id;
mod name;
pub mod standard;
mod subject;
mod units;

pub use edit::{AuthorName, Change, Edit, EditHash, Hlc, InstrumentHash, VersionVector};
pub use fold::{Candidate, Document, FieldState, fold};
pub use id::{
    CitizenId, CommuneCode, DeviceId, EditId, HouseholdKey, IdError, Round, VillageId, WriterId, household_id, interview_id,
    member_id,
};
pub use name::{fold_name, nfc_name};
pub use subject::{Subject, SubjectKind};
pub use units::{AreaType, Commune, Units, UnitsError};
