//! What is wrong with a list, as stable codes.

use std::collections::BTreeMap;

/// Why nothing of a file can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum ListError {
    /// An Excel file of before 2007 (`.xls`), whatever its name says.
    OldExcel,
    /// Protected by a password.
    PasswordProtected,
    /// Neither an Excel workbook nor text with separators.
    NotExcel,
    /// Text typed for TCVN3 (ABC) fonts, `.VnTime` and its like.
    Tcvn3,
    /// Text typed for VNI fonts.
    Vni,
    /// Text in an encoding that nobody can tell.
    UnknownEncoding,
    /// A quotation mark is opened in a text file and never closed: where a cell ends cannot be known.
    UnclosedQuote,
    /// A workbook that is cut short or broken.
    Damaged,
    /// The file is larger than any list.
    TooLarge,
    /// It would unpack to far more than any list needs.
    ZipBomb,
    /// More rows than any list has.
    TooManyRows,
    /// No sheet has the headers of a household list.
    NoList,
    /// The headers are there, but no household.
    Empty,
}

impl ListError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::OldExcel => "old_excel",
            Self::PasswordProtected => "password_protected",
            Self::NotExcel => "not_excel",
            Self::Tcvn3 => "tcvn3_text",
            Self::Vni => "vni_text",
            Self::UnknownEncoding => "unknown_encoding",
            Self::UnclosedQuote => "unclosed_quote",
            Self::Damaged => "damaged_workbook",
            Self::TooLarge => "file_too_large",
            Self::ZipBomb => "zip_bomb",
            Self::TooManyRows => "too_many_rows",
            Self::NoList => "no_list",
            Self::Empty => "empty_list",
        }
    }
}

/// One thing in a list that is not taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListProblem {
    /// Sheet name.
    pub sheet: String,
    /// Row as Excel numbers it; 0 for the whole sheet.
    pub row: u32,
    /// Column letter; empty for the whole row.
    pub column: String,
    /// What it is.
    pub code: ProblemCode,
    /// Parameters of the sentence; never personal.
    pub params: BTreeMap<String, String>,
    /// Whether the household (or the whole sheet, at row 0) is left out because of it.
    pub refuses: bool,
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident => $code:literal,)*) => {
        /// What a problem is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemCode {
            $($(#[$doc])* $name,)*
        }

        impl ProblemCode {
            /// Every code there is: the interface has a sentence for each.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable code.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

problem_codes! {
    /// A column is not there (`field`). Refuses the sheet when a household cannot be made without it.
    MissingColumn => "missing_column",
    /// One header stands over several columns (`field`, `columns`).
    MergedHeader => "merged_header",
    /// Two columns have the header of the same field (`field`, `other`); the first is read.
    RepeatedColumn => "repeated_column",
    /// The row has data but belongs to no household.
    RowWithoutHousehold => "row_without_household",
    /// The household has no head's name.
    MissingName => "missing_name",
    /// The head on the household's line is not among its members; added as a member.
    HeadNotAmongMembers => "head_not_among_members",
    /// Neither village nor address says where in the commune the household lives.
    MissingVillage => "missing_village",
    /// No code and no name of a commune that is known (`code` where one was given).
    UnknownCommune => "unknown_commune",
    /// A code of before July 2025, mapped to the one in force (`old`, `new`).
    OldCommuneMapped => "old_commune_mapped",
    /// An old commune that was divided (`old`, `new`, `others`): taken to the default one; to be checked.
    DividedCommune => "divided_commune",
    /// The commune was found by its name (`new`).
    CommuneByName => "commune_by_name",
    /// A date that cannot be read; left empty.
    UnreadableDate => "unreadable_date",
    /// A year of two digits was completed (`year`).
    TwoDigitYear => "two_digit_year",
    /// Month and year without a day; the year is kept (`year`).
    DateWithoutDay => "date_without_day",
    /// A number that is a date of Excel's calendar.
    DateAsNumber => "date_as_number",
    /// A date typed as text in an unusual order (`written`: its pattern).
    DateAsText => "date_as_text",
    /// Day and month cannot be told apart: other dates of the column have the month first; the year is kept (`year`).
    DateOrderDoubtful => "date_order_doubtful",
    /// A date that lies in the future or before 1890; left empty.
    ImpossibleDate => "impossible_date",
    /// A citizen ID stored as a number had lost its leading zeros; they were put back.
    LeadingZeroRestored => "leading_zero_restored",
    /// Digits that a citizen ID without its leading zeros could have, but birth or sex speak against it; left empty.
    DoubtfulCitizenId => "doubtful_citizen_id",
    /// A nine-digit identity card; left empty.
    OldIdentityCard => "old_identity_card",
    /// Not twelve digits (`digits`); left empty.
    BadCitizenId => "bad_citizen_id",
    /// A number was expected; left empty.
    NotANumber => "not_a_number",
    /// A number was stored as text.
    NumberAsText => "number_as_text",
    /// A word that is no relation to the head; kept as "other".
    UnknownRelation => "unknown_relation",
    /// A word that is no sex; left empty.
    UnknownSex => "unknown_sex",
    /// A word that is no ethnic group; left empty.
    UnknownEthnicity => "unknown_ethnicity",
    /// A word that is no class; left empty.
    UnknownClass => "unknown_class",
    /// The cell's formula gave an error; left empty.
    FormulaError => "formula_error",
    /// Another household has the same household code (`other_row`, `other_sheet`); both are kept.
    DuplicateCode => "duplicate_code",
    /// Another person has the same citizen ID (`other_row`, `other_sheet`); both are kept.
    DuplicateCitizenId => "duplicate_citizen_id",
    /// The same household stands twice (`other_row`, `other_sheet`); the first is taken.
    DuplicateHousehold => "duplicate_household",
}
