//! One error shape for every use-case: a code and parameters for the interface, nothing personal.

use std::collections::BTreeMap;

use rasoat_exchange::enrolment::{EnrolmentRefusal, SeedError};
use rasoat_exchange::{CarrierError, EnrolmentError};
use rasoat_instrument::{SetError, ValueKind};
use rasoat_lists::ListError;
use rasoat_store::StoreError;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Why a use-case could not be done. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, Type)]
#[error("{code}")]
pub struct AppError {
    /// Stable code: `wrong_passphrase`, `enrolment_expired`, `disk_full`, …
    pub code: String,
    /// Parameters of the sentence, never personal data.
    pub params: BTreeMap<String, String>,
}

impl AppError {
    pub(crate) fn new(code: &str) -> Self {
        Self { code: code.to_owned(), params: BTreeMap::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let new = Self::new(error.code());
        match error.param() {
            Some((name, value)) => new.with(name, value),
            None => new,
        }
    }
}

impl From<EnrolmentError> for AppError {
    fn from(error: EnrolmentError) -> Self {
        match error {
            EnrolmentError::NotAnEnrolment => Self::new("not_an_enrolment"),
            EnrolmentError::Truncated => Self::new("enrolment_truncated"),
            EnrolmentError::Damaged => Self::new("enrolment_damaged"),
            EnrolmentError::NewerFormat(format) => Self::new("enrolment_newer_format").with("format", format),
            EnrolmentError::TooLarge => Self::new("file_too_large"),
        }
    }
}

impl From<EnrolmentRefusal> for AppError {
    fn from(refusal: EnrolmentRefusal) -> Self {
        match refusal {
            EnrolmentRefusal::Expired { at_millis } => {
                Self::new("enrolment_expired").with("at", crate::moment::rfc3339(at_millis))
            }
            EnrolmentRefusal::OtherServer { .. } => Self::new("other_server"),
        }
    }
}

impl From<SeedError> for AppError {
    fn from(error: SeedError) -> Self {
        match error {
            SeedError::WrongCode => Self::new("wrong_code"),
            SeedError::Damaged => Self::new("enrolment_damaged"),
            SeedError::NewerFormat(format) => Self::new("enrolment_newer_format").with("format", format),
        }
    }
}

impl From<CarrierError> for AppError {
    fn from(error: CarrierError) -> Self {
        Self { code: error.code().to_owned(), params: error.params() }
    }
}

impl From<ListError> for AppError {
    fn from(error: ListError) -> Self {
        Self::new(error.code())
    }
}

impl From<SetError> for AppError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::UnknownPath => Self::new("unknown_path"),
            SetError::WrongKind { expected } => Self::new("wrong_kind").with(
                "expected",
                match expected {
                    ValueKind::Text => "text",
                    ValueKind::Integer => "integer",
                    ValueKind::Decimal => "decimal",
                    ValueKind::Date => "date",
                    ValueKind::Time => "time",
                    ValueKind::DateTime => "date_time",
                    ValueKind::Point => "point",
                    ValueKind::File => "file",
                    ValueKind::Choice => "choice",
                    ValueKind::Choices => "choices",
                },
            ),
            SetError::ReadOnly => Self::new("read_only_question"),
            SetError::UnknownChoice => Self::new("unknown_choice"),
            SetError::InstanceExists => Self::new("instance_exists"),
            SetError::TooMany => Self::new("too_many_members"),
            SetError::Counted => Self::new("counted_by_form"),
        }
    }
}

/// A file the person chose cannot be read. Its name is not repeated: it may hold a person's.
impl From<std::io::Error> for AppError {
    fn from(error: std::io::Error) -> Self {
        let known = [
            (std::io::ErrorKind::NotFound, "file_not_found"),
            (std::io::ErrorKind::PermissionDenied, "file_not_readable"),
            (std::io::ErrorKind::StorageFull, "disk_full"),
            (std::io::ErrorKind::ReadOnlyFilesystem, "read_only"),
        ];
        Self::new(
            known.iter().find(|(kind, _)| *kind == error.kind()).map_or("input_output", |(_, code)| code),
        )
    }
}
