//! Households through a review: identifiers, edits and their fold, standards and the classes they give.
//!
//! Pure: no file, socket, SQL, clock or randomness. This crate knows nothing of how edits travel or where they are kept.

mod attachment;
mod case;
pub mod cbor;
mod chain;
mod duplicates;
mod edit;
mod edit_bytes;
mod facts;
mod fold;
mod id;
mod loose;
mod name;
mod order;
pub mod papers;
pub mod procedure;
mod record;
mod remark;
mod rights;
pub mod standard;
mod subject;
pub mod targets;
mod trace;
mod undo;
mod units;

pub use attachment::{
    AttachmentError, AttachmentHash, AttachmentKind, AttachmentName, AttachmentType, MAX_ATTACHMENT_BYTES,
    SIGNED_ON_PAPER,
};
pub use case::{Case, Decision, Standing, Step, bring_up, case_id, decide, decided, reopened, version_mark};
pub use chain::{Chain, Draft, SealError};
pub use duplicates::{
    Agreement, Birth, DuplicatePair, KnownPerson, MERGED_INTO, SharedMember, WITHDRAWN, duplicates,
    duplicates_of, household_pair, merged_into,
};
pub use edit::{
    AuthorName, Change, Edit, EditError, EditHash, Hlc, InstrumentHash, MAX_CHANGES, MAX_EDIT_BYTES,
    MAX_SEEN, VersionVector,
};
pub use facts::{Fact, Facts, ReadyFacts};
pub use fold::{Candidate, Document, FieldState, PRESENT, fold};
pub use id::{
    CitizenId, CommuneCode, DeviceId, EditId, HouseholdKey, IdError, Round, VillageId, WriterId,
    household_id, interview_id, lot_seed, member_id, new_member_id, second_entry_id,
};
pub use loose::{LooseEdit, LoosePlace, LooseRow};
pub use name::{fold_name, nfc_name};
pub use order::sort_key;
pub use record::{LastYear, MEMBERS, Person, Record, is_meta, known_before, listed_at};
pub use remark::{MAX_REMARK_CHARS, Remark, RemarkState, remark_id};
pub use rights::{Right, Rights, Term};
pub use subject::{Subject, SubjectKind};
pub use trace::{Word, trace};
pub use undo::{UndoError, Undone, undo};
pub use units::{AreaType, Commune, District, Units, UnitsError};
