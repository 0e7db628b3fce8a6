//! The functions that an expression may call, and with how many arguments.

use super::ExprError;

macro_rules! functions {
    ($($variant:ident = $name:literal, $least:literal ..= $most:expr;)*) => {
        /// A function by what it does; its name is ODK's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Function { $($variant),* }

        const KNOWN: &[(&str, Function, usize, usize)] = &[$(($name, Function::$variant, $least, $most)),*];
    };
}

/// As many arguments as one likes.
const ANY: usize = usize::MAX;

functions! {
    If = "if", 3..=3;
    Coalesce = "coalesce", 2..=ANY;
    Once = "once", 1..=1;
    Not = "not", 1..=1;
    True = "true", 0..=0;
    False = "false", 0..=0;
    Boolean = "boolean", 1..=1;
    BooleanFromString = "boolean-from-string", 1..=1;
    Checklist = "checklist", 3..=ANY;
    WeightedChecklist = "weighted-checklist", 4..=ANY;
    Count = "count", 1..=1;
    CountNonEmpty = "count-non-empty", 1..=1;
    Sum = "sum", 1..=ANY;
    Max = "max", 1..=ANY;
    Min = "min", 1..=ANY;
    Join = "join", 2..=ANY;
    Concat = "concat", 1..=ANY;
    Position = "position", 0..=1;
    Last = "last", 0..=0;
    Name = "name", 0..=1;
    LocalName = "local-name", 0..=1;
    IndexedRepeat = "indexed-repeat", 3..=11;
    PullData = "pulldata", 4..=4;
    Instance = "instance", 1..=1;
    Current = "current", 0..=0;
    Randomize = "randomize", 1..=2;
    // Written between its operands; no call can have this name.
    Union = "|", 2..=ANY;
    Selected = "selected", 2..=2;
    SelectedAt = "selected-at", 2..=2;
    CountSelected = "count-selected", 1..=1;
    ChoiceName = "jr:choice-name", 2..=2;
    WordsOf = "jr:itext", 1..=1;
    String = "string", 1..=1;
    StringLength = "string-length", 0..=1;
    NormalizeSpace = "normalize-space", 0..=1;
    Substr = "substr", 2..=3;
    SubstringBefore = "substring-before", 2..=2;
    SubstringAfter = "substring-after", 2..=2;
    Contains = "contains", 2..=2;
    StartsWith = "starts-with", 2..=2;
    EndsWith = "ends-with", 2..=2;
    Translate = "translate", 3..=3;
    Regex = "regex", 2..=2;
    Number = "number", 1..=1;
    Int = "int", 1..=1;
    Round = "round", 1..=2;
    Floor = "floor", 1..=1;
    Ceiling = "ceiling", 1..=1;
    Abs = "abs", 1..=1;
    Pow = "pow", 2..=2;
    Sqrt = "sqrt", 1..=1;
    Exp = "exp", 1..=1;
    Exp10 = "exp10", 1..=1;
    Log = "log", 1..=1;
    Log10 = "log10", 1..=1;
    Pi = "pi", 0..=0;
    Sin = "sin", 1..=1;
    Cos = "cos", 1..=1;
    Tan = "tan", 1..=1;
    Asin = "asin", 1..=1;
    Acos = "acos", 1..=1;
    Atan = "atan", 1..=1;
    Atan2 = "atan2", 2..=2;
    Today = "today", 0..=0;
    Now = "now", 0..=0;
    Date = "date", 1..=1;
    Time = "time", 1..=1;
    DateTime = "date-time", 1..=1;
    DecimalDateTime = "decimal-date-time", 1..=1;
    DecimalTime = "decimal-time", 1..=1;
    FormatDate = "format-date", 2..=2;
    FormatDateTime = "format-date-time", 2..=2;
    Random = "random", 0..=0;
    Uuid = "uuid", 0..=1;
    Version = "version", 0..=0;
    Property = "property", 1..=1;
    Username = "username", 0..=0;
    DeviceId = "deviceid", 0..=0;
}

/// ODK has these; we do not: areas and lines on the ground, digests and signatures.
const REFUSED: &[&str] = &[
    "area",
    "base64-decode",
    "digest",
    "distance",
    "enclosed-area",
    "extract-signed",
    "geofence",
    "intersects",
];

impl Function {
    /// The function of this name, if it takes so many arguments.
    pub(super) fn named(name: &str, arguments: usize, at: usize) -> Result<Self, ExprError> {
        let Some((_, function, least, most)) = KNOWN.iter().find(|(known, ..)| *known == name) else {
            let code = if REFUSED.contains(&name) { "unsupported_function" } else { "unknown_function" };
            return Err(ExprError::new(code, at, name));
        };
        // Weights come in pairs with their answers, places with their repeats.
        let unpaired = (*function == Self::WeightedChecklist && !arguments.is_multiple_of(2))
            || (*function == Self::IndexedRepeat && arguments.is_multiple_of(2));
        if arguments < *least || arguments > *most || unpaired {
            return Err(ExprError::new("wrong_arity", at, name));
        }
        Ok(*function)
    }
}
