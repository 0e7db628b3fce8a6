//! Why a document was not made.

/// Why a document was not made. Nothing personal stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Somebody said that it is not to go on.
    #[error("cancelled")]
    Cancelled,
    /// A decision or certificate over results that are provisional.
    #[error("{households} households have a provisional class")]
    Provisional {
        /// So many of them.
        households: usize,
    },
    /// Nothing would stand in it.
    #[error("there is nothing to write")]
    Nothing,
    /// A template cannot be set with what it was handed.
    #[error("the template fails: {0}")]
    Template(String),
    /// The workbook cannot be written.
    #[error("the workbook cannot be written: {0}")]
    Workbook(String),
}

impl From<rust_xlsxwriter::XlsxError> for DocumentError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        Self::Workbook(error.to_string())
    }
}
